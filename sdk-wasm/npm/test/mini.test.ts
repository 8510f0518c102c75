import { afterEach, beforeEach, expect, test } from "vitest";
import { Controller, Decoder, Encoder } from "../src/mini/shims.js";
import { alipay, miniProgram, packageWasm, phone, type Program, wechat } from "./mini-program.js";
import { failure, openUrgent, Server, ticket } from "./support.js";

let server: Server;
beforeEach(async () => {
  server = await Server.start();
});
afterEach(() => server.stop());

const wechatProgram = (on = phone()): Program =>
  miniProgram({ wx: wechat(on), WXWebAssembly: packageWasm() });

const open = async (program: Program, options = {}) =>
  program.sdk.Diag.init({
    qrContext: await ticket(),
    endpoint: server.origin,
    snapshotPolicy: { rttIntervalS: 0 },
    uploadPolicy: { backoffMs: 2, backoffMaxMs: 2000, timeoutMs: 400 },
    ...options,
  });

test("WeChat: a scan becomes a snapshot on the server", async () => {
  const on = phone();
  const program = wechatProgram(on);
  const diag = await open(program, { app: { name: "商城", version: "4.2" } });
  expect(diag.ticket.ticketId).toBe("07".repeat(16));
  diag.log("warn", "购物车为空 🛒");
  program.run("console.error('dial tcp 10.0.3.21:5432: connect: connection refused')");
  on.error.tell("TypeError: undefined is not a function");
  const answer = await diag.capture();
  expect(answer.reportId).toBe("r1");
  const [snapshot] = server.snapshots;
  expect(snapshot!.signatureHolds).toBe(true);
  expect(snapshot!.lines.map(({ source, message }) => [source, message])).toEqual([
    ["app", "购物车为空 🛒"],
    ["console", "dial tcp 10.0.3.21:5432: connect: connection refused"],
    ["uncaught", "TypeError: undefined is not a function"],
  ]);
  const { sdk, device, network, app, fps } = snapshot!.body;
  expect(sdk).toMatchObject({ host: "wechat" });
  expect(device).toMatchObject({ os: "ios", os_version: "17.4", model: "iPhone iPhone 14", memory_gb: 6 });
  expect([network, app.name, fps.source]).toEqual([{ type: "wifi", online: true }, "商城", "timer-drift"]);
  // The program's own console still works, and is whole again afterwards.
  expect(program.console).toHaveLength(1);
  diag.dispose();
  expect(on.error.all.size + on.hide.all.size + on.network.all.size).toBe(0);
});

test("Alipay: other names, randomness from the app", async () => {
  const on = phone();
  const program = miniProgram({ my: alipay(on), MYWebAssembly: packageWasm() });
  expect(await failure(open(program))).toMatchObject({ code: "RandomUnavailable" });
  const host = program.sdk.miniHost({ random: (into: Uint8Array) => !!into.fill(5) });
  const diag = await open(program, { host });
  diag.log("error", "java.sql.SQLException: Connection refused");
  await diag.capture();
  expect(server.snapshots[0]!.body["sdk"].host).toBe("alipay");
  expect(server.snapshots[0]!.body["device"]).toMatchObject({ os: "android", os_version: "13" });
  diag.dispose();
});

test("Douyin: WeChat's shapes under another name", async () => {
  const program = miniProgram({ tt: wechat(phone()), TTWebAssembly: packageWasm() });
  const diag = await open(program);
  await diag.capture();
  expect(server.snapshots[0]!.body["sdk"].host).toBe("douyin");
  diag.dispose();
});

test("a refusal is told by the server's reason, whatever the host calls a failure", async () => {
  const { problem } = await import("./support.js");
  for (const globals of [
    { wx: wechat(phone()), WXWebAssembly: packageWasm() },
    { my: alipay(phone()), MYWebAssembly: packageWasm() },
  ]) {
    server.replies = [problem(403, "ticket_bound_to_other_session")];
    const program = miniProgram(globals);
    const random = (into: Uint8Array): boolean => !!into.fill(6);
    const diag = await open(program, { host: program.sdk.miniHost({ random }) });
    const error = await failure(diag.capture());
    expect(error).toMatchObject({ code: "Refused", reason: "ticket_bound_to_other_session" });
    diag.dispose();
  }
});

test("relaunch: the session's key outlives the app, and old keys do not pile up", async () => {
  const on = phone(new Map([["faultscan:old", "1000 aa"], ["cart", "3 apples"]]));
  const qrContext = await ticket();
  for (const round of [0, 1]) {
    const diag = await open(wechatProgram(on), { qrContext });
    await diag.capture();
    expect(server.snapshots[round]!.sequence).toBe(round);
    diag.dispose();
  }
  const [first, second] = server.snapshots;
  expect(second!.sessionKey).toBe(first!.sessionKey);
  expect([...on.storage.keys()].sort()).toEqual(["cart", `faultscan:${"07".repeat(16)}`]);
});

test("offline: the snapshot waits and goes when the network is back", async () => {
  const on = phone();
  const diag = await open(wechatProgram(on), { uploadPolicy: { attemptsMax: 1, timeoutMs: 400 } });
  on.offline = true;
  on.network.tell({ isConnected: false, networkType: "none" });
  expect(await failure(diag.capture())).toMatchObject({ code: "Offline" });
  expect(diag.diagnostics().queue.items).toBe(1);
  on.offline = false;
  on.network.tell({ isConnected: true, networkType: "4g" });
  await expect.poll(() => server.snapshots.length).toBe(1);
  await expect.poll(() => diag.diagnostics().queue.items).toBe(0);
  diag.dispose();
});

