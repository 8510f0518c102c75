import { describe, expect, test } from "vitest";
import { format } from "../src/format.js";
import { clip, LINE_UNITS_MAX, LogRing } from "../src/log-ring.js";

describe("ring", () => {
  const texts = (ring: LogRing, now = 0): string[] => {
    const { text, meta } = ring.batch(now, 1000);
    return meta.length === 0 ? [] : text.split("\n");
  };

  test("keeps the newest lines", () => {
    const ring = new LogRing(3, 1000);
    for (let i = 0; i < 10; i++) ring.push(0, 2, "app", `line ${i}`);
    expect(texts(ring)).toEqual(["line 7", "line 8", "line 9"]);
    expect([ring.logged, ring.dropped]).toEqual([10, 7]);
  });

  test("bounds the text, not only the lines", () => {
    const ring = new LogRing(100, 10);
    for (const text of ["aaaa", "bbbb", "cccc"]) ring.push(0, 2, "app", text);
    expect(texts(ring)).toEqual(["bbbb", "cccc"]);
    ring.push(0, 2, "app", "d".repeat(50));
    expect(texts(ring)).toEqual(["d".repeat(50)]);
  });

  test("old lines are not handed over", () => {
    const ring = new LogRing(10, 100);
    ring.push(1000, 2, "app", "old");
    ring.push(2500, 2, "app", "new");
    expect(texts(ring, 3000)).toEqual(["new"]);
    expect(ring.count(3000, 1000)).toBe(1);
  });

  test("a line of megabytes is cut and not kept alive", () => {
    const ring = new LogRing(10, 1 << 20);
    ring.push(0, 2, "app", "x".repeat(10 << 20));
    expect(texts(ring)[0]).toHaveLength(LINE_UNITS_MAX);
    expect(ring.cut).toBe(1);
  });

  test("lays levels, sources and lengths out for the core", () => {
    const ring = new LogRing(10, 1000);
    ring.push(-5, 4, "console", "a😀");
    ring.push(0, 1, "app", "");
    ring.push(7, 1, "console", "future");
    const { text, meta, sources } = ring.batch(0, 1000);
    expect(text).toBe("a😀\n\nfuture");
    expect([...new Int32Array(meta.buffer)]).toEqual([-5, 4, 3, 0, 1 | (1 << 8), 0, 0, 1, 6]);
    expect(sources).toBe("console\napp");
  });

  test("more sources than fit share the last", () => {
    const ring = new LogRing(300, 10000);
    for (let i = 0; i < 300; i++) ring.push(0, 2, `s\n${i}`, "x");
    const { meta, sources } = ring.batch(0, 1000);
    const numbers = new Int32Array(meta.buffer);
    expect(sources.split("\n")).toHaveLength(256);
    expect(numbers[299 * 3 + 1]).toBe(2 | (255 << 8));
  });

  test("never cuts a surrogate pair in two", () => {
    expect(clip("ab😀", 3)).toBe("ab");
    expect(clip("ab😀", 4)).toBe("ab😀");
    expect(clip("abc", 2)).toBe("ab");
  });
});

describe("format", () => {
  const cyclic: Record<string, unknown> = { name: "x" };
  cyclic["self"] = cyclic;
  const hostile = {
    get bad() {
      throw new Error("no");
    },
    good: 1,
  };
  test.each([
    [["plain"], "plain"],
    [["a", 1, true, null, undefined, 2n], "a 1 true null undefined 2n"],
    [["%s is %d%% of %o", "x", "5", { a: 1 }], 'x is 5% of {"a":1}'],
    [["100%", "sure"], "100% sure"],
    [["%s"], "%s"],
    [["%s %s", "one"], "one %s"],
    [["%cstyled", "color: red"], "styled"],
    [["%d", Symbol("x")], "NaN"],
    [[[1, ["a", { b: null }]]], '[1,["a",{"b":null}]]'],
    [[cyclic], '{"name":"x","self":[circular]}'],
    [[hostile], '{"bad":"[unprintable]","good":1}'],
    [[new Map([["k", new Set([1])]])], '{"k":[1]}'],
    [[{ a: { b: { c: { d: { e: 1 } } } } }], '{"a":{"b":{"c":{"d":{…}}}}}'],
    [[new Uint8Array(3)], "[Uint8Array 3 bytes]"],
    [[new Date(0), new Date(Number.NaN)], "1970-01-01T00:00:00.000Z Invalid Date"],
    [[/x/g, Symbol("s"), () => 1], "/x/g Symbol(s) [function ]"],
    [[{ toString: 3, [Symbol.toPrimitive]: 4 }], '{"toString":3}'],
    [[new Proxy({}, { ownKeys: () => { throw new Error("no"); } })], "{[unprintable]"],
  ])("values %#", (values, expected) => {
    expect(format(values as unknown[])).toBe(expected);
  });

  test("errors come with stack and cause", () => {
    const error = new TypeError("outer", { cause: new Error("inner") });
    const text = format(["failed:", error]);
    expect(text).toMatch(/^failed: TypeError: outer\n\s+at .*\n[^]*Caused by: Error: inner\n\s+at /);
    const bare = Object.assign(new Error("gone"), { stack: "f@app.js:1:2" });
    expect(format([bare])).toBe("Error: gone\nf@app.js:1:2");
  });

  test("whatever comes, the line stays bounded", () => {
    const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`key${i}`, "v".repeat(900)]));
    for (const value of ["y".repeat(10 << 20), wide, Array(1e6).fill(7), [["z".repeat(1e6)]]]) {
      expect(format([value, value]).length).toBeLessThanOrEqual(LINE_UNITS_MAX);
      expect(format(["%s %o", value, value]).length).toBeLessThanOrEqual(LINE_UNITS_MAX);
    }
  });
});
