import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { hide, show } from "../lib/hosts.mjs";
import { environment, found, missing as absent } from "../lib/kit.mjs";
import { phone as newPhone, random, send } from "../lib/phone.mjs";
import { miniDist } from "../lib/program.mjs";

const SHELL = "debian/usr/bin/jsc";
const PACKAGE = "libjavascriptcoregtk-4.0-bin";
const program = fileURLToPath(new URL("../lib/jsc-program.js", import.meta.url));
const scenario = fileURLToPath(new URL("../pages/scenario.js", import.meta.url));

export const missing = () => absent("JavaScriptCore's shell", SHELL);

/** The version by the package's own list of changes. */
function version() {
  const changes = readFileSync(found(`debian/usr/share/doc/${PACKAGE}/changelog.Debian.gz`));
  return /\(([^)-]+)/.exec(gunzipSync(changes).toString())[1];
}

/** The mini-program build in the engine of iOS. Node is its phone. */
export async function open({ gate }) {
  const phone = newPhone();
  let child;
  return {
    version: `JavaScriptCore ${version()}`,
    run: (phase, world) =>
      new Promise((resolve, reject) => {
        child = spawn(found(SHELL), [program, "--", miniDist, scenario], { env: environment() });
        let said = "";
        child.stderr.on("data", (chunk) => {
          said += chunk;
        });
        child.once("exit", (code) => reject(new Error(`the shell ended with ${code}: ${said}`)));
        const answer = play(phone, gate, { phase, world });
        createInterface({ input: child.stdout }).on("line", (line) => {
          if (!line.startsWith("@")) return void (said += `${line}\n`);
          const [what, value] = JSON.parse(line.slice(1));
          if (what === "done") return resolve(value);
          if (what === "failed") return reject(new Error(value));
          // ASCII only: the shell reads bytes.
          const back = JSON.stringify(answer[what](value) ?? null);
          child.stdin.write(`${back.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`);
        });
      }),
    async crash() {
      child.removeAllListeners("exit");
      child.kill("SIGKILL");
    },
    async close() {
      child?.removeAllListeners("exit");
      child?.kill("SIGKILL");
    },
  };
}

/** What the phone says to each question of `jsc-program.js`. */
function play(phone, gate, given) {
  const ready = [];
  const tasks = new Map();
  let last = 0;
  const { storage } = phone;
  return {
    begin: () => given,
    request({ hex, ...rest }) {
      const id = ++last;
      const bytes = hex === null ? undefined : Buffer.from(hex, "hex");
      tasks.set(
        id,
        send({ ...rest, bytes }, (fault, answer) => {
          ready.push(fault ? { id, fault } : { id, status: answer.status, headers: answer.headers, text: answer.bytes.toString() });
        }),
      );
      return id;
    },
    poll: () => ready.splice(0),
    abort: (id) => void tasks.get(id)?.abort(),
    load: (key) => storage.get(key) ?? "",
    store: ([key, value]) => void storage.set(key, value),
    remove: (key) => void storage.delete(key),
    keys: () => [...storage.keys()],
    random: (length) => Buffer.from(random(length)).toString("hex"),
    network: ([mode, times]) => gate.network(mode, times),
    hide: () => hide(phone),
    show: () => show(phone),
  };
}
