import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Diag, Host, Integration } from "../src/index.js";
import { defaults, device, exits, hangs, lifecycle, requests, vitals } from "../src/signals.js";
import { BEAT_MS as ALIVE_MS } from "../src/signals/exits.js";
import { ANR_MS, SLEEP_MS } from "../src/signals/hangs.js";
import { Clock, context, puppet, type Told } from "./puppet.js";
import * as support from "./support.js";

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  vi.unstubAllGlobals();
});
const start = (integration: Integration, host: Partial<Host>): Told => {
  const told = context(host);
  const stop = integration.start(told.context);
  if (stop) stops.push(stop);
  return told;
};

/** Stands in for the browser's observer: `tell` hands entries to whoever observes their type. */
class Observer {
  static supportedEntryTypes = ["longtask", "event"];
  static all = new Set<Observer>();
  type = "";
  constructor(readonly callback: (list: { getEntries(): object[] }) => void) {}
  observe({ type }: { type: string }): void {
    this.type = type;
    Observer.all.add(this);
  }
  disconnect(): void {
    Observer.all.delete(this);
  }
  static tell(type: string, ...entries: object[]): void {
    for (const one of Observer.all) if (one.type === type) one.callback({ getEntries: () => entries });
  }
}

const late = (clock: Clock): Partial<Host> => ({
  tickMs: () => clock.ms,
  timer: clock.timer,
  hidden: () => false,
});

test("a hang is found once it is over, with its length", () => {
  const clock = new Clock();
  const told = start(hangs(), late(clock));
  clock.pass(10_000);
  clock.block(ANR_MS + 2000);
  clock.pass(1000);
  const [[kind, source, value]] = told.events as [[string, string, number]];
  expect([kind, source]).toEqual(["anr", "timer-drift"]);
  expect(value).toBeGreaterThanOrEqual(ANR_MS);
  expect(value).toBeLessThan(ANR_MS + 2500);
  clock.pass(60_000);
  expect(told.events).toHaveLength(1);
});

test.each([
  ["a short pause", (clock: Clock) => clock.block(ANR_MS - 500), []],
  ["a night", (clock: Clock) => clock.block(SLEEP_MS * 10), ["suspended"]],
])("%s is no hang", (_name, what, kinds) => {
  const clock = new Clock();
  const told = start(hangs(), late(clock));
  clock.pass(5000);
  what(clock);
  clock.pass(5000);
  expect(told.events.map(([kind]) => kind)).toEqual(kinds);
});

test("a hidden page hangs for nobody", () => {
  const clock = new Clock();
  let hidden = false;
  const told = start(hangs(), { ...late(clock), hidden: () => hidden });
  clock.pass(5000);
  hidden = true;
  clock.pass(1000);
  clock.block(30_000);
  hidden = false;
  clock.pass(30_000);
  expect(told.events).toEqual([]);
});

test("where long tasks are told, a hang without one was sleep", () => {
  vi.stubGlobal("PerformanceObserver", Observer);
  const clock = new Clock();
  const told = start(hangs(), late(clock));
  clock.pass(5000);
  clock.block(8000);
  clock.pass(2000);
  clock.block(9000);
  Observer.tell("longtask", { duration: 8900 });
  clock.pass(2000);
  expect(told.events.map(([kind, source]) => [kind, source])).toEqual([
    ["suspended", "longtask"],
    ["anr", "longtask"],
  ]);
});

test("long tasks, slow interactions each once, and the browser's own round trip", () => {
  vi.stubGlobal("PerformanceObserver", Observer);
  const connection = Object.assign(new EventTarget(), { rtt: 150 });
  vi.stubGlobal("navigator", { connection });
  const told = start(vitals(), {});
  Observer.tell("longtask", { duration: 80 });
  const tap = { name: "pointerup", interactionId: 4 };
  Observer.tell("event", { ...tap, duration: 240 }, { ...tap, duration: 216 }, { ...tap, duration: 320 });
  Observer.tell("event", { ...tap, interactionId: 5, duration: 64 }, { ...tap, interactionId: 0, duration: 900 });
  connection.rtt = 600;
  connection.dispatchEvent(new Event("change"));
  expect(told.events).toEqual([
    ["rtt_estimate", "", 150],
    ["long_task", "", 80],
    ["interaction", "pointerup", 240],
    ["interaction", "pointerup", 320],
    ["rtt_estimate", "", 600],
  ]);
  expect(told.found).toEqual({ longtask: true, event: true, rttEstimate: true });
  for (const stop of stops.splice(0)) stop();
  expect(Observer.all.size).toBe(0);
});

