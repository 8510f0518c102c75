/**
 * The diagnosis on the device, without network: `import { loadDiagnosis } from
 * "@faultscan/sdk/diagnosis"`. A module of its own, so that only those who use it load it.
 */
import { DiagError } from "./errors.js";
import type { SnapshotPayload } from "./types.js";
import {
  __wbg_set_wasm,
  ask,
  begin,
  load,
  more,
  pack,
  read_snapshot,
  update,
} from "./wasm/faultscan_diagnosis_bg.js";
// In a bundle of its own, this one has an instance of its own, whatever the page's session does.
import { __wbg_set_wasm as setSdk, call } from "./wasm/faultscan_sdk_bg.js";

/** Numbers of the questions; those of `Question` and `Further` in `desk.rs`. */
const enum Ask {
  Diagnosis,
  Answer,
}

const enum Further {
  Expand = 2,
  WhatIf,
  Export,
  Replay,
  Session,
  Causes,
}

export type CheckAnswer = "yes" | "no" | "unsure";

/** How much of the fault tree is drawn. */
export interface GraphOptions {
  /** Nodes of the first view, 15 where left out. */
  maxVisibleNodes?: number;
  /** Nodes of less weight are pruned, 0.03 where left out. */
  pruneThreshold?: number;
  /** Levels that one expansion adds, 2 where left out. */
  lazyLoadDepth?: number;
}

/** What is known of a failure. `answers` are the dialogue so far. */
export interface DiagnosisInput {
  lines?: string[];
  ticket_evidence?: { code: string | null; line: string }[];
  ticket_code?: string | null;
  context?: Record<string, string>;
  metrics?: Record<string, number | null>;
  answers?: { check: string; answer: CheckAnswer }[];
}

/** The probability of a code, a cause or a top event, without and with assumptions. */
export interface Follows {
  id: string;
  title: string;
  title_zh: string;
  /** Before any evidence. */
  prior: number;
  /** By the evidence. */
  now: number;
  /** By the evidence and the assumptions. */
  then: number;
}

/** What follows from assumptions, beside what is believed without them. */
export interface WhatIf {
  assumed: Follows[];
  /** Codes above an assumed cause, most probable first. */
  codes: Follows[];
  /** Top events of larger trees above an assumed cause. */
  tops: Follows[];
  /** Other causes of what was seen that become more or less likely. */
  causes: Follows[];
}

/** A cause that can be assumed. */
export interface CauseName {
  id: string;
  title: string;
  title_zh: string;
  prior: number;
}

/** One step of a dialogue. */
export interface SessionStep {
  given: { check: string; answer: CheckAnswer } | null;
  verdict: { text: string; text_zh: string; cause: string | null; probability: number };
  moved: { cause: string; before: number; after: number; bits: number }[];
}

type Source = string | URL | BufferSource | WebAssembly.Module;

export interface LoadOptions {
  /** Where the module lies, or the module itself; beside this file where left out. */
  wasm?: Source;
  /** The same for the second module, which is loaded when the first question needs it. */
  moreWasm?: Source;
  /** The same for the SDK's module, which checks the catalogue's signature. */
  sdkWasm?: Source;
}

/** By this number the SDK's module checks a signature; see `bindings.rs` there. */
const IS_SIGNED = 215;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NOTHING = new Uint8Array();

/** What was refused, by the module's stable reason. */
function refused(reason: string, detail: string): DiagError {
  return new DiagError("Refused", detail, false, reason);
}

function parse<T>(bytes: Uint8Array): T {
  const value = JSON.parse(decoder.decode(bytes)) as T & { reason?: string; detail?: string };
  if (typeof value.reason === "string" && typeof value.detail === "string") {
    throw refused(value.reason, value.detail);
  }
  return value;
}

const json = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value));

/** Public keys of 32 bytes each, one after the other. */
function joined(keys: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(keys.length * 32);
  keys.forEach((key, i) => {
    bytes.set(key.subarray(0, 32), i * 32);
  });
  return bytes;
}

type Exports = Record<string, WebAssembly.ExportValue>;

let instance: Promise<Exports> | undefined;
let rest: Promise<void> | undefined;
let moreWasm: Source | undefined;

async function instantiate(source: Source, imports: WebAssembly.Imports = {}): Promise<Exports> {
  let code: BufferSource | WebAssembly.Module;
  if (typeof source === "string" || source instanceof URL) {
    const response = await fetch(source);
    if (!response.ok) throw new Error(`${source} answers ${response.status}`);
    code = await response.arrayBuffer();
  } else {
    code = source;
  }
  const made = await WebAssembly.instantiate(code as BufferSource, imports);
  return (made instanceof WebAssembly.Instance ? made : made.instance).exports;
}

