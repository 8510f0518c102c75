import { useEffect, useState } from "preact/hooks";
import type { CatalogueItem, IssuedTicket, TicketRequest } from "../../lib/api.ts";
import { type ApiError, asApiError } from "../../lib/errors.ts";
import { countdown } from "../../lib/format.ts";
import { dashboard } from "../../lib/i18n/dashboard.ts";
import { localized } from "../../lib/i18n/localized.ts";
import { useResource } from "../../lib/resource.ts";
import { CopyButton } from "../../lib/ui/copy.tsx";
import { Icon } from "../../lib/ui/icon.tsx";
import { Failed } from "../../lib/ui/notice.tsx";
import { query } from "../router.ts";
import { client } from "../session.ts";
import {
  CONTEXT_PAIRS_MAX,
  emptyForm,
  isLoopback,
  type TicketForm,
  TTLS,
  toRequest,
} from "../ticket-form.ts";

function Suggested({
  label,
  value,
  list,
  options,
  onChange,
}: {
  label: string;
  value: string;
  list: string;
  options: readonly string[];
  onChange: (value: string) => void;
}) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="text"
        value={value}
        list={list}
        maxLength={64}
        autocomplete="off"
        onInput={(e) => onChange(e.currentTarget.value)}
      />
      <datalist id={list}>
        {options.map((option) => (
          <option key={option} value={option} />
        ))}
      </datalist>
    </label>
  );
}

function CodeField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { state } = useResource((signal) => client.catalogue(signal), []);
  const items: CatalogueItem[] = state.at === "ready" ? state.data.items : [];
  return (
    <label class="field">
      <span>{dashboard("ticket.code")}</span>
      <input
        type="text"
        class="mono"
        value={value}
        list="ticket-codes"
        maxLength={64}
        autocomplete="off"
        spellcheck={false}
        placeholder="ERR-DB-003"
        onInput={(e) => onChange(e.currentTarget.value)}
      />
      <datalist id="ticket-codes">
        {items.map((item) => (
          <option key={item.code} value={item.code} label={localized(item, "title")} />
        ))}
      </datalist>
      <span class="small-note">{dashboard("ticket.code_hint")}</span>
    </label>
  );
}

