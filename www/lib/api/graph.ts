/** The fault tree as it is drawn. */

export type NodeKind = "gate" | "basic" | "undeveloped" | "house" | "code" | (string & {});
export type GateKind =
  | "or"
  | "and"
  | "atleast"
  | "not"
  | "xor"
  | "inhibit"
  | "null"
  | (string & {});

export interface GraphNode {
  id: string;
  kind: NodeKind;
  gate?: GateKind | null;
  k?: number | null;
  title: string;
  title_zh: string;
  probability: number | null;
  prior?: number | null;
  observed?: boolean | null;
  in_best_cut_set?: boolean;
  /** How much it is worth drawing; no probability. */
  weight?: number;
  guideline?: boolean;
  /** Inputs in the whole tree; where fewer are drawn, there is more to load. */
  inputs?: number;
  /** Distinct nodes below it in the whole tree. */
  below?: number;
  /** Inputs that are told with it instead of drawn. */
  merged?: MergedNode[];
}

export interface MergedNode {
  id: string;
  title: string;
  title_zh: string;
  probability: number;
}

export interface GraphEdge {
  from: string;
  to: string;
}

export interface Graph {
  top: string;
  nodes: GraphNode[];
  edges: GraphEdge[];
  /** Names this state of this view. */
  version?: string;
  total?: number;
  merged?: number;
  pruned?: number;
  hidden?: number;
}

export interface GraphDiff {
  from: string;
  to: string;
  top: string;
  added: GraphNode[];
  removed: string[];
  changed: GraphNode[];
  added_edges: GraphEdge[];
  removed_edges: GraphEdge[];
  total: number;
  merged: number;
  pruned: number;
  hidden: number;
}

/** The answer to a question for a graph: the graph, or what changed since the version at hand. */
export interface GraphAnswer {
  graph?: Graph;
  diff?: GraphDiff;
}

export type GraphFormat = "mermaid" | "dot" | "open-psa";
