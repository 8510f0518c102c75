import { effect, signal } from "@preact/signals";

export type Lang = "en" | "zh";
export type Theme = "auto" | "light" | "dark";

const LANG_KEY = "faultscan.lang";
const THEME_KEY = "faultscan.theme";
const SHORTCUTS_KEY = "faultscan.shortcuts";

/** Storage may be refused (private windows, blocked cookies); preferences then last for the visit. */
export function readStored(key: string): string | null {
  try {
    return globalThis.localStorage?.getItem(key) ?? null;
  } catch {
    return null;
  }
}

export function writeStored(key: string, value: string): void {
  try {
    globalThis.localStorage?.setItem(key, value);
  } catch {
    // Kept in memory only.
  }
}

export function detectLang(stored: string | null, preferred: readonly string[]): Lang {
  if (stored === "en" || stored === "zh") return stored;
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split("-")[0];
    if (primary === "zh") return "zh";
    if (primary === "en") return "en";
  }
  return "en";
}

export function detectTheme(stored: string | null): Theme {
  return stored === "light" || stored === "dark" ? stored : "auto";
}

const preferredTags = globalThis.navigator?.languages ?? [];

export const lang = signal<Lang>(detectLang(readStored(LANG_KEY), preferredTags));
export const theme = signal<Theme>(detectTheme(readStored(THEME_KEY)));
/** Single-key shortcuts can be switched off (WCAG 2.1.4). */
export const shortcutsOn = signal<boolean>(readStored(SHORTCUTS_KEY) !== "off");

/** Bumped whenever colours may have changed, for what paints on a canvas. */
export const paletteVersion = signal(0);

export function setLang(next: Lang): void {
  lang.value = next;
  writeStored(LANG_KEY, next);
}

export function setTheme(next: Theme): void {
  theme.value = next;
  writeStored(THEME_KEY, next);
}

export function setShortcuts(on: boolean): void {
  shortcutsOn.value = on;
  writeStored(SHORTCUTS_KEY, on ? "on" : "off");
}

/** Carries the preferences into the document. Call once, before the first render. */
export function applyPrefs(root: HTMLElement): void {
  effect(() => {
    root.lang = lang.value === "zh" ? "zh-CN" : "en";
  });
  effect(() => {
    if (theme.value === "auto") root.removeAttribute("data-theme");
    else root.setAttribute("data-theme", theme.value);
    paletteVersion.value = paletteVersion.peek() + 1;
  });
  globalThis.matchMedia?.("(prefers-color-scheme: dark)").addEventListener("change", () => {
    paletteVersion.value += 1;
  });
}

export function reducedMotion(): boolean {
  return globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches ?? false;
}