function ContextFields({
  form,
  onChange,
}: {
  form: TicketForm;
  onChange: (form: TicketForm) => void;
}) {
  const put = (at: number, change: Partial<{ key: string; value: string }>) =>
    onChange({
      ...form,
      context: form.context.map((pair, i) => (i === at ? { ...pair, ...change } : pair)),
    });
  return (
    <fieldset class="context">
      <legend>{dashboard("ticket.context")}</legend>
      {form.context.map((pair, i) => (
        <div class="context-pair" key={i}>
          <label>
            <span class="offscreen">{dashboard("ticket.key")}</span>
            <input
              type="text"
              class="mono"
              placeholder={dashboard("ticket.key")}
              value={pair.key}
              onInput={(e) => put(i, { key: e.currentTarget.value })}
            />
          </label>
          <label>
            <span class="offscreen">{dashboard("ticket.value")}</span>
            <input
              type="text"
              class="mono"
              placeholder={dashboard("ticket.value")}
              value={pair.value}
              onInput={(e) => put(i, { value: e.currentTarget.value })}
            />
          </label>
          <button
            type="button"
            class="button quiet small icon-only"
            aria-label={dashboard("ticket.remove", { n: i + 1 })}
            onClick={() => onChange({ ...form, context: form.context.filter((_, at) => at !== i) })}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      <p class="small-note">{dashboard("ticket.context_hint")}</p>
      {form.context.length < CONTEXT_PAIRS_MAX ? (
        <button
          type="button"
          class="button quiet small"
          onClick={() => onChange({ ...form, context: [...form.context, { key: "", value: "" }] })}
        >
          <Icon name="plus" />
          {dashboard("ticket.add")}
        </button>
      ) : null}
    </fieldset>
  );
}

function useSecondsLeft(expiresAtS: number): number {
  const [left, setLeft] = useState(() => expiresAtS - Date.now() / 1000);
  useEffect(() => {
    setLeft(expiresAtS - Date.now() / 1000);
    const timer = setInterval(() => setLeft(expiresAtS - Date.now() / 1000), 1000);
    return () => clearInterval(timer);
  }, [expiresAtS]);
  return left;
}

function TextForm({ name, text }: { name: string; text: string }) {
  return (
    <div class="text-form">
      <span class="text-form-name">{name}</span>
      <code class="break">{text}</code>
      <CopyButton text={text} of={name} />
    </div>
  );
}

function Issued({
  ticket,
  onSame,
  onAnother,
}: {
  ticket: IssuedTicket;
  onSame: () => void;
  onAnother: () => void;
}) {
  const left = useSecondsLeft(ticket.expires_at_s);
  const [broken, setBroken] = useState(false);
  const expired = left <= 0;
  return (
    <section class="issued" aria-labelledby="issued-title">
      <h2 id="issued-title" tabIndex={-1}>
        {dashboard("ticket.scan_me")}
      </h2>
      <div class={expired ? "qr expired" : "qr"}>
        {broken ? (
          <p>{dashboard("ticket.qr_failed")}</p>
        ) : (
          <img
            src={ticket.qr_svg}
            width="320"
            height="320"
            alt={dashboard("ticket.qr_alt", { id: ticket.ticket_id })}
            onError={() => setBroken(true)}
          />
        )}
      </div>
      <p
        class={expired ? "qr-left over" : left < 60 ? "qr-left soon" : "qr-left"}
        role={expired ? "alert" : undefined}
      >
        {expired ? dashboard("ticket.expired") : dashboard("ticket.left", { t: countdown(left) })}
      </p>
      <div class="actions">
        <button type="button" class={expired ? "button primary" : "button"} onClick={onSame}>
          {dashboard("ticket.same_again")}
        </button>
        <button type="button" class="button" onClick={onAnother}>
          {dashboard("ticket.another")}
        </button>
      </div>
      {isLoopback(ticket.url) ? (
        <p class="small-note warn-note">
          {dashboard("ticket.local_origin", { host: new URL(ticket.url).host })}
        </p>
      ) : null}
      <h3>{dashboard("ticket.forms")}</h3>
      <TextForm name={dashboard("ticket.form.url")} text={ticket.url} />
      <TextForm name={dashboard("ticket.form.text")} text={ticket.text} />
      <TextForm name={dashboard("ticket.form.decimal")} text={ticket.decimal} />
    </section>
  );
}

export function TicketPage() {
  const [form, setForm] = useState(() => emptyForm(query.peek().get("code") ?? ""));
  const [ticket, setTicket] = useState<IssuedTicket | null>(null);
  const [busy, setBusy] = useState(false);
  const [mend, setMend] = useState<string | null>(null);
  const [error, setError] = useState<ApiError | null>(null);

  const issue = async (request: TicketRequest) => {
    setBusy(true);
    setError(null);
    try {
      setTicket(await client.issueTicket(request));
    } catch (failure) {
      setError(asApiError(failure));
    } finally {
      setBusy(false);
    }
  };
  const submit = () => {
    const made = toRequest(form);
    setMend("error" in made ? made.error : null);
    if ("request" in made) void issue(made.request);
  };
  useEffect(() => {
    if (ticket !== null) document.getElementById("issued-title")?.focus();
  }, [ticket?.ticket_id]);

  return (
    <div class="page ticket-page">
      <div class="page-head">
        <h1>{dashboard("ticket.title")}</h1>
      </div>
      <p class="lead">{dashboard("ticket.body")}</p>
      <div class="ticket-columns">
        <form
          class="ticket-form"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <fieldset>
            <legend>{dashboard("ticket.env")}</legend>
            <div class="field-grid">
              <Suggested
                label={dashboard("ticket.os")}
                value={form.os}
                list="ticket-os"
                options={["linux", "windows", "macos", "android", "ios"]}
                onChange={(os) => setForm({ ...form, os })}
              />
              <Suggested
                label={dashboard("ticket.arch")}
                value={form.arch}
                list="ticket-arch"
                options={["amd64", "arm64", "armv7", "386"]}
                onChange={(arch) => setForm({ ...form, arch })}
              />
              <Suggested
                label={dashboard("ticket.network")}
                value={form.network}
                list="ticket-network"
                options={["wired", "wifi", "4g", "5g", "none"]}
                onChange={(network) => setForm({ ...form, network })}
              />
              <Suggested
                label={dashboard("ticket.version")}
                value={form.version}
                list="ticket-version"
                options={[]}
                onChange={(version) => setForm({ ...form, version })}
              />
            </div>
          </fieldset>
          <CodeField value={form.code} onChange={(code) => setForm({ ...form, code })} />
          <fieldset>
            <legend>{dashboard("ticket.ttl")}</legend>
            <div class="segmented">
              {TTLS.map((ttlS) => (
                <label key={ttlS} class="segment">
                  <input
                    type="radio"
                    name="ttl"
                    checked={form.ttlS === ttlS}
                    onChange={() => setForm({ ...form, ttlS })}
                  />
                  <span>{dashboard(`ticket.ttl.${ttlS}`)}</span>
                </label>
              ))}
            </div>
          </fieldset>
          <ContextFields form={form} onChange={setForm} />
          {mend === null ? null : (
            <p class="inline-error" role="alert">
              {mend}
            </p>
          )}
          {error === null ? null : <Failed error={error} onRetry={submit} />}
          <button type="submit" class="button primary big" disabled={busy} aria-busy={busy}>
            {busy ? dashboard("ticket.making") : dashboard("ticket.make")}
          </button>
        </form>
        {ticket === null ? (
          <div class="issued placeholder">
            <div class="qr" aria-hidden="true" />
            <p class="faint">{dashboard("ticket.placeholder")}</p>
          </div>
        ) : (
          <Issued ticket={ticket} onSame={submit} onAnother={() => setTicket(null)} />
        )}
      </div>
    </div>
  );
}
