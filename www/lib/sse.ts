export interface ServerEvent {
  event: string;
  data: string;
}

const BUFFER_CHARS_MAX = 1 << 20;

/**
 * Server-sent events over fetch rather than EventSource: only this way are the heartbeats visible
 * (comments never reach an EventSource), and without them a dead connection looks alive.
 */
export class EventParser {
  #rest = "";
  #event = "";
  #data: string[] = [];

  /** Feeds a chunk; returns the events it completed. */
  push(chunk: string): ServerEvent[] {
    this.#rest += chunk;
    if (this.#rest.length > BUFFER_CHARS_MAX) throw new RangeError("event too large");
    const done: ServerEvent[] = [];
    for (;;) {
      const end = this.#rest.search(/\r\n|\n|\r(?=[\s\S])/);
      if (end < 0) return done;
      const line = this.#rest.slice(0, end);
      this.#rest = this.#rest.slice(end + (this.#rest.startsWith("\r\n", end) ? 2 : 1));
      const event = this.#line(line);
      if (event !== null) done.push(event);
    }
  }

  #line(line: string): ServerEvent | null {
    if (line === "") {
      const event = { event: this.#event || "message", data: this.#data.join("\n") };
      const complete = this.#data.length > 0;
      this.#event = "";
      this.#data = [];
      return complete ? event : null;
    }
    if (line.startsWith(":")) return null;
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#event = value;
    else if (field === "data") this.#data.push(value);
    return null;
  }
}
