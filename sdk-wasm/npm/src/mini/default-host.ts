/** Takes the place of `host/browser.ts` in the mini-program build: the default host there. */
import type { Host } from "../host/host.js";
import { miniHost } from "./host.js";

export const browserHost = (): Host => miniHost();
