/** Tickets signed by independent code, and a small server that takes snapshots apart by itself. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { decode, encode } from "@msgpack/msgpack";
import * as ed25519 from "@noble/ed25519";
import { decompressBlock } from "lz4js";
import { Diag, type DiagOptions } from "../src/index.js";

export const wasm = readFileSync(new URL("../src/wasm/faultscan_sdk_bg.wasm", import.meta.url));
const context = (name: string): Uint8Array => new TextEncoder().encode(`faultscan/${name}/v1\0`);

function join(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

export interface Issuer {
  readonly seed: Uint8Array;
  readonly publicKey: Uint8Array;
}

export async function issuer(fill: number): Promise<Issuer> {
  const seed = new Uint8Array(32).fill(fill);
  return { seed, publicKey: await ed25519.getPublicKeyAsync(seed) };
}

export const keyIdOf = (publicKey: Uint8Array): Buffer =>
  createHash("sha256").update(publicKey).digest().subarray(0, 8);

export interface TicketParts {
  readonly issuer?: Issuer;
  readonly version?: number;
  readonly issuedAt?: number;
  readonly ttl?: number;
  readonly id?: number;
  readonly rest?: unknown[];
}

export const now = (): number => Math.floor(Date.now() / 1000);

/** Bytes of a ticket; `rest` holds the optional elements. */
export async function ticketBytes(parts: TicketParts = {}): Promise<Uint8Array> {
  const by = parts.issuer ?? (await issuer(1));
  const keyId = keyIdOf(by.publicKey);
  const claims = encode([
    parts.version ?? 1,
    Uint8Array.from(keyId),
    new Uint8Array(16).fill(parts.id ?? 7),
    parts.issuedAt ?? now(),
    parts.ttl ?? 600,
    new Uint8Array(32).fill(9),
    ...(parts.rest ?? []),
  ]);
  const signature = await ed25519.signAsync(join(context("ticket"), claims), by.seed);
  return join(claims, signature);
}

export const asText = (bytes: Uint8Array): string =>
  `FS1.${Buffer.from(bytes).toString("base64url")}`;

export async function ticket(parts: TicketParts = {}): Promise<string> {
  return asText(await ticketBytes(parts));
}

/** Seven bytes become seventeen digits, as in docs/spec/ticket.md. */
export function asDigits(bytes: Uint8Array): string {
  const widths = [0, 3, 5, 8, 10, 13, 15, 17];
  let digits = "";
  for (let at = 0; at < bytes.length; at += 7) {
    const group = bytes.subarray(at, at + 7);
    const value = BigInt(`0x${Buffer.from(group).toString("hex")}`);
    digits += value.toString().padStart(widths[group.length]!, "0");
  }
  return digits;
}

export interface Snapshot {
  readonly bytes: Uint8Array;
  readonly sequence: number;
  readonly sessionKey: string;
  readonly ticket: Uint8Array;
  readonly signatureHolds: boolean;
  readonly lines: { level: number; source: string; message: string }[];
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it wants.
  readonly body: Record<string, any>;
}

/** Reads LEB128 integers one after the other. */
function* integers(bytes: Uint8Array): Generator<number> {
  let at = 0;
  while (at < bytes.length) {
    let [value, factor] = [0, 1];
    for (; bytes[at]! > 0x7f; at++, factor *= 128) value += (bytes[at]! & 0x7f) * factor;
    value += bytes[at++]! * factor;
    yield value;
  }
}

