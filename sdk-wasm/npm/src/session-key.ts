/**
 * The session's signing key and its next sequence number. They survive a reload of the page, since
 * the server binds a ticket to the first key that presents it.
 */
import { fromHex, toHex } from "./base64.js";
import { DiagError } from "./errors.js";
import type { Host } from "./host/host.js";

const SEED_BYTES = 32;
/** Seed, next snapshot, next urgent datagram. */
const FORM = /^([0-9a-f]{64})\.(\d{1,10})(?:\.(\d{1,10}))?$/;

export class SessionKey {
  readonly #host: Host;
  readonly #slot: string;
  readonly #seedHex: string;
  readonly seed: Uint8Array;
  readonly nextSequence: number;
  /** False where the host could not keep the key. */
  persisted = false;

  private constructor(
    host: Host,
    slot: string,
    seed: Uint8Array,
    nextSequence: number,
    readonly nextUrgent: number,
  ) {
    this.#host = host;
    this.#slot = slot;
    this.seed = seed;
    this.nextSequence = nextSequence;
    this.#seedHex = toHex(seed);
  }

  static async open(host: Host, ticketId: string, endpoint: string): Promise<SessionKey> {
    const slot = `faultscan:${ticketId}`;
    const found = FORM.exec(host.load(slot) ?? "");
    if (found) {
      return new SessionKey(host, slot, fromHex(found[1]!), Number(found[2]), Number(found[3] ?? 0));
    }
    const seed = new Uint8Array(SEED_BYTES);
    if (!(await host.random(seed, endpoint)) || seed.every((byte) => byte === 0)) {
      throw new DiagError("RandomUnavailable", "this host has no source of secure random bytes");
    }
    return new SessionKey(host, slot, seed, 0, 0);
  }

  /**
   * The next numbers of snapshots and datagrams by what is stored: another session of this page may
   * have used some.
   */
  stored(): [number, number] {
    const [, seed, sequence, urgent = 0] = FORM.exec(this.#host.load(this.#slot) ?? "") ?? [];
    return seed === this.#seedHex ? [Number(sequence), Number(urgent)] : [0, 0];
  }

  save(nextSequence: number, nextUrgent: number): void {
    const urgent = Math.max(nextUrgent, this.stored()[1]);
    const value = `${this.#seedHex}.${nextSequence}.${urgent}`;
    this.persisted = this.#host.store(this.#slot, value);
  }

  forget(): void {
    this.#host.store(this.#slot, null);
    this.persisted = false;
  }
}
