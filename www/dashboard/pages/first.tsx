import { dashboard } from "../../lib/i18n/dashboard.ts";
import { LiveMark } from "../shell.tsx";

/** Nothing here yet: say what to do, in the order in which it is done. */
export function FirstReport({ onMake }: { onMake: () => void }) {
  return (
    <section class="first" aria-labelledby="first-title">
      <h2 id="first-title">{dashboard("empty.title")}</h2>
      <ol>
        <li>
          <h3>{dashboard("empty.step1")}</h3>
          <p>{dashboard("empty.step1.body")}</p>
          <pre class="terminal">diag qr -- go build ./...</pre>
          <button type="button" class="button primary" onClick={onMake}>
            {dashboard("nav.ticket")}
          </button>
        </li>
        <li>
          <h3>{dashboard("empty.step2")}</h3>
          <p>{dashboard("empty.step2.body")}</p>
        </li>
        <li>
          <h3>{dashboard("empty.step3")}</h3>
          <p>{dashboard("empty.step3.body")}</p>
        </li>
      </ol>
      <p class="faint">
        {dashboard("empty.waiting")} · <LiveMark />
      </p>
    </section>
  );
}
