import { describe, expect, it } from "vitest";
import type { CodeMatch, LogLine } from "../lib/api.ts";
import { evidenceByLine, quotedLines, segments } from "../lib/log/highlight.ts";
import { rowOfLine, rowsOf, visibleRange, wrapColumns } from "../lib/log/rows.ts";

const match = (extra: Partial<CodeMatch>): CodeMatch => ({
  code: "ERR-DB-003",
  title: "",
  title_zh: "",
  family: "db",
  severity: "high",
  score: 0.9,
  primary: false,
  lines: [],
  captures: {},
  ...extra,
});
const line = (message: string): LogLine => ({
  at_ms: 0,
  level: "error",
  source: "console",
  message,
});

describe("evidence", () => {
  it("counts lines from 1 and drops those that are not there", () => {
    const hits = evidenceByLine([match({ lines: [3, 1, 0, 9, 1.5] })], 3);
    expect([...hits.keys()]).toEqual([0, 2]);
  });

  it("joins several codes on one line", () => {
    const hits = evidenceByLine(
      [match({ lines: [1] }), match({ code: "ERR-SB-119", lines: [1] })],
      1,
    );
    expect(hits.get(0)?.map((h) => h.code)).toEqual(["ERR-DB-003", "ERR-SB-119"]);
  });

  it("quotes the primary code first and no line twice", () => {
    const codes = [
      match({ code: "B", score: 0.99, lines: [2, 1] }),
      match({ code: "A", primary: true, score: 0.5, lines: [2] }),
    ];
    const quoted = quotedLines(codes, [line("x"), line("y")], 3);
    expect(quoted.map((q) => [q.match.code, q.index])).toEqual([
      ["A", 1],
      ["B", 0],
    ]);
  });
});

describe("marks", () => {
  const text = "Connection to 10.0.3.21:5432 refused, 10.0.3.21:5432 again";
  it("marks every occurrence and keeps the text whole", () => {
    const hits = [{ code: "c", primary: true, captures: { host: "10.0.3.21", port: "5432" } }];
    const parts = segments(text, hits);
    expect(parts.map((p) => p.text).join("")).toBe(text);
    expect(parts.filter((p) => p.capture === "host")).toHaveLength(2);
    expect(parts.filter((p) => p.capture === "port")).toHaveLength(2);
  });

  it("marks the longest capture where one holds another", () => {
    const captures = { port: "5432", address: "10.0.3.21:5432" };
    const parts = segments(text, [{ code: "c", primary: true, captures }]);
    expect(parts.filter((p) => p.capture !== null).map((p) => p.capture)).toEqual([
      "address",
      "address",
    ]);
  });

  it("ignores captures too short to mean anything", () => {
    const parts = segments("a b a", [{ code: "c", primary: true, captures: { x: "a", y: "" } }]);
    expect(parts).toEqual([{ text: "a b a", capture: null }]);
  });
});

describe("rows", () => {
  it("wraps by columns, Chinese counting double, and loses nothing", () => {
    const text = "abc订单服务开始对账def".repeat(20);
    const rows = wrapColumns(text, 24);
    expect(rows.join("")).toBe(text);
    expect(rows.length).toBeGreaterThan(10);
  });

  it("never splits a surrogate pair", () => {
    for (const row of wrapColumns("😀".repeat(50), 9))
      expect(encodeURIComponent(row)).toMatch(/^%F0/);
  });

  it("makes rows of multi-line messages, the first one marked", () => {
    const rows = rowsOf([line("a\n\tb\r\nc"), line("d")], 80);
    expect(rows.map((r) => [r.line, r.first, r.text])).toEqual([
      [0, true, "a"],
      [0, false, "\tb"],
      [0, false, "c"],
      [1, true, "d"],
    ]);
  });

  it("cuts what is not wrapped, and says by how much", () => {
    const [row] = rowsOf([line("x".repeat(5000))], null);
    expect(row?.text.length).toBe(2000);
    expect(row?.cut).toBe(3000);
  });

  it("finds the first row of a line", () => {
    const rows = rowsOf([line("a\nb"), line("c"), line("d\ne\nf"), line("g")], 80);
    expect([0, 1, 2, 3].map((n) => rowOfLine(rows, n))).toEqual([0, 2, 3, 6]);
  });

  it("renders a window with a margin, within bounds", () => {
    expect(visibleRange(0, 400, 20, 5000)).toEqual({ from: 0, to: 32 });
    expect(visibleRange(20_000, 400, 20, 5000)).toEqual({ from: 988, to: 1032 });
    expect(visibleRange(99_999, 400, 20, 10)).toEqual({ from: 10, to: 10 });
  });
});
