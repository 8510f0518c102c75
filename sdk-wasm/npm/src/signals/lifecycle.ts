/** What becomes of the page: frozen, resumed, left, brought back, another address. */
import type { Integration } from "../integration.js";

export const lifecycle = (): Integration => ({
  name: "lifecycle",
  start(context) {
    const { document } = globalThis;
    const page = globalThis as Partial<Pick<EventTarget, "addEventListener" | "removeEventListener">>;
    const all: [Partial<Pick<EventTarget, "addEventListener" | "removeEventListener">>, string][] = [
      [document ?? {}, "freeze"],
      [document ?? {}, "resume"],
      [page, "pagehide"],
      [page, "pageshow"],
      [page, "popstate"],
      [page, "hashchange"],
    ];
    context.found("pageLifecycle", !!document?.addEventListener);
    // Names only: addresses may hold secrets, and the snapshot has the page's.
    const tell = (event: Event): void => context.event("lifecycle", event.type);
    for (const [target, name] of all) target.addEventListener?.(name, tell);
    return () => {
      for (const [target, name] of all) target.removeEventListener?.(name, tell);
    };
  },
});
