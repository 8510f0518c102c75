import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { shortcutsOn } from "../lib/prefs.ts";
import { go, paths } from "./router.ts";

export const helpOpen = signal(false);

const CHORD_MS = 900;

/** Typing in a field is never a shortcut. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

export type KeyMap = Readonly<Record<string, () => void>>;

/** Page-specific single keys; off when the person has switched shortcuts off. */
export function useKeys(keys: KeyMap): void {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!shortcutsOn.value || event.defaultPrevented) return;
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const action = current.current[event.key];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

/** `g` then a letter goes somewhere; `?` opens the help. */
export function useGlobalKeys(): void {
  const since = useRef(0);
  const chord = (href: string) => () => {
    if (Date.now() - since.current > CHORD_MS) return;
    since.current = 0;
    go(href);
  };
  useKeys({
    g: () => {
      since.current = Date.now();
    },
    r: chord(paths.reports),
    c: chord(paths.catalogue),
    t: chord(paths.ticket()),
    "?": () => {
      helpOpen.value = true;
    },
  });
}
