import type { ComponentChildren } from "preact";
import type { Environment, Facts, ReportTicket, Urgent } from "../api.ts";
import { bytes, dateTime } from "../format.ts";
import { report } from "../i18n/report.ts";
import { CopyButton } from "../ui/copy.tsx";
import { Section } from "./section.tsx";

/** Facts keep the names they were sent under: they are looked up, not read. */
export function factText(name: string, value: unknown): string | null {
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "number" && name.endsWith("_bytes")) return bytes(value);
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

export function FactList({ title, facts }: { title: string; facts: Facts | null | undefined }) {
  const rows = Object.entries(facts ?? {}).flatMap(([name, value]) => {
    const text = factText(name, value);
    return text === null ? [] : [{ name, text }];
  });
  if (rows.length === 0) return null;
  return (
    <div class="fact-group">
      <h3>{title}</h3>
      <dl class="facts">
        {rows.map(({ name, text }) => (
          <div key={name}>
            <dt class="mono">{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

export function EnvironmentView({ environment }: { environment: Environment | null | undefined }) {
  if (!environment) return null;
  return (
    <Section id="environment" title={report("env.title")}>
      <div class="fact-columns">
        <FactList title={report("env.device")} facts={environment.device} />
        <FactList title={report("env.network")} facts={environment.network} />
        <FactList title={report("env.app")} facts={environment.app} />
        <FactList title={report("env.sdk")} facts={environment.sdk} />
      </div>
    </Section>
  );
}

function Row({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function TicketView({ ticket }: { ticket: ReportTicket | null | undefined }) {
  if (!ticket) return null;
  const context = Object.entries(ticket.context ?? {});
  return (
    <Section id="ticket" title={report("ticket.title")}>
      <dl class="facts">
        <Row name={report("ticket.id")}>
          <span class="mono">{ticket.id}</span>
        </Row>
        {ticket.code ? (
          <Row name={report("ticket.code")}>
            <span class="mono">{ticket.code}</span>
          </Row>
        ) : null}
        <Row name={report("ticket.issued")}>{dateTime(ticket.issued_at_s * 1000)}</Row>
        <Row name={report("ticket.expires")}>{dateTime(ticket.expires_at_s * 1000)}</Row>
        {context.map(([key, value]) => (
          <Row key={key} name={key}>
            <span class="mono">{value}</span>
          </Row>
        ))}
        <Row name={report("ticket.fingerprint")}>
          <span class="mono break">{ticket.fingerprint}</span>
          <CopyButton text={ticket.fingerprint} of={report("ticket.fingerprint")} />
        </Row>
      </dl>
    </Section>
  );
}

export function UrgentView({ urgent }: { urgent: readonly Urgent[] | null | undefined }) {
  if (!urgent || urgent.length === 0) return null;
  return (
    <Section id="urgent" title={report("urgent.title")}>
      <ol class="urgent">
        {urgent.map((signal) => (
          <li key={`${signal.kind}-${signal.occurred_at_ms}`}>
            <strong class="mono">{signal.kind}</strong>{" "}
            <span class="faint">{dateTime(signal.occurred_at_ms)}</span>
            {signal.line ? <pre>{signal.line}</pre> : null}
          </li>
        ))}
      </ol>
    </Section>
  );
}
