import { describe, expect, it } from "vitest";
import { planFor } from "../miniapp/sw-plan.ts";

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
});
