import type { GraphNode } from "../api.ts";
import { report } from "../i18n/report.ts";

export type SymbolKind =
  | "or"
  | "and"
  | "atleast"
  | "xor"
  | "not"
  | "inhibit"
  | "gate"
  | "basic"
  | "undeveloped"
  | "house"
  | "code"
  | "transfer";

const GATES = ["or", "and", "atleast", "xor", "not", "inhibit"] as const;

export function symbolKind(node: GraphNode, transfer: boolean): SymbolKind {
  if (transfer) return "transfer";
  if (node.kind === "gate" || node.kind === "code") {
    const gate = GATES.find((g) => g === node.gate);
    if (gate !== undefined) return gate;
    return node.kind === "code" ? "code" : "gate";
  }
  if (node.kind === "undeveloped") return "undeveloped";
  return node.kind === "house" ? "house" : "basic";
}

export function symbolName(node: GraphNode, transfer: boolean, childCount: number): string {
  const kind = symbolKind(node, transfer);
  switch (kind) {
    case "atleast":
      return report("gate.atleast", { k: node.k ?? "?", n: childCount });
    case "or":
    case "and":
    case "xor":
    case "not":
    case "inhibit":
      return report(`gate.${kind}`);
    case "gate":
      return report("gate.other");
    default:
      return report(`node.${kind}`);
  }
}

/** The shapes of the fault tree handbook (NUREG-0492, IEC 61025), in a box from -18 to 18. */
const SHAPES: Record<SymbolKind, string> = {
  or: "M-15,16C-15,-2 -8,-12 0,-18C8,-12 15,-2 15,16C8,10 -8,10 -15,16Z",
  xor: "M-15,13C-15,-4 -8,-13 0,-18C8,-13 15,-4 15,13C8,7 -8,7 -15,13ZM-15,18C-8,12 8,12 15,18",
  and: "M-15,16V-2C-15,-12 -8,-18 0,-18C8,-18 15,-12 15,-2V16Z",
  atleast: "M-15,-9L0,-18L15,-9V9L0,18L-15,9Z",
  not: "M-13,14L0,-9L13,14ZM0,-9A4.5,4.5 0 1 1 0.01,-9",
  inhibit: "M-16,0L-8,-16H8L16,0L8,16H-8Z",
  gate: "M-14,-14H14V14H-14Z",
  code: "M-16,-11H16V11H-16Z",
  basic: "M0,-16A16,16 0 1 1 -0.01,-16Z",
  undeveloped: "M0,-18L18,0L0,18L-18,0Z",
  house: "M-14,16V-4L0,-16L14,-4V16Z",
  transfer: "M0,-15L16,14H-16Z",
};

/** What is written inside a symbol, where the shape alone does not say enough. */
function inside(kind: SymbolKind, node: GraphNode): string {
  if (kind === "atleast") return String(node.k ?? "");
  if (kind === "code") return "!";
  return "";
}

export function NodeSymbol({
  node,
  transfer,
  x,
  y,
  scale = 1,
}: {
  node: GraphNode;
  transfer: boolean;
  x: number;
  y: number;
  scale?: number;
}) {
  const kind = symbolKind(node, transfer);
  const text = inside(kind, node);
  return (
    <g class={`symbol ${kind}`} transform={`translate(${x} ${y}) scale(${scale})`}>
      <path d={SHAPES[kind]} />
      {text === "" ? null : (
        <text class="symbol-text" y="4.5">
          {text}
        </text>
      )}
    </g>
  );
}
