import type { Problem } from "./api.ts";
import { common } from "./i18n/common.ts";

/** Every way in which a request can fail, as the pages tell it apart. */
export type FailureKind =
  | "offline"
  | "timeout"
  | "unreachable"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "gone"
  | "too_large"
  | "invalid"
  | "rate_limited"
  | "overloaded"
  | "server"
  | "malformed";

export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    readonly kind: FailureKind,
    readonly details: {
      status?: number;
      reason?: string;
      detail?: string;
      retryAfterS?: number;
      timeoutS?: number;
    } = {},
  ) {
    super(details.detail ?? details.reason ?? kind);
  }

  /** Trying the same again can succeed without anyone changing anything. */
  get retryable(): boolean {
    return ["offline", "timeout", "unreachable", "rate_limited", "overloaded", "server"].includes(
      this.kind,
    );
  }
}

const BY_STATUS: Record<number, FailureKind> = {
  400: "invalid",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  408: "timeout",
  409: "conflict",
  410: "gone",
  413: "too_large",
  415: "invalid",
  422: "invalid",
  429: "rate_limited",
  502: "unreachable",
  503: "overloaded",
  504: "timeout",
};

export function kindOfStatus(status: number): FailureKind {
  return BY_STATUS[status] ?? (status >= 500 ? "server" : "invalid");
}

/** `Retry-After` in seconds or as a date; bounded so that no page waits for hours. */
export function retryAfterSeconds(header: string | null, nowMs: number): number | undefined {
  if (header === null || header.trim() === "") return undefined;
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? seconds : (Date.parse(header) - nowMs) / 1000;
  if (!Number.isFinite(wait)) return undefined;
  return Math.min(Math.max(Math.ceil(wait), 1), 600);
}

/** A problem document, or null where the body is something else (a proxy's HTML page, for one). */
export function parseProblem(text: string): Problem | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Problem)
      : null;
  } catch {
    return null;
  }
}

export function errorFromResponse(
  status: number,
  body: string,
  retryAfter: string | null,
  nowMs: number,
): ApiError {
  const problem = parseProblem(body);
  const kind = kindOfStatus(status);
  const wait = retryAfterSeconds(retryAfter, nowMs);
  return new ApiError(kind, {
    status,
    ...(typeof problem?.reason === "string" ? { reason: problem.reason } : {}),
    ...(typeof problem?.detail === "string" ? { detail: problem.detail } : {}),
    ...(wait === undefined ? {} : { retryAfterS: wait }),
  });
}

export interface Told {
  title: string;
  body: string;
  /** The server's own words, shown small: exact, but not translated. */
  note: string | null;
}

export function tell(error: ApiError): Told {
  const { kind, details } = error;
  const note =
    details.reason === undefined ? null : common("error.reason", { reason: details.reason });
  switch (kind) {
    case "timeout":
      return {
        title: common("error.timeout.title"),
        body: common("error.timeout.body", { s: details.timeoutS ?? 15 }),
        note,
      };
    case "rate_limited":
    case "overloaded":
      return {
        title: common(`error.${kind}.title`),
        body: common(`error.${kind}.body`, { s: details.retryAfterS ?? 5 }),
        note,
      };
    default:
      return {
        title: common(`error.${kind}.title`),
        body: common(`error.${kind}.body`),
        note: kind === "invalid" && details.detail ? details.detail : note,
      };
  }
}

export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError
    ? error
    : new ApiError("malformed", { detail: error instanceof Error ? error.message : String(error) });
}
