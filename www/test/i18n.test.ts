import { afterEach, describe, expect, it } from "vitest";
import { common } from "../lib/i18n/common.ts";
import { dashboard } from "../lib/i18n/dashboard.ts";
import { fill } from "../lib/i18n/define.ts";
import { localized } from "../lib/i18n/localized.ts";
import { miniapp } from "../lib/i18n/miniapp.ts";
import { report } from "../lib/i18n/report.ts";
import { review } from "../lib/i18n/review.ts";
import { detectLang, detectTheme, lang, setLang } from "../lib/prefs.ts";

const AREAS = { common, report, miniapp, dashboard, review };
const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

afterEach(() => setLang("en"));

describe("dictionaries", () => {
  for (const [name, area] of Object.entries(AREAS)) {
    const entries = Object.entries(area.entries as Record<string, readonly [string, string]>);

    it(`${name}: every string is there in both languages`, () => {
      const empty = entries.filter(([, [en, zh]]) => en.trim() === "" || zh.trim() === "");
      expect(empty).toEqual([]);
    });

    it(`${name}: both languages use the same placeholders`, () => {
      const unequal = entries.filter(
        ([, [en, zh]]) => placeholders(en).join() !== placeholders(zh).join(),
      );
      expect(unequal).toEqual([]);
    });

    it(`${name}: Chinese text has no half-width punctuation beside Chinese characters`, () => {
      const poor = entries.filter(([, [, zh]]) => /[\u4e00-\u9fff][,;:?!]/.test(zh));
      expect(poor).toEqual([]);
    });
  }

  it("speaks the chosen language", () => {
    expect(report("check.yes")).toBe("Yes");
    setLang("zh");
    expect(report("check.yes")).toBe("是");
    expect(localStorage.getItem("faultscan.lang")).toBe("zh");
  });
});

describe("fill", () => {
  it.each([
    ["{n} line|{n} lines", { n: 1 }, "1 line"],
    ["{n} line|{n} lines", { n: 0 }, "0 lines"],
    ["{n} line|{n} lines", { n: 7 }, "7 lines"],
    ["a {x} b {y}", { x: "1" }, "a 1 b {y}"],
    ["{x}{x}", { x: "{x}" }, "{x}{x}"],
  ] as const)("%s with %o", (template, params, want) => {
    expect(fill(template, params)).toBe(want);
  });
});

describe("localized", () => {
  const both = { title: "Refused", title_zh: "拒绝" };
  it.each([
    ["en", both, "Refused"],
    ["zh", both, "拒绝"],
    ["zh", { title: "Refused", title_zh: "" }, "Refused"],
    ["en", { title: "", title_zh: "拒绝" }, "拒绝"],
    ["en", { title: null, title_zh: null }, ""],
  ] as const)("%s of %o", (language, source, want) => {
    lang.value = language;
    expect(localized(source, "title")).toBe(want);
  });
});

describe("detection", () => {
  it.each([
    ["zh", [], "zh"],
    [null, ["zh-Hant-TW", "en"], "zh"],
    [null, ["fr-FR", "zh-CN"], "zh"],
    [null, ["en-US", "zh-CN"], "en"],
    [null, ["fr"], "en"],
    ["xx", ["zh"], "zh"],
  ] as const)("stored %s, preferred %o", (stored, preferred, want) => {
    expect(detectLang(stored, preferred)).toBe(want);
  });

  it("takes only known themes", () => {
    expect(detectTheme("dark")).toBe("dark");
    expect(detectTheme("purple")).toBe("auto");
    expect(detectTheme(null)).toBe("auto");
  });
});
