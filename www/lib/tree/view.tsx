import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Cause, Graph } from "../api.ts";
import { localized } from "../i18n/localized.ts";
import { report } from "../i18n/report.ts";
import { Section } from "../report/section.tsx";
import { Canvas, type Drawing } from "./canvas.tsx";
import { TreeExport } from "./export.tsx";
import { NodeFacts } from "./facts.tsx";
import { diagramLayout, outlineLayout } from "./layout.ts";
import { Legend } from "./legend.tsx";
import {
  allExpandable,
  buildTree,
  flatten,
  indexGraph,
  initiallyExpanded,
  type TreeItem,
} from "./model.ts";
import { treeOptions } from "./options.ts";
import { useFirst, useParts } from "./parts.ts";
import { TreeSettings } from "./settings.tsx";
import type { TreeSource } from "./source.ts";
import { diagramHeight } from "./zoom.ts";

const NARROW_PX = 700;
/** Who walks through the tree is told of where they stop. */
const LOOK_PAUSE_MS = 120;

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

/** The node that is looked at. By itself, so that walking through the tree draws no more than this. */
function LookedAt({
  at,
  root,
  causes,
}: {
  at: ReadonlySignal<string | null>;
  root: TreeItem;
  causes: readonly Cause[];
}) {
  const key = at.value;
  if (key === null) return null;
  const item = flatten(root).find((one) => one.key === key && one.more === 0);
  return item === undefined ? null : <NodeFacts item={item} causes={causes} />;
}

/** The fault tree of a diagnosis: a diagram where there is room, an outline on a phone. */
export function FaultTreeView({
  graph,
  source,
  causes = [],
}: {
  graph: Graph | null;
  source?: TreeSource | undefined;
  /** With what moved them, so that a node can say why. */
  causes?: readonly Cause[];
}) {
  const [box, width] = useWidth();
  const options = treeOptions.value;
  const { first, failed } = useFirst(graph, source, options);
  const { merged, open, state } = useParts(first, source, options);
  const index = useMemo(() => (merged === null ? null : indexGraph(merged)), [merged]);
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = useState<Drawing | null>(null);
  const [settings, setSettings] = useState(false);
  const lookedAt = useSignal<string | null>(null);
  const resting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const look = useCallback((key: string) => {
    clearTimeout(resting.current);
    resting.current = setTimeout(() => {
      lookedAt.value = key;
    }, LOOK_PAUSE_MS);
  }, []);
  const known = useRef<string | null>(null);
  const visibleMax = options.maxVisibleNodes;
  useEffect(() => {
    if (index === null) return;
    // An answer changes figures; what the reader has opened stays open while it is the same tree.
    const same = `${index.top} ${visibleMax} ${options.pruneThreshold} ${first === graph}`;
    if (known.current === same) return;
    known.current = same;
    setExpanded(initiallyExpanded(index, visibleMax));
  }, [index, visibleMax, options.pruneThreshold]);
  const root = useMemo(
    () => (index === null ? null : buildTree(index, expanded)),
    [index, expanded],
  );

  const drawing: Drawing = chosen ?? (width > 0 && width < NARROW_PX ? "outline" : "diagram");
  const layout = useMemo(() => {
    if (root === null) return null;
    return drawing === "diagram" ? diagramLayout(root) : outlineLayout(root, Math.max(width, 280));
  }, [root, drawing, width]);
  const relevant = useMemo(
    () => (index === null ? null : initiallyExpanded(index, visibleMax)),
    [index, visibleMax],
  );
  const allOpen = useMemo(
    () => root !== null && flatten(root).every((item) => item.expanded || !item.expandable),
    [root],
  );

  if (index === null || root === null || layout === null || relevant === null) {
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
  const total = first?.total ?? 0;
  const canCollapse = relevant.size < allExpandable(index).size;
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
              onClick={() => setExpanded(allOpen ? relevant : allExpandable(index))}
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
          {source === undefined ? null : (
            <button
              type="button"
              class="button quiet small"
              aria-expanded={settings}
              aria-controls="tree-settings"
              onClick={() => setSettings(!settings)}
            >
              {report("options.open")}
            </button>
          )}
        </div>
      }
    >
      {settings ? <TreeSettings id="tree-settings" /> : null}
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
            onChoose={look}
          />
        )}
      </div>
      <p class="small-note" role="status">
        {state === "loading"
          ? report("graph.loading")
          : state === "failed" || failed
            ? report("graph.load_failed")
            : total > index.nodes.size
              ? report("graph.compressed", { shown: index.nodes.size, total })
              : ""}
      </p>
      <LookedAt at={lookedAt} root={root} causes={causes} />
      <Legend />
      <TreeExport
        svg={() => box.current?.querySelector<SVGSVGElement>("svg.tree-canvas") ?? null}
        source={source}
      />
      <p class="small-note pointer-only">{report("graph.help")}</p>
    </Section>
  );
}