/** Puts log lines together from their columns, as docs/spec/snapshot.md describes them. */
function logLines(logs: Record<string, never>): Snapshot["lines"] {
  const { lv, sd, s, td, ti, v = new Uint8Array() } = logs as unknown as {
    lv: Uint8Array;
    sd: string[];
    s: Uint8Array;
    td: string[];
    ti: Uint8Array;
    v?: Uint8Array;
  };
  let at = 0;
  const integer = (): number => {
    let [value, factor] = [0, 1];
    for (; v[at]! > 0x7f; at++, factor *= 128) value += (v[at]! & 0x7f) * factor;
    return value + v[at++]! * factor;
  };
  const taken = (length: number): Buffer => Buffer.from(v.slice(at, (at += length)));
  let next = 0;
  const rows: number[][] = td.map(() => []);
  [...integers(ti)].forEach((index, line) => {
    rows[index === 0 ? next++ : index - 1]!.push(line);
  });
  const messages: string[] = [];
  td.forEach((template, index) => {
    const [first, ...parts] = template.split("\0");
    for (const line of rows[index]!) messages[line] = first!;
    for (const part of parts) {
      const form = integer();
      let rank = 0;
      for (const line of rows[index]!) {
        let [kind, value] = [1, form - 1];
        if (form === 0) {
          const delta = integer();
          rank += delta % 2 ? -(delta + 1) / 2 : delta / 2;
          [kind, value] = [0, rank];
        } else if (form === 1) {
          const head = integer();
          [kind, value] = [head % 4, Math.floor(head / 4)];
        }
        const text =
          kind === 0 ? digits(value) : taken(value).toString(kind === 1 ? "hex" : "utf8");
        messages[line] += text + part;
      }
    }
  });
  const sources = [...integers(s)];
  return messages.map((message, index) => ({
    level: lv[index]!,
    source: sd[sources[index]!]!,
    message,
  }));
}

/** The string of digits with a rank: shorter ones come first. */
function digits(rank: number): string {
  let [length, count, first] = [1, 10, 0];
  for (; rank - first >= count; count *= 10) {
    first += count;
    length++;
  }
  return String(rank - first).padStart(length, "0");
}

/** Takes an envelope apart by the bytes of docs/spec/snapshot.md. */
export async function openSnapshot(bytes: Uint8Array): Promise<Snapshot> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ticketBytes = view.getUint16(6, true);
  const sessionKey = bytes.slice(16, 48);
  const signed = bytes.slice(0, -64);
  const block = bytes.slice(48 + ticketBytes, -64);
  const body = new Uint8Array(view.getUint32(12, true));
  const written = decompressBlock(block, body, 0, block.length, 0);
  if (written !== body.length || Buffer.from(bytes.slice(0, 5)).toString("latin1") !== "FSNP\x01") {
    throw new Error("not a snapshot");
  }
  const content = decode(body) as Record<string, never>;
  return {
    bytes,
    lines: content["logs"] ? logLines(content["logs"]) : [],
    sequence: view.getUint32(8, true),
    sessionKey: Buffer.from(sessionKey).toString("hex"),
    ticket: bytes.slice(48, 48 + ticketBytes),
    signatureHolds: await ed25519.verifyAsync(
      bytes.slice(-64),
      join(context("snapshot"), signed),
      sessionKey,
    ),
    body: content,
  };
}

export interface Urgent {
  readonly kind: number;
  readonly ticketId: string;
  readonly sessionKey: string;
  readonly sequence: number;
  readonly occurredAtMs: number;
  readonly metrics: Record<string, number>;
  readonly line: string;
  readonly signatureHolds: boolean;
  readonly headers: IncomingMessage["headers"];
}

