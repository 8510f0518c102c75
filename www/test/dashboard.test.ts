import { describe, expect, it } from "vitest";
import { conditionText, list, strings, text } from "../dashboard/entry.ts";
import { groupFiltersOf, mergeGroup } from "../dashboard/groups.ts";
import {
  anyFilter,
  append,
  belongs,
  filtersOf,
  merge,
  NO_FILTERS,
  narrowed,
  toQuery,
} from "../dashboard/list.ts";
import { parseRoute, paths } from "../dashboard/router.ts";
import { parseSaved, queryOf } from "../dashboard/saved.ts";
import { familiesOf } from "../dashboard/search.ts";
import { tokenOf } from "../dashboard/session.ts";
import { isTyping } from "../dashboard/shortcuts.ts";
import { stepName, ticks } from "../dashboard/strips.tsx";
import { emptyForm, isLoopback, toRequest } from "../dashboard/ticket-form.ts";
import type { CatalogueItem, GroupFacts, GroupSummary, Summary } from "../lib/api.ts";
import { setLang } from "../lib/prefs.ts";

describe("routes", () => {
  it.each([
    ["/dashboard/", { page: "reports" }],
    ["/dashboard", { page: "reports" }],
    ["/dashboard/reports/abc", { page: "report", id: "abc" }],
    ["/dashboard/tickets/new", { page: "ticket" }],
    ["/dashboard/catalogue/ERR-DB-003", { page: "entry", code: "ERR-DB-003" }],
    ["/login", { page: "login" }],
    ["/dashboards", { page: "missing" }],
    ["/dashboard/groups", { page: "groups" }],
    ["/dashboard/groups/0a", { page: "group", id: "0a" }],
    ["/dashboard/trends", { page: "trends" }],
    ["/dashboard/trends/x", { page: "missing" }],
    ["/dashboard/nowhere", { page: "missing" }],
    ["/dashboard/reports/a/b", { page: "missing" }],
    ["/dashboard/catalogue/%E0%A4%A", { page: "entry", code: "%E0%A4%A" }],
  ] as const)("%s", (path, want) => {
    expect(parseRoute(path)).toEqual(want);
  });

  it("reads back what it writes, whatever the code is called", () => {
    for (const code of ["ERR-DB-003", "a/b?c#d", "错误 1"]) {
      expect(parseRoute(paths.entry(code))).toEqual({ page: "entry", code });
    }
  });
});

describe("login token", () => {
  it.each([
    ["#token=abc123def", "abc123def"],
    ["http://127.0.0.1:8787/login#token=abc%2Dd", "abc-d"],
    ["#token=%zz", null],
    ["abc123def456", "abc123def456"],
    ["short", null],
    ["two words here", null],
    ["", null],
  ])("%s", (from, want) => {
    expect(tokenOf(from)).toBe(want);
  });
});

const summary = (id: string, extra: Partial<Summary> = {}): Summary =>
  ({ id, code: "ERR-DB-003", family: "db", received_at_ms: 0, ...extra }) as Summary;

describe("list", () => {
  const filters = filtersOf(new URLSearchParams("family=db"));
  it("knows what belongs, and what only the server knows", () => {
    expect(belongs(summary("a"), filters)).toBe(true);
    expect(belongs(summary("a", { family: "tls" }), filters)).toBe(false);
    expect(belongs(summary("a"), { ...filters, q: "pg" })).toBe("unknown");
    expect(belongs(summary("a"), { ...NO_FILTERS, code: "ERR-NET-003" })).toBe(false);
    expect(anyFilter(filters)).toBe(true);
    expect(anyFilter(filtersOf(new URLSearchParams()))).toBe(false);
  });

  it("puts news on top, changes in place, and no report twice", () => {
    const items = [summary("b"), summary("a")];
    expect(merge(items, summary("c"), true).map((s) => s.id)).toEqual(["c", "b", "a"]);
    expect(merge(items, summary("c"), false)).toHaveLength(2);
    expect(merge(items, summary("a", { code: "X" }), true)[1]?.code).toBe("X");
    expect(append(items, [summary("a"), summary("z")]).map((s) => s.id)).toEqual(["b", "a", "z"]);
  });
});

