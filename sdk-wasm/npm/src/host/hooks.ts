/**
 * Console and error capture for hosts that have a `console` and DOM-like error events. The console
 * is wrapped once, however many sessions listen; the originals are always called, and come back
 * when the last listener leaves.
 */
import { format } from "../format.js";
import type { Level } from "../types.js";
import type { HostLine } from "./host.js";

type Sink = (line: HostLine) => void;
type Method = (...values: unknown[]) => unknown;

const METHODS: Readonly<Record<string, Level>> = {
  trace: "trace",
  debug: "debug",
  log: "info",
  info: "info",
  warn: "warn",
  error: "error",
  assert: "error",
};

const sinks = new Set<Sink>();
const wrapped = new Map<string, { original: Method; wrapper: Method }>();
let speaking = false;

/** Hands a line to every listener. Lines that a listener itself causes are not recorded again. */
function emit(level: Level, source: string, values: readonly unknown[]): void {
  if (speaking || sinks.size === 0) return;
  speaking = true;
  try {
    const line = { level, source, message: format(values) };
    for (const sink of sinks) sink(line);
  } catch {
    // Nothing that goes wrong here may reach the app.
  } finally {
    speaking = false;
  }
}

function wrap(): void {
  const target = console as unknown as Record<string, Method>;
  for (const [name, level] of Object.entries(METHODS)) {
    const original = target[name];
    // Already wrapped: someone else wrapped our wrapper, so it could not be taken off.
    if (typeof original !== "function" || wrapped.has(name)) continue;
    const wrapper: Method = function (this: unknown, ...values) {
      if (name !== "assert") emit(level, "console", values);
      else if (!values[0]) emit(level, "console", ["Assertion failed:", ...values.slice(1)]);
      return Reflect.apply(original, this, values);
    };
    try {
      target[name] = wrapper;
      if (target[name] === wrapper) wrapped.set(name, { original, wrapper });
    } catch {
      // A frozen console is left alone.
    }
  }
}

function unwrap(): void {
  const target = console as unknown as Record<string, Method>;
  for (const [name, { original, wrapper }] of wrapped) {
    if (target[name] !== wrapper) continue;
    target[name] = original;
    wrapped.delete(name);
  }
}

function onError(event: Event): void {
  const { error, message } = event as ErrorEvent;
  const element = event.target as { tagName?: string; src?: string; href?: string } | null;
  if (error !== undefined && error !== null) emit("error", "uncaught", [error]);
  else if (message) emit("error", "uncaught", [message]);
  else if (element?.tagName) {
    const address = String(element.src ?? element.href ?? "").split(/[?#]/)[0];
    emit("error", "resource", [`failed to load <${element.tagName.toLowerCase()}> ${address}`]);
  }
}

function onRejection(event: Event): void {
  emit("error", "rejection", ["Unhandled rejection:", (event as PromiseRejectionEvent).reason]);
}

/** Starts recording into `sink`; the result stops it. */
export function hookConsole(sink: Sink): () => void {
  const events: Partial<Pick<EventTarget, "addEventListener" | "removeEventListener">> = globalThis;
  if (sinks.size === 0) {
    wrap();
    // The capture phase also sees resources that failed to load, whose events do not bubble.
    events.addEventListener?.("error", onError, true);
    events.addEventListener?.("unhandledrejection", onRejection);
  }
  sinks.add(sink);
  return () => {
    if (!sinks.delete(sink) || sinks.size > 0) return;
    unwrap();
    events.removeEventListener?.("error", onError, true);
    events.removeEventListener?.("unhandledrejection", onRejection);
  };
}
