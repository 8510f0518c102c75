/**
 * Reads a ticket's text: `docs/spec/ticket.md`. The golden vectors hold this reader and the one in
 * Rust to the same answers. Signature and time are checked by the core, on the bytes found here.
 */
import { fromBase64, toBase64, toHex } from "./base64.js";
import { utf8 } from "./core.js";
import { ticketError } from "./problem.js";
import type { TicketView } from "./types.js";

const TEXT_BYTES_MAX = 4096;
const BYTES_MAX = 1024;
const BYTES_MIN = 130;
const SIGNATURE_BYTES = 64;
const ISSUED_AT_S_MAX = 253402300799;
const TTL_S_MAX = 604800;
const CODE = /^[\w.:/-]{1,64}$/;
const KEY = /^[\w.:/-]{1,32}$/;
const PAIRS_MAX = 8;
const ITEMS_MAX = 8;
const VALUE_BYTES_MAX = 64;
const LINE_BYTES_MAX = 256;
/** Control characters and what hides or turns text. */
const UNPRINTABLE = /[\0-\x08\x0a-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;
/** Digits for a group of as many bytes as the index. */
const GROUP_DIGITS = [0, 3, 5, 8, 10, 13, 15, 17];

export interface ReadTicket {
  readonly bytes: Uint8Array;
  readonly view: TicketView;
}

function refuse(reason: string, field?: string): never {
  throw ticketError({ reason, ...(field && { field }) });
}

/** Seven bytes to seventeen digits. `null` where no bytes have this text. */
function fromDecimal(text: string): number[] | null {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 17) {
    const digits = text.slice(at, at + 17);
    const size = GROUP_DIGITS.indexOf(digits.length);
    if (size < 0) return null;
    const group = new Array<number>(size).fill(0);
    for (const digit of digits) {
      let carry = Number(digit);
      for (let i = size - 1; i >= 0; i--) {
        carry += group[i]! * 10;
        group[i] = carry & 255;
        carry >>= 8;
      }
      if (carry) return null;
    }
    bytes.push(...group);
  }
  return bytes;
}

function toBytes(scanned: string): Uint8Array {
  if (utf8(scanned).length > TEXT_BYTES_MAX) refuse("ticket_text_too_long");
  const text = scanned.replace(/^[\s\x85]+|[\s\x85]+$/g, "");
  const hash = text.indexOf("#");
  const payload = text.slice(hash + 1);
  const foreign = hash > 0 && !/^https?:\/\//i.test(text);
  if (!foreign && /^FS(?!1\.)\d+\./.test(payload)) refuse("ticket_unsupported_version");
  const plain = !foreign && payload.startsWith("FS1.");
  if (!plain && (foreign || !/^\d+$/.test(payload))) refuse("ticket_unknown_text_form");
  const bytes = plain ? fromBase64(payload.slice(4)) : fromDecimal(payload);
  return Uint8Array.from(bytes ?? refuse("ticket_bad_text_encoding"));
}

