import type { ComponentChildren } from "preact";
import type { CatalogueEntry, Proof } from "../../lib/api.ts";
import { dashboard } from "../../lib/i18n/dashboard.ts";
import { Section } from "../../lib/report/section.tsx";
import { isFields, text } from "../entry.ts";

/** A section that is only there when it has something in it. */
export function Part({
  id,
  title,
  items,
  children,
}: {
  id: string;
  title: string;
  items: readonly unknown[] | string;
  children: ComponentChildren;
}) {
  return items.length === 0 ? null : (
    <Section id={id} title={title}>
      {children}
    </Section>
  );
}

/**
 * A template as it reads without a capture: the default words of `{{name|default}}`, nothing for
 * `{{name?words around $}}`.
 */
export function plainTemplate(template: string): string {
  return template.replace(
    /\{\{[a-z][a-z0-9_]*([|?])(.*?)\}\}/g,
    (_all, mark: string, words: string) => (mark === "|" ? words : ""),
  );
}

export function causeTitle(entry: CatalogueEntry, cause: string): string {
  const titles = isFields(entry.cause_titles) ? entry.cause_titles : {};
  return text(titles, cause) || cause;
}

const PROOFS = ["live", "quoted", "defined", "memory"] as const;

/** How well a code is proven, as a word with a mark that does not need colour. */
export function ProofTag({ proof }: { proof: Proof | undefined }) {
  const level = PROOFS.find((known) => known === proof);
  if (level === undefined) return null;
  return (
    <span class={`proof ${level}`} title={dashboard(`proof.${level}.body`)}>
      {dashboard(`proof.${level}`)}
    </span>
  );
}
