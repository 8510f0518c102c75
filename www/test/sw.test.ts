import { describe, expect, it } from "vitest";
import { AHEAD as said } from "../miniapp/offline.ts";
import { AHEAD as heard, isForLater, planFor } from "../miniapp/sw-plan.ts";

describe("service worker", () => {
  const OWN = "https://faults.example";
  it.each([
    ["GET", `${OWN}/s`, "page"],
    ["GET", `${OWN}/r`, "page"],
    ["GET", `${OWN}/assets/miniapp-x.js`, "asset"],
    ["GET", `${OWN}/.well-known/faultscan/keys.json`, "keys"],
    ["GET", `${OWN}/v1/reports/abc`, "pass"],
    ["POST", `${OWN}/v1/snapshots`, "pass"],
    ["POST", `${OWN}/s`, "pass"],
    ["GET", `${OWN}/dashboard/`, "pass"],
    ["GET", `${OWN}/v1/ping`, "pass"],
    ["GET", "https://other.example/assets/x.js", "pass"],
  ] as const)("%s %s: %s", (method, url, want) => {
    expect(planFor(method, url, OWN)).toBe(want);
  });

  it("hears what the page says", () => {
    expect(heard).toBe(said);
  });
  it("leaves the diagnosis for when the page is idle, and nothing that a scan needs", () => {
    expect(isForLater("/assets/diagnosis-BIIHUf4a.js")).toBe(true);
    expect(isForLater("/assets/faultscan_diagnosis_bg-C4NSdUf-.wasm")).toBe(true);
    expect(isForLater("/assets/faultscan_sdk_bg-DHQpX_Qw.wasm")).toBe(false);
    expect(isForLater("/assets/result-AbCdEf12.js")).toBe(false);
  });
});
