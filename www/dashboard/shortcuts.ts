import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { shortcutsOn } from "../lib/prefs.ts";
import { go, paths } from "./router.ts";

export const helpOpen = signal(false);

const CHORD_MS = 900;

/** Inputs that letters mean nothing to. */
const NO_TEXT = ["range", "checkbox", "radio", "button", "submit"];

/** Typing in a field is never a shortcut. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && NO_TEXT.includes(target.type)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

export type KeyMap = Readonly<Record<string, () => void>>;

/** When `g` was pressed; what follows soon says where to go, and is nothing to the page. */
let chordAt = 0;
const inChord = () => Date.now() - chordAt <= CHORD_MS;

function isShortcut(event: KeyboardEvent): boolean {
  if (!shortcutsOn.value || event.defaultPrevented || event.isComposing) return false;
  return !(event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target));
}

/** Page-specific single keys; off when the person has switched shortcuts off. */
export function useKeys(keys: KeyMap): void {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!isShortcut(event) || inChord()) return;
      const action = current.current[event.key];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

/** `j` and `k` walk the links of a list; they are plain links, so Tab and Enter work as well. */
export function useListKeys(list: { readonly current: HTMLElement | null }): void {
  const move = (step: number) => {
    const links = [...(list.current?.querySelectorAll<HTMLAnchorElement>("a.row-link") ?? [])];
    const at = links.indexOf(document.activeElement as HTMLAnchorElement);
    const next = links[at < 0 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  useKeys({ j: () => move(1), k: () => move(-1) });
}

const PLACES: Readonly<Record<string, () => string>> = {
  r: () => paths.reports,
  g: () => paths.groups,
  t: () => paths.trends,
  c: () => paths.catalogue,
  n: () => paths.ticket(),
};

/** `g` then a letter goes somewhere; `?` opens the help. */
export function useGlobalKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!isShortcut(event)) return;
      const place = inChord() ? PLACES[event.key] : undefined;
      if (place !== undefined) {
        chordAt = 0;
        go(place());
      } else if (event.key === "g") {
        chordAt = Date.now();
      } else if (event.key === "?") {
        helpOpen.value = true;
      } else {
        return;
      }
      event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}
