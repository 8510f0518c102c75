import { report } from "../i18n/report.ts";
import {
  clamped,
  sameOptions,
  setTreeOptions,
  TREE_DEFAULTS,
  TREE_RANGES,
  type TreeOption,
  treeOptions,
} from "./options.ts";

const OPTIONS = ["maxVisibleNodes", "pruneThreshold", "lazyLoadDepth"] as const;

function Setting({ option }: { option: TreeOption }) {
  const value = treeOptions.value[option];
  const { min, max, step } = TREE_RANGES[option];
  const change = (text: string) => {
    if (text.trim() === "") return;
    setTreeOptions({ ...treeOptions.peek(), [option]: clamped(option, Number(text)) });
  };
  return (
    <div class="tree-setting">
      <label for={`tree-${option}`}>{report(`options.${option}`)}</label>
      <input
        id={`tree-${option}`}
        type="number"
        inputMode="decimal"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-describedby={`tree-${option}-about`}
        onChange={(e) => change(e.currentTarget.value)}
      />
      <input
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-label={report(`options.${option}`)}
        aria-describedby={`tree-${option}-about`}
        onInput={(e) => change(e.currentTarget.value)}
      />
      <p class="small-note" id={`tree-${option}-about`}>
        {report(`options.${option}.about`)}
      </p>
    </div>
  );
}

/** How much of the tree is drawn; kept in this browser, for all trees. */
export function TreeSettings({ id }: { id: string }) {
  return (
    <fieldset class="tree-settings" id={id}>
      <legend class="offscreen">{report("options.title")}</legend>
      {OPTIONS.map((option) => (
        <Setting key={option} option={option} />
      ))}
      <button
        type="button"
        class="button small"
        disabled={sameOptions(treeOptions.value, TREE_DEFAULTS)}
        onClick={() => setTreeOptions(TREE_DEFAULTS)}
      >
        {report("options.reset")}
      </button>
    </fieldset>
  );
}
