import type { Cause } from "../api.ts";
import { percent } from "../format.ts";
import { localized } from "../i18n/localized.ts";
import { report } from "../i18n/report.ts";
import { InfluenceList } from "../report/why.tsx";
import { Bar } from "../ui/scale.tsx";
import type { TreeItem } from "./model.ts";
import { symbolKind, symbolName } from "./symbols.tsx";

/** How a gate's probability comes from its inputs, in a sentence. */
function gateRule(item: TreeItem): string {
  const kind = symbolKind(item.node, item.transfer);
  switch (kind) {
    case "or":
    case "and":
    case "atleast":
    case "not":
    case "xor":
    case "inhibit":
      return report(`facts.${kind}`);
    default:
      return "";
  }
}

/** Why a node of the tree has its probability: what was known before, and what moved it. */
export function NodeFacts({ item, causes }: { item: TreeItem; causes: readonly Cause[] }) {
  const { node } = item;
  const cause = causes.find((one) => one.id === node.id);
  const p = node.probability;
  const rule = gateRule(item);
  return (
    <div class="node-facts">
      <h3>{localized(node, "title") || node.id}</h3>
      <p class="faint">
        {symbolName(node, item.transfer, node.inputs ?? item.children.length)}
        {node.observed === true ? ` · ${report("graph.observed_true")}` : ""}
        {node.observed === false ? ` · ${report("graph.observed_false")}` : ""}
        {node.in_best_cut_set ? ` · ${report("graph.best")}` : ""}
      </p>
      {p === null ? null : (
        <p class="node-figure">
          <strong>{percent(p)}</strong>
          <Bar value={p} from={node.prior ?? null} />
          {node.prior === null || node.prior === undefined ? null : (
            <span class="faint">{report("verdict.before", { p: percent(node.prior) })}</span>
          )}
        </p>
      )}
      {rule === "" ? null : <p>{rule}</p>}
      {cause === undefined ? null : <InfluenceList influence={cause.influence ?? []} />}
    </div>
  );
}