test.each([
  ["Mozilla/5.0 (Linux; Android 13; ALN-AL00) HarmonyOS", { os: "harmonyos" }],
  ["Mozilla/5.0 (Linux; Android 14; Pixel 7) Chrome/126", { os: "android", osVersion: "14" }],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X)", { os: "ios", osVersion: "17.4.1" }],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64)", { os: "windows", osVersion: "10.0" }],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", { os: "macos", osVersion: "10.15.7" }],
  ["Mozilla/5.0 (X11; Linux x86_64)", { os: "linux" }],
  ["something else", {}],
])("the system by its user agent: %s", (userAgent, facts) => {
  vi.stubGlobal("navigator", { userAgent });
  expect(start(device(), {}).device).toEqual(facts);
});

test("the browser's hints know better, where they are granted", async () => {
  const hints = { architecture: "x86", bitness: "64", model: "Pixel 7", platformVersion: "14.0.0" };
  const userAgent = "Mozilla/5.0 (Linux; Android 10; K)";
  vi.stubGlobal("navigator", { userAgent, userAgentData: { getHighEntropyValues: async () => hints } });
  const told = start(device(), {});
  await vi.waitFor(() =>
    expect(told.device).toEqual({ os: "android", osVersion: "14.0.0", arch: "x86_64", model: "Pixel 7" }),
  );
  const refuse = async (): Promise<never> => { throw new Error("NotAllowedError"); };
  vi.stubGlobal("navigator", { userAgent, userAgentData: { getHighEntropyValues: refuse } });
  const refused = start(device(), {});
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(refused.device).toEqual({ os: "android", osVersion: "10" });
});

test("what a host lacks is said, not assumed", () => {
  const told = start(vitals(), {});
  expect(told.found).toEqual({ longtask: false, event: false, rttEstimate: false });
});

const page = { location: { href: "https://shop.example/cart?token=1" } };

test("requests leave method, host, status and time, and the app's own answer untouched", async () => {
  vi.stubGlobal("location", page.location);
  const answer = Promise.resolve(new Response(null, { status: 503 }));
  const refused = Promise.reject(new TypeError("offline"));
  refused.catch(() => undefined);
  const asked: unknown[][] = [];
  const original = (...given: unknown[]): Promise<Response> => {
    asked.push(given);
    return String(given[0]).includes("down") ? refused : answer;
  };
  vi.stubGlobal("fetch", original);
  vi.stubGlobal("XMLHttpRequest", undefined);
  const told = start(requests(), {});
  const init = { method: "post", body: "password=1" };
  expect(fetch("https://api.example/v1/pay?card=4111", init)).toBe(answer);
  expect(asked[0]).toEqual(["https://api.example/v1/pay?card=4111", init]);
  expect(fetch(new Request("https://down.example/x", { method: "DELETE" }))).toBe(answer);
  await expect(fetch("https://down.example/")).rejects.toThrow("offline");
  await fetch("/relative");
  await fetch("https://faultscan.example/v1/ping");
  await fetch("http://[");
  const seen = told.events.map(([kind, text]) => `${kind} ${text}`).sort();
  expect(seen).toEqual([
    "request DELETE down.example 503",
    "request GET down.example failed",
    "request GET shop.example 503",
    "request POST api.example 503",
  ]);
  expect(told.events.every(([, , ms]) => ms >= 0)).toBe(true);
  expect(told.failures).toHaveLength(1);
  stops.pop()?.();
  expect(fetch).toBe(original);
});

test("a fetch that somebody wrapped after us is left alone, and we fall silent", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response()));
  const told = start(requests(), {});
  const ours = fetch;
  const theirs = (...given: Parameters<typeof fetch>): Promise<Response> => ours(...given);
  vi.stubGlobal("fetch", theirs);
  stops.pop()?.();
  expect(fetch).toBe(theirs);
  await fetch("https://api.example/");
  expect(told.events).toEqual([]);
});

