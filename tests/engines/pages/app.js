// What a page needs to run the scenario: the drivers call `runPhase`.
import * as sdk from "/sdk/index.js";

function sabotage() {
  const kept = { fetch: globalThis.fetch, now: Date.now, log: console.log, random: crypto.getRandomValues };
  globalThis.fetch = () => Promise.reject(new Error("no"));
  Date.now = () => Number.NaN;
  console.log = () => {
    throw new Error("no");
  };
  crypto.getRandomValues = (into) => into.fill(0);
  return () => {
    globalThis.fetch = kept.fetch;
    Date.now = kept.now;
    console.log = kept.log;
    delete crypto.getRandomValues;
  };
}

globalThis.runPhase = (phase, given) =>
  globalThis.faultscanScenario(
    sdk,
    {
      ...given,
      options: {},
      console,
      sabotage,
      network: (mode, times = 0) => fetch(`/network?mode=${mode}&times=${times}`, { method: "POST" }),
      raise: (text) =>
        setTimeout(() => {
          throw new Error(text);
        }),
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    },
    phase,
  );
