/**
 * The session's key in a host's storage. Unlike a browser's session storage it outlives the app, so
 * each entry carries the time at which it was written, and old ones are taken away.
 */
import type { MiniApi } from "./api.js";

const PREFIX = "faultscan:";
/** A ticket lives for a week at most, and its session may upload an hour longer. */
const AGE_MS_MAX = (7 * 24 + 1) * 3_600_000;

export class KeyStore {
  readonly #api: MiniApi;
  readonly works: boolean;

  constructor(api: MiniApi, nowMs: number) {
    this.#api = api;
    this.works = !!(api.getStorageSync && api.setStorageSync && api.removeStorageSync);
    try {
      for (const key of api.getStorageInfoSync?.().keys ?? []) {
        if (!key.startsWith(PREFIX)) continue;
        const age = nowMs - this.#read(key).atMs;
        // Also what a clock that was wrong dated into the future.
        if (!(Math.abs(age) <= AGE_MS_MAX)) api.removeStorageSync?.(key);
      }
    } catch {
      // Old keys stay, then; they are small.
    }
  }

  /** Whether names can be listed, which a queue needs. */
  get lists(): boolean {
    return this.works && !!this.#api.getStorageInfoSync;
  }

  names(): string[] {
    try {
      return (this.#api.getStorageInfoSync?.().keys ?? []).filter((key) => key.startsWith(PREFIX));
    } catch {
      return [];
    }
  }

  load(key: string): string | null {
    return this.#read(key).value;
  }

  store(key: string, value: string | null): boolean {
    try {
      if (value === null) this.#api.removeStorageSync?.(key);
      else this.#api.setStorageSync?.(key, `${Date.now()} ${value}`);
      return this.works;
    } catch {
      return false;
    }
  }

  #read(key: string): { atMs: number; value: string | null } {
    try {
      const found = /^(\d+) (.*)$/s.exec(String(this.#api.getStorageSync?.(key) ?? ""));
      return found ? { atMs: Number(found[1]), value: found[2]! } : { atMs: Number.NaN, value: null };
    } catch {
      return { atMs: Number.NaN, value: null };
    }
  }
}