describe("filters", () => {
  const read = (text: string) => filtersOf(new URLSearchParams(text));
  it("are the address, and nothing that is no filter", () => {
    const text = "q=pg&code=ERR-DB-003&state=new&os=iOS&since=24h";
    expect(queryOf(read(text))).toBe(text);
    expect(queryOf(read("since=1y&from=x&state=&page=2"))).toBe("");
    expect(read("from=12&to=34")).toMatchObject({ from: "12", to: "34" });
  });

  it("ask the server for times instead of spans", () => {
    const now = 100 * 3_600_000;
    expect(toQuery(read("since=24h"), now)).toMatchObject({ from: 76 * 3_600_000 });
    expect(toQuery(read("from=5&to=9&since=1h"), now)).toMatchObject({ from: 5, to: 9 });
    expect(toQuery(read(""), now)).not.toHaveProperty("from");
  });

  it("tell what belongs by state, system and time", () => {
    const at = (extra: object) => summary("a", { state: "new", os: "iOS 17.2", ...extra });
    expect(belongs(at({}), read("state=new&os=iOS"))).toBe(true);
    expect(belongs(at({}), read("os=iO"))).toBe(false);
    expect(belongs(at({ state: "fixed" }), read("state=new"))).toBe(false);
    expect(belongs(at({ received_at_ms: 9 }), read("to=9"))).toBe(false);
  });

  it("that were kept are taken only where they are what they should be", () => {
    expect(parseSaved('[{"name":"a","query":"q=1"},{"name":1},null,"x"]')).toEqual([
      { name: "a", query: "q=1" },
    ]);
    for (const bad of [null, "", "{", "{}", "null"]) expect(parseSaved(bad)).toEqual([]);
  });
});

describe("groups", () => {
  const curve = { from_ms: 0, step_ms: 10, counts: [1, 0] };
  const group = (id: string, extra: object = {}) =>
    ({ id, state: "new", reports: 1, last_seen_ms: 5, curve, ...extra }) as GroupSummary;
  const facts = (id: string, extra: object = {}): GroupFacts => {
    const { curve: _, ...rest } = group(id, extra);
    return rest;
  };
  const filters = groupFiltersOf(new URLSearchParams("order=nonsense"));

  it("move to the top and grow with a new report, and stay in place otherwise", () => {
    const items = [group("a"), group("b")];
    const grown = mergeGroup(items, facts("b", { reports: 2, last_seen_ms: 12 }), filters);
    expect(grown.map((g) => [g.id, g.reports, g.curve.counts])).toEqual([
      ["b", 2, [1, 1]],
      ["a", 1, [1, 0]],
    ]);
    const fixed = mergeGroup(items, facts("b", { state: "fixed" }), filters);
    expect(fixed.map((g) => [g.id, g.state])).toEqual([
      ["a", "new"],
      ["b", "fixed"],
    ]);
  });

  it("that are new come in only where they belong", () => {
    const items = [group("a")];
    const news = facts("c", { last_seen_ms: 15 });
    expect(mergeGroup(items, news, filters)[0]).toMatchObject({
      id: "c",
      curve: { counts: [0, 1] },
    });
    const only = (text: string) => groupFiltersOf(new URLSearchParams(text));
    for (const text of ["state=fixed", "q=x", "order=reports", "family=none", "cause=none"]) {
      expect(mergeGroup(items, news, only(text))).toHaveLength(1);
    }
  });
});

describe("trends", () => {
  it("are narrowed as the list is, and lead to it", () => {
    const asked = new URLSearchParams("by=cause&q=words&family=db&os=iOS&since=7d&group=0a");
    expect(Object.entries(narrowed(filtersOf(asked))).filter(([, value]) => value !== "")).toEqual([
      ["family", "db"],
      ["os", "iOS"],
      ["group", "0a"],
    ]);
    expect(paths.trendsOf(narrowed(filtersOf(asked)))).toBe(
      "/dashboard/trends?family=db&os=iOS&group=0a",
    );
    expect(paths.trendsOf(narrowed(NO_FILTERS))).toBe("/dashboard/trends");
  });
});

