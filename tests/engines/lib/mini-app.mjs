import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runInContext } from "node:vm";
import * as hosts from "./hosts.mjs";
import { phone as newPhone } from "./phone.mjs";
import { packageWasm, programContext } from "./program.mjs";

/** "Build npm" of the developer tools: each dependency's mini-program part goes to `miniprogram_npm`. */
export function buildNpm(root) {
  const modules = join(root, "node_modules");
  const names = readdirSync(modules)
    .filter((name) => !name.startsWith("."))
    .flatMap((name) => (name.startsWith("@") ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name]));
  for (const name of names) {
    const { miniprogram = "miniprogram_dist" } = JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8"));
    const from = join(modules, name, miniprogram);
    if (!existsSync(from)) continue;
    const to = join(root, "miniprogram_npm", name);
    mkdirSync(dirname(to), { recursive: true });
    cpSync(from, to, { recursive: true });
  }
}

/** What a host calls its global object and its WebAssembly. */
const KINDS = {
  wechat: { object: "wx", wasm: "WXWebAssembly", api: hosts.wechat },
  alipay: { object: "my", wasm: "MYWebAssembly", api: hosts.alipay },
  douyin: { object: "tt", wasm: "TTWebAssembly", api: hosts.douyin },
};

/**
 * A mini-program's own script engine: `App`, `Page`, `getApp`, `getCurrentPages`, and `require` as the
 * hosts resolve it. `more` adds to the host's object, such as `scanCode`.
 */
export function miniApp(root, kind, more = {}) {
  const phone = newPhone();
  const { object, wasm, api } = KINDS[kind];
  const pages = [];
  const files = new Map();
  const state = { app: undefined, page: undefined };
  const { scope, stop } = programContext({
    [object]: { ...api(phone), ...more },
    [wasm]: packageWasm(join(root, "miniprogram_npm/@faultscan/sdk")),
    App: (app) => void (state.app = app),
    getApp: () => state.app,
    Page: (page) => void (state.page = page),
    getCurrentPages: () => [...pages],
  });
  const load = (path) => {
    const found = files.get(path);
    if (found) return found.exports;
    const module = { exports: {} };
    files.set(path, module);
    const source = readFileSync(join(root, path), "utf8");
    const wrapper = runInContext(`(function (require, module, exports) {${source}\n})`, scope, { filename: path });
    wrapper((name) => load(resolve(root, path, name)), module, module.exports);
    return module.exports;
  };
  load("app.js");
  const life = (target, name, ...given) => target?.[name]?.apply(target, given);
  life(state.app, "onLaunch", {});
  return {
    phone,
    app: state.app,
    pages,
    /** Opens a page as the host does; `ready` settles with what its `onLoad` gave. */
    async open(route, query = {}) {
      state.page = undefined;
      files.delete(`${route}.js`);
      load(`${route}.js`);
      if (!state.page) throw new Error(`${route} calls no Page()`);
      const page = Object.create(state.page);
      page.route = route;
      page.data = JSON.parse(JSON.stringify(state.page.data ?? {}));
      page.setData = (changes, done) => {
        for (const [path, value] of Object.entries(changes)) assign(page.data, path, value);
        done?.();
      };
      pages.push(page);
      page.ready = life(page, "onLoad", query);
      life(page, "onShow");
      life(page, "onReady");
      return page;
    },
    close(page) {
      pages.splice(pages.indexOf(page), 1);
      life(page, "onUnload");
    },
    stop,
  };
}

/** `setData` takes paths such as `list[2].name`; what it takes must survive JSON, as on phones. */
function assign(data, path, value) {
  const keys = path.match(/[^.[\]]+/g);
  const last = keys.pop();
  const target = keys.reduce((at, key) => (at[key] ??= {}), data);
  target[last] = value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function resolve(root, from, name) {
  const base = name.startsWith(".") ? join(dirname(from), name) : name.startsWith("/") ? name.slice(1) : join("miniprogram_npm", name);
  for (const path of [base, `${base}.js`, join(base, "index.js")]) {
    if (path.endsWith(".js") && existsSync(join(root, path))) return path;
  }
  throw new Error(`${from}: no module "${name}"`);
}