async function first({ wasm, moreWasm: later, sdkWasm }: LoadOptions): Promise<Exports> {
  // All that the module imports: whether a key, a signature and what it covers fit together.
  const is_signed = (at: number, bytes: number): boolean => {
    const memory = exports["memory"] as WebAssembly.Memory;
    return call(0, IS_SIGNED, new Uint8Array(memory.buffer, at, bytes), 0, 0).length > 0;
  };
  const [exports, sdk] = await Promise.all([
    instantiate(wasm ?? new URL("./faultscan_diagnosis_bg.wasm", import.meta.url), { sdk: { is_signed } }),
    instantiate(sdkWasm ?? new URL("./faultscan_sdk_bg.wasm", import.meta.url)),
  ]);
  setSdk(sdk);
  moreWasm = later ?? new URL("./faultscan_diagnosis_more_bg.wasm", import.meta.url);
  __wbg_set_wasm(exports);
  return exports;
}

/** The second module works in the first one's memory: it knows the catalogue and the dialogue. */
async function second(): Promise<void> {
  const exports = await instance;
  if (exports === undefined || moreWasm === undefined) throw new Error("the first module is not there");
  __wbg_set_wasm({ ...exports, ...(await instantiate(moreWasm, { f: exports })) });
}

function unavailable(error: unknown): DiagError {
  return new DiagError("WasmUnavailable", `the diagnosis module cannot be loaded: ${error}`, true);
}

/** Has the second module at hand. One that could not be loaded is tried again the next time. */
async function loadRest(): Promise<void> {
  rest ??= second();
  try {
    await rest;
  } catch (error) {
    rest = undefined;
    throw unavailable(error);
  }
}

async function further(question: Further, argument: Uint8Array = NOTHING): Promise<Uint8Array> {
  await loadRest();
  return more(question, argument);
}

/**
 * A loaded catalogue with one dialogue at a time. The dialogue is synchronous and takes milliseconds;
 * what gives a promise needs the second module, and loads it once. What is refused is a `DiagError`
 * with the module's `reason`, and leaves all as it was.
 */
export class LocalDiagnosis {
  #version: string;

  /** @internal */
  constructor(version: string) {
    this.#version = version;
  }

  /** The catalogue's version. */
  get version(): string {
    return this.#version;
  }

  /** The input of a snapshot that the SDK has sealed: what the server will make its diagnosis of. */
  inputOf(payload: Pick<SnapshotPayload, "bytes">): DiagnosisInput {
    return parse(read_snapshot(payload.bytes));
  }

  /** Diagnoses an input, which the other questions are about from then on. */
  diagnose<D = unknown>(input: DiagnosisInput, options?: GraphOptions): D {
    parse(begin(json(input)));
    return parse(ask(Ask.Diagnosis, options === undefined ? NOTHING : json(options)));
  }

  /** Takes an answer to a check; the diagnosis made anew. */
  answer<D = unknown>(check: string, answer: CheckAnswer): D {
    return parse(ask(Ask.Answer, json({ check, answer })));
  }

  /** The diagnosis at hand once more, its fault tree drawn by other options. */
  diagnosis<D = unknown>(options?: GraphOptions): D {
    return parse(ask(Ask.Diagnosis, options === undefined ? NOTHING : json(options)));
  }

  /** A node of the fault tree with the levels below it. */
  async expand<G = unknown>(node: string, options?: GraphOptions): Promise<G> {
    return parse(await further(Further.Expand, json(options === undefined ? { node } : { node, options })));
  }

  /** What follows if these causes are true or false, beside what is known. */
  async whatIf(causes: Record<string, boolean>): Promise<WhatIf> {
    return parse(await further(Further.WhatIf, json(causes)));
  }

  /** Causes whose id or titles have all these words, at most twenty. */
  async findCauses(words: string): Promise<CauseName[]> {
    return parse(await further(Further.Causes, json({ words })));
  }

  /** The whole fault tree as text. */
  async exportAs(format: "mermaid" | "dot" | "open-psa", lang: "en" | "zh" = "en"): Promise<string> {
    const text = decoder.decode(await further(Further.Export, json({ format, lang })));
    if (text.startsWith("{")) parse(encoder.encode(text));
    return text;
  }

  /** The dialogue step by step, with what each answer moved. */
  async replay(): Promise<SessionStep[]> {
    return parse(await further(Further.Replay));
  }

  /** The dialogue as a value. */
  async session(): Promise<unknown> {
    return parse(await further(Further.Session));
  }

  /** Brings the catalogue up to date by a difference; the dialogue goes on. */
  async update(delta: Uint8Array, keys: readonly Uint8Array[]): Promise<void> {
    await loadRest();
    this.#version = parse<{ version: string }>(update(delta, joined(keys))).version;
  }

  /** The catalogue's pack, to be kept. */
  async packBytes(): Promise<Uint8Array> {
    await loadRest();
    return pack();
  }
}

/**
 * Loads the module and a catalogue pack that one of the keys (Ed25519, 32 bytes) has signed. Loading
 * another pack replaces the one before, for all that hold it: there is one catalogue on a page.
 */
export async function loadDiagnosis(
  packBytes: Uint8Array,
  keys: readonly Uint8Array[],
  options: LoadOptions = {},
): Promise<LocalDiagnosis> {
  instance ??= first(options);
  try {
    await instance;
  } catch (error) {
    instance = undefined;
    throw unavailable(error);
  }
  const { version } = parse<{ version: string }>(load(packBytes, joined(keys)));
  return new LocalDiagnosis(version);
}
