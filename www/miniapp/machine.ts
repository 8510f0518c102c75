import type { CaptureStage, SnapshotAnswer, TicketView } from "@faultscan/sdk";
import type { Diagnosis, GivenAnswer, LogLine } from "../lib/api.ts";

/** Why a ticket or a snapshot was not taken. Each has its own words and its own way on. */
export type RefusalKind =
  | "not_a_ticket"
  | "forged"
  | "expired"
  | "not_yet_valid"
  | "unknown_issuer"
  | "foreign"
  | "used"
  | "unsupported"
  | "wasm"
  | "offline"
  | "timeout"
  | "busy"
  | "server"
  | "page"
  | "rejected";

export interface Refusal {
  readonly kind: RefusalKind;
  readonly reason?: string;
  readonly expiredAtS?: number;
  /** For a ticket of another server: where it can be opened. */
  readonly url?: string;
}

/** A diagnosis made on the phone, of the snapshot that waits for the network. */
export interface Local {
  readonly diagnosis: Diagnosis;
  readonly logs: readonly LogLine[];
  /** Answers that the server has not heard. */
  readonly answers: readonly GivenAnswer[];
}

export type State =
  | { readonly at: "scan" }
  | { readonly at: "opening"; readonly text: string; readonly slow: boolean }
  | {
      readonly at: "refused";
      readonly refusal: Refusal;
      readonly text: string;
      readonly ticket: TicketView | null;
    }
  | { readonly at: "ready"; readonly ticket: TicketView }
  | {
      readonly at: "capturing";
      readonly ticket: TicketView;
      readonly stage: CaptureStage;
      readonly fraction: number;
      readonly slow: boolean;
    }
  | {
      readonly at: "queued";
      readonly ticket: TicketView;
      readonly sending: boolean;
      /** Null while it is made, and where it cannot be made. */
      readonly local: Local | null;
    }
  | {
      readonly at: "result";
      readonly ticket: TicketView;
      readonly answer: SnapshotAnswer;
      readonly diagnosis: Diagnosis;
      /** The stored lines that the diagnosis counts; null until they are here. */
      readonly logs: readonly LogLine[] | null;
      /** Answers wait for the network; the diagnosis is the phone's. */
      readonly unsent: boolean;
    }
  | { readonly at: "report"; readonly id: string; readonly capability: string }
  | { readonly at: "bad_link" };

export type Action =
  | { readonly do: "open"; readonly text: string }
  | { readonly do: "opened"; readonly ticket: TicketView }
  | { readonly do: "refused"; readonly refusal: Refusal }
  | { readonly do: "capture" }
  | { readonly do: "progress"; readonly stage: CaptureStage; readonly fraction: number }
  | { readonly do: "slow" }
  | { readonly do: "parked" }
  | { readonly do: "local"; readonly local: Local }
  | { readonly do: "local_answer"; readonly diagnosis: Diagnosis; readonly given: GivenAnswer }
  | { readonly do: "send" }
  | {
      readonly do: "answered";
      readonly answer: SnapshotAnswer;
      readonly diagnosis: Diagnosis;
      readonly unsent?: boolean;
    }
  | { readonly do: "logs"; readonly reportId: string; readonly logs: readonly LogLine[] }
  | { readonly do: "diagnosis"; readonly diagnosis: Diagnosis; readonly unsent?: boolean }
  | { readonly do: "ready_again" }
  | { readonly do: "rescan" }
  | { readonly do: "show_report"; readonly id: string; readonly capability: string }
  | { readonly do: "bad_link" };

export const STAGES = ["sampling", "packing", "signing", "uploading", "done"] as const;

export const INITIAL: State = { at: "scan" };

function ticketOf(state: State): TicketView | null {
  return "ticket" in state ? state.ticket : null;
}

/** Progress never runs backwards, whatever order the reports of it arrive in. */
function progressed(
  state: Extract<State, { at: "capturing" }>,
  stage: CaptureStage,
  fraction: number,
): State {
  const [before, after] = [STAGES.indexOf(state.stage), STAGES.indexOf(stage)];
  if (after < before) return state;
  const kept = after === before ? Math.max(state.fraction, fraction) : fraction;
  return { ...state, stage, fraction: Math.min(Math.max(kept, 0), 1) };
}

/** The whole journey of the mini-app. An action that makes no sense in a state leaves it as it is. */
export function step(state: State, action: Action): State {
  const ticket = ticketOf(state);
  switch (action.do) {
    case "open":
      return { at: "opening", text: action.text, slow: false };
    case "opened":
      return state.at === "opening" ? { at: "ready", ticket: action.ticket } : state;
    case "refused": {
      if (state.at === "opening") {
        return { at: "refused", refusal: action.refusal, text: state.text, ticket: null };
      }
      return state.at === "capturing" || state.at === "queued"
        ? { at: "refused", refusal: action.refusal, text: state.ticket.text, ticket }
        : state;
    }
    case "capture":
      return (state.at === "ready" || state.at === "result") && ticket !== null
        ? { at: "capturing", ticket, stage: "sampling", fraction: 0, slow: false }
        : state;
    case "progress":
      return state.at === "capturing" ? progressed(state, action.stage, action.fraction) : state;
    case "slow":
      return state.at === "capturing" || state.at === "opening" ? { ...state, slow: true } : state;
    case "parked":
      return (state.at === "capturing" || state.at === "queued") && ticket !== null
        ? {
            at: "queued",
            ticket,
            sending: false,
            local: state.at === "queued" ? state.local : null,
          }
        : state;
    case "local":
      return state.at === "queued" ? { ...state, local: action.local } : state;
    case "local_answer":
      return state.at === "queued" && state.local !== null
        ? {
            ...state,
            local: {
              ...state.local,
              diagnosis: action.diagnosis,
              answers: [...state.local.answers, action.given],
            },
          }
        : state;
    case "send":
      return state.at === "queued" ? { ...state, sending: true } : state;
    case "answered":
      return (state.at === "capturing" || state.at === "queued") && ticket !== null
        ? {
            at: "result",
            ticket,
            answer: action.answer,
            diagnosis: action.diagnosis,
            logs: null,
            unsent: action.unsent ?? false,
          }
        : state;
    case "logs":
      return state.at === "result" && state.answer.reportId === action.reportId
        ? { ...state, logs: action.logs }
        : state;
    case "diagnosis":
      return state.at === "result"
        ? { ...state, diagnosis: action.diagnosis, unsent: action.unsent ?? false }
        : state;
    case "ready_again":
      return ticket === null ? state : { at: "ready", ticket };
    case "rescan":
      return INITIAL;
    case "show_report":
      return { at: "report", id: action.id, capability: action.capability };
    case "bad_link":
      return { at: "bad_link" };
  }
}
