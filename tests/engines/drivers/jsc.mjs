import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { gunzipSync } from "node:zlib";
import { bridge, program, scenario } from "../lib/bridge.mjs";
import { environment, found, missing as absent } from "../lib/kit.mjs";
import { phone as newPhone } from "../lib/phone.mjs";
import { miniDist } from "../lib/program.mjs";

const SHELL = "debian/usr/bin/jsc";
const PACKAGE = "libjavascriptcoregtk-4.0-bin";

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
        // A line may still be on its way when the program is killed.
        child.stdin.on("error", () => undefined);
        child.once("exit", (code) => reject(new Error(`the shell ended with ${code}: ${said}`)));
        const ended = (error, outcome) => (error ? reject(error) : resolve(outcome));
        const answer = bridge(phone, gate, { phase, world }, ended);
        createInterface({ input: child.stdout }).on("line", (line) => {
          const back = answer(line);
          if (back === undefined) said += `${line}\n`;
          else child.stdin.write(`${back}\n`);
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
