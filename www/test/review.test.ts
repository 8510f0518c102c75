import type { SnapshotDraft } from "@faultscan/sdk";
import { beforeEach, expect, it } from "vitest";
import { isWithheld, pieces, Reviews } from "../miniapp/review.ts";

const draft = (cause: SnapshotDraft["cause"] = "capture"): SnapshotDraft => ({
  cause,
  lines: ["one", "two", "three"].map((message) => ({
    atMs: 1,
    level: "info",
    source: "app",
    message,
  })),
  events: [{ kind: "anr", atMs: 1, text: "", value: 6000 }],
  page: "https://shop.example/cart",
  facts: { os: "ios" },
});
let reviews: Reviews;
beforeEach(() => {
  reviews = new Reviews();
  reviews.wanted.value = true;
});

it("lets the draft go as the person left it", async () => {
  const going = reviews.beforeSend(draft());
  await Promise.resolve();
  expect(reviews.pending.value?.draft.lines).toHaveLength(3);
  reviews.pending.value?.decide({ lines: [true, false, true], page: false, events: false });
  const sent = await going;
  expect(sent?.lines.map((line) => line.message)).toEqual(["one", "three"]);
  expect([sent?.page, sent?.events]).toEqual(["", []]);
  expect(reviews.pending.value).toBeNull();
});

it("keeps it where the person says no, gives up, or begins anew", async () => {
  const refused = reviews.beforeSend(draft());
  await Promise.resolve();
  reviews.pending.value?.decide(null);
  expect(await refused).toBeNull();
  const first = reviews.beforeSend(draft());
  const second = reviews.beforeSend(draft());
  expect(await first).toBeNull();
  await Promise.resolve();
  reviews.withdraw();
  expect(await second).toBeNull();
  expect(reviews.pending.value).toBeNull();
});

it("sends nothing unseen that nobody asked for", async () => {
  expect(await reviews.beforeSend(draft("crash"))).toBeNull();
  expect(reviews.pending.value).toBeNull();
});

it("asks nobody who does not want to look", async () => {
  reviews.want(false);
  const given = draft("anr");
  expect(await reviews.beforeSend(given)).toBe(given);
});

it("tells blanked pieces apart", () => {
  expect(pieces("a [redacted:token] b")).toEqual([
    { text: "a ", blanked: false },
    { text: "[redacted:token]", blanked: true },
    { text: " b", blanked: false },
  ]);
  expect(pieces("[other:x]")).toEqual([{ text: "[other:x]", blanked: false }]);
});

it("knows a draft that was kept from a fault", () => {
  expect(isWithheld(Object.assign(new Error(), { code: "Withheld" }))).toBe(true);
  expect(isWithheld(new Error())).toBe(false);
  expect(isWithheld(null)).toBe(false);
});
