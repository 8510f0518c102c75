import type { Graph, GraphAnswer, GraphFormat } from "../api.ts";
import type { Client } from "../client.ts";
import { applyDiff } from "./merge.ts";
import { TREE_DEFAULTS, type TreeOptions } from "./options.ts";

/** Where a tree gets what is not drawn yet, and its forms for other tools. */
export interface TreeSource {
  /** The first view, drawn by other options than those of the diagnosis. */
  first(options: TreeOptions): Promise<Graph>;
  /** A node with the levels below it. */
  expand(node: string, options: TreeOptions): Promise<Graph>;
  text(format: GraphFormat, lang: string): Promise<string>;
}

const KEPT_MAX = 60;
const PREFIX = "faultscan.graph.";

type Kept = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

function read(store: Kept | null, key: string): Graph | null {
  try {
    const text = store?.getItem(key);
    return text ? (JSON.parse(text) as Graph) : null;
  } catch {
    return null;
  }
}

/** A full or refused store costs the next visit a download, never this one its answer. */
function write(store: Kept | null, key: string, graph: Graph): void {
  if (store === null) return;
  try {
    const own = Array.from({ length: store.length }, (_, i) => store.key(i) ?? "").filter((name) =>
      name.startsWith(PREFIX),
    );
    for (const old of own.slice(0, Math.max(0, own.length - KEPT_MAX))) store.removeItem(old);
    store.setItem(key, JSON.stringify(graph));
  } catch {
    // Nothing is lost.
  }
}

function sessionStore(): Kept | null {
  try {
    return globalThis.sessionStorage ?? null;
  } catch {
    return null;
  }
}

/** Parts of a report's tree from the server. What was seen before is kept and updated by difference. */
export function reportSource(
  client: Pick<Client, "graph" | "graphText">,
  id: string,
  store: Kept | null = sessionStore(),
): TreeSource {
  /** What is asked for, by difference to what is kept under its name. */
  const part = async (name: string, asked: Record<string, string | number>): Promise<Graph> => {
    const key = `${PREFIX}${id}.${name}`;
    const kept = read(store, key);
    const answer: GraphAnswer | null = await client.graph(
      id,
      kept?.version ? { ...asked, have: kept.version } : asked,
    );
    if (answer === null && kept !== null) return kept;
    let graph = answer?.graph ?? null;
    if (answer?.diff && kept !== null) graph = applyDiff(kept, answer.diff);
    graph ??= (await client.graph(id, asked))?.graph ?? null;
    if (graph === null) throw new Error("no graph");
    write(store, key, graph);
    return graph;
  };
  return {
    first: ({ maxVisibleNodes, pruneThreshold }) =>
      part(` ${maxVisibleNodes} ${pruneThreshold}`, {
        max_visible_nodes: maxVisibleNodes,
        prune_threshold: pruneThreshold,
      }),
    expand: (node, { lazyLoadDepth }) =>
      part(`${node}${lazyLoadDepth === TREE_DEFAULTS.lazyLoadDepth ? "" : ` ${lazyLoadDepth}`}`, {
        node,
        ...(lazyLoadDepth === TREE_DEFAULTS.lazyLoadDepth
          ? {}
          : { lazy_load_depth: lazyLoadDepth }),
      }),
    text: (format, lang) => client.graphText(id, format, lang),
  };
}
