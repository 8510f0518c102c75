/** The mini-program build: the same session, another host, another way to the module. */
export * from "../index.js";
export type * from "./api.js";
export { detect } from "./detect.js";
export { type MiniCanvas, type MiniHostOptions, miniHost } from "./host.js";
export { exits, hangs, persistence, requests, urgent } from "./signals.js";