test("XMLHttpRequest too, and its prototype is whole again", () => {
  class Xhr extends EventTarget {
    status = 0;
    open(..._given: unknown[]): void {}
    send(..._given: unknown[]): void {
      this.status = 404;
      this.dispatchEvent(new Event("loadend"));
    }
  }
  vi.stubGlobal("XMLHttpRequest", Xhr);
  vi.stubGlobal("fetch", undefined);
  const { open, send } = Xhr.prototype;
  const told = start(requests(), {});
  const xhr = new Xhr();
  xhr.open("GET", "https://api.example/a");
  xhr.send();
  stops.pop()?.();
  xhr.open("GET", "https://api.example/b");
  xhr.send();
  expect(told.events.map(([, text]) => text)).toEqual(["GET api.example 404"]);
  expect([Xhr.prototype.open, Xhr.prototype.send]).toEqual([open, send]);
});

test("the page's life, by names only", () => {
  const target = new EventTarget();
  vi.stubGlobal("addEventListener", target.addEventListener.bind(target));
  vi.stubGlobal("removeEventListener", target.removeEventListener.bind(target));
  const told = start(lifecycle(), {});
  for (const name of ["pagehide", "pageshow", "hashchange"]) target.dispatchEvent(new Event(name));
  stops.pop()?.();
  target.dispatchEvent(new Event("pagehide"));
  expect(told.events).toEqual(
    ["pagehide", "pageshow", "hashchange"].map((name) => ["lifecycle", name, Number.NaN]),
  );
});

/** One run of an app with this storage; the result ends it as a crash does, without a word. */
function run(storage: Map<string, string>, changes: Partial<Host> = {}) {
  const clock = new Clock();
  clock.ms = 1_000_000 + storage.size;
  let hidden = false;
  const told = start(exits(), {
    ...late(clock),
    nowMs: () => clock.ms,
    hidden: () => hidden,
    load: (key) => storage.get(key) ?? null,
    store: (key, value) => !!(value === null ? storage.delete(key) : storage.set(key, value)) || true,
    memory: () => null,
    ...changes,
  });
  return {
    told,
    clock,
    show: (seen: boolean): void => {
      hidden = !seen;
      told.context.event("visibility", seen ? "visible" : "hidden");
    },
    end: stops.pop()!,
  };
}
/** Ends a run as a crash does: what is stored stays. */
const crash = (storage: Map<string, string>, end: () => void): void => {
  const left = new Map(storage);
  end();
  for (const [key, value] of left) storage.set(key, value);
};

test("a run that ended without a word is found at the next start, once", () => {
  const storage = new Map<string, string>();
  const first = run(storage);
  expect(first.told.events).toEqual([]);
  expect(first.told.found["uncleanExit"]).toBe(true);
  first.clock.pass(3 * ALIVE_MS);
  crash(storage, first.end);
  const second = run(storage);
  expect(second.told.events).toEqual([["unclean_exit", "crash: the last line", expect.any(Number)]]);
  second.end();
  const third = run(storage);
  expect(third.told.events).toEqual([]);
  third.end();
});

test.each([
  ["hidden before", (app: ReturnType<typeof run>) => app.show(false)],
  ["never seen", () => undefined],
])("an app that was %s may be taken away", (name, before) => {
  const storage = new Map<string, string>();
  const first = run(storage, name === "never seen" ? { hidden: () => true } : {});
  before(first);
  crash(storage, first.end);
  const second = run(storage);
  expect(second.told.events).toEqual([]);
  second.end();
});

test.each([
  ["little memory left", { memory: () => ({ source: "js_heap", usedBytes: 95, limitBytes: 100 }) }],
  ["the host's warning", {}],
])("an end after %s was the memory's", (name, changes) => {
  const storage = new Map<string, string>();
  const first = run(storage, changes);
  if (name !== "little memory left") first.told.context.event("memory_warning", "level 15");
  first.clock.pass(2 * ALIVE_MS);
  crash(storage, first.end);
  const second = run(storage);
  expect(second.told.events[0]![1]).toMatch(/^oom: /);
  second.end();
});

test("the error that ended a run is told, though no beat was due", () => {
  const storage = new Map<string, string>();
  const first = run(storage);
  first.clock.pass(1000);
  (first.told.context as { lastLine: () => string }).lastLine = () => "TypeError: the end";
  first.told.context.event("exception", "TypeError: the end");
  crash(storage, first.end);
  const second = run(storage);
  expect(second.told.events[0]![1]).toBe("crash: TypeError: the end");
  second.end();
});

test("a second session of the page is no crash of the first", () => {
  const storage = new Map<string, string>();
  const first = run(storage);
  const second = run(storage);
  expect(second.told.events).toEqual([]);
  first.end();
  second.end();
});

