import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { brotliDecompressSync } from "node:zlib";
import { sdkDir } from "./pages.mjs";

/** What "build npm" copies. */
export const miniDist = join(sdkDir, "miniprogram_dist");

export const scenarioScript = readFileSync(new URL("../pages/scenario.js", import.meta.url), "utf8");

/** WeChat on iOS fails where one function has more names. */
const NAMES_OF_ONE_FUNCTION_MAX = 3;

/**
 * WebAssembly as mini-programs have it: by a path inside the package, no exported `Global`, few names for
 * one function. (That the code itself needs no later feature is checked when the module is built.)
 */
export function packageWasm(dist = miniDist) {
  return {
    instantiate: async (path, imports) => {
      if (typeof path !== "string" || !/^\/.*\.wasm(\.br)?$/.test(path)) {
        throw new TypeError("only a path inside the package");
      }
      const file = readFileSync(join(dist, path.split("/").at(-1)));
      const bytes = path.endsWith(".br") ? brotliDecompressSync(file) : file;
      const module = new WebAssembly.Module(Uint8Array.from(bytes));
      const kinds = WebAssembly.Module.exports(module).map(({ kind }) => kind);
      if (kinds.some((kind) => kind !== "function" && kind !== "memory")) throw new TypeError(`exports ${kinds}`);
      const instance = new WebAssembly.Instance(module, imports);
      const names = new Map();
      for (const value of Object.values(instance.exports)) names.set(value, (names.get(value) ?? 0) + 1);
      if (Math.max(...names.values()) > NAMES_OF_ONE_FUNCTION_MAX) throw new TypeError("too many names");
      return { instance };
    },
  };
}

/** A module of CommonJS, as the hosts wrap each file of a program. */
export const wrapped = (source) =>
  `(function (require) { var module = { exports: {} }; (function (module, exports) {${source}
})(module, module.exports); return module.exports; })`;

/** Timers that end with their program. */
function timers() {
  const all = new Set();
  const clear = (id) => {
    all.delete(id);
    clearTimeout(id);
  };
  return {
    setTimeout(work, ms, ...given) {
      const id = setTimeout(() => {
        all.delete(id);
        work(...given);
      }, ms);
      all.add(id);
      return id;
    },
    setInterval(work, ms, ...given) {
      const id = setInterval(work, ms, ...given);
      all.add(id);
      return id;
    },
    clearTimeout: clear,
    clearInterval: clear,
    stop: () => [...all].forEach(clear),
  };
}

/**
 * A program's script context: the language, timers, a console and `globals`; nothing else. No `fetch`,
 * no `TextEncoder`, no `AbortController`, no `WebAssembly`. `stop` ends it.
 */
export function programContext(globals) {
  const { stop, ...clocks } = timers();
  const console = { log() {}, info() {}, warn() {}, error() {}, debug() {} };
  const scope = createContext({ console, ...clocks, ...globals });
  runInContext("delete globalThis.WebAssembly; delete globalThis.SharedArrayBuffer;", scope);
  return { scope, stop };
}

/** The package and the scenario in a fresh program; gives `(world, phase) => outcome`, both as JSON. */
export function scenarioIn(scope) {
  const sdk = runInContext(wrapped(readFileSync(join(miniDist, "index.js"), "utf8")), scope)();
  runInContext(scenarioScript, scope);
  const run = runInContext(
    `(function (sdk, given, tools, phase) {
      var world = JSON.parse(given);
      Object.keys(tools).forEach(function (name) { world[name] = tools[name]; });
      world.console = console;
      world.options = {};
      return faultscanScenario(sdk, world, phase).then(JSON.stringify);
    })`,
    scope,
  );
  return async (phase, world, tools) => JSON.parse(await run(sdk, JSON.stringify(world), tools, phase));
}
