/** Console and error capture, in a file of its own: an app that only calls `log()` loads none of it. */
export { format } from "./format.js";
export { hookConsole } from "./host/hooks.js";