let server: support.Server;
let diag: Diag | undefined;
beforeEach(async () => {
  server = await support.Server.start();
});
afterEach(async () => {
  diag?.dispose();
  diag = undefined;
  await server.stop();
});

test("after a crash the next start says so at once, by both channels", async () => {
  vi.stubGlobal("sessionStorage", new support.Storage());
  const first = await support.open(server);
  await vi.waitFor(() => expect(first.diagnostics().integrations).toContain("exits"));
  const left = sessionStorage.getItem("faultscan:alive");
  expect(left).toMatch(/^\d+ crash/);
  first.dispose();
  expect(sessionStorage.getItem("faultscan:alive")).toBeNull();
  sessionStorage.setItem("faultscan:alive", `${Date.now() - 60_000} crash TypeError: x is not a function`);
  diag = await support.open(server);
  await vi.waitFor(() => expect([server.urgents.length, server.snapshots.length]).toEqual([1, 1]));
  expect(server.urgents[0]).toMatchObject({ kind: 3, line: "crash: TypeError: x is not a function" });
  const [item] = server.snapshots[0]!.body["items"];
  expect(item).toMatchObject({ kind: "unclean_exit", text: "crash: TypeError: x is not a function" });
  expect(item.value).toBeGreaterThanOrEqual(60_000);
});

test("all signals of a page, by name; an integration that fails stops nobody else", async () => {
  const page = puppet();
  const broken: Integration = { name: "broken", start: () => { throw new Error("no"); } };
  diag = await support.open(server, { host: page.host, integrations: [broken, ...defaults()] });
  const names = ["persistence", "device", "urgent", "exits", "hangs", "vitals", "requests", "lifecycle"];
  await vi.waitFor(() => expect(diag!.diagnostics().integrations).toEqual(names));
  expect(diag.diagnostics().failures).toMatchObject([{ where: "broken", what: "no" }]);
  expect(diag.diagnostics().capabilities).toMatchObject({ requests: true, longtask: false, hangs: true });
  page.events.visibility(true);
  page.events.visibility(false);
  page.events.network();
  await diag.capture();
  const kinds = server.snapshots[0]!.body["items"].map((item: { kind: string }) => item.kind);
  expect(kinds).toEqual(["visibility", "visibility", "network_change"]);
});

test("a capture straight after init waits for what the device tells", async () => {
  vi.stubGlobal("navigator", { userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X)" });
  diag = await support.open(server);
  await diag.capture();
  expect(server.snapshots[0]!.body["device"]).toMatchObject({ os: "ios", os_version: "17.4" });
});

test("a file that can't be loaded holds up no capture, and is tried again", async () => {
  let loads = 0;
  vi.doMock("../src/signals.js", () => {
    loads++;
    throw new Error("404");
  });
  try {
    vi.resetModules();
    const fresh = await import("../src/index.js");
    const session = await fresh.Diag.init({
      qrContext: await support.ticket(),
      endpoint: server.origin,
      wasm: support.wasm,
      captureConsole: false,
      snapshotPolicy: { rttIntervalS: 0 },
    });
    expect(await session.capture()).toMatchObject({ outcome: "accepted" });
    expect(await session.capture()).toMatchObject({ outcome: "accepted" });
    expect(session.diagnostics().failures.map((failure) => failure.where)).toContain("signals");
    expect(session.diagnostics().integrations).toEqual([]);
    session.dispose();
    expect(loads).toBeGreaterThan(0);
  } finally {
    vi.doUnmock("../src/signals.js");
    vi.resetModules();
  }
});

test("without integrations there is none, and nothing is loaded", async () => {
  diag = await support.open(server, { integrations: [] });
  await diag.capture();
  expect(diag.diagnostics().integrations).toEqual([]);
});

test("requests by the dozen do not push out the rare events", async () => {
  const noisy: Integration = {
    name: "noisy",
    start(context) {
      context.event("anr", "timer-drift", 6000);
      for (let i = 0; i < 500; i++) context.event("request", `GET h${i} 200`, 1);
    },
  };
  diag = await support.open(server, { integrations: [noisy] });
  await vi.waitFor(() => expect(diag!.diagnostics().integrations).toEqual(["noisy"]));
  await diag.capture();
  const { items, dropped } = server.snapshots[0]!.body;
  expect(items).toHaveLength(65);
  expect(items.filter((item: { kind: string }) => item.kind === "anr")).toHaveLength(1);
  expect(dropped.items).toBe(500 - 64);
});
