/** Long tasks, slow interactions, and the browser's own estimate of the round trip. */
import type { Integration } from "../integration.js";

/** Interactions that a person feels: above the "good" of Interaction to Next Paint. */
export const INTERACTION_MS = 200;
/** The least that the browser is asked to tell. */
const TOLD_MS = 40;

interface EventTiming extends PerformanceEntry {
  readonly interactionId?: number;
}

export const vitals = (): Integration => ({
  name: "vitals",
  start(context) {
    const { PerformanceObserver, navigator } = globalThis;
    const types = PerformanceObserver?.supportedEntryTypes ?? [];
    const stops: (() => void)[] = [];
    const watch = (type: string, options: object, each: (entry: EventTiming) => void): void => {
      const present = types.includes(type);
      context.found(type, present);
      if (!present) return;
      const observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) each(entry as EventTiming);
      });
      observer.observe({ type, buffered: true, ...options } as PerformanceObserverInit);
      stops.push(() => observer.disconnect());
    };
    watch("longtask", {}, ({ duration }) => context.event("long_task", "", duration));
    // One interaction comes as several entries; the slowest of them counts.
    const told = new Map<number, number>();
    watch("event", { durationThreshold: TOLD_MS }, ({ duration, interactionId, name }) => {
      if (!interactionId || duration < INTERACTION_MS) return;
      if ((told.get(interactionId) ?? 0) >= duration) return;
      if (told.size > 100) told.clear();
      told.set(interactionId, duration);
      context.event("interaction", name, duration);
    });
    const connection = (navigator as { connection?: EventTarget & { rtt?: number } } | undefined)
      ?.connection;
    context.found("rttEstimate", typeof connection?.rtt === "number");
    if (typeof connection?.rtt === "number") {
      const tell = (): void => context.event("rtt_estimate", "", connection.rtt);
      tell();
      connection.addEventListener("change", tell);
      stops.push(() => connection.removeEventListener("change", tell));
    }
    return () => {
      for (const stop of stops) stop();
    };
  },
});
