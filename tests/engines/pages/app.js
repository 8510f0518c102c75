// What a page needs to run the scenario: the drivers call `runPhase`.
import * as sdk from "/sdk/index.js";

globalThis.runPhase = (phase, given) =>
  globalThis.faultscanScenario(
    sdk,
    {
      ...given,
      options: {},
      console,
      network: (mode, times = 0) => fetch(`/network?mode=${mode}&times=${times}`, { method: "POST" }),
      raise: (text) =>
        setTimeout(() => {
          throw new Error(text);
        }),
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    },
    phase,
  );
