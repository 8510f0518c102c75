import type { Graph, GraphDiff, GraphEdge, GraphNode } from "../api.ts";

const edgeKey = (edge: GraphEdge): string => `${edge.from}\u0000${edge.to}`;

/** A graph with a part of the same tree put in: the part's nodes say what is true now. */
export function mergeGraph(base: Graph, part: Graph): Graph {
  const nodes = new Map(base.nodes.map((node) => [node.id, node]));
  for (const node of part.nodes) nodes.set(node.id, node);
  const edges = new Map(base.edges.map((edge) => [edgeKey(edge), edge]));
  for (const edge of part.edges) {
    if (nodes.has(edge.from) && nodes.has(edge.to)) edges.set(edgeKey(edge), edge);
  }
  // What is drawn by now is no longer told with its gate.
  const told = (node: GraphNode): GraphNode =>
    node.merged?.some((one) => nodes.has(one.id))
      ? { ...node, merged: node.merged.filter((one) => !nodes.has(one.id)) }
      : node;
  return { ...base, nodes: [...nodes.values()].map(told), edges: [...edges.values()] };
}

/** The newer graph; null where the difference starts from another one. */
export function applyDiff(old: Graph, diff: GraphDiff): Graph | null {
  if (old.version !== diff.from) return null;
  const nodes = new Map(old.nodes.map((node) => [node.id, node]));
  for (const id of diff.removed) nodes.delete(id);
  for (const node of [...diff.added, ...diff.changed]) nodes.set(node.id, node);
  const edges = new Map(old.edges.map((edge) => [edgeKey(edge), edge]));
  for (const edge of diff.removed_edges) edges.delete(edgeKey(edge));
  for (const edge of diff.added_edges) edges.set(edgeKey(edge), edge);
  return {
    version: diff.to,
    top: diff.top,
    nodes: [...nodes.values()],
    edges: [...edges.values()],
    total: diff.total,
    merged: diff.merged,
    pruned: diff.pruned,
    hidden: diff.hidden,
  };
}

/** Inputs of a node that the tree has and this graph does not. */
export function missingInputs(node: GraphNode, drawn: number): number {
  return Math.max(0, (node.inputs ?? drawn) - drawn);
}
