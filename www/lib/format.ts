import { common } from "./i18n/common.ts";
import { lang } from "./prefs.ts";

const locale = () => (lang.value === "zh" ? "zh-CN" : "en-GB");

/** Probabilities near the ends are bounded in words: "<0.1%" says more than "0%". */
export function percent(p: number | null | undefined): string {
  if (p === null || p === undefined || !Number.isFinite(p)) return "–";
  if (p <= 0) return "0%";
  if (p >= 1) return "100%";
  if (p < 0.001) return "<0.1%";
  if (p > 0.999) return ">99.9%";
  const value = p * 100;
  return value < 10 || value > 99 ? `${trimZero(value.toFixed(1))}%` : `${Math.round(value)}%`;
}

function trimZero(text: string): string {
  return text.endsWith(".0") ? text.slice(0, -2) : text;
}

export function bytes(n: number | null | undefined): string {
  if (n === null || n === undefined || !Number.isFinite(n)) return "–";
  const units = ["B", "KiB", "MiB", "GiB"] as const;
  let value = n;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : trimZero(value.toFixed(1))} ${units[unit]}`;
}

export function milliseconds(n: number | null | undefined): string {
  if (n === null || n === undefined || !Number.isFinite(n)) return "–";
  if (Math.abs(n) < 10) return `${trimZero(n.toFixed(1))} ms`;
  if (Math.abs(n) < 10_000) return `${Math.round(n)} ms`;
  return `${trimZero((n / 1000).toFixed(1))} s`;
}

/** `m:ss` or `h:mm:ss`; days beyond that. Never negative. */
export function countdown(totalSeconds: number): string {
  const s = Math.max(0, Math.floor(totalSeconds));
  const two = (n: number) => String(n).padStart(2, "0");
  if (s >= 86_400) return `${Math.floor(s / 86_400)} d ${two(Math.floor((s % 86_400) / 3600))} h`;
  if (s >= 3600)
    return `${Math.floor(s / 3600)}:${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`;
  return `${Math.floor(s / 60)}:${two(s % 60)}`;
}

/** How long ago, in the coarsest unit that still says something. */
export function ago(atMs: number, nowMs: number): string {
  const s = Math.round((nowMs - atMs) / 1000);
  if (s < 5) return common("time.now");
  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: "always", style: "short" });
  if (s < 60) return relative.format(-s, "second");
  if (s < 3600) return relative.format(-Math.floor(s / 60), "minute");
  if (s < 86_400) return relative.format(-Math.floor(s / 3600), "hour");
  if (s < 30 * 86_400) return relative.format(-Math.floor(s / 86_400), "day");
  return dateTime(atMs);
}

export function dateTime(ms: number): string {
  return new Intl.DateTimeFormat(locale(), {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).format(ms);
}

/** The log's time column: seconds before capture, fixed width, e.g. `-12.340`. */
export function relativeSeconds(atMs: number): string {
  const sign = atMs > 0 ? "+" : atMs < 0 ? "-" : " ";
  return `${sign}${(Math.abs(atMs) / 1000).toFixed(3)}`;
}

export function shortId(id: string): string {
  return id.length > 12 ? id.slice(0, 8) : id;
}

const BROWSERS = [
  [/MicroMessenger\/([\d.]+)/, "WeChat"],
  [/\bEdg[A-Za-z]*\/(\d+)/, "Edge"],
  [/\b(?:Firefox|FxiOS)\/(\d+)/, "Firefox"],
  [/\b(?:Headless)?(?:Chrome|CriOS)\/(\d+)/, "Chrome"],
  [/\bVersion\/([\d.]+).*Safari/, "Safari"],
] as const;

/** A device that gave no model is known by its user agent: shown as browser and version. */
export function deviceName(device: string | null | undefined): string {
  if (!device) return "";
  if (!device.startsWith("Mozilla/")) return device;
  for (const [pattern, name] of BROWSERS) {
    const version = pattern.exec(device)?.[1];
    if (version !== undefined) return `${name} ${version}`;
  }
  return device;
}
