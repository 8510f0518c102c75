/** The system, its version, processor and model, which take a closer look at what the browser says. */
import type { DeviceFacts } from "../host/host.js";
import type { Integration } from "../integration.js";

/** Operating systems by what a user agent says of them; the first hit counts. */
const SYSTEMS: readonly [RegExp, string][] = [
  [/HarmonyOS|OpenHarmony ?([\d.]*)/, "harmonyos"],
  [/Android ?([\d.]*)/, "android"],
  [/(?:iPhone|iPad|iPod).*? OS ([\d_]+)/, "ios"],
  [/Windows NT ([\d.]+)/, "windows"],
  [/CrOS \S+ ([\d.]+)/, "chromeos"],
  [/Mac OS X ?([\d_.]*)/, "macos"],
  [/Linux/, "linux"],
];

interface Hints {
  userAgentData?: {
    getHighEntropyValues?(hints: string[]): Promise<Record<string, unknown>>;
  };
}

export const device = (): Integration => ({
  name: "device",
  start(context) {
    // Mini-programs tell all of it by themselves.
    const navigator = globalThis.navigator as (Navigator & Hints) | undefined;
    if (context.host.name !== "browser" || !navigator) return;
    context.device(fromUserAgent(navigator.userAgent ?? ""));
    context.found("clientHints", !!navigator.userAgentData?.getHighEntropyValues);
    fromHints(navigator).then(
      (facts) => context.device(facts),
      // Refused: what the user agent says stands.
      () => undefined,
    );
  },
});

export function fromUserAgent(userAgent: string): DeviceFacts {
  for (const [pattern, os] of SYSTEMS) {
    const hit = pattern.exec(userAgent);
    if (hit) return { os, ...(hit[1] && { osVersion: hit[1].replaceAll("_", ".") }) };
  }
  return {};
}

/** The user agent string is frozen in Chromium; the hints tell the truth where they are granted. */
export async function fromHints({ userAgentData }: Hints): Promise<DeviceFacts> {
  const hints = ["architecture", "bitness", "model", "platformVersion"];
  const told = (await userAgentData?.getHighEntropyValues?.(hints)) ?? {};
  const { architecture, bitness, model, platformVersion } = told;
  const wide = bitness === "64";
  return {
    ...(architecture
      ? { arch: wide ? (architecture === "x86" ? "x86_64" : `${architecture}64`) : String(architecture) }
      : {}),
    ...(model ? { model: String(model) } : {}),
    ...(platformVersion ? { osVersion: String(platformVersion) } : {}),
  };
}
