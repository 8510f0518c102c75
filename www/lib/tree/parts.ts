import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Graph } from "../api.ts";
import { mergeGraph } from "./merge.ts";
import { isDefaultView, type TreeOptions } from "./options.ts";
import type { TreeSource } from "./source.ts";

/** A slider says much on its way; what is fetched is what it stands at. */
const CHANGE_PAUSE_MS = 150;

/**
 * The first view: the one that the diagnosis brings along, or where other options are chosen one that
 * is fetched for them. While it is on its way, and where it does not come, the one before stays.
 */
export function useFirst(
  graph: Graph | null,
  source: TreeSource | undefined,
  options: TreeOptions,
): { first: Graph | null; failed: boolean } {
  const [fetched, setFetched] = useState<Graph | null>(null);
  const [failed, setFailed] = useState(false);
  const own = source === undefined || graph === null || isDefaultView(options);
  const { maxVisibleNodes, pruneThreshold } = options;
  useEffect(() => {
    setFailed(false);
    if (own) {
      setFetched(null);
      return;
    }
    let current = true;
    const timer = setTimeout(() => {
      source.first(options).then(
        (next) => current && setFetched(next),
        () => current && setFailed(true),
      );
    }, CHANGE_PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [own, graph?.version, maxVisibleNodes, pruneThreshold]);
  return { first: own ? graph : (fetched ?? graph), failed };
}

/** The graph with the parts that were opened, which are fetched anew when the diagnosis changes. */
export function useParts(
  graph: Graph | null,
  source: TreeSource | undefined,
  options: TreeOptions,
) {
  const [parts, setParts] = useState<ReadonlyMap<string, Graph>>(new Map());
  const [state, setState] = useState<"idle" | "loading" | "failed">("idle");
  const opened = useRef<string[]>([]);

  const load = async (nodes: readonly string[]): Promise<boolean> => {
    if (source === undefined || nodes.length === 0) return false;
    setState("loading");
    try {
      const loaded = await Promise.all(
        nodes.map(async (node) => [node, await source.expand(node, options)] as const),
      );
      setParts((before) => new Map([...before, ...loaded]));
      setState("idle");
      return true;
    } catch {
      setState("failed");
      return false;
    }
  };
  const open = async (node: string): Promise<boolean> => {
    const done = await load([node]);
    if (done && !opened.current.includes(node)) opened.current.push(node);
    return done;
  };
  const version = graph?.version;
  useEffect(() => {
    setParts(new Map());
    void load(opened.current);
  }, [version]);
  const merged = useMemo(() => {
    if (graph === null) return null;
    return [...parts.values()].reduce(mergeGraph, graph);
  }, [graph, parts]);
  return { merged, open, state };
}
