import { afterEach, describe, expect, it, vi } from "vitest";
import { backoffSeconds, LiveFeed } from "../lib/live.ts";
import { EventParser, type ServerEvent } from "../lib/sse.ts";

const STREAM =
  ': hello\n\nevent: report\ndata: {"id":1}\n\nid: 9\ndata: a\ndata: b\r\n\r\n: beat\n\n';
const EVENTS: ServerEvent[] = [
  { event: "report", data: '{"id":1}' },
  { event: "message", data: "a\nb" },
];

describe("event parser", () => {
  it("reads a stream in one piece", () => {
    expect(new EventParser().push(STREAM)).toEqual(EVENTS);
  });

  it("reads the same however it is cut", () => {
    for (let size = 1; size < STREAM.length; size += 1) {
      const parser = new EventParser();
      const got: ServerEvent[] = [];
      for (let at = 0; at < STREAM.length; at += size) {
        got.push(...parser.push(STREAM.slice(at, at + size)));
      }
      expect(got, `pieces of ${size}`).toEqual(EVENTS);
    }
  });

  it("refuses an endless event instead of keeping it", () => {
    const parser = new EventParser();
    expect(() => parser.push("x".repeat(2 << 20))).toThrow(RangeError);
  });
});

describe("backoff", () => {
  it("doubles up to half a minute", () => {
    expect([0, 1, 2, 3, 4, 5, 50].map((n) => backoffSeconds(n, 0))).toEqual([
      1, 2, 4, 8, 16, 30, 30,
    ]);
  });

  it("spreads returns, and never comes back at once", () => {
    expect(backoffSeconds(5, 1)).toBe(23);
    expect(backoffSeconds(0, 1)).toBe(1);
  });
});

describe("live feed", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const stream = (text: string) =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode(text));
          controller.close();
        },
      }),
    );

  it("goes live, hands on events, and retries when the stream ends", async () => {
    vi.useFakeTimers();
    const events: ServerEvent[] = [];
    const onOpen = vi.fn();
    let calls = 0;
    vi.stubGlobal("fetch", () => {
      calls += 1;
      return Promise.resolve(stream("event: report\ndata: 1\n\n"));
    });
    const feed = new LiveFeed({ url: "/v1/events", onEvent: (e) => events.push(e), onOpen });
    feed.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(feed.state.value.at).toBe("retrying");
    expect(events).toHaveLength(1);
    // What came before the stream was open is in no event: it has to be read.
    expect(onOpen).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1500);
    expect(calls).toBeGreaterThan(1);
    expect(onOpen).toHaveBeenCalledTimes(calls);
    feed.stop();
  });

  it("stops for good when the session has ended", async () => {
    vi.useFakeTimers();
    let calls = 0;
    vi.stubGlobal("fetch", () => {
      calls += 1;
      return Promise.resolve(new Response("", { status: 401 }));
    });
    const feed = new LiveFeed({ url: "/v1/events", onEvent: () => {}, onOpen: () => {} });
    feed.start();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(feed.state.value.at).toBe("ended");
    expect(calls).toBe(1);
    feed.stop();
  });
});
