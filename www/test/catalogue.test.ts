import { describe, expect, it } from "vitest";
import { marksOf } from "../dashboard/marks.ts";

const PATTERN =
  "dial tcp \\[?(?P<host>[^\\]:]+)\\]?:(?P<port>[0-9]{1,5}): connect: connection refused";

describe("marks on samples", () => {
  it("cut a match into what is captured and the rest", () => {
    const text = "x dial tcp 10.0.0.7:80: connect: connection refused y";
    const marks = marksOf(text, PATTERN);
    expect(marks.map((m) => [m.name, text.slice(m.start, m.end)])).toEqual([
      [null, "dial tcp "],
      ["host", "10.0.0.7"],
      [null, ":"],
      ["port", "80"],
      [null, ": connect: connection refused"],
    ]);
  });

  it("see either case only where the signature does", () => {
    expect(marksOf("ERROR Refused", "refused")).toEqual([]);
    expect(marksOf("ERROR Refused", "refused", true)).toEqual([{ start: 6, end: 13, name: null }]);
  });

  it("are none for a pattern that JavaScript cannot read, and for no match", () => {
    expect(marksOf("abc", "(?P<a>[[:alpha:]+")).toEqual([]);
    expect(marksOf("abc", "xyz")).toEqual([]);
  });
});