/** Reads the text in any of its forms; throws the `DiagError` for one that is no ticket. */
export function readTicket(scanned: string): ReadTicket {
  const bytes = toBytes(scanned);
  if (bytes.length > BYTES_MAX) refuse("ticket_too_large");
  if (bytes.length < BYTES_MIN) refuse("ticket_truncated");
  const end = bytes.length - SIGNATURE_BYTES;
  let at = 0;
  let wrong: string | undefined;

  const check = (good: boolean, field: string): void => {
    if (!good) wrong ??= field;
  };
  const take = (count: number): Uint8Array => {
    if (count > end - at) refuse("ticket_truncated");
    at += count;
    return bytes.subarray(at - count, at);
  };
  /**
   * A MessagePack head in its shortest form: one byte from `low` on below `high`, or a marker from
   * `first` to `last` and a number in `width` bytes, which double with each marker. As many times
   * `unit` bytes must follow.
   */
  const head = (
    [low, high, first, last, width, least]: readonly number[],
    unit: number,
  ): number => {
    const marker = take(1)[0]!;
    let value = marker - low!;
    if (marker < low! || marker >= high!) {
      if (marker < first! || marker > last!) refuse("ticket_malformed");
      const size = width! << (marker - first!);
      value = 0;
      for (const byte of take(size)) value = value * 256 + byte;
      if (value < (marker > first! ? 256 ** (size / 2) : least!)) refuse("ticket_non_canonical");
    }
    if (value * unit > end - at) refuse("ticket_truncated");
    return value;
  };
  const uint = (): number => head([0, 0x80, 0xcc, 0xcf, 1, 0x80], 0);
  const array = (): number => head([0x90, 0xa0, 0xdc, 0xdd, 2, 16], 1);
  const bin = (size: number): string => {
    const found = take(head([0, 0, 0xc4, 0xc6, 1, 0], 1));
    if (found.length !== size) refuse("ticket_malformed");
    return toHex(found);
  };
  const str = (field: string, bytesMax: number, pattern?: RegExp): string => {
    const found = take(head([0xa0, 0xc0, 0xd9, 0xdb, 1, 32], 1));
    let text = "";
    try {
      // Unlike a text decoder, on every host, and as strict.
      text = decodeURIComponent(toHex(found).replace(/../g, "%$&"));
    } catch {
      refuse("ticket_invalid_utf8");
    }
    check(pattern ? pattern.test(text) : found.length <= bytesMax && !UNPRINTABLE.test(text), field);
    return text;
  };
  const nil = (): boolean => at < end && bytes[at] === 0xc0 && ++at > 0;
  const code = (field: string): { code?: string } => (nil() ? {} : { code: str(field, 0, CODE) });

  const elements = array();
  if (uint() !== 1) refuse("ticket_unsupported_version");
  if (elements < 6 || elements > 9) refuse("ticket_malformed");
  const keyId = bin(8);
  const ticketId = bin(16);
  const issuedAt = uint();
  check(issuedAt <= ISSUED_AT_S_MAX, "issued_at_s");
  const ttlS = uint();
  check(ttlS > 0 && ttlS <= TTL_S_MAX, "ttl_s");
  const fingerprint = `sha256:${bin(32)}`;
  const coded = elements > 6 ? code("code") : {};
  const context: [string, string][] = [];
  if (elements > 7 && !nil()) {
    const pairs = head([0x80, 0x90, 0xde, 0xdf, 2, 16], 2);
    if (pairs > PAIRS_MAX) refuse("ticket_bad_field", "context");
    if (!pairs) refuse("ticket_non_canonical");
    for (let before = ""; context.length < pairs; ) {
      const key = str("context", 0, KEY);
      if (before && key <= before) refuse("ticket_non_canonical");
      before = key;
      context.push([key, str("context", VALUE_BYTES_MAX)]);
    }
  }
  const evidence: { code?: string; line: string }[] = [];
  if (elements > 8) {
    const items = array();
    if (items > ITEMS_MAX) refuse("ticket_bad_field", "evidence");
    while (evidence.length < items) {
      if (array() !== 2) refuse("ticket_malformed");
      const item = { ...code("evidence"), line: str("evidence", LINE_BYTES_MAX) };
      check(item.line !== "", "evidence");
      evidence.push(item);
    }
  }
  if (at < end) refuse("ticket_trailing_bytes");
  if (wrong) refuse("ticket_bad_field", wrong);
  // Up to the last claim that is present: a nil or an empty list at the end is a second encoding.
  const needed = evidence.length ? 9 : context.length ? 8 : coded.code ? 7 : 6;
  if (elements !== needed) refuse("ticket_non_canonical");
  const view: TicketView = {
    ...coded,
    text: `FS1.${toBase64(bytes)}`,
    ticketId,
    keyId,
    fingerprint,
    ttl: issuedAt + ttlS,
    issuedAt,
    context: Object.fromEntries(context),
    evidence,
  };
  return { bytes, view };
}
