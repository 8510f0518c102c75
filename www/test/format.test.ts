import { afterEach, describe, expect, it } from "vitest";
import {
  ago,
  bytes,
  countdown,
  deviceName,
  milliseconds,
  percent,
  relativeSeconds,
  shortId,
} from "../lib/format.ts";
import { setLang } from "../lib/prefs.ts";

afterEach(() => setLang("en"));

describe("percent", () => {
  it.each([
    [0, "0%"],
    [0.0004, "<0.1%"],
    [0.0123, "1.2%"],
    [0.05, "5%"],
    [0.62, "62%"],
    [0.991, "99.1%"],
    [0.9996, ">99.9%"],
    [1, "100%"],
    [null, "–"],
    [Number.NaN, "–"],
  ])("%s is %s", (p, want) => {
    expect(percent(p)).toBe(want);
  });
});

describe("quantities", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1 KiB"],
    [61_341_696, "58.5 MiB"],
    [4_294_705_152, "4 GiB"],
    [undefined, "–"],
  ])("%s bytes is %s", (n, want) => {
    expect(bytes(n)).toBe(want);
  });

  it.each([
    [3.84, "3.8 ms"],
    [41, "41 ms"],
    [9999, "9999 ms"],
    [12_500, "12.5 s"],
    [null, "–"],
  ])("%s ms is %s", (n, want) => {
    expect(milliseconds(n)).toBe(want);
  });
});

describe("device", () => {
  it.each([
    ["Pixel 8", "Pixel 8"],
    [
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36",
      "Chrome 131",
    ],
    ["Mozilla/5.0 (X11) AppleWebKit/537.36 HeadlessChrome/156.0.0.0 Safari/537.36", "Chrome 156"],
    ["Mozilla/5.0 Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", "Edge 131"],
    ["Mozilla/5.0 (iPhone) Version/18.1 Mobile/15E148 Safari/604.1", "Safari 18.1"],
    ["Mozilla/5.0 Chrome/116 Mobile Safari/537.36 MicroMessenger/8.0.49", "WeChat 8.0.49"],
    ["Mozilla/5.0 something else", "Mozilla/5.0 something else"],
    [null, ""],
  ])("%s is %s", (device, want) => {
    expect(deviceName(device)).toBe(want);
  });
});

describe("times", () => {
  it.each([
    [-5, "0:00"],
    [59.9, "0:59"],
    [600, "10:00"],
    [3661, "1:01:01"],
    [90_000, "1 d 01 h"],
  ])("countdown of %s is %s", (s, want) => {
    expect(countdown(s)).toBe(want);
  });

  it("says how long ago in both languages", () => {
    expect(ago(0, 2000)).toBe("just now");
    expect(ago(0, 125_000)).toMatch(/^2 min/);
    setLang("zh");
    expect(ago(0, 125_000)).toMatch(/^2 ?分钟前$/);
  });

  it("shows log times before the capture", () => {
    expect(relativeSeconds(-12_340)).toBe("-12.340");
    expect(relativeSeconds(0)).toBe(" 0.000");
    expect(relativeSeconds(7)).toBe("+0.007");
  });

  it("shortens long ids only", () => {
    expect(shortId("0123456789abcdef")).toBe("01234567");
    expect(shortId("abc")).toBe("abc");
  });
});
