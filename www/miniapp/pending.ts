/**
 * Answers that the server has not heard yet. They are kept on the phone until it has, in the order in
 * which they were given; only then do server and phone believe the same.
 */
import type { Diagnosis, GivenAnswer } from "../lib/api.ts";
import type { Client } from "../lib/client.ts";
import { ApiError } from "../lib/errors.ts";

const KEY = "faultscan.pending-answers";
const REPORTS_MAX = 20;

export interface Pending {
  readonly reportId: string;
  readonly capability: string;
  readonly answers: readonly GivenAnswer[];
}

type Store = Pick<Storage, "getItem" | "setItem">;

function localStore(): Store | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

export class PendingAnswers {
  /** What is true where nothing can be stored. */
  #memory: Pending[] = [];

  constructor(private readonly store: Store | null = localStore()) {}

  all(): Pending[] {
    try {
      const text = this.store?.getItem(KEY);
      return text ? (JSON.parse(text) as Pending[]) : [...this.#memory];
    } catch {
      return [...this.#memory];
    }
  }

  #write(all: Pending[]): void {
    this.#memory = all.slice(-REPORTS_MAX);
    try {
      this.store?.setItem(KEY, JSON.stringify(this.#memory));
    } catch {
      // Kept in memory; a reload loses them, and the person can answer again.
    }
  }

  add(reportId: string, capability: string, given: readonly GivenAnswer[]): void {
    if (given.length === 0) return;
    const all = this.all();
    const before = all.find((one) => one.reportId === reportId);
    const answers = [...(before?.answers ?? []), ...given];
    this.#write([
      ...all.filter((one) => one.reportId !== reportId),
      { reportId, capability, answers },
    ]);
  }

  #drop(reportId: string, count: number): void {
    const left = this.all().flatMap((one) => {
      const answers = one.reportId === reportId ? one.answers.slice(count) : one.answers;
      return answers.length > 0 ? [{ ...one, answers }] : [];
    });
    this.#write(left);
  }

  /**
   * Tells the server, one answer after the other. An answer that it refuses for good, such as to a
   * check that its catalogue no longer has, is dropped; where the network fails, the rest is kept.
   * Gives the last diagnosis of the report that `of` names.
   */
  async send(
    of: string,
    clientFor: (capability: string) => Pick<Client, "answer">,
  ): Promise<Diagnosis | null> {
    let latest: Diagnosis | null = null;
    for (const { reportId, capability, answers } of this.all()) {
      const client = clientFor(capability);
      for (const given of answers) {
        try {
          const diagnosis = await client.answer(reportId, given.check, given.answer);
          if (reportId === of) latest = diagnosis;
        } catch (error) {
          if (!isRefused(error)) return latest;
        }
        this.#drop(reportId, 1);
      }
    }
    return latest;
  }

  has(reportId: string): boolean {
    return this.all().some((one) => one.reportId === reportId);
  }
}

/** The server has heard it and will not take it, now or later. */
function isRefused(error: unknown): boolean {
  return error instanceof ApiError && !error.retryable;
}

/** The network's fault, not the answer's. */
export function isNetworkFault(error: unknown): boolean {
  return error instanceof ApiError && ["offline", "unreachable", "timeout"].includes(error.kind);
}
