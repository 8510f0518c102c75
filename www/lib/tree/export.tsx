import { useState } from "preact/hooks";
import type { GraphFormat } from "../api.ts";
import { report } from "../i18n/report.ts";
import { lang } from "../prefs.ts";
import type { TreeSource } from "./source.ts";

/** What CSS gives the drawing, and a file of its own must carry along. */
const STYLES = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
  "text-decoration",
] as const;
const MARGIN = 16;
const PNG_SCALE = 2;
const PNG_SIDE_MAX = 8000;

interface Drawn {
  text: string;
  width: number;
  height: number;
}

/** The drawing as a file that looks the same anywhere: all of it, at its own size. */
export function svgFile(svg: SVGSVGElement): Drawn {
  const world = svg.querySelector<SVGGElement>(":scope > g");
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const [from, to] = [svg.querySelectorAll("*"), copy.querySelectorAll("*")];
  for (const [i, element] of [...to].entries()) {
    const original = from[i];
    if (original === undefined) continue;
    const style = getComputedStyle(original);
    for (const name of STYLES) {
      const value = style.getPropertyValue(name);
      if (value !== "") element.setAttribute(name, value);
    }
    for (const name of ["class", "tabindex", "data-key", "role"]) element.removeAttribute(name);
  }
  copy.removeAttribute("style");
  const box = world?.getBBox() ?? { x: 0, y: 0, width: 1, height: 1 };
  const [x, y] = [box.x - MARGIN, box.y - MARGIN];
  const [width, height] = [box.width + 2 * MARGIN, box.height + 2 * MARGIN];
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  copy.removeAttribute("class");
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const { backgroundColor } = getComputedStyle(document.body);
  for (const [name, value] of Object.entries({ x, y, width, height, fill: backgroundColor })) {
    ground.setAttribute(name, String(value));
  }
  copy.prepend(ground);
  return { text: new XMLSerializer().serializeToString(copy), width, height };
}

async function pngFile(drawn: Drawn): Promise<Blob> {
  const image = new Image();
  const address = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(drawn.text)}`;
  await new Promise<void>((resolve, reject) => {
    image.onload = () => resolve();
    image.onerror = () => reject(new Error("the drawing cannot be painted"));
    image.src = address;
  });
  const scale = Math.min(PNG_SCALE, PNG_SIDE_MAX / Math.max(drawn.width, drawn.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(drawn.width * scale);
  canvas.height = Math.ceil(drawn.height * scale);
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"),
  );
}

export function saveAs(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by then; Safari needs the address a moment longer.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const TEXTS: readonly { format: GraphFormat; name: string; file: string; type: string }[] = [
  { format: "mermaid", name: "Mermaid", file: "fault-tree.mmd", type: "text/plain" },
  { format: "dot", name: "DOT", file: "fault-tree.dot", type: "text/vnd.graphviz" },
  { format: "open-psa", name: "Open-PSA", file: "fault-tree.xml", type: "application/xml" },
];

/** Pictures of what is drawn, and the whole tree as text for other tools. */
export function TreeExport({
  svg,
  source,
}: {
  svg: () => SVGSVGElement | null;
  source: TreeSource | undefined;
}) {
  const [failed, setFailed] = useState(false);
  const run = (work: () => Promise<void>) => () => {
    setFailed(false);
    work().catch(() => setFailed(true));
  };
  const picture = async (form: "svg" | "png") => {
    const element = svg();
    if (element === null) return;
    const drawn = svgFile(element);
    const blob =
      form === "png" ? await pngFile(drawn) : new Blob([drawn.text], { type: "image/svg+xml" });
    saveAs(`fault-tree.${form}`, blob);
  };
  const text = async ({ format, file, type }: (typeof TEXTS)[number]) => {
    if (source === undefined) return;
    saveAs(file, new Blob([await source.text(format, lang.value)], { type }));
  };
  return (
    <details class="more">
      <summary>{report("graph.export")}</summary>
      <div class="tree-export">
        <button type="button" class="button small" onClick={run(() => picture("svg"))}>
          SVG
        </button>
        <button type="button" class="button small" onClick={run(() => picture("png"))}>
          PNG
        </button>
        {source === undefined
          ? null
          : TEXTS.map((one) => (
              <button
                key={one.format}
                type="button"
                class="button small"
                onClick={run(() => text(one))}
              >
                {one.name}
              </button>
            ))}
      </div>
      {failed ? (
        <p class="inline-error" role="alert">
          {report("graph.load_failed")}
        </p>
      ) : null}
    </details>
  );
}
