import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { hookConsole } from "../src/host/hooks.js";
import type { HostLine } from "../src/index.js";

const METHODS = ["trace", "debug", "log", "info", "warn", "error", "assert"] as const;
const originals = Object.fromEntries(METHODS.map((name) => [name, console[name]]));
let calls: unknown[][] = [];
beforeEach(() => {
  calls = [];
  for (const name of METHODS) console[name] = (...values: unknown[]) => void calls.push([name, ...values]);
});
afterEach(() => void Object.assign(console, originals));

test("every level is recorded and the original is called with the same values", () => {
  const lines: HostLine[] = [];
  const stop = hookConsole((line) => lines.push(line));
  const value = { a: 1 };
  for (const name of METHODS) console[name]("x", value as never);
  console.assert(false, "broken", value);
  stop();
  expect(calls.slice(0, 7)).toEqual(METHODS.map((name) => [name, "x", value]));
  expect(calls[1]![2]).toBe(value);
  expect(lines.map((line) => line.level)).toEqual(["trace", "debug", "info", "info", "warn", "error", "error"]);
  expect(lines[6]!.message).toBe('Assertion failed: broken {"a":1}');
});

test("the originals are back once the last listener leaves", () => {
  const before = METHODS.map((name) => console[name]);
  const first = hookConsole(() => undefined);
  const wrapped = console.log;
  const second = hookConsole(() => undefined);
  expect(console.log).toBe(wrapped);
  first();
  first();
  expect(console.log).toBe(wrapped);
  second();
  expect(METHODS.map((name) => console[name])).toEqual(before);
});

test("someone who wrapped us later is left alone, and we do not wrap twice", () => {
  const lines: HostLine[] = [];
  const stop = hookConsole((line) => lines.push(line));
  const ours = console.warn;
  const theirs = (...values: unknown[]): void => ours("theirs", ...values);
  console.warn = theirs;
  stop();
  expect(console.warn).toBe(theirs);
  console.warn("one");
  expect(lines).toHaveLength(0);
  const again = hookConsole((line) => lines.push(line));
  console.warn("two");
  expect(lines.map((line) => line.message)).toEqual(["theirs two"]);
  console.warn = ours;
  again();
});

test("a listener that logs or throws neither loops nor reaches the app", () => {
  let count = 0;
  const stop = hookConsole(() => {
    count++;
    console.error("from the listener");
    throw new Error("listener bug");
  });
  console.log("x");
  stop();
  expect(count).toBe(1);
  expect(calls).toEqual([["error", "from the listener"], ["log", "x"]]);
});

test("a console that can't be written to is left as it is", () => {
  const { log } = console;
  Object.defineProperty(console, "log", { value: log, writable: false, configurable: true });
  const stop = hookConsole(() => undefined);
  expect(console.log).toBe(log);
  stop();
  Object.defineProperty(console, "log", { value: log, writable: true, configurable: true });
});

test("uncaught errors, rejections and resources that fail to load", () => {
  const target = new EventTarget();
  vi.stubGlobal("addEventListener", target.addEventListener.bind(target));
  vi.stubGlobal("removeEventListener", target.removeEventListener.bind(target));
  const lines: HostLine[] = [];
  const stop = hookConsole((line) => lines.push(line));
  const fire = (name: string, fields: object): boolean =>
    target.dispatchEvent(Object.assign(new Event(name), fields));
  fire("error", { error: new RangeError("boom") });
  fire("error", { message: "Script error." });
  fire("unhandledrejection", { reason: "why" });
  const image = new Event("error");
  Object.defineProperty(image, "target", { value: { tagName: "IMG", src: "https://h/x.png?token=1" } });
  target.dispatchEvent(image);
  stop();
  fire("error", { message: "after" });
  expect(lines.map(({ source, message }) => [source, message.split("\n")[0]])).toEqual([
    ["uncaught", "RangeError: boom"],
    ["uncaught", "Script error."],
    ["rejection", "Unhandled rejection: why"],
    ["resource", "failed to load <img> https://h/x.png"],
  ]);
  vi.unstubAllGlobals();
});
