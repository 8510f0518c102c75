import { stateName } from "../lib/i18n/work.ts";

const GLYPHS: Readonly<Record<string, string>> = {
  new: "M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3z",
  confirmed: "M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3zM8 8h.01",
  regressed: "M3.500 8A4.500 4.500 0 1 0 8 3.500H4M6.200 1.200L4 3.500l2.200 2.300",
  fixed: "M3 8.500l3.200 3.200L13 4.800",
};

/** How a group stands: always in words, with a sign of its own beside the colour. */
export function StateMark({ state }: { state: string }) {
  return (
    <span class={`state ${state}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        <path d={GLYPHS[state] ?? GLYPHS.new} />
      </svg>
      {stateName(state)}
    </span>
  );
}
