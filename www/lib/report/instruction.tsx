import { localized } from "../i18n/localized.ts";
import { Command } from "../ui/copy.tsx";

/** A command to copy; or, where the field has a Chinese form beside it, a sentence to read. */
export function Instruction<K extends string>({
  label,
  source,
  field,
}: {
  label: string;
  source: Partial<Record<K | `${K}_zh`, string | null | undefined>>;
  field: K;
}) {
  const text = localized(source, field);
  if (text === "") return null;
  return source[`${field}_zh` as const] ? (
    <p>
      <span class="faint">{label}:</span> {text}
    </p>
  ) : (
    <Command label={label} text={text} />
  );
}
