import { percent } from "../format.ts";
import { localized } from "../i18n/localized.ts";
import { report } from "../i18n/report.ts";
import { BOX, type Placed, ROW, wrapLabel } from "./layout.ts";
import type { TreeItem } from "./model.ts";
import { NodeSymbol, symbolName } from "./symbols.tsx";

/** Everything that the drawing shows about a node, in words. */
export function spokenNode(item: TreeItem, childCount: number): string {
  const { node } = item;
  if (item.more > 0) {
    return report("graph.more_label", { n: item.more, title: localized(node, "title") || node.id });
  }
  return [
    localized(node, "title") || node.id,
    symbolName(node, item.transfer, childCount),
    node.probability === null ? "" : report("graph.probability", { p: percent(node.probability) }),
    node.observed === true ? report("graph.observed_true") : "",
    node.observed === false ? report("graph.observed_false") : "",
    node.in_best_cut_set ? report("graph.best") : "",
    node.guideline === true ? report("graph.guideline") : "",
    item.shared ? report("graph.shared") : "",
    item.expandable ? report("graph.children", { n: childCount }) : "",
  ]
    .filter((part) => part !== "")
    .join(", ");
}

export function nodeClasses(item: TreeItem): string {
  const names = ["node"];
  if (item.more > 0) names.push("more-inputs");
  if (item.node.in_best_cut_set) names.push("best");
  if (item.node.observed === true) names.push("observed");
  if (item.node.observed === false) names.push("ruled-out");
  if (item.expandable) names.push("expandable");
  return names.join(" ");
}

/** Inputs that are told with their gate, as far as they fit in a line. */
function mergedText(item: TreeItem): string {
  const merged = item.node.merged ?? [];
  const names = merged.map(
    (one) => `${localized(one, "title") || one.id} ${percent(one.probability)}`,
  );
  return names.join(", ");
}

/** The node that stands for what is not loaded. */
function MoreNode({
  item,
  x,
  y,
  chars,
  start,
}: {
  item: TreeItem;
  x: number;
  y: number;
  /** Characters that fit in a line. */
  chars: number;
  start: boolean;
}) {
  const lines = wrapLabel(mergedText(item), chars, start ? 1 : 2);
  return (
    <text class={start ? "label start more" : "label more"}>
      <tspan x={x} y={y}>
        + {report("graph.more", { n: item.more })}
      </tspan>
      {lines
        .filter((line) => line !== "")
        .map((line, i) => (
          <tspan key={line} class="told" x={x} y={y + (start ? 15 : 13) * (i + 1)}>
            {line}
          </tspan>
        ))}
    </text>
  );
}

function Toggle({ item, x, y }: { item: TreeItem; x: number; y: number }) {
  if (!item.expandable) return null;
  return (
    <g class="toggle" transform={`translate(${x} ${y})`}>
      <circle r="7.5" />
      <path d={item.expanded ? "M-3.5,0H3.5" : "M-3.5,0H3.5M0,-3.5V3.5"} />
    </g>
  );
}

/** What the pointer meets and the focus ring surrounds: label box and symbol, or the row. */
export function NodeTarget({
  placed,
  drawing,
  width,
}: {
  placed: Placed;
  drawing: "diagram" | "outline";
  width: number;
}) {
  if (drawing === "outline") {
    return (
      <rect
        class="row"
        x={-4}
        y={-ROW.height / 2 + 2}
        width={width - placed.x + 4}
        height={ROW.height - 4}
      />
    );
  }
  return (
    <>
      <rect class="box" x={-BOX.width / 2} y="0" width={BOX.width} height={BOX.height} />
      <rect
        class="hit"
        x={-BOX.symbol}
        y={BOX.height}
        width={BOX.symbol * 2}
        height={BOX.symbol + 8}
      />
    </>
  );
}

/** Label box on top, symbol below it. Coordinates are local: the box is centred on x = 0. */
export function DiagramNode({ placed }: { placed: Placed }) {
  const { item } = placed;
  if (item.more > 0) return <MoreNode item={item} x={0} y={20} chars={25} start={false} />;
  const lines = wrapLabel(localized(item.node, "title") || item.node.id, 25, 3);
  const p = item.node.probability;
  return (
    <>
      {p === null ? null : (
        <rect
          class="box-level"
          x={-BOX.width / 2}
          y={BOX.height - 4}
          width={Math.max(1, BOX.width * p)}
          height="4"
        />
      )}
      <text class="label">
        {lines.map((line, i) => (
          <tspan key={line} x="0" y={28 - lines.length * 5 + i * 13}>
            {line}
          </tspan>
        ))}
      </text>
      <text class="level" x="0" y={BOX.height - 10}>
        {p === null ? "" : percent(p)}
        {item.hidden > 0 ? `  · ${report("graph.hidden", { n: item.hidden })}` : ""}
      </text>
      <NodeSymbol
        node={item.node}
        transfer={item.transfer}
        x={0}
        y={BOX.height + 8 + BOX.symbol / 2}
      />
      <Toggle item={item} x={30} y={BOX.height + 8 + BOX.symbol / 2} />
    </>
  );
}

/** One row of the outline: symbol, label, probability at the right edge. */
export function OutlineNode({ placed, width }: { placed: Placed; width: number }) {
  const { item } = placed;
  if (item.more > 0) {
    const x = ROW.symbol + 10;
    const chars = Math.max(8, (width - placed.x - x - 8) / 7.1);
    return <MoreNode item={item} x={x} y={-2} chars={chars} start />;
  }
  const text = ROW.symbol + 10;
  const room = width - placed.x - text - 64;
  const lines = wrapLabel(
    localized(item.node, "title") || item.node.id,
    Math.max(10, room / 7.1),
    2,
  );
  const p = item.node.probability;
  return (
    <>
      <NodeSymbol node={item.node} transfer={item.transfer} x={ROW.symbol / 2} y={0} scale={0.62} />
      <text class="label start">
        {lines.map((line, i) => (
          <tspan key={line} x={text} y={lines.length === 1 ? 4.5 : -3.5 + i * 14.5}>
            {line}
          </tspan>
        ))}
      </text>
      <text class="level end" x={width - placed.x - 22} y="4.5">
        {p === null ? "" : percent(p)}
      </text>
      <Toggle item={item} x={width - placed.x - 10} y={0} />
      {p === null ? null : (
        <rect
          class="box-level"
          x={text}
          y={ROW.height / 2 - 6}
          width={Math.max(1, (width - placed.x - text) * p)}
          height="2"
        />
      )}
    </>
  );
}
