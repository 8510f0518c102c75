/** Something dies: one datagram at once, never again, and the full snapshot behind it. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { browserHost } from "../src/host/browser.js";
import type { Diag, DiagOptions, Host } from "../src/index.js";
import { Alarm, BURST_ERRORS, BURST_MS, COOLDOWN_MS, SESSION_MAX } from "../src/signals/urgent.js";
import { type Puppet, puppet } from "./puppet.js";
import * as support from "./support.js";

let server: support.Server;
let diag: Diag | undefined;
beforeEach(async () => {
  server = await support.Server.start();
});
afterEach(async () => {
  diag?.dispose();
  diag = undefined;
  vi.unstubAllGlobals();
  await server.stop();
});

const open = async (options: Partial<DiagOptions> = {}): Promise<Diag> => {
  diag = await support.open(server, { captureConsole: true, ...options });
  await vi.waitFor(() => expect(diag!.diagnostics().integrations).toContain("urgent"));
  return diag;
};
const crash = (puppet: Puppet, times = BURST_ERRORS): void => {
  for (let i = 0; i < times; i++) {
    puppet.say({ level: "error", source: "uncaught", message: `TypeError: cart is undefined (${i})` });
  }
};

test("a burst of uncaught errors is told at once, and the snapshot follows", async () => {
  const page = puppet();
  const diag = await open({ host: page.host });
  diag.log("warn", "before");
  crash(page, BURST_ERRORS - 1);
  expect(diag.diagnostics().counts.urgent).toBe(0);
  crash(page, 1);
  await vi.waitFor(() => expect(server.snapshots).toHaveLength(1));
  await vi.waitFor(() => expect(server.urgents).toHaveLength(1));
  const [urgent] = server.urgents;
  const [snapshot] = server.snapshots;
  expect(urgent).toMatchObject({
    kind: 3,
    ticketId: diag.ticket.ticketId,
    sessionKey: snapshot!.sessionKey,
    sequence: 0,
    line: "TypeError: cart is undefined (0)",
    signatureHolds: true,
  });
  expect(Math.abs(urgent!.occurredAtMs - Date.now())).toBeLessThan(10_000);
  expect(snapshot!.body["items"].map((item: { kind: string }) => item.kind)).toEqual(
    Array(BURST_ERRORS).fill("exception"),
  );
  // Neither cookies nor a preflight.
  expect(urgent!.headers["content-type"]).toMatch(/^text\/plain/);
  expect(urgent!.headers.cookie).toBeUndefined();
  expect(diag.diagnostics()).toMatchObject({
    counts: { urgent: 1, captured: 1, accepted: 1 },
    capabilities: { "urgent:keepalive": true },
  });
});

test("memory that passes the threshold, with the figures at hand", async () => {
  let usedBytes = 50 << 20;
  const page = puppet({ memory: () => ({ source: "js_heap", usedBytes }) });
  await open({ host: page.host, snapshotPolicy: { rttIntervalS: 0.05 } });
  usedBytes = 90 << 20;
  await vi.waitFor(() => expect(server.urgents).toHaveLength(1));
  expect(server.urgents[0]).toMatchObject({ kind: 4, metrics: { used_mb: 90 } });
  await vi.waitFor(() => expect(server.snapshots).toHaveLength(1));
  expect(server.snapshots[0]!.body["items"][0]).toMatchObject({ kind: "memory_warning", value: 90 << 20 });
});

test("secrets do not travel in the datagram, and rules of the app hold there too", async () => {
  const page = puppet();
  const diag = await open({ host: page.host, scrubRules: [/order-\d+/] });
  diag.log("error", "login failed for order-4711 password=hunter2hunter2");
  page.events.memory?.("level 10");
  await vi.waitFor(() => expect(server.urgents).toHaveLength(1));
  const { line } = server.urgents[0]!;
  expect(line).toContain("login failed for [redacted:custom]");
  expect(line).not.toContain("hunter2");
});

test("a datagram is never sent twice, whatever the server says", async () => {
  const page = puppet();
  const sent: number[] = [];
  const { fetch } = globalThis;
  vi.stubGlobal("fetch", (...given: Parameters<typeof fetch>) => {
    if (String(given[0]).endsWith("/v1/urgent")) {
      sent.push((given[1]!.body as Uint8Array).length);
      return Promise.reject(new TypeError("offline"));
    }
    return fetch(...given);
  });
  await open({ host: { ...page.host, ...browserHost(), hook: page.host.hook, watch: page.host.watch } });
  crash(page);
  await vi.waitFor(() => expect(server.snapshots).toHaveLength(1));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(sent).toHaveLength(1);
  expect(server.urgents).toHaveLength(0);
});

test("UDP where the host has it; a beacon or a request where there is nothing better", async () => {
  const packets: [Uint8Array, unknown][] = [];
  const page = puppet({
    urgent: (bytes, udp) => {
      packets.push([bytes, udp]);
      return "udp";
    },
  });
  const udp = { host: "198.51.100.7", port: 7411 };
  const first = await open({ host: page.host, udp });
  page.events.memory?.("level 10");
  expect(packets).toHaveLength(1);
  expect(packets[0]![1]).toEqual(udp);
  expect(await support.openUrgent(packets[0]![0])).toMatchObject({ kind: 4, signatureHolds: true });
  expect(first.diagnostics().capabilities["urgent:udp"]).toBe(true);
  first.dispose();

  const plain = puppet({ name: "shell" });
  const second = await open({ host: plain.host });
  plain.events.memory?.("level 10");
  await vi.waitFor(() => expect(server.urgents).toHaveLength(1));
  expect(second.diagnostics().capabilities["urgent:request"]).toBe(true);
  second.dispose();

  const beacons: [string, Blob][] = [];
  vi.stubGlobal("navigator", { sendBeacon: (url: string, blob: Blob) => !!beacons.push([url, blob]) });
  vi.stubGlobal("Request", class {});
  const old = puppet();
  const third = await open({ host: old.host });
  old.events.memory?.("level 10");
  expect(third.diagnostics().capabilities["urgent:beacon"]).toBe(true);
  const [url, blob] = beacons[0]!;
  expect([url, blob.type]).toEqual([`${server.origin}/v1/urgent`, "text/plain"]);
  expect(await support.openUrgent(new Uint8Array(await blob.arrayBuffer()))).toMatchObject({ kind: 4 });
});

test("numbers of datagrams go on after a reload", async () => {
  vi.stubGlobal("sessionStorage", new support.Storage());
  for (const sequence of [0, 1]) {
    const page = puppet();
    const diag = await open({ host: { ...page.host, ...storageOf() } });
    page.events.memory?.("level 10");
    await vi.waitFor(() => expect(server.urgents).toHaveLength(sequence + 1));
    expect(server.urgents[sequence]!.sequence).toBe(sequence);
    diag.dispose();
  }
  expect(new Set(server.urgents.map((urgent) => urgent.sessionKey)).size).toBe(1);
});
const storageOf = (): Partial<Host> => {
  const { load, store } = browserHost();
  return { load, store };
};

test("what the server's sampling left out is silent, but a person is heard", async () => {
  const page = puppet();
  const diag = await open({ host: page.host });
  const control = { enabled: true, sample_rate: 0 };
  server.replies = [support.json(200, { outcome: "accepted", report_id: "r", capability: "c", control })];
  await diag.capture();
  expect(diag.diagnostics()).toMatchObject({ enabled: true, sampled: false });
  crash(page);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([server.urgents.length, server.snapshots.length]).toEqual([0, 1]);
  expect(await diag.capture()).toMatchObject({ outcome: "accepted" });
});

test("the alarm: bursts, pauses, and an end", () => {
  const error = { kind: "exception", text: "x" } as const;
  const slow = new Alarm();
  for (let i = 0; i < 20; i++) expect(slow.hear(error, i * (BURST_MS / 3))).toBeNull();
  const alarm = new Alarm();
  const heard = Array.from({ length: 12 }, (_, i) => alarm.hear(error, i));
  expect(heard.filter(Boolean)).toEqual(["crash"]);
  expect(alarm.hear({ kind: "anr", text: "" }, 20)).toBe("anr");
  expect(alarm.hear({ kind: "anr", text: "" }, 21)).toBeNull();
  expect(alarm.hear({ kind: "anr", text: "" }, 20 + COOLDOWN_MS)).toBe("anr");
  expect(alarm.hear({ kind: "unclean_exit", text: "oom: x" }, 30)).toBe("oom");
  expect(alarm.hear({ kind: "request", text: "GET h 500" }, 30)).toBeNull();
  const busy = new Alarm();
  const sent = Array.from({ length: 99 }, (_, i) => busy.hear({ kind: "anr", text: "" }, i * COOLDOWN_MS));
  expect(sent.filter(Boolean)).toHaveLength(SESSION_MAX);
});
