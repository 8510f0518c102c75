import type { ComponentChildren } from "preact";

export function Section({
  id,
  title,
  children,
  aside,
  class: className,
}: {
  id: string;
  title: string;
  children: ComponentChildren;
  aside?: ComponentChildren;
  class?: string;
}) {
  return (
    <section class={`section ${className ?? ""}`} id={id} aria-labelledby={`${id}-title`}>
      <div class="section-head">
        <h2 id={`${id}-title`} tabIndex={-1}>
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
