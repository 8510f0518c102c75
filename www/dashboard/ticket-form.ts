import type { TicketRequest } from "../lib/api.ts";
import { dashboard } from "../lib/i18n/dashboard.ts";

export interface TicketForm {
  os: string;
  arch: string;
  network: string;
  version: string;
  code: string;
  ttlS: number;
  context: readonly { key: string; value: string }[];
}

export const TTLS = [600, 3600, 86_400, 604_800] as const;
export const CONTEXT_PAIRS_MAX = 8;
const KEY_BYTES_MAX = 32;
const VALUE_BYTES_MAX = 64;
const CODE_BYTES_MAX = 64;

export function emptyForm(code: string): TicketForm {
  return {
    os: "linux",
    arch: "amd64",
    network: "wired",
    version: "",
    code,
    ttlS: 600,
    context: [],
  };
}

const byteLength = (text: string) => new TextEncoder().encode(text).length;

/** The request, or the one thing to mend first, in the person's language. */
export function toRequest(form: TicketForm): { request: TicketRequest } | { error: string } {
  const pairs = form.context
    .map(({ key, value }) => ({ key: key.trim(), value: value.trim() }))
    .filter(({ key, value }) => key !== "" || value !== "");
  const context: Record<string, string> = {};
  for (const { key, value } of pairs) {
    if (key === "" || value === "") return { error: dashboard("ticket.err.context_key") };
    if (byteLength(key) > KEY_BYTES_MAX || byteLength(value) > VALUE_BYTES_MAX) {
      return { error: dashboard("ticket.err.key_long") };
    }
    if (Object.hasOwn(context, key))
      return { error: dashboard("ticket.err.duplicate_key", { key }) };
    context[key] = value;
  }
  const code = form.code.trim();
  if (byteLength(code) > CODE_BYTES_MAX) return { error: dashboard("ticket.err.code_long") };
  return {
    request: {
      environment: {
        os: form.os.trim(),
        arch: form.arch.trim(),
        network_type: form.network.trim(),
        app_version: form.version.trim(),
      },
      ttl_s: form.ttlS,
      ...(code === "" ? {} : { code }),
      ...(pairs.length === 0 ? {} : { context }),
    },
  };
}

/** A phone can't reach the loopback address of another machine. */
export function isLoopback(url: string): boolean {
  try {
    const { hostname } = new URL(url);
    return hostname === "localhost" || hostname === "[::1]" || /^127\./.test(hostname);
  } catch {
    return false;
  }
}
