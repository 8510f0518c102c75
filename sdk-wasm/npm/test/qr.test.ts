/** The reader of QR codes, on the module that the package ships. */
import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { loadQrReader, type Pixels, SIDE_MIN_PX } from "../src/qr.js";

const wasm = readFileSync(new URL("../src/wasm/faultscan_qr_bg.wasm", import.meta.url));
const reader = await loadQrReader({ wasm });

/** Version 1, "FAULTSCAN 42". */
const CODE = [
  "#######.##.##.#######",
  "#.....#.#..##.#.....#",
  "#.###.#.##.##.#.###.#",
  "#.###.#..##...#.###.#",
  "#.###.#.##.##.#.###.#",
  "#.....#..#....#.....#",
  "#######.#.#.#.#######",
  ".....................",
  "#..######..#.#..#.###",
  ".####..##..######..##",
  "#####.#.#####..#.#.#.",
  "..####.##...####.#..#",
  "##.#..##.######....#.",
  "........###.###.####.",
  "#######.#.##.#.###.#.",
  "#.....#.###...#.###..",
  "#.###.#.#.#...#..####",
  "#.###.#.#...####.....",
  "#.###.#..#####.##.###",
  "#.....#....##..#.###.",
  "#######.###.##.#####.",
];
const MODULE_PX = 5;
const QUIET_ZONE = 4;

function picture(dark = 30, light = 220): Pixels {
  const side = (CODE.length + 2 * QUIET_ZONE) * MODULE_PX;
  const module = (px: number) => Math.floor(px / MODULE_PX) - QUIET_ZONE;
  const data = new Uint8ClampedArray(4 * side * side).fill(255);
  for (let at = 0; at < side * side; at++) {
    const isDark = CODE[module(Math.floor(at / side))]?.[module(at % side)] === "#";
    data.fill(isDark ? dark : light, 4 * at, 4 * at + 3);
  }
  return { data, width: side, height: side };
}

test("a code is read from a frame and from a picture", () => {
  expect(reader.frame(picture())).toBe("FAULTSCAN 42");
  expect(reader.still(picture())).toBe("FAULTSCAN 42");
  expect(reader.still(picture(220, 30))).toBe("FAULTSCAN 42");
});

test("nothing is read from an empty picture, or from one whose sizes do not fit", () => {
  const empty = new Uint8ClampedArray(4 * 60 * 60);
  expect(reader.still({ data: empty, width: 60, height: 60 })).toBeNull();
  for (const [width, height] of [
    [61, 60],
    [0, 0],
    [-1, 60],
    [60.5, 60],
    [Number.NaN, 60],
    [SIDE_MIN_PX - 1, 180],
    [2 ** 32 + 60, 60],
  ] as const) {
    expect(reader.still({ data: empty, width, height })).toBeNull();
  }
});

test("a picture too large for the module's memory leaves the reader usable", () => {
  const huge = { length: 2 ** 33 } as Uint8Array;
  expect(reader.frame({ data: huge, width: 60, height: 60 })).toBeNull();
  expect(reader.frame(picture())).toBe("FAULTSCAN 42");
});

test("a module that does not load is told", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("gone", { status: 404 })));
  await expect(loadQrReader({ wasm: "http://127.0.0.1:1/qr.wasm" })).rejects.toThrow("404");
  vi.unstubAllGlobals();
  await expect(loadQrReader({ wasm: new Uint8Array([1, 2, 3]) })).rejects.toThrow();
});
