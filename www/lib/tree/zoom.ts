import { select } from "d3-selection";
import { type ZoomBehavior, type ZoomTransform, zoom, zoomIdentity, zoomTransform } from "d3-zoom";
import type { Layout } from "./layout.ts";

export const SCALE_MIN = 0.15;
export const SCALE_MAX = 2.5;
const MARGIN_PX = 24;

/** The transform that shows all of a drawing, never larger than life. */
export function fitTransform(
  bounds: Layout["bounds"],
  width: number,
  height: number,
  scaleMax = 1,
): { k: number; x: number; y: number } {
  const wide = (width - MARGIN_PX * 2) / Math.max(bounds.width, 1);
  const high = (height - MARGIN_PX * 2) / Math.max(bounds.height, 1);
  const k = Math.min(Math.max(Math.min(wide, high), SCALE_MIN), scaleMax);
  return {
    k,
    x: width / 2 - (bounds.x + bounds.width / 2) * k,
    y:
      bounds.height * k < height - MARGIN_PX * 2 ? MARGIN_PX : height / 2 - (bounds.height / 2) * k,
  };
}

/** Smaller than this, labels can't be read. */
export const READABLE_SCALE = 0.8;

/**
 * Where a drawing starts: all of it if it stays readable; else at a readable size, with what matters
 * most (the best cut set) in the middle, as far as the drawing's edges allow.
 */
export function openingTransform(
  layout: Layout,
  width: number,
  height: number,
): { k: number; x: number; y: number } {
  const whole = fitTransform(layout.bounds, width, height);
  if (whole.k >= READABLE_SCALE) return whole;
  const k = READABLE_SCALE;
  const best = layout.placed.filter((p) => p.item.node.in_best_cut_set);
  const shown = best.length > 0 ? best : layout.placed.slice(0, 1);
  const centre = shown.reduce((sum, p) => sum + p.x, 0) / Math.max(shown.length, 1);
  const { bounds } = layout;
  const wanted = width / 2 - centre * k;
  const leftmost = MARGIN_PX - bounds.x * k;
  const rightmost = width - MARGIN_PX - (bounds.x + bounds.width) * k;
  return { k, x: Math.min(leftmost, Math.max(rightmost, wanted)), y: MARGIN_PX };
}

const DIAGRAM_HEIGHT_MIN_PX = 240;
const DIAGRAM_HEIGHT_MAX_PX = 620;

/** Tall enough for the drawing at the size it opens with, within bounds. */
export function diagramHeight(bounds: Layout["bounds"], width: number): number {
  const k = Math.max(
    READABLE_SCALE,
    Math.min(1, (width - MARGIN_PX * 2) / Math.max(bounds.width, 1)),
  );
  const wanted = bounds.height * k + MARGIN_PX * 2;
  return Math.round(Math.min(Math.max(wanted, DIAGRAM_HEIGHT_MIN_PX), DIAGRAM_HEIGHT_MAX_PX));
}

/** After the fingers have rested for so long, the drawing is painted sharply at its new size. */
const SHARPEN_AFTER_MS = 120;

/**
 * d3-zoom on a box with a drawing in it: wheel (with Ctrl or after focus), drag, pinch, and steps for
 * buttons and keys. The drawing is moved and scaled as a whole from outside, during a gesture as a
 * layer of its own: the compositor does it, and no frame lays out or paints what is in it.
 */
export class Zoomer {
  readonly #behaviour: ZoomBehavior<HTMLDivElement, unknown>;
  #bounds: Layout["bounds"];
  #sharpen: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly viewport: HTMLDivElement,
    private readonly drawing: SVGSVGElement,
    bounds: Layout["bounds"],
  ) {
    this.#bounds = bounds;
    this.#behaviour = zoom<HTMLDivElement, unknown>()
      .scaleExtent([SCALE_MIN, SCALE_MAX])
      // A plain wheel scrolls the page, as everywhere else; one finger too, unless it pans a zoomed tree.
      .filter((event: Event) => {
        if (event instanceof WheelEvent) return event.ctrlKey || event.metaKey;
        return !(event instanceof MouseEvent) || event.button === 0;
      })
      .on("start", () => this.#asLayer())
      .on("zoom", (event: { transform: ZoomTransform }) => this.#place(event.transform))
      .on("end", () => this.#sharpenSoon());
    select(viewport).call(this.#behaviour).on("dblclick.zoom", null);
  }

  /** Another drawing stands there now; what is in it keeps its coordinates. */
  drawn(bounds: Layout["bounds"]): void {
    this.#bounds = bounds;
    this.#place(zoomTransform(this.viewport));
  }

  /** The drawing's own corner stands where its bounds begin. */
  #place({ x, y, k }: ZoomTransform): void {
    const { x: left, y: top } = this.#bounds;
    this.drawing.style.transform = `translate(${x + k * left}px, ${y + k * top}px) scale(${k})`;
  }

  #asLayer(): void {
    clearTimeout(this.#sharpen);
    this.drawing.style.willChange = "transform";
  }

  #sharpenSoon(): void {
    clearTimeout(this.#sharpen);
    this.#sharpen = setTimeout(() => {
      this.drawing.style.willChange = "";
    }, SHARPEN_AFTER_MS);
  }

  by(factor: number): void {
    this.#behaviour.scaleBy(select(this.viewport), factor);
  }

  pan(dx: number, dy: number): void {
    this.#behaviour.translateBy(select(this.viewport), dx, dy);
  }

  /** Moves as little as it takes to show a part of the drawing. */
  reveal(part: Layout["bounds"]): void {
    const { x, y, k } = zoomTransform(this.viewport);
    const move = (start: number, length: number, at: number, room: number) =>
      Math.max(0, MARGIN_PX - (at + k * start)) ||
      Math.min(0, room - MARGIN_PX - (at + k * (start + length)));
    const dx = move(part.x, part.width, x, this.viewport.clientWidth);
    const dy = move(part.y, part.height, y, this.viewport.clientHeight);
    if (dx !== 0 || dy !== 0) this.pan(dx / k, dy / k);
  }

  to(target: { k: number; x: number; y: number }): void {
    this.#behaviour.transform(
      select(this.viewport),
      zoomIdentity.translate(target.x, target.y).scale(target.k),
    );
  }

  dispose(): void {
    clearTimeout(this.#sharpen);
    this.drawing.style.transform = "";
    this.drawing.style.willChange = "";
    select(this.viewport).on(".zoom", null);
  }
}
