import type { CatalogueEntry } from "../../lib/api.ts";
import { dashboard } from "../../lib/i18n/dashboard.ts";
import { CodeTag } from "../../lib/report/verdict.tsx";
import { type Fields, list, text } from "../entry.ts";
import { type Mark, marksOf } from "../marks.ts";
import { paths } from "../router.ts";
import { Part } from "./parts.tsx";

const SHOWN_FIRST = 4;

function Marked({ sample, signature }: { sample: string; signature: Fields | undefined }) {
  const marks =
    signature === undefined
      ? []
      : marksOf(sample, text(signature, "pattern"), signature.ignore_case === true);
  const pieces: (Mark | string)[] = [];
  let at = 0;
  for (const mark of marks) {
    if (mark.start > at) pieces.push(sample.slice(at, mark.start));
    pieces.push(mark);
    at = mark.end;
  }
  pieces.push(sample.slice(at));
  return (
    <pre>
      {pieces.map((piece, i) =>
        typeof piece === "string" ? (
          piece
        ) : (
          <mark key={i} class={piece.name === null ? "hit" : "capture"} title={piece.name ?? ""}>
            {sample.slice(piece.start, piece.end)}
          </mark>
        ),
      )}
    </pre>
  );
}

function Captured({ sample, signature }: { sample: string; signature: Fields | undefined }) {
  if (signature === undefined) return null;
  const marks = marksOf(sample, text(signature, "pattern"), signature.ignore_case === true);
  const named = marks.filter((mark) => mark.name !== null);
  return named.length === 0 ? null : (
    <p class="captures">
      {named.map((mark) => (
        <span key={mark.name}>
          <span class="faint">{mark.name}</span>{" "}
          <span class="mono">{sample.slice(mark.start, mark.end)}</span>
        </span>
      ))}
    </p>
  );
}

function SampleItem({ sample, signatures }: { sample: Fields; signatures: readonly Fields[] }) {
  const line = text(sample, "text");
  const signature = signatures.find((one) => text(one, "id") === text(sample, "signature"));
  return (
    <li>
      <Marked sample={line} signature={signature} />
      <Captured sample={line} signature={signature} />
      <p class="small-note">{text(sample, "source")}</p>
    </li>
  );
}

/** Real lines, those of real runs first; what the pattern takes and captures is marked. */
export function Samples({ entry }: { entry: CatalogueEntry }) {
  const samples = list(entry.samples);
  const misses = list(entry.near_misses);
  const proofs = list(entry.proofs);
  const signatures = list(entry.signatures);
  const items = (some: readonly Fields[]) =>
    some.map((sample) => (
      <SampleItem key={text(sample, "text")} sample={sample} signatures={signatures} />
    ));
  return (
    <>
      <Part id="proofs" title={dashboard("entry.proofs")} items={proofs}>
        <ul class="quotes proven">
          {proofs.map((proof) => (
            <li key={text(proof, "case")}>
              <pre>{text(proof, "line")}</pre>
              <p class="small-note">
                {text(proof, "software")} · <span class="mono">{text(proof, "case")}</span>
              </p>
            </li>
          ))}
        </ul>
      </Part>
      <Part id="samples" title={dashboard("entry.samples")} items={samples}>
        <ul class="quotes">{items(samples.slice(0, SHOWN_FIRST))}</ul>
        {samples.length > SHOWN_FIRST ? (
          <details class="more">
            <summary>
              {dashboard("entry.samples.more", { n: samples.length - SHOWN_FIRST })}
            </summary>
            <ul class="quotes">{items(samples.slice(SHOWN_FIRST))}</ul>
          </details>
        ) : null}
      </Part>
      <Part id="near-misses" title={dashboard("entry.near_misses")} items={misses}>
        <ul class="quotes muted">
          {misses.map((miss) => (
            <li key={text(miss, "text")}>
              <pre>{text(miss, "text")}</pre>
              <p class="small-note">
                {text(miss, "why")}{" "}
                {typeof miss.expect === "string" && miss.expect !== "none" ? (
                  <CodeTag code={miss.expect} href={paths.entry(miss.expect)} />
                ) : null}
              </p>
            </li>
          ))}
        </ul>
      </Part>
    </>
  );
}
