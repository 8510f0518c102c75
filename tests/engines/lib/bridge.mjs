import { hide, show } from "./hosts.mjs";
import { random, send } from "./phone.mjs";
import { fileURLToPath } from "node:url";

export const program = fileURLToPath(new URL("bridge-program.js", import.meta.url));
export const scenario = fileURLToPath(new URL("../pages/scenario.js", import.meta.url));

const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;

/**
 * The phone at the other end: takes a line that the program printed, gives the line that it reads next, or
 * nothing where the program only said something. Calls back with how the phase ended.
 */
export function bridge(phone, gate, given, ended) {
  const answers = play(phone, gate, given);
  return (line) => {
    if (!line.startsWith("@")) return undefined;
    const [what, value] = JSON.parse(line.slice(1));
    if (what === "done") ended(null, value);
    else if (what === "failed") ended(new Error(value));
    // ASCII only: a shell reads bytes.
    return JSON.stringify(answers[what]?.(value) ?? null).replace(/[\u0080-\uffff]/g, escaped);
  };
}

/** What the phone says to each question of `bridge-program.js`. */
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
