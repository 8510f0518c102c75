import { hierarchy, tree as tidyTree } from "d3-hierarchy";
import { flatten, type TreeItem } from "./model.ts";

export interface Placed {
  readonly item: TreeItem;
  /** Diagram: centre of the label box's top edge. Outline: left edge and centre of the row. */
  readonly x: number;
  readonly y: number;
}

export interface Link {
  readonly key: string;
  readonly path: string;
  readonly best: boolean;
  readonly probability: number;
}

export interface Layout {
  readonly placed: readonly Placed[];
  readonly links: readonly Link[];
  readonly bounds: { x: number; y: number; width: number; height: number };
}

export const BOX = { width: 172, height: 66, symbol: 44, gapX: 16, gapY: 30 } as const;
export const ROW = { height: 46, indent: 26, symbol: 24 } as const;

/** Height from a box's top edge to the foot of the symbol under it. */
const NODE_HEIGHT = BOX.height + 8 + BOX.symbol;

/** The room that a node of a diagram takes. */
export function nodeBox({ x, y }: Placed): Layout["bounds"] {
  return { x: x - BOX.width / 2, y, width: BOX.width, height: NODE_HEIGHT };
}

function leadsToBest(item: TreeItem): boolean {
  return item.node.in_best_cut_set === true || item.children.some(leadsToBest);
}

function linkOf(child: TreeItem, path: string): Link {
  return {
    key: child.key,
    path,
    best: leadsToBest(child),
    probability: child.node.probability ?? 0,
  };
}

/** Siblings share the first stretch of their lines: the path that matters is painted on top. */
function bestLast(links: readonly Link[]): Link[] {
  return [...links.filter((link) => !link.best), ...links.filter((link) => link.best)];
}

/** Top down, label box above its symbol: how fault trees are drawn on paper. */
export function diagramLayout(root: TreeItem): Layout {
  const laid = tidyTree<TreeItem>()
    .nodeSize([BOX.width + BOX.gapX, NODE_HEIGHT + BOX.gapY])
    .separation((a, b) => (a.parent === b.parent ? 1 : 1.15))(
    hierarchy(root, (item) => item.children),
  );
  const placed: Placed[] = [];
  const links: Link[] = [];
  let [left, right, bottom] = [Infinity, -Infinity, 0];
  laid.each((point) => {
    placed.push({ item: point.data, x: point.x, y: point.y });
    left = Math.min(left, point.x - BOX.width / 2);
    right = Math.max(right, point.x + BOX.width / 2);
    bottom = Math.max(bottom, point.y + NODE_HEIGHT);
    if (point.parent === null) return;
    const [px, py] = [point.parent.x, point.parent.y + NODE_HEIGHT];
    const bend = py + BOX.gapY / 2;
    links.push(linkOf(point.data, `M${px},${py - 4}V${bend}H${point.x}V${point.y}`));
  });
  return {
    placed,
    links: bestLast(links),
    bounds: { x: left, y: 0, width: right - left, height: bottom },
  };
}

/** One row for each node, indented by depth: fits a phone without zooming. */
export function outlineLayout(root: TreeItem, width: number): Layout {
  const items = flatten(root);
  const rowOf = new Map(items.map((item, row) => [item.key, row]));
  const centre = (item: TreeItem) => ((rowOf.get(item.key) ?? 0) + 0.5) * ROW.height;
  const indent = (item: TreeItem) => item.depth * indentFor(items, width);
  const placed = items.map((item) => ({ item, x: indent(item), y: centre(item) }));
  const links: Link[] = [];
  for (const item of items) {
    if (item.parent === null) continue;
    const x = indent(item.parent) + ROW.symbol / 2;
    const path = `M${x},${centre(item.parent) + ROW.symbol / 2}V${centre(item)}H${indent(item)}`;
    links.push(linkOf(item, path));
  }
  const height = items.length * ROW.height;
  return { placed, links: bestLast(links), bounds: { x: 0, y: 0, width, height } };
}

/** Deep trees are indented less, so that the label keeps at least half of the width. */
function indentFor(items: readonly TreeItem[], width: number): number {
  const deepest = Math.max(1, ...items.map((item) => item.depth));
  return Math.max(10, Math.min(ROW.indent, (width * 0.4) / deepest));
}

/** Columns that text takes in a proportional font, near enough to break lines by. */
function columns(char: string): number {
  return (char.codePointAt(0) ?? 0) > 0x2e80 ? 2 : 1;
}

/**
 * Breaks a label into at most `linesMax` lines of `columnsMax` columns: at spaces where it can,
 * anywhere in Chinese, and with an ellipsis where it must be cut.
 */
export function wrapLabel(text: string, columnsMax: number, linesMax: number): string[] {
  const words = text.match(/[\u2e80-\uffff]|[^\s\u2e80-\uffff]+|\s+/g) ?? [];
  const lines: string[] = [];
  let line = "";
  let used = 0;
  const push = () => {
    if (line.trim() !== "") lines.push(line.trim());
    line = "";
    used = 0;
  };
  for (const word of words) {
    const size = [...word].reduce((sum, char) => sum + columns(char), 0);
    if (used + size > columnsMax && used > 0) push();
    if (size > columnsMax) {
      for (const char of word) {
        if (used + columns(char) > columnsMax) push();
        line += char;
        used += columns(char);
      }
    } else if (used > 0 || word.trim() !== "") {
      line += word;
      used += size;
    }
  }
  push();
  if (lines.length <= linesMax) return lines;
  const kept = lines.slice(0, linesMax);
  kept[linesMax - 1] = `${(kept[linesMax - 1] ?? "").slice(0, -1).trimEnd()}…`;
  return kept;
}
