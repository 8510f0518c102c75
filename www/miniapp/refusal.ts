import type { Refusal, RefusalKind } from "./machine.ts";

/** What is read of the SDK's `DiagError`; matched by shape so that a second copy of the class fits. */
interface DiagErrorLike {
  code: string;
  reason?: string | undefined;
  details?: Readonly<Record<string, unknown>> | undefined;
}

const BY_CODE: Record<string, RefusalKind> = {
  BadTicket: "not_a_ticket",
  BadSignature: "forged",
  UnknownIssuer: "unknown_issuer",
  TicketExpired: "expired",
  TicketNotYetValid: "not_yet_valid",
  TicketUnsupported: "unsupported",
  Offline: "offline",
  Timeout: "timeout",
  WasmUnavailable: "wasm",
  RandomUnavailable: "wasm",
  ServerError: "server",
  Refused: "rejected",
  Disabled: "rejected",
};

const BY_REASON: Record<string, RefusalKind> = {
  ticket_expired: "expired",
  ticket_not_yet_valid: "not_yet_valid",
  bad_ticket_signature: "forged",
  unknown_issuer: "unknown_issuer",
  issuer_revoked: "unknown_issuer",
  ticket_bound_to_other_session: "used",
  unsupported_version: "unsupported",
  rate_limited: "busy",
  overloaded: "busy",
};

function isDiagError(error: unknown): error is DiagErrorLike {
  return (
    typeof error === "object" && error !== null && typeof (error as DiagErrorLike).code === "string"
  );
}

function kindOf(error: DiagErrorLike, online: boolean): RefusalKind {
  if (error.code === "KeysUnavailable") return online ? "server" : "offline";
  if (error.code === "Offline") return online ? "server" : "offline";
  const byReason =
    error.code === "Refused" || error.code === "ServerError"
      ? BY_REASON[error.reason ?? ""]
      : undefined;
  return byReason ?? BY_CODE[error.code] ?? "page";
}

/** Turns whatever the SDK threw into one refusal. */
export function refusalOf(error: unknown, online: boolean): Refusal {
  if (!isDiagError(error)) {
    return { kind: online ? "page" : "offline" };
  }
  const kind = kindOf(error, online);
  const expiredAt = error.details?.expiredAtS;
  const reason = error.reason ?? (BY_CODE[error.code] === undefined ? error.code : undefined);
  return {
    kind,
    ...(reason === undefined ? {} : { reason }),
    ...(typeof expiredAt === "number" ? { expiredAtS: expiredAt } : {}),
  };
}

/** True where the snapshot is sealed and kept, so that sending it later is the way on. */
export function isParked(error: unknown): boolean {
  return isDiagError(error) && (error.code === "Offline" || error.code === "Timeout");
}

/** A refusal that the network's return may cure by itself. */
export function curedByNetwork(refusal: Refusal): boolean {
  return refusal.kind === "offline";
}
