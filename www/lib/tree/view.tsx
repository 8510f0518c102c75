import { Fragment, type RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Graph } from "../api.ts";
import { localized } from "../i18n/localized.ts";
import { report } from "../i18n/report.ts";
import { Section } from "../report/section.tsx";
import { Icon } from "../ui/icon.tsx";
import { TreeExport } from "./export.tsx";
import { diagramLayout, type Layout, outlineLayout } from "./layout.ts";
import { Legend } from "./legend.tsx";
import { mergeGraph } from "./merge.ts";
import {
  allExpandable,
  buildTree,
  flatten,
  indexGraph,
  initiallyExpanded,
  type Move,
  neighbour,
  type TreeItem,
} from "./model.ts";
import { DiagramNode, NodeTarget, nodeClasses, OutlineNode, spokenNode } from "./node.tsx";
import type { TreeSource } from "./source.ts";
import { diagramHeight, fitTransform, openingTransform, Zoomer } from "./zoom.ts";

type Drawing = "diagram" | "outline";

const NARROW_PX = 700;

const MOVES: Record<string, Move> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "out",
  ArrowRight: "in",
  Home: "first",
  End: "last",
};

function useWidth(): [RefObject<HTMLDivElement | null>, number] {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (box.current === null) return;
    setWidth(box.current.clientWidth);
    if (typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver((entries) => {
      const next = entries[0]?.contentRect.width;
      if (next !== undefined) setWidth(Math.round(next));
    });
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return [box, width];
}

interface CanvasProps {
  layout: Layout;
  drawing: Drawing;
  width: number;
  height: number;
  label: string;
  childCount: (id: string) => number;
  onToggle: (item: TreeItem) => void;
}

function Canvas({ layout, drawing, width, height, label, childCount, onToggle }: CanvasProps) {
  const svg = useRef<SVGSVGElement>(null);
  const world = useRef<SVGGElement>(null);
  const zoomer = useRef<Zoomer | null>(null);
  const [focused, setFocused] = useState<string>(layout.placed[0]?.item.key ?? "");
  const items = layout.placed.map((p) => p.item);
  const focusable = items.some((item) => item.key === focused) ? focused : (items[0]?.key ?? "");

  const anchor = useRef<string | null>(null);
  const before = useRef<Layout>(layout);
  useLayoutEffect(() => {
    if (drawing !== "diagram" || svg.current === null) return;
    const made = new Zoomer(svg.current, (t) =>
      world.current?.setAttribute("transform", t.toString()),
    );
    zoomer.current = made;
    made.to(openingTransform(layout, width, height));
    return () => made.dispose();
  }, [drawing, width]);

  // A gate that is opened or closed stays where it is under the finger; what opens everything at
  // once starts afresh.
  useLayoutEffect(() => {
    const [old, key] = [before.current, anchor.current];
    before.current = layout;
    anchor.current = null;
    if (old === layout || zoomer.current === null) return;
    const find = (l: Layout) => l.placed.find((p) => p.item.key === key);
    const [from, to] = [find(old), find(layout)];
    if (from && to) zoomer.current.pan(from.x - to.x, from.y - to.y);
    else zoomer.current.to(openingTransform(layout, width, height));
  }, [layout]);

  const focusOn = (key: string) => {
    setFocused(key);
    svg.current?.querySelector<SVGGElement>(`[data-key="${CSS.escape(key)}"]`)?.focus();
  };

  const toggle = (item: TreeItem) => {
    // What stands for more goes away when the more is there; its gate stays.
    anchor.current = item.more > 0 ? (item.parent?.key ?? null) : item.key;
    if (item.more > 0 && anchor.current !== null) focusOn(anchor.current);
    onToggle(item);
  };

  const onKey = (event: KeyboardEvent) => {
    const move = MOVES[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (move !== undefined) {
      const next = neighbour(items, focusable, move);
      if (next !== undefined) focusOn(next.key);
    } else if (event.key === "Enter" || event.key === " ") {
      const here = items.find((item) => item.key === focusable);
      if (here?.expandable) toggle(here);
    } else if (event.key === "+" || event.key === "=") zoomer.current?.by(1.25);
    else if (event.key === "-") zoomer.current?.by(0.8);
    else if (event.key === "0") zoomer.current?.to(fitTransform(layout.bounds, width, height));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <>
      {drawing === "diagram" ? (
        <div class="tree-zoom">
          <button
            type="button"
            class="button small icon-only"
            aria-label={report("graph.zoom_in")}
            onClick={() => zoomer.current?.by(1.3)}
          >
            <Icon name="plus" />
          </button>
          <button
            type="button"
            class="button small icon-only"
            aria-label={report("graph.zoom_out")}
            onClick={() => zoomer.current?.by(0.77)}
          >
            <Icon name="minus" />
          </button>
          <button
            type="button"
            class="button small icon-only"
            aria-label={report("graph.fit")}
            onClick={() => zoomer.current?.to(fitTransform(layout.bounds, width, height))}
          >
            <Icon name="fit" />
          </button>
        </div>
      ) : null}
      <svg
        ref={svg}
        class={`tree-canvas ${drawing}`}
        width={width}
        height={height}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a tree widget may be drawn in SVG.
        role="tree"
        aria-label={label}
        onKeyDown={onKey}
      >
        <g ref={world}>
          <g class="links" aria-hidden="true">
            {layout.links.map((link) => (
              <path
                key={link.key}
                d={link.path}
                class={link.best ? "best" : ""}
                stroke-width={(1 + 4 * link.probability).toFixed(2)}
              />
            ))}
          </g>
          {layout.placed.map((placed) => (
            // The words are drawn beside the tree item, not in it: its name says more than they do.
            <Fragment key={placed.item.key}>
              <g
                data-key={placed.item.key}
                class={nodeClasses(placed.item)}
                transform={`translate(${placed.x} ${placed.y})`}
                role="treeitem"
                tabindex={placed.item.key === focusable ? 0 : -1}
                aria-level={placed.item.depth + 1}
                aria-expanded={placed.item.expandable ? placed.item.expanded : undefined}
                aria-selected={placed.item.key === focusable}
                aria-label={spokenNode(placed.item, childCount(placed.item.node.id))}
                onFocus={() => setFocused(placed.item.key)}
                onClick={() => (placed.item.expandable ? toggle(placed.item) : undefined)}
              >
                <NodeTarget placed={placed} drawing={drawing} width={width} />
              </g>
              <g
                class={`art ${nodeClasses(placed.item)}`}
                transform={`translate(${placed.x} ${placed.y})`}
                aria-hidden="true"
              >
                {drawing === "diagram" ? (
                  <DiagramNode placed={placed} />
                ) : (
                  <OutlineNode placed={placed} width={width} />
                )}
              </g>
            </Fragment>
          ))}
        </g>
      </svg>
    </>
  );
}

/** The graph with the parts that were opened, which are fetched anew when the diagnosis changes. */
function useParts(graph: Graph | null, source: TreeSource | undefined) {
  const [parts, setParts] = useState<ReadonlyMap<string, Graph>>(new Map());
  const [state, setState] = useState<"idle" | "loading" | "failed">("idle");
  const opened = useRef<string[]>([]);

  const load = async (nodes: readonly string[]): Promise<boolean> => {
    if (source === undefined || nodes.length === 0) return false;
    setState("loading");
    try {
      const loaded = await Promise.all(
        nodes.map(async (node) => [node, await source.expand(node)] as const),
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

/** The fault tree of a diagnosis: a diagram where there is room, an outline on a phone. */
export function FaultTreeView({
  graph,
  source,
}: {
  graph: Graph | null;
  source?: TreeSource | undefined;
}) {
  const [box, width] = useWidth();
  const { merged, open, state } = useParts(graph, source);
  const index = useMemo(() => (merged === null ? null : indexGraph(merged)), [merged]);
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = useState<Drawing | null>(null);
  const known = useRef<string | null>(null);
  useEffect(() => {
    // An answer changes figures; what the reader has opened stays open while it is the same tree.
    if (index === null || known.current === index.top) return;
    known.current = index.top;
    setExpanded(initiallyExpanded(index));
  }, [index]);
  const root = useMemo(
    () => (index === null ? null : buildTree(index, expanded)),
    [index, expanded],
  );

  const drawing: Drawing = chosen ?? (width > 0 && width < NARROW_PX ? "outline" : "diagram");
  const layout = useMemo(() => {
    if (root === null) return null;
    return drawing === "diagram" ? diagramLayout(root) : outlineLayout(root, Math.max(width, 280));
  }, [root, drawing, width]);

  if (index === null || root === null || layout === null) {
    return (
      <Section id="tree" title={report("graph.title")}>
        <p class="faint">{report("graph.none")}</p>
      </Section>
    );
  }
  const height =
    drawing === "outline" ? layout.bounds.height + 8 : diagramHeight(layout.bounds, width);
  const toggle = (item: TreeItem) => {
    const { id } = item.node;
    if (item.more > 0 || (index.children.get(id) ?? []).length === 0) {
      void open(id).then((done) => done && setExpanded((before) => new Set(before).add(id)));
      return;
    }
    const next = new Set(expanded);
    if (!next.delete(id)) next.add(id);
    setExpanded(next);
  };
  const total = graph?.total ?? 0;
  const canCollapse = initiallyExpanded(index).size < allExpandable(index).size;
  const allOpen = flatten(root).every((item) => item.expanded || !item.expandable);
  return (
    <Section
      id="tree"
      title={report("graph.title")}
      aside={
        <div class="section-tools">
          {canCollapse ? (
            <button
              type="button"
              class="button quiet small"
              onClick={() => setExpanded(allOpen ? initiallyExpanded(index) : allExpandable(index))}
            >
              {report(allOpen ? "graph.collapse" : "graph.expand_all")}
            </button>
          ) : null}
          <button
            type="button"
            class="button quiet small"
            onClick={() => setChosen(drawing === "diagram" ? "outline" : "diagram")}
          >
            {report(drawing === "diagram" ? "graph.as_outline" : "graph.as_diagram")}
          </button>
        </div>
      }
    >
      <div class={`tree ${drawing}`} ref={box}>
        {width === 0 ? null : (
          <Canvas
            key={drawing}
            layout={layout}
            drawing={drawing}
            width={width}
            height={height}
            label={report("graph.label", { title: localized(root.node, "title") || root.node.id })}
            childCount={(id) => index.children.get(id)?.length ?? 0}
            onToggle={toggle}
          />
        )}
      </div>
      <p class="small-note" role="status">
        {state === "loading"
          ? report("graph.loading")
          : state === "failed"
            ? report("graph.load_failed")
            : total > index.nodes.size
              ? report("graph.compressed", { shown: index.nodes.size, total })
              : ""}
      </p>
      <Legend />
      <TreeExport
        svg={() => box.current?.querySelector<SVGSVGElement>("svg.tree-canvas") ?? null}
        source={source}
      />
      <p class="small-note pointer-only">{report("graph.help")}</p>
    </Section>
  );
}