describe("strips", () => {
  it("have at most five ticks, the first step among them", () => {
    for (const count of [1, 5, 14, 24, 30, 56, 90]) {
      const at = ticks(count);
      expect(at[0]).toBe(0);
      expect(at.length).toBeLessThanOrEqual(5);
      expect(at.at(-1)).toBeLessThan(count);
    }
  });

  it("name days by UTC, as they are counted", () => {
    expect(stepName(Date.UTC(2026, 10, 24), 86_400_000)).toBe("24 Nov");
  });
});

describe("catalogue families", () => {
  const item = (code: string, family: string, title: string, title_zh: string): CatalogueItem => ({
    code,
    family,
    severity: "high",
    title,
    title_zh,
  });
  const items = [
    item("ERR-NET-003", "net", "Connection refused", "连接被拒绝"),
    item("ERR-DB-003", "db", "Database TCP connection refused", "数据库TCP连接被拒绝"),
    item("ZZ-1", "later", "Of a later family", "新分类"),
  ];
  it("groups families in their usual order, unknown ones last", () => {
    expect(familiesOf(items).map((g) => g.family)).toEqual(["db", "net", "later"]);
  });
});

describe("entry fields", () => {
  it("reads pairs, nested texts and plain strings", () => {
    setLang("zh");
    expect(text({ title: { en: "A", zh: "甲" } }, "title")).toBe("甲");
    expect(text({ title: "A", title_zh: "乙" }, "title")).toBe("乙");
    expect(text({ title: "A" }, "title")).toBe("A");
    setLang("en");
    expect(text({ title: { zh: "甲" } }, "title")).toBe("甲");
    expect(text({}, "title")).toBe("");
  });

  it("takes lists only for what they are", () => {
    expect(list([{ a: 1 }, "x", null])).toEqual([{ a: 1 }]);
    expect(list("x")).toEqual([]);
    expect(strings(["a", 1])).toEqual(["a"]);
  });

  it("says a condition in short", () => {
    expect(conditionText({ metric_below: { metric: "fps", bound: 30 } })).toBe(
      "metric below fps 30",
    );
    expect(conditionText({ code: "ERR-DB-079" })).toBe("code ERR-DB-079");
    expect(conditionText(undefined)).toBe("");
  });
});

describe("ticket form", () => {
  const form = emptyForm("");
  it("leaves out what is empty", () => {
    expect(toRequest({ ...form, context: [{ key: " ", value: "" }] })).toEqual({
      request: {
        environment: { os: "linux", arch: "amd64", network_type: "wired", app_version: "" },
        ttl_s: 600,
      },
    });
  });

  it.each([
    [[{ key: "a", value: "" }], /both/],
    [
      [
        { key: "a", value: "1" },
        { key: "a", value: "2" },
      ],
      /twice/,
    ],
    [[{ key: "键".repeat(11), value: "1" }], /32 bytes/],
    [[{ key: "a", value: "x".repeat(65) }], /64/],
  ])("names what to mend in %o", (context, want) => {
    const made = toRequest({ ...form, context });
    expect("error" in made ? made.error : "").toMatch(want);
  });

  it.each([
    ["http://127.0.0.1:8787/s#x", true],
    ["http://localhost/s", true],
    ["http://[::1]:8/s", true],
    ["https://faults.example/s", false],
    ["nonsense", false],
  ])("%s is loopback: %s", (url, want) => {
    expect(isLoopback(url)).toBe(want);
  });
});

describe("shortcuts", () => {
  it("do not fire while typing", () => {
    expect(isTyping(document.createElement("input"))).toBe(true);
    expect(isTyping(document.createElement("button"))).toBe(false);
    const slider = document.createElement("input");
    slider.type = "range";
    expect(isTyping(slider)).toBe(false);
    expect(isTyping(null)).toBe(false);
  });
});
