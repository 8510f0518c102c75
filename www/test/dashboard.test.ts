import { describe, expect, it } from "vitest";
import { conditionText, list, strings, text } from "../dashboard/entry.ts";
import { anyFilter, append, belongs, filtersOf, merge } from "../dashboard/list.ts";
import { parseRoute, paths } from "../dashboard/router.ts";
import { familiesOf, searchCatalogue } from "../dashboard/search.ts";
import { tokenOf } from "../dashboard/session.ts";
import { isTyping } from "../dashboard/shortcuts.ts";
import { emptyForm, isLoopback, toRequest } from "../dashboard/ticket-form.ts";
import type { CatalogueItem, Summary } from "../lib/api.ts";
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
    expect(belongs(summary("a"), { q: "", family: "", code: "ERR-NET-003" })).toBe(false);
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

describe("catalogue search", () => {
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
  it.each([
    ["refused database", ["ERR-DB-003"]],
    ["数据库", ["ERR-DB-003"]],
    ["ＴＣＰ", ["ERR-DB-003"]],
    ["err-net-003", ["ERR-NET-003"]],
    ["nothing", []],
    ["", ["ERR-NET-003", "ERR-DB-003", "ZZ-1"]],
  ])("%s", (query, want) => {
    expect(searchCatalogue(items, query).map((i) => i.code)).toEqual(want);
  });

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
    expect(isTyping(null)).toBe(false);
  });
});
