import { describe, expect, it } from "vitest";
import type { Diagnosis, Graph, GraphDiff, GraphNode } from "../lib/api.ts";
import { completeDiagnosis } from "../lib/diagnosis.ts";
import { ApiError } from "../lib/errors.ts";
import { influenceBar } from "../lib/report/why.tsx";
import { applyDiff, mergeGraph } from "../lib/tree/merge.ts";
import { buildTree, flatten, indexGraph, initiallyExpanded } from "../lib/tree/model.ts";
import { TREE_DEFAULTS } from "../lib/tree/options.ts";
import { reportSource } from "../lib/tree/source.ts";
import { base64url } from "../miniapp/pack.ts";
import { isNetworkFault, PendingAnswers } from "../miniapp/pending.ts";

class Memory {
  readonly #kept = new Map<string, string>();
  get length(): number {
    return this.#kept.size;
  }
  key(i: number): string | null {
    return [...this.#kept.keys()][i] ?? null;
  }
  getItem(key: string): string | null {
    return this.#kept.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.#kept.set(key, value);
  }
  removeItem(key: string): void {
    this.#kept.delete(key);
  }
}

function node(id: string, extra: Partial<GraphNode> = {}): GraphNode {
  return { id, kind: "gate", gate: "or", title: id, title_zh: id, probability: 0.2, ...extra };
}

const first: Graph = {
  version: "v1",
  top: "top",
  nodes: [
    node("top", {
      inputs: 3,
      below: 4,
      merged: [{ id: "b", title: "B", title_zh: "乙", probability: 0.1 }],
    }),
    node("a", { inputs: 1, below: 1 }),
  ],
  edges: [{ from: "top", to: "a" }],
  total: 5,
};

const part: Graph = {
  version: "p1",
  top: "top",
  nodes: [
    node("top", { inputs: 3, below: 4 }),
    node("a", { inputs: 1, below: 1 }),
    node("b"),
    node("c"),
    node("d", { kind: "basic", gate: null }),
  ],
  edges: [
    { from: "top", to: "a" },
    { from: "top", to: "b" },
    { from: "top", to: "c" },
    { from: "a", to: "d" },
  ],
};

const labels = (graph: Graph): string[] => {
  const index = indexGraph(graph);
  const root = buildTree(index, initiallyExpanded(index));
  return root === null ? [] : flatten(root).map((item) => item.key);
};

describe("a compressed tree", () => {
  it("shows that inputs are missing, and where", () => {
    expect(labels(first)).toEqual(["top", "top/a", "top/+"]);
    const index = indexGraph(first);
    const items = flatten(buildTree(index, initiallyExpanded(index)) as never);
    expect(items.map((item) => item.more)).toEqual([0, 0, 2]);
    expect(items[1]?.expandable).toBe(true);
  });

  it("is whole once the part is put in, and tells nothing twice", () => {
    const whole = mergeGraph(first, part);
    expect(labels(whole)).toEqual(["top", "top/a", "top/a/d", "top/b", "top/c"]);
    expect(whole.nodes.find((one) => one.id === "top")?.merged ?? []).toEqual([]);
  });

  it("takes a difference only from the version that it starts from", () => {
    const diff: GraphDiff = {
      from: "p1",
      to: "p2",
      top: "top",
      added: [node("e")],
      removed: ["c"],
      changed: [node("b", { probability: 0.9 })],
      added_edges: [{ from: "top", to: "e" }],
      removed_edges: [{ from: "top", to: "c" }],
      total: 5,
      merged: 0,
      pruned: 0,
      hidden: 0,
    };
    expect(applyDiff(first, diff)).toBeNull();
    const next = applyDiff(part, diff);
    expect(next?.version).toBe("p2");
    expect(next?.nodes.map((one) => one.id).sort()).toEqual(["a", "b", "d", "e", "top"]);
    expect(next?.nodes.find((one) => one.id === "b")?.probability).toBe(0.9);
    expect(next?.edges).toHaveLength(4);
  });

  it("asks for what changed where it was seen before", async () => {
    const asked: unknown[] = [];
    const answers = [
      { graph: part },
      null,
      { diff: { from: "other" } as GraphDiff },
      { graph: part },
    ];
    const client = {
      graph: async (_id: string, query: unknown) => {
        asked.push(query);
        return answers.shift() ?? null;
      },
      graphText: async () => "",
    };
    const source = reportSource(client, "r", new Memory());
    expect(await source.expand("top", TREE_DEFAULTS)).toEqual(part);
    expect(await source.expand("top", TREE_DEFAULTS)).toEqual(part);
    expect(await source.expand("top", TREE_DEFAULTS)).toEqual(part);
    expect(asked).toEqual([
      { node: "top" },
      { node: "top", have: "p1" },
      { node: "top", have: "p1" },
      { node: "top" },
    ]);
  });

  it("asks for a first view and for levels by the options chosen", async () => {
    const asked: unknown[] = [];
    const client = {
      graph: async (_id: string, query: unknown) => {
        asked.push(query);
        return { graph: part };
      },
      graphText: async () => "",
    };
    const source = reportSource(client, "r", new Memory());
    const options = { maxVisibleNodes: 40, pruneThreshold: 0, lazyLoadDepth: 3 };
    await source.first(options);
    await source.expand("top", options);
    expect(asked).toEqual([
      { max_visible_nodes: 40, prune_threshold: 0 },
      { node: "top", lazy_load_depth: 3 },
    ]);
  });
});

const verdict = (text: string): Diagnosis => completeDiagnosis({ verdict: { text } });

describe("answers that the server has not heard", () => {
  it("are told in order, once, and the last word is the server's", async () => {
    const store = new Memory();
    const pending = new PendingAnswers(store);
    pending.add("r1", "cap", [{ check: "a", answer: "yes" }]);
    pending.add("r1", "cap", [{ check: "b", answer: "no" }]);
    const heard: string[] = [];
    const answer = async (id: string, check: string) => {
      heard.push(`${id} ${check}`);
      return verdict(check);
    };
    // Another page of the same phone finds them.
    const later = new PendingAnswers(store);
    const latest = await later.send("r1", () => ({ answer }));
    expect(heard).toEqual(["r1 a", "r1 b"]);
    expect(latest?.verdict.text).toBe("b");
    expect(pending.has("r1")).toBe(false);
  });

  it("stay where the network fails, from the one that failed on", async () => {
    const pending = new PendingAnswers(new Memory());
    pending.add("r1", "cap", [
      { check: "a", answer: "yes" },
      { check: "b", answer: "no" },
    ]);
    const answer = async (_id: string, check: string) => {
      if (check === "b") throw new ApiError("unreachable");
      return verdict(check);
    };
    await pending.send("r1", () => ({ answer }));
    expect(pending.all()[0]?.answers).toEqual([{ check: "b", answer: "no" }]);
  });

  it("go where the server refuses them for good", async () => {
    const pending = new PendingAnswers(new Memory());
    pending.add("r1", "cap", [
      { check: "gone", answer: "yes" },
      { check: "b", answer: "no" },
    ]);
    const answer = async (_id: string, check: string) => {
      if (check === "gone") throw new ApiError("invalid", { reason: "unknown_check" });
      return verdict(check);
    };
    const latest = await pending.send("r1", () => ({ answer }));
    expect(latest?.verdict.text).toBe("b");
    expect(pending.has("r1")).toBe(false);
  });

  it("are not lost where nothing can be stored", () => {
    const refusing = {
      getItem: () => null,
      setItem: () => {
        throw new Error("quota");
      },
    };
    const pending = new PendingAnswers(refusing);
    pending.add("r1", "cap", [{ check: "a", answer: "yes" }]);
    expect(pending.has("r1")).toBe(true);
  });
});

describe("small parts", () => {
  it("tells the network's faults from refusals", () => {
    expect(isNetworkFault(new ApiError("offline"))).toBe(true);
    expect(isNetworkFault(new ApiError("invalid"))).toBe(false);
  });

  it("reads keys", () => {
    expect([...base64url("-_8A")]).toEqual([251, 255, 0]);
  });

  it("draws bars from the middle", () => {
    expect(influenceBar(2, 4)).toEqual({ left: 50, width: 25 });
    expect(influenceBar(-4, 4)).toEqual({ left: 0, width: 50 });
    expect(influenceBar(0, 0)).toEqual({ left: 50, width: 0 });
  });
});
