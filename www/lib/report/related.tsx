import type { Client } from "../client.ts";
import { localized } from "../i18n/localized.ts";
import { report } from "../i18n/report.ts";
import { useResource } from "../resource.ts";
import { Section } from "./section.tsx";
import { CodeTag } from "./verdict.tsx";

interface Related {
  readonly code: string;
  readonly title: string;
  readonly title_zh: string;
}

/** What an entry of the catalogue names as related, with titles where it has them. */
export function relatedOf(entry: Record<string, unknown>): Related[] {
  const codes = Array.isArray(entry.related) ? entry.related : [];
  const titles = (entry.related_titles ?? {}) as Record<
    string,
    Record<string, unknown> | undefined
  >;
  return codes
    .filter((code): code is string => typeof code === "string")
    .map((code) => {
      const told = titles[code] ?? {};
      const read = (name: string) => {
        const value = told[name];
        return typeof value === "string" ? value : "";
      };
      return { code, title: read("en"), title_zh: read("zh") };
    });
}

/**
 * Codes that are taken for this one, or come with it. They are the catalogue's, not the diagnosis's:
 * where the catalogue cannot be asked, nothing is missing of the report.
 */
export function RelatedView({
  code,
  client,
  codeHref,
}: {
  code: string | null;
  client: Pick<Client, "catalogueEntry">;
  codeHref?: (code: string) => string;
}) {
  const { state } = useResource<Related[]>(
    async (signal) => (code === null ? [] : relatedOf(await client.catalogueEntry(code, signal))),
    [code],
  );
  const related = state.at === "ready" ? state.data : [];
  if (related.length === 0) return null;
  return (
    <Section id="related" title={report("related.title")}>
      <p class="faint">{report("related.body")}</p>
      <ul class="related">
        {related.map((one) => (
          <li key={one.code}>
            <CodeTag code={one.code} href={codeHref?.(one.code)} />
            <span>{localized(one, "title")}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
