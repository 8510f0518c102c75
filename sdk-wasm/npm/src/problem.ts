/** Translates between the server's JSON and the SDK's types and errors. */
import { DiagError } from "./errors.js";
import type { HostFault, HostResponse } from "./host/host.js";
import type { DiagErrorCode, SnapshotAnswer } from "./types.js";

/** Reasons with an error code of their own; the decoder and the server use the same names. */
const CODES: Readonly<Record<string, DiagErrorCode>> = {
  unknown_issuer: "UnknownIssuer",
  issuer_revoked: "UnknownIssuer",
  bad_ticket_signature: "BadSignature",
  ticket_expired: "TicketExpired",
  ticket_not_yet_valid: "TicketNotYetValid",
  ticket_unsupported_version: "TicketUnsupported",
};

/** What the server asks of senders. */
export interface Control {
  readonly enabled: boolean;
  /** Share of sessions that should send by themselves. */
  readonly rate: number;
}

type Json = Record<string, unknown>;

function parse(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Json) : {};
  } catch {
    return {};
  }
}

/** The error for a ticket that the core refused; `report` is the core's. */
export function ticketError(report: Json): DiagError {
  const { reason, ...details } = report;
  const name = String(reason);
  return new DiagError(CODES[name] ?? "BadTicket", `ticket refused: ${name}`, false, name, details);
}

/** The answer to an accepted snapshot, or `null` where it makes no sense. */
export function answerFrom(
  response: HostResponse,
): { view: SnapshotAnswer; control: Control } | null {
  const json = parse(response.text);
  const { outcome, report_id, capability } = json;
  if (outcome !== "accepted" && outcome !== "duplicate") return null;
  if (typeof report_id !== "string" || typeof capability !== "string") return null;
  const control = (json["control"] ?? {}) as Json;
  return {
    view: {
      outcome,
      reportId: report_id,
      capability,
      reportUrl: String(json["report_url"] ?? `/r#${report_id}.${capability}`),
      receivedAtMs: Number(json["received_at_ms"] ?? 0),
      clockSkewMs: Number(json["clock_skew_ms"] ?? 0),
      diagnosis: json["diagnosis"],
    },
    control: {
      enabled: control["enabled"] !== false,
      rate: typeof control["sample_rate"] === "number" ? control["sample_rate"] : 1,
    },
  };
}

/** The error for an upload that was not accepted. */
export function refusalFrom(
  response: HostResponse | undefined,
  fault: HostFault["kind"],
): DiagError {
  if (!response) {
    return fault === "timeout"
      ? new DiagError("Timeout", "the server did not answer in time", true)
      : new DiagError("Offline", "the server can't be reached", true);
  }
  const { status } = response;
  const problem = parse(response.text);
  const reason = typeof problem["reason"] === "string" ? problem["reason"] : undefined;
  const said = problem["detail"] ?? problem["title"];
  const message = typeof said === "string" ? said : `status ${status}`;
  const details = { status, ...(reason && { reason }) };
  const transient = status === 408 || status === 425 || status === 429 || status >= 500;
  if (transient || status < 300) {
    const cause = reason ?? (status < 300 ? "bad_answer" : undefined);
    return new DiagError("ServerError", message, true, cause, details);
  }
  return new DiagError((reason && CODES[reason]) || "Refused", message, false, reason, details);
}
