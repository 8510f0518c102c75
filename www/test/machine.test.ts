import type { SnapshotAnswer, TicketView } from "@faultscan/sdk";
import { describe, expect, it, vi } from "vitest";
import type { Diagnosis } from "../lib/api.ts";
import { cameraTrouble } from "../lib/qr/camera.ts";
import { emitFailure, FAILURE_NAMES, FAILURES } from "../miniapp/failures.ts";
import { type Action, INITIAL, type State, step } from "../miniapp/machine.ts";
import { isParked, refusalOf } from "../miniapp/refusal.ts";
import {
  classify,
  fromLocation,
  looksLikeTicket,
  parseReportFragment,
} from "../miniapp/scanned.ts";

const ticket: TicketView = {
  text: "FS1.x",
  ticketId: "0".repeat(32),
  keyId: "0".repeat(16),
  fingerprint: "sha256:00",
  ttl: 0,
  issuedAt: 0,
  context: {},
  evidence: [],
};
const answer = { outcome: "accepted", reportId: "r" } as SnapshotAnswer;
const diagnosis = { status: "explained" } as Diagnosis;
const run = (...actions: Action[]): State => actions.reduce(step, INITIAL);

const READY: Action[] = [
  { do: "open", text: "FS1.x" },
  { do: "opened", ticket },
];

describe("journey", () => {
  it("goes from a scan to a diagnosis and on to the next capture", () => {
    const result = run(
      ...READY,
      { do: "capture" },
      { do: "progress", stage: "uploading", fraction: 0.5 },
      { do: "answered", answer, diagnosis },
    );
    expect(result.at).toBe("result");
    const lines = [{ at_ms: 0, level: "error", source: "console", message: "x" }];
    expect(step(result, { do: "logs", reportId: "r", logs: lines })).toMatchObject({ logs: lines });
    expect(step(result, { do: "logs", reportId: "another", logs: lines })).toBe(result);
    expect(step(result, { do: "capture" }).at).toBe("capturing");
    expect(step(result, { do: "ready_again" }).at).toBe("ready");
    expect(step(result, { do: "rescan" })).toEqual(INITIAL);
  });

  it("keeps the ticket when a capture is refused, but not when opening is", () => {
    const refusal = { kind: "server" } as const;
    const late = run(...READY, { do: "capture" }, { do: "refused", refusal });
    expect(late).toMatchObject({ at: "refused", ticket, text: "FS1.x" });
    const early = run({ do: "open", text: "bad" }, { do: "refused", refusal });
    expect(early).toMatchObject({ at: "refused", ticket: null, text: "bad" });
  });

  it("parks a snapshot while offline and delivers it later", () => {
    const queued = run(...READY, { do: "capture" }, { do: "parked" });
    expect(queued).toMatchObject({ at: "queued", sending: false });
    const sending = step(queued, { do: "send" });
    expect(sending).toMatchObject({ at: "queued", sending: true });
    expect(step(sending, { do: "parked" })).toMatchObject({ sending: false });
    expect(step(sending, { do: "answered", answer, diagnosis }).at).toBe("result");
  });

  it("never lets progress run backwards", () => {
    const uploading = run(
      ...READY,
      { do: "capture" },
      { do: "progress", stage: "uploading", fraction: 0.6 },
    );
    expect(step(uploading, { do: "progress", stage: "packing", fraction: 0.1 })).toBe(uploading);
    expect(step(uploading, { do: "progress", stage: "uploading", fraction: 0.2 })).toMatchObject({
      fraction: 0.6,
    });
    expect(step(uploading, { do: "progress", stage: "done", fraction: 9 })).toMatchObject({
      stage: "done",
      fraction: 1,
    });
  });

  it("ignores what makes no sense in a state", () => {
    const states: State[] = [INITIAL, run(...READY), { at: "bad_link" }];
    const senseless: Action[] = [
      { do: "progress", stage: "done", fraction: 1 },
      { do: "answered", answer, diagnosis },
      { do: "diagnosis", diagnosis },
      { do: "parked" },
      { do: "logs", reportId: "r", logs: [] },
      { do: "send" },
      { do: "slow" },
      { do: "refused", refusal: { kind: "server" } },
    ];
    for (const state of states)
      for (const action of senseless) expect(step(state, action)).toBe(state);
    expect(step(INITIAL, { do: "capture" })).toBe(INITIAL);
    expect(step(INITIAL, { do: "opened", ticket })).toBe(INITIAL);
  });
});

