import { type ComponentChild, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
// @ts-expect-error: the fixtures are plain JavaScript.
import { items } from "../dev/catalogue.mjs";
// @ts-expect-error: the fixtures are plain JavaScript.
import { diagnose } from "../dev/diagnoses.mjs";
import type { Diagnosis, Follows, WhatIf } from "../lib/api.ts";
import { ApiError } from "../lib/errors.ts";
import { setLang } from "../lib/prefs.ts";
import { relatedOf } from "../lib/report/related.tsx";
import {
  clamped,
  parseOptions,
  setTreeOptions,
  TREE_DEFAULTS,
  treeOptions,
} from "../lib/tree/options.ts";
import {
  ASSUMED_MAX,
  type Assumptions,
  assumptionParams,
  assumptionsOf,
  byThen,
  candidates,
  moves,
  toggled,
  withAssumptions,
} from "../lib/whatif/model.ts";
import type { WhatIfSource } from "../lib/whatif/source.ts";
import { WhatIfView } from "../lib/whatif/view.tsx";

const explained = (): Diagnosis =>
  diagnose(items, [
    {
      at_ms: -400,
      level: "error",
      source: "console",
      message: "Connection to 10.0.3.21:5432 refused. Check that the hostname and port are correct",
    },
  ]);

const follows = (id: string, now: number, then: number): Follows => ({
  id,
  title: `Title of ${id}`,
  title_zh: `${id} 的标题`,
  prior: 0.01,
  now,
  then,
});

describe("assumptions", () => {
  it("are read from an address and written into one, its fragment kept", () => {
    const assumed = assumptionsOf(new URLSearchParams("failed=a,%20b,&working=c"));
    expect(assumed).toEqual({ a: true, b: true, c: false });
    expect(assumptionParams(assumed)).toEqual({ failed: "a,b", working: "c" });
    const address = withAssumptions("https://faults.example/r?lang=zh#id.capability", assumed);
    expect(address).toBe("https://faults.example/r?lang=zh&failed=a%2Cb&working=c#id.capability");
    expect(withAssumptions(address, {})).toBe("https://faults.example/r?lang=zh#id.capability");
  });

  it("are bounded, however many an address holds", () => {
    const many = Array.from({ length: 40 }, (_, i) => `c${i}`).join(",");
    const assumed = assumptionsOf(new URLSearchParams({ failed: many }));
    expect(Object.keys(assumed)).toHaveLength(ASSUMED_MAX);
    expect(toggled(assumed, "one_more", true)).toEqual(assumed);
  });

  it("are turned over and taken back by the same button", () => {
    expect(toggled({}, "a", true)).toEqual({ a: true });
    expect(toggled({ a: true }, "a", false)).toEqual({ a: false });
    expect(toggled({ a: true }, "a", true)).toEqual({});
  });
});

describe("what can be assumed", () => {
  it("is what was assumed, then what is likely; a search replaces the likely ones", () => {
    const diagnosis = explained();
    const [first] = diagnosis.causes;
    const likely = candidates(diagnosis, { other: true }, [follows("other", 0.1, 1)], null, 3);
    expect(likely.chosen.map((one) => [one.id, one.now])).toEqual([["other", 0.1]]);
    expect(likely.offered[0]?.id).toBe(first?.id);
    const name = { id: "found", title: "Found", title_zh: "", prior: 0.01 };
    const found = candidates(diagnosis, { found: false }, [], [name], 3);
    expect(found.chosen[0]?.title).toBe("Found");
    expect(found.offered).toEqual([]);
  });

  it("puts the likeliest and what moved most first, and counts what moved", () => {
    const all = [follows("still", 0.2, 0.2), follows("up", 0.1, 0.9), follows("down", 0.8, 0.1)];
    expect(byThen(all).map((one) => one.id)).toEqual(["up", "down", "still"]);
    expect(moves(all)).toEqual({ up: 1, down: 1 });
  });
});

describe("the view", () => {
  let root: HTMLElement;
  beforeEach(() => {
    root = document.createElement("div");
    document.body.append(root);
  });
  afterEach(() => {
    act(() => render(null, root));
    root.remove();
    setLang("en");
  });
  const show = async (node: ComponentChild) => {
    await act(async () => render(node, root));
    // The source's answer comes a moment later.
    await act(() => new Promise<void>((done) => setTimeout(done, 0)));
  };
  const text = () => root.textContent ?? "";
  const answer: WhatIf = {
    assumed: [],
    codes: [follows("ERR-DB-003", 0.2, 1)],
    tops: [],
    causes: [follows("other", 0.4, 0.1)],
  };
  const view = (source: WhatIfSource, assumed: Assumptions, onAssume = (_: Assumptions) => {}) => (
    <WhatIfView
      diagnosis={explained()}
      source={source}
      assumed={assumed}
      onAssume={onAssume}
      link={null}
    />
  );

  it("asks nothing before something is assumed, then shows now beside then", async () => {
    const ask = vi.fn(async () => answer);
    const source = { ask, find: async () => [] };
    const assumed = vi.fn();
    await show(view(source, {}, assumed));
    expect(ask).not.toHaveBeenCalled();
    const [failed] = root.querySelectorAll<HTMLButtonElement>("#what-if li button");
    await act(async () => failed?.click());
    expect(assumed).toHaveBeenCalledWith({ [explained().causes[0]?.id ?? ""]: true });
    await show(view(source, { x: true }));
    expect(ask).toHaveBeenCalledWith({ x: true }, expect.anything());
    const row = root.querySelector("table.follows tbody tr");
    expect(row?.textContent).toContain("ERR-DB-003");
    expect([...(row?.querySelectorAll("td") ?? [])].map((td) => td.textContent)).toEqual([
      "20%",
      "▲ 100%",
    ]);
    expect(text()).toContain("1 more likely, 1 less likely");
  });

  it("tells a search that failed from one that found nothing", async () => {
    const type = async (words: string) => {
      const input = root.querySelector<HTMLInputElement>('input[type="search"]');
      if (input === null) throw new Error("no search field");
      input.value = words;
      await act(async () => void input.dispatchEvent(new Event("input", { bubbles: true })));
      await act(() => new Promise<void>((done) => setTimeout(done, 250)));
      return root.querySelector(".assume-find + [role=status]")?.textContent;
    };
    const find = vi.fn(async (): Promise<[]> => []);
    await show(view({ ask: async () => answer, find }, {}));
    expect(await type("no such cause")).toBe("0 causes found");
    find.mockRejectedValue(new ApiError("offline"));
    expect(await type("another")).not.toContain("found");
    expect(await type("redis")).toMatch(/network|offline|reach/i);
    expect(await type("")).toBe("");
  });

  it("says why there is no answer, in either language", async () => {
    const refuse = (reason: string) => ({
      ask: async () => {
        throw new ApiError("invalid", { status: 422, reason });
      },
      find: async () => [],
    });
    await show(view(refuse("impossible_observations"), { x: true }));
    expect(root.querySelector('[role="alert"]')?.textContent).toContain("contradict");
    setLang("zh");
    await show(view(refuse("unknown_cause"), { y: true }));
    expect(root.querySelector('[role="alert"]')?.textContent).toContain("知识库没有");
  });
});

describe("settings of the tree", () => {
  it("keep to their ranges, whatever was stored", () => {
    expect(parseOptions(null)).toEqual(TREE_DEFAULTS);
    expect(parseOptions("not JSON")).toEqual(TREE_DEFAULTS);
    expect(
      parseOptions('{"maxVisibleNodes":9999,"pruneThreshold":-1,"lazyLoadDepth":"deep"}'),
    ).toEqual({ maxVisibleNodes: 200, pruneThreshold: 0, lazyLoadDepth: 2 });
    expect(clamped("pruneThreshold", 0.0312)).toBe(0.03);
  });

  it("are kept in this browser", () => {
    setTreeOptions({ ...TREE_DEFAULTS, maxVisibleNodes: 40 });
    expect(parseOptions(localStorage.getItem("faultscan.tree")).maxVisibleNodes).toBe(40);
    setTreeOptions(TREE_DEFAULTS);
    expect(treeOptions.value).toEqual(TREE_DEFAULTS);
  });
});

describe("related codes", () => {
  it("have their titles where the catalogue has them", () => {
    const entry = {
      related: ["ERR-DB-006", "unknown", 7],
      related_titles: { "ERR-DB-006": { en: "Timed out", zh: "超时" } },
    };
    expect(relatedOf(entry)).toEqual([
      { code: "ERR-DB-006", title: "Timed out", title_zh: "超时" },
      { code: "unknown", title: "", title_zh: "" },
    ]);
    expect(relatedOf({})).toEqual([]);
  });
});
