// Makes the twins of the WeChat mini-program, `alipay` and `douyin`, from `wechat`: the same pages and
// logic, in each host's dialect. `--check` only tells what is stale.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const www = fileURLToPath(new URL("..", import.meta.url));
const source = join(www, "wechat");

/** In pages made for people, not in code: what a host calls itself. */
const NAMES = { alipay: "Alipay", douyin: "Douyin" };

/** Events whose name in Alipay is more than a capital letter. */
const ALIPAY_EVENTS = { tap: "Tap", input: "Input", change: "Change" };

const markup = {
  douyin: (text) => text.replace(/\bwx:/g, "tt:"),
  alipay: (text) =>
    text.replace(/\bwx:/g, "a:").replace(/\bbind([a-z]+)=/g, (_all, name) => {
      if (!ALIPAY_EVENTS[name]) throw new Error(`no Alipay name for the event ${name}`);
      return `on${ALIPAY_EVENTS[name]}=`;
    }),
};

/** The parts of `app.json` that have other names or are missing elsewhere. */
const app = {
  douyin({ pages, window }) {
    const { navigationBarTitleText } = window;
    return {
      pages,
      window: {
        navigationBarTitleText,
        navigationBarBackgroundColor: "#f8fbf7",
        navigationBarTextStyle: "black",
        backgroundColor: "#eaf0ea",
      },
    };
  },
  alipay({ pages, window }) {
    return {
      pages,
      window: {
        defaultTitle: window.navigationBarTitleText,
        titleBarColor: "#f8fbf7",
        backgroundColor: "#eaf0ea",
      },
    };
  },
};

const project = {
  douyin: {
    appid: "testAppId",
    projectname: "faultscan",
    setting: { es6: true, minified: true, urlCheck: true },
  },
  alipay: { enableAppxNg: true, enableNPM: true, component2: true },
};

const ENDINGS = { alipay: { wxml: "axml", wxss: "acss" }, douyin: { wxml: "ttml", wxss: "ttss" } };
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

/** How a file of the source looks in a twin: `[path, text]`, or nothing where the twin has none. */
function made(twin, path, text) {
  const ending = path.slice(path.lastIndexOf(".") + 1);
  if (["theme.json", "sitemap.json", "project.config.json"].includes(path)) return undefined;
  if (path === "app.json") return [path, json(app[twin](JSON.parse(text)))];
  if (path === "package.json") {
    const own = JSON.parse(text);
    return [
      path,
      json({
        ...own,
        name: `faultscan-${twin}`,
        description: own.description.replace("WeChat", NAMES[twin]),
      }),
    ];
  }
  if (path === "config.js") return [path, text.replaceAll("faultscan-wechat", `faultscan-${twin}`)];
  if (path === "lib/host.js") {
    if (twin === "alipay")
      return [path, readFileSync(join(www, "build/twins/host-alipay.js"), "utf8")];
    return [
      path,
      text
        .replace(
          "// What the pages ask of the host. The twins for Alipay and Douyin have a file of their own in its place.",
          "// What the pages ask of the host, as Douyin has it.",
        )
        .replace('name: "wechat"', 'name: "douyin"')
        .replace(/\bwx\./g, "tt."),
    ];
  }
  const other = ENDINGS[twin][ending] ?? ending;
  const renamed = path.slice(0, path.length - ending.length) + other;
  return [renamed, ending === "wxml" ? markup[twin](text) : text];
}

/** Files by path, without what is installed or locked by npm. */
const list = (folder) =>
  !existsSync(folder)
    ? []
    : readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .filter(
          (path) => !/^(node_modules|miniprogram_npm)\/|package-lock\.json$|^\.npmrc$/.test(path),
        );

const check = process.argv.includes("--check");
const stale = [];
for (const twin of Object.keys(ENDINGS)) {
  const folder = join(www, twin);
  const wanted = new Map(
    list(source)
      .map((path) => made(twin, path, readFileSync(join(source, path), "utf8")))
      .filter(Boolean),
  );
  wanted.set(twin === "alipay" ? "mini.project.json" : "project.config.json", json(project[twin]));
  for (const path of list(folder)) {
    if (wanted.has(path)) continue;
    stale.push(`${twin}/${path}`);
    if (!check) rmSync(join(folder, path));
  }
  for (const [path, text] of wanted) {
    const at = join(folder, path);
    if (existsSync(at) && readFileSync(at, "utf8") === text) continue;
    stale.push(`${twin}/${path}`);
    if (check) continue;
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, text);
  }
}
if (check && stale.length > 0) {
  console.error(
    `made from www/wechat, and stale (run node www/build/twins.mjs):\n${stale.map((path) => `www/${path}`).join("\n")}`,
  );
  process.exit(1);
}
