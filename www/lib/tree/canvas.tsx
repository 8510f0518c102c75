import { Fragment } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { report } from "../i18n/report.ts";
import { Icon } from "../ui/icon.tsx";
import type { Layout } from "./layout.ts";
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

interface CanvasProps {
  layout: Layout;
  drawing: Drawing;
  width: number;
  height: number;
  label: string;
  childCount: (id: string) => number;
  onToggle: (item: TreeItem) => void;
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
}: CanvasProps) {
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
