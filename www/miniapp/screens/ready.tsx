import type { Diag, Meters, TicketView } from "@faultscan/sdk";
import { useEffect, useState } from "preact/hooks";
import { bytes, countdown, milliseconds } from "../../lib/format.ts";
import { miniapp } from "../../lib/i18n/miniapp.ts";
import { CodeTag } from "../../lib/report/verdict.tsx";
import { Spark } from "../../lib/ui/spark.tsx";
import { emitFailure, FAILURE_NAMES, type FailureName } from "../failures.ts";
import { ReviewSwitch } from "./review.tsx";

const POLL_MS = 500;
const TRACE_POINTS_MAX = 60;

interface Traces {
  meters: Meters | null;
  memory: (number | null)[];
  lines: number[];
}

/** The SDK keeps its own window of frame rates and round trips; the rest is traced here. */
function useMeters(diag: Diag | null): Traces {
  const [traces, setTraces] = useState<Traces>({ meters: null, memory: [], lines: [] });
  useEffect(() => {
    if (diag === null) return;
    const poll = () => {
      const meters = diag.meters();
      setTraces((before) => ({
        meters,
        memory: [...before.memory, meters.memoryBytes].slice(-TRACE_POINTS_MAX),
        lines: [...before.lines, meters.logLines].slice(-TRACE_POINTS_MAX),
      }));
    };
    poll();
    const timer = setInterval(poll, POLL_MS);
    return () => clearInterval(timer);
  }, [diag]);
  return traces;
}

function useNowS(): number {
  const [now, setNow] = useState(() => Math.floor(Date.now() / 1000));
  useEffect(() => {
    const timer = setInterval(() => setNow(Math.floor(Date.now() / 1000)), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

function Meter({
  name,
  value,
  note,
  values,
  tone,
}: {
  name: string;
  value: string | null;
  note: string;
  values: readonly (number | null)[];
  tone: "a" | "b" | "c" | "d";
}) {
  return (
    <div class={`meter trace-${tone}`}>
      <dt>{name}</dt>
      <dd>
        <span class={value === null ? "meter-value absent" : "meter-value"}>{value ?? note}</span>
        <Spark values={values} />
        <span class="meter-note">{value === null ? "" : note}</span>
      </dd>
    </div>
  );
}

function LiveMeters({ diag }: { diag: Diag | null }) {
  const { meters, memory, lines } = useMeters(diag);
  const waiting = miniapp("meters.waiting");
  const absent = miniapp("meters.unavailable");
  return (
    <section aria-labelledby="meters-title">
      <h2 id="meters-title" class="offscreen">
        {miniapp("meters.title")}
      </h2>
      <dl class="meters">
        <Meter
          tone="a"
          name={miniapp("meters.fps")}
          value={meters?.fps == null ? null : String(Math.round(meters.fps))}
          note={
            meters?.fps == null ? waiting : miniapp("meters.source", { source: meters.fpsSource })
          }
          values={meters?.fpsSamples ?? []}
        />
        <Meter
          tone="b"
          name={miniapp("meters.rtt")}
          value={meters?.rttMs == null ? null : milliseconds(meters.rttMs)}
          note={
            meters?.rttMs == null
              ? waiting
              : miniapp("meters.lost", { lost: meters.rttLost, sent: meters.rttSent })
          }
          values={meters?.rttSamples ?? []}
        />
        <Meter
          tone="c"
          name={miniapp("meters.memory")}
          value={meters?.memoryBytes == null ? null : bytes(meters.memoryBytes)}
          note={meters?.memoryBytes == null ? absent : miniapp("meters.window")}
          values={memory}
        />
        <Meter
          tone="d"
          name={miniapp("meters.logs")}
          value={meters === null ? null : String(meters.logLines)}
          note={meters === null ? waiting : miniapp("meters.window")}
          values={lines}
        />
      </dl>
    </section>
  );
}

function DemoPanel() {
  const [last, setLast] = useState<{ name: FailureName; n: number; round: number } | null>(null);
  return (
    <section class="demo" aria-labelledby="demo-title">
      <h2 id="demo-title">{miniapp("demo.title")}</h2>
      <p>{miniapp("demo.body")}</p>
      <div class="demo-buttons">
        {FAILURE_NAMES.map((name) => (
          <button
            key={name}
            type="button"
            class="button"
            data-failure={name}
            onClick={() => setLast({ name, n: emitFailure(name), round: (last?.round ?? 0) + 1 })}
          >
            {miniapp(`demo.${name}`)}
          </button>
        ))}
      </div>
      <p class="demo-last" role="status">
        {last === null
          ? ""
          : miniapp("demo.emitted", { name: miniapp(`demo.${last.name}`), n: last.n })}
      </p>
    </section>
  );
}

function TicketFacts({ ticket }: { ticket: TicketView }) {
  const left = ticket.ttl - useNowS();
  const context = Object.entries(ticket.context);
  return (
    <header class="ticket-strip">
      <div class="ticket-line">
        <h1 tabIndex={-1}>{miniapp("ready.title")}</h1>
        <span class={left < 60 ? "ticket-left soon" : "ticket-left"}>
          {miniapp("ready.valid_for", { t: countdown(left) })}
        </span>
      </div>
      {ticket.code === undefined && context.length === 0 ? null : (
        <p class="ticket-context">
          {ticket.code === undefined ? null : <CodeTag code={ticket.code} />}
          {context.map(([key, value]) => (
            <span key={key} class="pair mono">
              <span>{key}</span> {value}
            </span>
          ))}
        </p>
      )}
      {ticket.evidence.length === 0 ? null : (
        <details class="more" open>
          <summary>{miniapp("ready.evidence")}</summary>
          <ul class="quotes">
            {ticket.evidence.map((item) => (
              <li key={item.line}>
                {item.code === undefined ? null : <CodeTag code={item.code} />}
                <pre>{item.line}</pre>
              </li>
            ))}
          </ul>
        </details>
      )}
    </header>
  );
}

export function ReadyScreen({
  ticket,
  diag,
  onCapture,
  onScan,
}: {
  ticket: TicketView;
  diag: Diag | null;
  onCapture: () => void;
  onScan: () => void;
}) {
  return (
    <div class="ready">
      <TicketFacts ticket={ticket} />
      <LiveMeters diag={diag} />
      <DemoPanel />
      <div class="dock">
        <button type="button" class="button primary big" data-action="capture" onClick={onCapture}>
          {miniapp("capture.button")}
        </button>
        <ReviewSwitch />
        <p class="small-note">{miniapp("capture.body")}</p>
        <button type="button" class="link" onClick={onScan}>
          {miniapp("result.new")}
        </button>
      </div>
    </div>
  );
}
