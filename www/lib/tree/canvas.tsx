import { memo } from "preact/compat";
import { useCallback, useLayoutEffect, useRef, useState } from "preact/hooks";
import { report } from "../i18n/report.ts";
import { lang } from "../prefs.ts";
import { Icon } from "../ui/icon.tsx";
import { type Layout, nodeBox, type Placed } from "./layout.ts";
import { type Move, neighbour, type TreeItem } from "./model.ts";
import { DiagramNode, NodeTarget, nodeClasses, OutlineNode, spokenNode } from "./node.tsx";
import { fitTransform, openingTransform, Zoomer } from "./zoom.ts";

export type Drawing = "diagram" | "outline";

const MOVES: Record<string, Move> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "out",
  ArrowRight: "in",
  Home: "first",
  End: "last",
};

interface NodeProps {
  placed: Placed;
  drawing: Drawing;
  width: number;
  childCount: number;
  isFocusable: boolean;
  onFocus: (key: string) => void;
  onToggle: (item: TreeItem) => void;
}

/** Whether a node looks and sounds the same, wherever it stands. */
function sameItem(a: TreeItem, b: TreeItem): boolean {
  return (
    a.key === b.key &&
    a.node === b.node &&
    a.expanded === b.expanded &&
    a.expandable === b.expandable &&
    a.transfer === b.transfer &&
    a.shared === b.shared &&
    a.hidden === b.hidden &&
    a.more === b.more
  );
}

/** What is drawn of a node; in the outline it also depends on the room to its right. */
const Art = memo(
  ({
    placed,
    drawing,
    width,
  }: Pick<NodeProps, "placed" | "drawing" | "width"> & { lang: string }) =>
    drawing === "diagram" ? (
      <DiagramNode placed={placed} />
    ) : (
      <OutlineNode placed={placed} width={width} />
    ),
  (a, b) =>
    a.drawing === b.drawing &&
    a.lang === b.lang &&
    sameItem(a.placed.item, b.placed.item) &&
    (a.drawing === "diagram" || (a.placed.x === b.placed.x && a.width === b.width)),
);

/** The words are drawn beside the tree item, not in it: its name says more than they do. */
const Node = memo(
  ({ placed, drawing, width, childCount, isFocusable, onFocus, onToggle }: NodeProps) => {
    const { item, x, y } = placed;
    return (
      <>
        <g
          data-key={item.key}
          class={nodeClasses(item)}
          transform={`translate(${x} ${y})`}
          role="treeitem"
          tabindex={isFocusable ? 0 : -1}
          aria-level={item.depth + 1}
          aria-expanded={item.expandable ? item.expanded : undefined}
          aria-selected={isFocusable}
          aria-label={spokenNode(item, childCount)}
          onFocus={() => onFocus(item.key)}
          onClick={() => (item.expandable ? onToggle(item) : undefined)}
        >
          <NodeTarget placed={placed} drawing={drawing} width={width} />
        </g>
        <g class={`art ${nodeClasses(item)}`} transform={`translate(${x} ${y})`} aria-hidden="true">
          <Art placed={placed} drawing={drawing} width={width} lang={lang.value} />
        </g>
      </>
    );
  },
);

const Links = memo(({ links }: { links: Layout["links"] }) => (
  <g class="links" aria-hidden="true">
    {links.map((link) => (
      <path
        key={link.key}
        d={link.path}
        class={link.best ? "best" : ""}
        stroke-width={(1 + 4 * link.probability).toFixed(2)}
      />
    ))}
  </g>
));

interface CanvasProps {
  layout: Layout;
  drawing: Drawing;
  width: number;
  height: number;
  label: string;
  childCount: (id: string) => number;
  onToggle: (item: TreeItem) => void;
  /** Told which node is looked at. */
  onChoose: (key: string) => void;
}

/** The drawing itself: panned, zoomed, walked by keys. */
export function Canvas({
  layout,
  drawing,
  width,
  height,
  label,
  childCount,
  onToggle,
  onChoose,
}: CanvasProps) {
  const viewport = useRef<HTMLDivElement>(null);
  const svg = useRef<SVGSVGElement>(null);
  const zoomer = useRef<Zoomer | null>(null);
  const [focused, setFocused] = useState<string>(layout.placed[0]?.item.key ?? "");
  const items = layout.placed.map((p) => p.item);
  const focusable = items.some((item) => item.key === focused) ? focused : (items[0]?.key ?? "");

  const anchor = useRef<string | null>(null);
  const before = useRef<Layout>(layout);
  useLayoutEffect(() => {
    if (drawing !== "diagram" || viewport.current === null || svg.current === null) return;
    const made = new Zoomer(viewport.current, svg.current, layout.bounds);
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
    zoomer.current.drawn(layout.bounds);
    const find = (l: Layout) => l.placed.find((p) => p.item.key === key);
    const [from, to] = [find(old), find(layout)];
    if (from && to) zoomer.current.pan(from.x - to.x, from.y - to.y);
    else zoomer.current.to(openingTransform(layout, width, height));
  }, [layout]);

  const focusOn = (key: string) => {
    setFocused(key);
    const element = svg.current?.querySelector<SVGGElement>(`[data-key="${CSS.escape(key)}"]`);
    // A diagram is moved, not scrolled.
    element?.focus({ preventScroll: drawing === "diagram" });
    const placed = layout.placed.find((p) => p.item.key === key);
    if (placed !== undefined) zoomer.current?.reveal(nodeBox(placed));
  };

  const toggle = (item: TreeItem) => {
    // What stands for more goes away when the more is there; its gate stays.
    anchor.current = item.more > 0 ? (item.parent?.key ?? null) : item.key;
    if (item.more > 0 && anchor.current !== null) focusOn(anchor.current);
    onToggle(item);
  };

  // One function for all renders, so that a node is drawn anew only where it has changed.
  const latest = useRef(toggle);
  latest.current = toggle;
  const toggleLatest = useCallback((item: TreeItem) => latest.current(item), []);

  const told = useRef(onChoose);
  told.current = onChoose;
  const focusedOn = useCallback((key: string) => {
    setFocused(key);
    told.current(key);
  }, []);

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

  // An outline is as high as its rows and a little more; a diagram as large as it is drawn.
  const { bounds } =
    drawing === "diagram" ? layout : { bounds: { ...layout.bounds, width, height } };
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
      <div
        class={`tree-viewport ${drawing}`}
        ref={viewport}
        style={drawing === "diagram" ? { height: `${height}px` } : undefined}
      >
        <svg
          ref={svg}
          class={`tree-canvas ${drawing}`}
          width={bounds.width}
          height={bounds.height}
          viewBox={`${bounds.x} ${bounds.y} ${bounds.width} ${bounds.height}`}
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a tree widget may be drawn in SVG.
          role="tree"
          aria-label={label}
          onKeyDown={onKey}
        >
          <g>
            <Links links={layout.links} />
            {layout.placed.map((placed) => (
              <Node
                key={placed.item.key}
                placed={placed}
                drawing={drawing}
                width={width}
                childCount={childCount(placed.item.node.id)}
                isFocusable={placed.item.key === focusable}
                onFocus={focusedOn}
                onToggle={toggleLatest}
              />
            ))}
          </g>
        </svg>
      </div>
    </>
  );
}
