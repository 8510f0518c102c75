import type { Graph, GraphNode } from "../api.ts";
import { missingInputs } from "./merge.ts";

/**
 * A fault tree is a graph with shared causes, drawn as a tree: the convention of the FTA handbooks
 * is that a gate met a second time becomes a transfer symbol, and a repeated basic event is drawn
 * again. So no line ever crosses another.
 */
export interface TreeItem {
  /** Unique in the drawing: the path of ids from the top. */
  readonly key: string;
  readonly node: GraphNode;
  readonly depth: number;
  readonly parent: TreeItem | null;
  readonly children: TreeItem[];
  /** Children exist in the graph, whether drawn or not. */
  readonly expandable: boolean;
  readonly expanded: boolean;
  /** Second and later drawings of a gate. */
  readonly transfer: boolean;
  /** More than one parent in the graph. */
  readonly shared: boolean;
  /** Distinct nodes below that are not drawn. */
  readonly hidden: number;
  /** Stands for inputs that are not loaded yet; `node` is then the gate that has them. */
  readonly more: number;
}

export const VISIBLE_NODES_MAX = 15;
export const OPEN_DEPTH = 1;
const DRAWN_ITEMS_MAX = 2000;

export interface GraphIndex {
  readonly top: string;
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly children: ReadonlyMap<string, readonly string[]>;
  readonly parentCount: ReadonlyMap<string, number>;
}

const weight = (node: GraphNode | undefined): number => node?.probability ?? 0;

/** Looks up tables; edges to nodes that are not there are dropped, children come likeliest first. */
export function indexGraph(graph: Graph): GraphIndex {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const children = new Map<string, string[]>();
  const parentCount = new Map<string, number>();
  const seen = new Set<string>();
  for (const { from, to } of graph.edges) {
    const edge = `${from}\u0000${to}`;
    if (!nodes.has(from) || !nodes.has(to) || from === to || seen.has(edge)) continue;
    seen.add(edge);
    children.set(from, [...(children.get(from) ?? []), to]);
    parentCount.set(to, (parentCount.get(to) ?? 0) + 1);
  }
  for (const list of children.values()) {
    list.sort((a, b) => {
      const [left, right] = [nodes.get(a), nodes.get(b)];
      const best = Number(right?.in_best_cut_set ?? false) - Number(left?.in_best_cut_set ?? false);
      return best || weight(right) - weight(left) || a.localeCompare(b);
    });
  }
  return { top: graph.top, nodes, children, parentCount };
}

/** Every distinct node below `id`, not counting itself; cycles end where they close. */
export function descendants(index: GraphIndex, id: string): Set<string> {
  const found = new Set<string>();
  const open = [...(index.children.get(id) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === id || found.has(next)) continue;
    found.add(next);
    open.push(...(index.children.get(next) ?? []));
  }
  return found;
}

function matters(node: GraphNode | undefined): boolean {
  return node?.in_best_cut_set === true || node?.observed === true;
}

/**
 * What is open at first: all of a small graph; of a larger one the upper levels and every path that
 * leads to the best cut set or to something observed.
 */
export function initiallyExpanded(
  index: GraphIndex,
  visibleMax: number = VISIBLE_NODES_MAX,
): Set<string> {
  const expanded = new Set<string>();
  const all = index.nodes.size <= visibleMax;
  const visit = (id: string, depth: number, trail: ReadonlySet<string>): void => {
    const kids = index.children.get(id) ?? [];
    if (kids.length === 0 || trail.has(id) || expanded.has(id)) return;
    const below = all || depth < OPEN_DEPTH ? null : descendants(index, id);
    const open = below === null || [...below].some((child) => matters(index.nodes.get(child)));
    if (!open) return;
    expanded.add(id);
    const longer = new Set(trail).add(id);
    for (const kid of kids) visit(kid, depth + 1, longer);
  };
  visit(index.top, 0, new Set());
  return expanded;
}

export function allExpandable(index: GraphIndex): Set<string> {
  return new Set(index.children.keys());
}

interface Mutable {
  drawn: number;
  gatesDrawn: Set<string>;
}

function drawItem(
  index: GraphIndex,
  expanded: ReadonlySet<string>,
  node: GraphNode,
  parent: TreeItem | null,
  state: Mutable,
): TreeItem {
  state.drawn += 1;
  const kids = index.children.get(node.id) ?? [];
  const missing = missingInputs(node, kids.length);
  const isGate = kids.length + missing > 0;
  const transfer = isGate && state.gatesDrawn.has(node.id);
  const open = !transfer && expanded.has(node.id) && kids.length > 0;
  if (isGate) state.gatesDrawn.add(node.id);
  const item: TreeItem = {
    key: parent === null ? node.id : `${parent.key}/${node.id}`,
    node,
    depth: parent === null ? 0 : parent.depth + 1,
    parent,
    children: [],
    expandable: isGate && !transfer,
    expanded: open,
    transfer,
    shared: (index.parentCount.get(node.id) ?? 0) > 1,
    hidden:
      isGate && !open && !transfer
        ? Math.max(node.below ?? 0, descendants(index, node.id).size)
        : 0,
    more: 0,
  };
  if (open) {
    for (const kid of kids) {
      const child = index.nodes.get(kid);
      if (child === undefined || state.drawn >= DRAWN_ITEMS_MAX) continue;
      item.children.push(drawItem(index, expanded, child, item, state));
    }
    if (missing > 0) item.children.push(moreItem(item, missing));
  }
  return item;
}

/** Stands for the inputs of a gate that are not loaded. */
function moreItem(parent: TreeItem, missing: number): TreeItem {
  return {
    key: `${parent.key}/+`,
    node: { ...parent.node, in_best_cut_set: false, observed: null },
    depth: parent.depth + 1,
    parent,
    children: [],
    expandable: true,
    expanded: false,
    transfer: false,
    shared: false,
    hidden: 0,
    more: missing,
  };
}

/** The drawing for a set of open gates; null where the top node is missing. */
export function buildTree(index: GraphIndex, expanded: ReadonlySet<string>): TreeItem | null {
  const top = index.nodes.get(index.top);
  if (top === undefined) return null;
  return drawItem(index, expanded, top, null, { drawn: 0, gatesDrawn: new Set() });
}

/** Depth first, the order in which an outline is read. */
export function flatten(item: TreeItem): TreeItem[] {
  return [item, ...item.children.flatMap(flatten)];
}

export type Move = "up" | "down" | "in" | "out" | "first" | "last";

/** Where the keyboard goes from `key`; the same item where there is nowhere to go. */
export function neighbour(
  items: readonly TreeItem[],
  key: string,
  move: Move,
): TreeItem | undefined {
  const at = items.findIndex((item) => item.key === key);
  const here = items[at] ?? items[0];
  if (here === undefined) return undefined;
  switch (move) {
    case "up":
      return items[Math.max(at - 1, 0)] ?? here;
    case "down":
      return items[Math.min(at + 1, items.length - 1)] ?? here;
    case "in":
      return here.children[0] ?? here;
    case "out":
      return here.parent ?? here;
    case "first":
      return items[0];
    case "last":
      return items[items.length - 1];
  }
}
