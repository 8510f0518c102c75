import type { GraphNode } from "../api.ts";
import { report } from "../i18n/report.ts";
import { NodeSymbol } from "./symbols.tsx";

const sample = (kind: string, gate: string | null): GraphNode => ({
  id: kind,
  kind,
  gate,
  k: gate === "atleast" ? 2 : null,
  title: "",
  title_zh: "",
  probability: null,
});

function Key({
  node,
  transfer = false,
  text,
}: {
  node: GraphNode;
  transfer?: boolean;
  text: string;
}) {
  return (
    <li>
      <svg viewBox="-20 -20 40 40" aria-hidden="true">
        <NodeSymbol node={node} transfer={transfer} x={0} y={0} />
      </svg>
      {text}
    </li>
  );
}

export function Legend() {
  return (
    <details class="more legend">
      <summary>{report("graph.legend")}</summary>
      <ul class="legend-keys">
        <Key node={sample("gate", "or")} text={report("gate.or")} />
        <Key node={sample("gate", "and")} text={report("gate.and")} />
        <Key node={sample("gate", "atleast")} text={report("gate.atleast", { k: "k", n: "n" })} />
        <Key node={sample("basic", null)} text={report("node.basic")} />
        <Key node={sample("undeveloped", null)} text={report("node.undeveloped")} />
        <Key node={sample("house", null)} text={report("node.house")} />
        <Key node={sample("gate", "or")} transfer text={report("node.transfer")} />
        <li>
          <span class="legend-best" aria-hidden="true" />
          {report("legend.best")}
        </li>
        <li>
          <span class="legend-line" aria-hidden="true" />
          {report("legend.line")}
        </li>
      </ul>
    </details>
  );
}
