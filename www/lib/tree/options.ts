import { signal } from "@preact/signals";
import { readStored, writeStored } from "../prefs.ts";

/** How much of a fault tree is drawn at first, and how much one opening adds. */
export interface TreeOptions {
  readonly maxVisibleNodes: number;
  readonly pruneThreshold: number;
  readonly lazyLoadDepth: number;
}

export const TREE_DEFAULTS: TreeOptions = {
  maxVisibleNodes: 15,
  pruneThreshold: 0.03,
  lazyLoadDepth: 2,
};

export type TreeOption = keyof TreeOptions;

export interface Range {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/** What can be chosen; the engine takes more, but no phone is glad of it. */
export const TREE_RANGES: Record<TreeOption, Range> = {
  maxVisibleNodes: { min: 3, max: 200, step: 1 },
  pruneThreshold: { min: 0, max: 0.3, step: 0.005 },
  lazyLoadDepth: { min: 1, max: 8, step: 1 },
};

const KEY = "faultscan.tree";

/** Whole steps within the range; what is no number is the default. */
export function clamped(option: TreeOption, value: unknown): number {
  const { min, max, step } = TREE_RANGES[option];
  const number =
    typeof value === "number" && Number.isFinite(value) ? value : TREE_DEFAULTS[option];
  const steps = Math.round((Math.min(Math.max(number, min), max) - min) / step);
  return Number((min + steps * step).toFixed(4));
}

/** What was stored may be of another version, or somebody else's. */
export function parseOptions(text: string | null): TreeOptions {
  let value: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(text ?? "{}");
    if (typeof parsed === "object" && parsed !== null) value = parsed as Record<string, unknown>;
  } catch {
    // The defaults, then.
  }
  return {
    maxVisibleNodes: clamped("maxVisibleNodes", value.maxVisibleNodes),
    pruneThreshold: clamped("pruneThreshold", value.pruneThreshold),
    lazyLoadDepth: clamped("lazyLoadDepth", value.lazyLoadDepth),
  };
}

export const treeOptions = signal<TreeOptions>(parseOptions(readStored(KEY)));

export function setTreeOptions(next: TreeOptions): void {
  treeOptions.value = next;
  writeStored(KEY, JSON.stringify(next));
}

export function sameOptions(a: TreeOptions, b: TreeOptions): boolean {
  return (Object.keys(TREE_DEFAULTS) as TreeOption[]).every((name) => a[name] === b[name]);
}

/** Whether the first view is the one that a diagnosis brings along. */
export function isDefaultView(options: TreeOptions): boolean {
  return (
    options.maxVisibleNodes === TREE_DEFAULTS.maxVisibleNodes &&
    options.pruneThreshold === TREE_DEFAULTS.pruneThreshold
  );
}
