import { loadDecoder } from "../lib/qr/decoder.ts";
import { fetchAhead } from "./pack.ts";

/** The same as in sw-plan.ts, which belongs to the worker. */
export const AHEAD = "fetch-ahead";
const IDLE_WAIT_MS = 4000;

/** Once nothing else is to be done, or after a while. */
function whenIdle(work: () => void): void {
  if (typeof globalThis.requestIdleCallback === "function") {
    globalThis.requestIdleCallback(work, { timeout: IDLE_WAIT_MS });
  } else {
    setTimeout(work, IDLE_WAIT_MS / 2);
  }
}

function savesData(): boolean {
  const { connection } = navigator as { connection?: { saveData?: boolean } };
  return connection?.saveData === true;
}

/**
 * Keeps the page usable without network: page and SDK at once, then, unless the person saves data,
 * what reading a code and the diagnosis need. Where workers are refused the page simply needs the network.
 */
export function startOffline(): void {
  if (!("serviceWorker" in navigator) || !globalThis.isSecureContext) return;
  const register = async () => {
    await navigator.serviceWorker.register("/sw.js");
    const { active } = await navigator.serviceWorker.ready;
    if (savesData()) return;
    active?.postMessage(AHEAD);
    await fetchAhead();
    // Ours where the browser reads no codes itself; the worker keeps what passes it.
    await loadDecoder();
  };
  // After the first view: nobody waits for what may be needed later.
  const start = () => whenIdle(() => void register().catch(() => undefined));
  if (document.readyState === "complete") start();
  else globalThis.addEventListener("load", start, { once: true });
}
