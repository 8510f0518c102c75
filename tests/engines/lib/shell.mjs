import * as hosts from "./hosts.mjs";
import { phone as newPhone } from "./phone.mjs";
import { programContext, scenarioIn } from "./program.mjs";

/** A mini-program in a script context; `globals` makes its global scope of a phone. */
export function shell({ version, globals }) {
  return async ({ gate }) => {
    const phone = newPhone();
    let program;
    const end = async () => {
      program?.stop();
      for (const one of Object.values(phone)) one?.all?.clear();
    };
    return {
      version,
      phone,
      run(phase, world) {
        // A fresh context is a fresh start of the app; the phone's storage stays.
        program = programContext(globals(phone));
        const run = scenarioIn(program.scope);
        return run(phase, world, {
          network: async (mode, times) => gate.network(mode, times),
          sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
          raise: (text) => phone.error.tell(text),
          hide: async () => hosts.hide(phone),
          show: async () => hosts.show(phone),
        });
      },
      /** The host ends the program: its timers stop, nothing hears the phone any more. */
      crash: end,
      close: end,
    };
  };
}
