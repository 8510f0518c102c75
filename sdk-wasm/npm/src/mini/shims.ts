/**
 * Web APIs that the SDK uses and mini-programs lack. The bundler puts these in their places; where
 * the host has the real thing, that is used.
 */

/** UTF-8 of a text; a half of a surrogate pair becomes U+FFFD, as the standard says. */
class Encoder {
  encode(text: string): Uint8Array {
    // Three bytes for each UTF-16 unit suffice: a pair, two units, takes four.
    const bytes = new Uint8Array(text.length * 3);
    let length = 0;
    for (let at = 0; at < text.length; at++) {
      let code = text.codePointAt(at) as number;
      if (code > 0xffff) at++;
      else if (code >= 0xd800 && code < 0xe000) code = 0xfffd;
      if (code < 0x80) {
        bytes[length++] = code;
        continue;
      }
      if (code < 0x800) bytes[length++] = 0xc0 | (code >> 6);
      else {
        if (code < 0x10000) bytes[length++] = 0xe0 | (code >> 12);
        else {
          bytes[length++] = 0xf0 | (code >> 18);
          bytes[length++] = 0x80 | ((code >> 12) & 0x3f);
        }
        bytes[length++] = 0x80 | ((code >> 6) & 0x3f);
      }
      bytes[length++] = 0x80 | (code & 0x3f);
    }
    return bytes.slice(0, length);
  }
}

/** Text of UTF-8 that the core wrote, which is always valid. */
class Decoder {
  decode(bytes: Uint8Array): string {
    let text = "";
    for (let at = 0; at < bytes.length; ) {
      const head = bytes[at] as number;
      const length = head < 0x80 ? 1 : head < 0xe0 ? 2 : head < 0xf0 ? 3 : 4;
      let code = length === 1 ? head : head & (0x7f >> length);
      for (let more = 1; more < length; more++) {
        code = (code << 6) | ((bytes[at + more] ?? 0) & 0x3f);
      }
      text += String.fromCodePoint(code);
      at += length;
    }
    return text;
  }
}

/** As much of an event target as an abort signal needs. */
class Signal {
  aborted = false;
  readonly #listeners = new Set<() => void>();

  addEventListener(_type: string, listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: string, listener: () => void): void {
    this.#listeners.delete(listener);
  }

  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    for (const listener of [...this.#listeners]) listener();
  }
}

class Controller {
  readonly #signal = new Signal();

  get signal(): AbortSignal {
    return this.#signal as unknown as AbortSignal;
  }

  abort(): void {
    this.#signal.abort();
  }
}

const real = (typeof globalThis === "undefined" ? {} : globalThis) as Partial<typeof globalThis>;

const encoder = (real.TextEncoder ?? Encoder) as typeof globalThis.TextEncoder;
const decoder = (real.TextDecoder ?? Decoder) as typeof globalThis.TextDecoder;
const controller = (real.AbortController ?? Controller) as typeof globalThis.AbortController;

export { controller as AbortController, decoder as TextDecoder, encoder as TextEncoder };
/** For tests, which have the real ones. */
export { Controller, Decoder, Encoder };