describe("refusals", () => {
  it.each([
    [{ code: "BadTicket" }, "not_a_ticket"],
    [{ code: "BadSignature" }, "forged"],
    [{ code: "TicketExpired", details: { expiredAtS: 12 } }, "expired"],
    [{ code: "UnknownIssuer" }, "unknown_issuer"],
    [{ code: "Refused", reason: "ticket_expired" }, "expired"],
    [{ code: "Refused", reason: "ticket_bound_to_other_session" }, "used"],
    [{ code: "Refused", reason: "sequence_conflict" }, "rejected"],
    [{ code: "ServerError", reason: "overloaded" }, "busy"],
    [{ code: "ServerError" }, "server"],
    [{ code: "Timeout" }, "timeout"],
    [{ code: "WasmUnavailable" }, "wasm"],
    [{ code: "KeysUnavailable" }, "server"],
    [{ code: "SomethingOfLater" }, "page"],
    [{ code: "Disabled" }, "rejected"],
    [new TypeError("x"), "page"],
    [undefined, "page"],
  ] as const)("%o is %s", (error, want) => {
    expect(refusalOf(error, true).kind).toBe(want);
  });

  it("blames the network only when there is none", () => {
    expect(refusalOf({ code: "KeysUnavailable" }, false).kind).toBe("offline");
    expect(refusalOf({ code: "Offline" }, true).kind).toBe("server");
    expect(refusalOf({ code: "Offline" }, false).kind).toBe("offline");
  });

  it("keeps when it expired, and a name for what it does not know", () => {
    expect(refusalOf({ code: "TicketExpired", details: { expiredAtS: 12 } }, true).expiredAtS).toBe(
      12,
    );
    expect(refusalOf({ code: "SomethingOfLater" }, true).reason).toBe("SomethingOfLater");
  });

  it("parks only what is sealed and kept", () => {
    expect(isParked({ code: "Offline" })).toBe(true);
    expect(isParked({ code: "Refused" })).toBe(false);
    expect(isParked(null)).toBe(false);
  });
});

describe("scanned text", () => {
  const OWN = "https://faults.example";
  it.each([
    ["  FS1.abc\n", { kind: "ticket", text: "FS1.abc", foreignUrl: null }],
    ["12345678901234567", { kind: "ticket", text: "12345678901234567", foreignUrl: null }],
    [`${OWN}/s#FS1.abc`, { kind: "ticket", text: `${OWN}/s#FS1.abc`, foreignUrl: null }],
    [
      "https://other.example/s#FS1.abc",
      {
        kind: "ticket",
        text: "https://other.example/s#FS1.abc",
        foreignUrl: "https://other.example/s#FS1.abc",
      },
    ],
    [`${OWN}/r#abc.0123456789`, { kind: "report", id: "abc", capability: "0123456789" }],
    [`${OWN}/r#abc`, { kind: "bad_link" }],
    ["", { kind: "nothing" }],
    ["x".repeat(9000), { kind: "nothing" }],
    // A scheme that could run code is a text like any other, never a link to open.
    ["javascript:alert(1)", { kind: "ticket", text: "javascript:alert(1)", foreignUrl: null }],
  ] as const)("%s", (text, want) => {
    expect(classify(text, OWN)).toEqual(want);
  });

  it("reads the page's own address", () => {
    expect(fromLocation("/s", "#FS1.abc")).toMatchObject({ kind: "ticket", text: "FS1.abc" });
    expect(fromLocation("/s", "")).toEqual({ kind: "nothing" });
    expect(fromLocation("/r", "#a.b")).toEqual({ kind: "bad_link" });
    expect(parseReportFragment("#abc.0123456789")).toEqual({ id: "abc", capability: "0123456789" });
  });

  it("recognises tickets by their beginning", () => {
    expect(looksLikeTicket("#FS1.abc")).toBe(true);
    expect(looksLikeTicket("#12345678901234567890")).toBe(true);
    expect(looksLikeTicket("#123")).toBe(false);
  });
});

describe("camera", () => {
  it.each([
    ["NotAllowedError", true, "denied"],
    ["NotFoundError", true, "none"],
    ["OverconstrainedError", true, "none"],
    ["NotReadableError", true, "busy"],
    ["SecurityError", true, "insecure"],
    ["TypeError", false, "insecure"],
    ["TypeError", true, "failed"],
  ] as const)("%s (secure: %s) is %s", (name, secure, want) => {
    expect(cameraTrouble({ name }, secure)).toBe(want);
  });
});

describe("demo failures", () => {
  it("go to the error log as they are", () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    for (const name of FAILURE_NAMES) expect(emitFailure(name)).toBeGreaterThan(1);
    const seen = log.mock.calls.flat();
    expect(seen).toEqual(FAILURE_NAMES.flatMap((name) => [...FAILURES[name]]));
  });
});
