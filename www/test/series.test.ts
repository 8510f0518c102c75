import { describe, expect, it } from "vitest";
import {
  fpsSeries,
  memorySeries,
  rttSeries,
  sharedRange,
  sparkRuns,
} from "../lib/charts/series.ts";

describe("series", () => {
  it("spaces frame rates evenly up to the capture", () => {
    expect(fpsSeries({ samples: [60, 58, 30], interval_ms: 500 })).toEqual({
      x: [-1, -0.5, 0],
      y: [60, 58, 30],
    });
    expect(fpsSeries({ samples: [60, 60], window_ms: 4000 }).x).toEqual([-2, 0]);
    expect(fpsSeries(null).x).toEqual([]);
  });

  it("keeps lost probes as gaps and puts times in order", () => {
    expect(rttSeries({ at_ms: [-1000, -6000], rtt_ms: [null, 41] })).toEqual({
      x: [-6, -1],
      y: [41, null],
    });
    expect(rttSeries({ at_ms: [-1000], rtt_ms: [] }).y).toEqual([null]);
  });

  it("reads memory columns", () => {
    expect(memorySeries({ at_ms: [-2000, -1000], samples_bytes: [5, 6] })).toEqual({
      x: [-2, -1],
      y: [5, 6],
    });
    expect(memorySeries({ used_bytes: 5 }).x).toEqual([]);
  });

  it("shares one axis that reaches the capture", () => {
    expect(sharedRange([{ x: [-12, -1], y: [1, 2] }], [-20])).toEqual([-20, 0]);
    expect(sharedRange([], [])).toEqual([-30, 0]);
  });
});

describe("spark", () => {
  it("splits at gaps", () => {
    expect(sparkRuns([1, 2, null, 4], 30, 10)).toEqual(["0.0,7.5 10.0,5.0", "30.0,0.0"]);
  });

  it("copes with nothing and with one value", () => {
    expect(sparkRuns([], 30, 10)).toEqual([]);
    expect(sparkRuns([null], 30, 10)).toEqual([]);
    expect(sparkRuns([0], 30, 10)).toEqual(["0.0,10.0"]);
  });
});
