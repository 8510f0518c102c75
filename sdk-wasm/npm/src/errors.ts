import type { DiagErrorCode } from "./types.js";

/** The one error type that leaves this package. */
export class DiagError extends Error {
  override readonly name = "DiagError";

  constructor(
    /** What went wrong; stable. */
    readonly code: DiagErrorCode,
    message: string,
    /** True where doing the same again later can succeed. */
    readonly retryable: boolean = false,
    /** The server's or the decoder's stable name for it. */
    readonly reason?: string,
    /** Figures that belong to it, such as `expiredAtS` or `status`. */
    readonly details?: Readonly<Record<string, unknown>>,
  ) {
    super(message);
  }
}
