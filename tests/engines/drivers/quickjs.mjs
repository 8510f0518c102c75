import { readFileSync } from "node:fs";
import { getQuickJS } from "quickjs-emscripten";
import { bridge, program, scenario } from "../lib/bridge.mjs";
import { phone as newPhone } from "../lib/phone.mjs";
import { miniDist } from "../lib/program.mjs";

const VERSION = JSON.parse(
  readFileSync(new URL("../node_modules/quickjs-emscripten/package.json", import.meta.url), "utf8"),
).version;

/** The mini-program build without WebAssembly: its core as JavaScript, in an interpreter that has none. */
export async function open({ gate }) {
  const phone = newPhone();
  const engine = await getQuickJS();
  let shell;
  return {
    version: `QuickJS of quickjs-emscripten ${VERSION}`,
    run: (phase, world) =>
      new Promise((resolve, reject) => {
        const answer = bridge(phone, gate, { phase, world }, (error, outcome) =>
          error ? reject(error) : resolve(outcome),
        );
        shell = startShell(engine, answer, reject);
        shell.run(program, [miniDist, scenario]);
      }),
    crash: async () => shell.stop(),
    close: async () => shell?.stop(),
  };
}

/** As much of a shell as the bridge's program asks for. */
function startShell(engine, answer, failed) {
  const runtime = engine.newRuntime();
  const context = runtime.newContext();
  const timers = new Set();
  const lines = [];
  let over = false;

  const settle = (result) => {
    if (result.error) failed(new Error(JSON.stringify(context.dump(result.error))));
    else result.value.dispose?.();
  };
  const jobs = () => {
    const { error } = runtime.executePendingJobs();
    if (error) failed(new Error(JSON.stringify(context.dump(error))));
  };
  const define = (name, work) =>
    context.newFunction(name, work).consume((made) => context.setProp(context.global, name, made));

  define("print", (line) => {
    const back = answer(context.getString(line));
    if (back !== undefined) lines.push(back);
  });
  define("readline", () => context.newString(lines.shift()));
  define("readFile", (path) => context.newString(readFileSync(context.getString(path), "utf8")));
  define("setTimeout", (work, ms) => {
    const call = work.dup();
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (over) return;
      settle(context.callFunction(call, context.undefined));
      call.dispose();
      jobs();
    }, ms ? context.getNumber(ms) : 0);
    timers.add(timer);
  });
  return {
    run(path, given) {
      const text = `globalThis.arguments = ${JSON.stringify(given)};\n${readFileSync(path, "utf8")}`;
      settle(context.evalCode(text, path));
      jobs();
    },
    /** Nothing of it runs any more. Its memory goes with the process, as handles are still out. */
    stop() {
      over = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