/** Takes a datagram apart by the bytes of docs/spec/urgent.md. */
export async function openUrgent(
  bytes: Uint8Array,
  headers: IncomingMessage["headers"] = {},
): Promise<Urgent> {
  if (bytes.length > 1200 || Buffer.from(bytes.slice(0, 5)).toString("latin1") !== "FSUR\x01") {
    throw new Error("not an urgent datagram");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sessionKey = bytes.slice(24, 56);
  const content = decode(bytes.slice(68, -64)) as Partial<Urgent>;
  return {
    kind: bytes[5]!,
    ticketId: Buffer.from(bytes.slice(8, 24)).toString("hex"),
    sessionKey: Buffer.from(sessionKey).toString("hex"),
    sequence: view.getUint32(56, true),
    occurredAtMs: Number(view.getBigUint64(60, true)),
    metrics: content.metrics ?? {},
    line: content.line ?? "",
    signatureHolds: await ed25519.verifyAsync(
      bytes.slice(-64),
      join(context("urgent"), bytes.slice(0, -64)),
      sessionKey,
    ),
    headers,
  };
}

/** What a browser's storage does, with a quota. */
export class Storage {
  readonly items = new Map<string, string>();
  full = false;
  /** Every access is refused, as in some private modes. */
  refused = false;
  get length(): number {
    return this.items.size;
  }
  #open(): void {
    if (this.refused) throw new Error("SecurityError");
  }
  key(index: number): string | null {
    return [...this.items.keys()][index] ?? null;
  }
  getItem(key: string): string | null {
    this.#open();
    return this.items.get(key) ?? null;
  }
  removeItem(key: string): void {
    this.#open();
    this.items.delete(key);
  }
  setItem(key: string, value: string): void {
    this.#open();
    if (this.full) throw new Error("QuotaExceededError");
    this.items.set(key, value);
  }
}

type Reply = (request: IncomingMessage, response: ServerResponse) => void;

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Reply =>
  (_request, response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(body));
  };

export const accepted = (id = "r1"): Reply =>
  json(200, {
    outcome: "accepted",
    report_id: id,
    capability: "c1",
    report_url: `/r#${id}.c1`,
    received_at_ms: 5,
    clock_skew_ms: -3,
    diagnosis: { status: "explained" },
    control: { enabled: true, sample_rate: 1 },
  });

export const problem = (status: number, reason: string, headers = {}): Reply =>
  json(status, { title: reason, status, reason, detail: `it is ${reason}` }, headers);

export const hang: Reply = () => undefined;
export const cut: Reply = (request) => void request.socket.destroy();

export class Server {
  readonly snapshots: Snapshot[] = [];
  /** Replies to uploads in this order; the last one stays. */
  replies: Reply[] = [accepted()];
  /** Urgent datagrams, as they came. */
  readonly urgents: Urgent[] = [];
  pings = 0;
  ping: Reply = (_request, response) => void response.writeHead(204).end();
  keys: Reply;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  origin = "";

  constructor(publicKey: Uint8Array) {
    const key = Buffer.from(publicKey).toString("base64url");
    const id = keyIdOf(publicKey).toString("hex");
    this.keys = json(200, { keys: [{ key_id: id, public_key: key, state: "active" }] });
  }

  static async start(): Promise<Server> {
    const server = new Server((await issuer(1)).publicKey);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    server.origin = `http://127.0.0.1:${(server.#server.address() as AddressInfo).port}`;
    return server;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.url === "/v1/ping") {
      this.pings++;
      return this.ping(request, response);
    }
    if (request.url === "/.well-known/faultscan/keys.json") return this.keys(request, response);
    if (request.url === "/v1/urgent") {
      this.urgents.push(await openUrgent(Uint8Array.from(Buffer.concat(chunks)), request.headers));
      return json(202, { outcome: "accepted" })(request, response);
    }
    if (request.url !== "/v1/snapshots") return problem(404, "not_found")(request, response);
    this.snapshots.push(await openSnapshot(Uint8Array.from(Buffer.concat(chunks))));
    const reply = this.replies.length > 1 ? this.replies.shift() : this.replies[0];
    reply?.(request, response);
  }
}

/** A session against the server, quick to retry. */
export async function open(server: Server, options: Partial<DiagOptions> = {}): Promise<Diag> {
  return Diag.init({
    qrContext: options.qrContext ?? (await ticket()),
    endpoint: server.origin,
    wasm,
    captureConsole: false,
    snapshotPolicy: { rttIntervalS: 0 },
    ...options,
    uploadPolicy: { backoffMs: 2, backoffMaxMs: 2000, timeoutMs: 400, ...options.uploadPolicy },
  });
}

/** The error that a promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  return promise.then(
    () => {
      throw new Error("should have failed");
    },
    (error) => error,
  );
}
