import { describe, expect, it } from "vitest";
import type { Graph, GraphNode } from "../lib/api.ts";
import { BOX, diagramLayout, outlineLayout, ROW, wrapLabel } from "../lib/tree/layout.ts";
import {
  allExpandable,
  buildTree,
  descendants,
  flatten,
  indexGraph,
  initiallyExpanded,
  neighbour,
  type TreeItem,
} from "../lib/tree/model.ts";
import { symbolKind } from "../lib/tree/symbols.tsx";
import { diagramHeight, fitTransform, openingTransform, READABLE_SCALE } from "../lib/tree/zoom.ts";

function node(id: string, extra: Partial<GraphNode> = {}): GraphNode {
  return { id, kind: "basic", title: id, title_zh: id, probability: 0.1, ...extra };
}

function graph(edges: string[], extra: Record<string, Partial<GraphNode>> = {}): Graph {
  const pairs = edges.map((edge) => edge.split(">") as [string, string]);
  const ids = [...new Set(pairs.flat())];
  const gates = new Set(pairs.map(([from]) => from));
  return {
    top: ids[0] ?? "",
    nodes: ids.map((id) =>
      node(id, { ...(gates.has(id) ? { kind: "gate", gate: "or" } : {}), ...extra[id] }),
    ),
    edges: pairs.map(([from, to]) => ({ from, to })),
  };
}

const root = (g: Graph, open?: Set<string>): TreeItem => {
  const index = indexGraph(g);
  const built = buildTree(index, open ?? allExpandable(index));
  if (built === null) throw new Error("no top");
  return built;
};

const wide = (n: number) => graph(Array.from({ length: n }, (_, i) => `top>e${i}`));

describe("model", () => {
  it("draws a shared gate once and refers to it afterwards", () => {
    const items = flatten(root(graph(["top>a", "top>b", "a>s", "b>s", "s>x"])));
    expect(items.filter((i) => i.node.id === "s").map((i) => i.transfer)).toEqual([false, true]);
    expect(items.filter((i) => i.node.id === "x")).toHaveLength(1);
  });

  it("draws a shared basic event again and says that it is shared", () => {
    const items = flatten(root(graph(["top>a", "top>b", "a>x", "b>x"])));
    const shared = items.filter((i) => i.node.id === "x");
    expect(shared).toHaveLength(2);
    expect(shared.every((i) => i.shared && !i.transfer)).toBe(true);
    expect(new Set(items.map((i) => i.key)).size).toBe(items.length);
  });

  it("ends cycles, drops edges to nowhere, and copes without a top", () => {
    const cyclic = graph(["top>a", "a>b", "b>a"]);
    expect(flatten(root(cyclic)).length).toBeLessThan(6);
    expect([...descendants(indexGraph(cyclic), "a")]).toEqual(["b"]);
    const broken = graph(["top>a"]);
    broken.edges.push({ from: "top", to: "missing" }, { from: "top", to: "top" });
    expect(flatten(root(broken))).toHaveLength(2);
    expect(buildTree(indexGraph({ ...broken, top: "missing" }), new Set())).toBeNull();
  });

  it("puts the best cut set first, then the likelier child", () => {
    const g = graph(["top>a", "top>b", "top>c"], {
      a: { probability: 0.2 },
      b: { probability: 0.6 },
      c: { probability: 0.1, in_best_cut_set: true },
    });
    expect(root(g).children.map((c) => c.node.id)).toEqual(["c", "b", "a"]);
  });

  it("opens all of a small graph", () => {
    const index = indexGraph(graph(["top>a", "a>x", "a>y"]));
    expect(initiallyExpanded(index)).toEqual(new Set(["top", "a"]));
  });

  it("opens of a large graph only what leads to the best cut set", () => {
    const edges = ["top>left", "top>right"];
    for (let i = 0; i < 12; i += 1) edges.push(`left>l${i}`, `right>r${i}`);
    const index = indexGraph(graph(edges, { r3: { in_best_cut_set: true } }));
    expect(initiallyExpanded(index)).toEqual(new Set(["top", "right"]));
    const items = flatten(buildTree(index, initiallyExpanded(index)) as TreeItem);
    expect(items.find((i) => i.node.id === "left")?.hidden).toBe(12);
  });

  it("bounds how much is drawn", () => {
    const edges: string[] = [];
    for (let i = 0; i < 60; i += 1) for (let j = 0; j < 60; j += 1) edges.push(`g${i}>x${i}_${j}`);
    for (let i = 1; i < 60; i += 1) edges.push(`g0>g${i}`);
    expect(flatten(root(graph(edges))).length).toBeLessThanOrEqual(2000);
  });
});