test("hiding and showing the app become events", async () => {
  const on = phone();
  const diag = await open(wechatProgram(on));
  on.hide.tell();
  on.show.tell();
  await diag.capture();
  const items = server.snapshots[0]!.body["items"] as { kind: string; text: string }[];
  expect(items.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    "visibility hidden",
    "visibility visible",
  ]);
  diag.dispose();
});

test("an urgent event goes by UDP where the host has it, by its request where it has not", async () => {
  const on = phone();
  const program = wechatProgram(on);
  const diag = await open(program, { udp: { host: "198.51.100.7", port: 7411 } });
  await expect.poll(() => diag.diagnostics().integrations).toContain("urgent");
  diag.log("error", "Out of memory 内存不足");
  on.memory.tell({ level: 15 });
  expect(on.packets).toHaveLength(1);
  const { address, port, bytes } = on.packets[0]!;
  expect([address, port]).toEqual(["198.51.100.7", 7411]);
  expect(await openUrgent(bytes)).toMatchObject({ kind: 4, line: "Out of memory 内存不足", signatureHolds: true });
  await expect.poll(() => server.snapshots.length).toBe(1);
  diag.dispose();
  expect(on.memory.all.size).toBe(0);

  const plain = phone();
  const my = { ...alipay(plain), onMemoryWarning: plain.memory.on };
  const other = miniProgram({ my, MYWebAssembly: packageWasm() });
  const host = other.sdk.miniHost({ random: (into: Uint8Array) => !!into.fill(5) });
  const second = await open(other, { host, qrContext: await ticket({ id: 9 }) });
  await expect.poll(() => second.diagnostics().integrations).toContain("urgent");
  plain.memory.tell();
  await expect.poll(() => server.urgents.length).toBe(1);
  expect(second.diagnostics().capabilities["urgent:request"]).toBe(true);
  second.dispose();
});

test("relaunch: what waited goes, and an end without a word is told", async () => {
  const on = phone();
  const killed = await open(wechatProgram(on), { uploadPolicy: { attemptsMax: 1, timeoutMs: 400 } });
  await expect.poll(() => killed.diagnostics().integrations).toContain("persistence");
  on.offline = true;
  killed.log("error", "written before the end");
  expect(await failure(killed.capture())).toMatchObject({ code: "Offline" });
  const left = new Map(on.storage);
  killed.dispose();
  // As the system ends it: nothing is taken down.
  const again = phone(left);
  const diag = await open(wechatProgram(again), { qrContext: await ticket({ id: 8 }) });
  await expect.poll(() => server.snapshots.length).toBe(2);
  await expect.poll(() => server.urgents.length).toBe(1);
  expect(server.urgents[0]).toMatchObject({ kind: 3, line: expect.stringMatching(/^crash: /) });
  const lines = server.snapshots.flatMap((one) => one.lines.map((line) => line.message));
  expect(lines).toContain("written before the end");
  const items = server.snapshots.flatMap((one) => one.body["items"] ?? []) as { kind: string }[];
  expect(items.map((item) => item.kind)).toContain("unclean_exit");
  await expect.poll(() => [...again.storage.keys()].some((key) => key.startsWith("faultscan:q:"))).toBe(false);
  diag.dispose();
});

test("requests of the program leave breadcrumbs, and its object is whole again", async () => {
  const on = phone();
  const wx = wechat(on);
  const { request } = wx;
  const program = miniProgram({ wx, WXWebAssembly: packageWasm() });
  const diag = await open(program);
  await expect.poll(() => diag.diagnostics().integrations).toContain("requests");
  const told: unknown[] = [];
  const url = `${server.origin.replace("127.0.0.1", "localhost")}/v1/ping`;
  const options = { url, method: "GET", success: (answer: unknown) => told.push(answer) };
  (wx["request"] as (given: object) => unknown)(options);
  await expect.poll(() => told.length).toBe(1);
  await diag.capture();
  const [item] = server.snapshots[0]!.body["items"];
  expect(item.text).toMatch(/^GET localhost:\d+ 204$/);
  diag.dispose();
  expect(wx["request"]).toBe(request);
});

test("no module, no host, no storage: a clear error or a session all the same", async () => {
  expect(await failure(open(miniProgram({ wx: wechat(phone()) })))).toMatchObject({
    code: "WasmUnavailable",
  });
  const nowhere = await failure(open(miniProgram({})));
  expect(String(nowhere["message"])).toContain("no mini-program host");
  const wx = wechat(phone());
  for (const name of ["getStorageSync", "setStorageSync", "removeStorageSync"]) delete wx[name];
  const diag = await open(miniProgram({ wx, WXWebAssembly: packageWasm() }));
  expect(diag.diagnostics().sessionPersisted).toBe(false);
  await diag.capture();
  diag.dispose();
});

test("the shims agree with the real ones", () => {
  const texts = ["", "abc", "é", "中文", "😀 x", "\ud800", "a\udc00b", "\u0000\u007f\u0080\u07ff\u0800\uffff\u{10ffff}"];
  for (const text of texts) {
    const bytes = new TextEncoder().encode(text);
    expect([...new Encoder().encode(text)]).toEqual([...bytes]);
    expect(new Decoder().decode(bytes)).toBe(new TextDecoder().decode(bytes));
  }
  const controller = new Controller();
  let told = 0;
  controller.signal.addEventListener("abort", () => told++);
  controller.abort();
  controller.abort();
  expect([told, controller.signal.aborted]).toEqual([1, true]);
});