describe("keyboard", () => {
  const items = flatten(root(graph(["top>a", "top>b", "a>x"])));
  const at = (id: string) => items.find((i) => i.node.id === id)?.key ?? "";
  it.each([
    ["top", "down", "a"],
    ["top", "up", "top"],
    ["a", "in", "x"],
    ["x", "out", "a"],
    ["x", "in", "x"],
    ["b", "first", "top"],
    ["top", "last", "b"],
  ] as const)("from %s %s to %s", (from, move, to) => {
    expect(neighbour(items, at(from), move)?.node.id).toBe(to);
  });

  it("starts at the top when the item is gone", () => {
    expect(neighbour(items, "gone", "in")?.node.id).toBe("a");
  });
});

describe("diagram", () => {
  it("puts every child below its parent and lets no two boxes touch", () => {
    const layout = diagramLayout(
      root(graph(["top>a", "top>b", "a>x", "a>y", "a>z", "b>u", "b>v"])),
    );
    for (const { item, y } of layout.placed) {
      const parent = layout.placed.find((p) => p.item === item.parent);
      if (parent !== undefined) expect(y).toBeGreaterThan(parent.y + BOX.height + BOX.symbol);
    }
    for (const level of new Set(layout.placed.map((p) => p.y))) {
      const row = layout.placed.filter((p) => p.y === level);
      const xs = row.map((p) => p.x).sort((a, b) => a - b);
      for (let i = 1; i < xs.length; i += 1) {
        expect((xs[i] ?? 0) - (xs[i - 1] ?? 0)).toBeGreaterThanOrEqual(BOX.width);
      }
    }
  });

  it("has bounds that hold all boxes", () => {
    const { placed, bounds } = diagramLayout(root(wide(9)));
    for (const { x } of placed) {
      expect(x - BOX.width / 2).toBeGreaterThanOrEqual(bounds.x - 1e-6);
      expect(x + BOX.width / 2).toBeLessThanOrEqual(bounds.x + bounds.width + 1e-6);
    }
  });

  it("marks the whole path to the best cut set", () => {
    const g = graph(["top>a", "top>b", "a>x"], {
      a: {},
      x: { in_best_cut_set: true },
    });
    const best = diagramLayout(root(g)).links.filter((l) => l.best);
    expect(best.map((l) => l.key).sort()).toEqual(["top/a", "top/a/x"]);
  });
});

describe("outline", () => {
  it("fits the width, however deep", () => {
    const deep = Array.from({ length: 30 }, (_, i) => `n${i}>n${i + 1}`);
    const layout = outlineLayout(root(graph(deep)), 328);
    expect(Math.max(...layout.placed.map((p) => p.x))).toBeLessThan(328);
    expect(layout.bounds.height).toBe(31 * ROW.height);
  });
});

describe("view", () => {
  it("shows a small drawing whole, at its size at most", () => {
    const { bounds } = diagramLayout(root(wide(3)));
    const fit = fitTransform(bounds, 1000, 500);
    expect(fit.k).toBe(1);
    expect(bounds.x * fit.k + fit.x).toBeGreaterThanOrEqual(0);
  });

  it("keeps a wide drawing readable, with the best cut set on screen", () => {
    const g = wide(40);
    const last = g.nodes.at(-1);
    if (last) Object.assign(last, { probability: 0, in_best_cut_set: true });
    const layout = diagramLayout(root(g));
    const { k, x } = openingTransform(layout, 800, 400);
    expect(k).toBe(READABLE_SCALE);
    const best = layout.placed.find((p) => p.item.node.in_best_cut_set);
    const onScreen = (best?.x ?? Number.NaN) * k + x;
    expect(onScreen).toBeGreaterThan(0);
    expect(onScreen).toBeLessThan(800);
    expect(diagramHeight(layout.bounds, 800)).toBeLessThanOrEqual(620);
  });
});

describe("labels", () => {
  it.each([
    ["short", 20, 2, ["short"]],
    ["Database server not running", 16, 2, ["Database server", "not running"]],
    ["数据库服务未运行而且网络不通", 12, 2, ["数据库服务未", "运行而且网…"]],
    ["averyveryverylongwordwithoutspaces", 12, 2, ["averyveryver", "ylongwordwi…"]],
    ["", 10, 2, []],
  ] as const)("%s in %s columns", (text, columns, lines, want) => {
    expect(wrapLabel(text, columns, lines)).toEqual(want);
  });
});

describe("symbols", () => {
  it.each([
    [{ kind: "gate", gate: "and" }, false, "and"],
    [{ kind: "gate", gate: "something_new" }, false, "gate"],
    [{ kind: "code", gate: "or" }, false, "or"],
    [{ kind: "code" }, false, "code"],
    [{ kind: "undeveloped" }, false, "undeveloped"],
    [{ kind: "house" }, false, "house"],
    [{ kind: "kind_of_later" }, false, "basic"],
    [{ kind: "gate", gate: "or" }, true, "transfer"],
  ] as const)("%o", (extra, transfer, want) => {
    expect(symbolKind(node("n", extra), transfer)).toBe(want);
  });
});
