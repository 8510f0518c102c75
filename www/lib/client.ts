import type {
  Answer,
  CatalogueEntry,
  CatalogueList,
  CauseName,
  Diagnosis,
  Facets,
  GraphAnswer,
  GraphFormat,
  Group,
  GroupEdit,
  GroupPage,
  IssuedTicket,
  Me,
  Report,
  ReportPage,
  TicketRequest,
  Trend,
  WhatIf,
} from "./api.ts";
import { completeDiagnosis, completeReport } from "./diagnosis.ts";
import { ApiError, errorFromResponse } from "./errors.ts";

export const REQUEST_TIMEOUT_S = 15;

export interface ReportQuery {
  q?: string;
  code?: string;
  family?: string;
  project?: string;
  cause?: string;
  status?: string;
  state?: string;
  group?: string;
  os?: string;
  app_version?: string;
  from?: number;
  to?: number;
  count?: string;
  before?: string | number;
  limit?: number;
}

export interface GroupQuery {
  q?: string;
  code?: string;
  family?: string;
  cause?: string;
  project?: string;
  state?: string;
  status?: string;
  order?: string;
  after?: string;
  limit?: number;
}

export interface TrendQuery {
  by: string;
  hours: number;
  step: number;
  top?: number;
  code?: string;
  family?: string;
  cause?: string;
  project?: string;
  state?: string;
  status?: string;
  os?: string;
  app_version?: string;
  group?: string;
}

/** Where a report is had as a file. */
export function exportPath(id: string, format: "md" | "json", lang: string): string {
  return `/v1/reports/${encodeURIComponent(id)}/export${queryString({ format, lang })}`;
}

export interface Credentials {
  /** A phone's capability for one report; the dashboard uses its cookie instead. */
  capability?: string;
}

interface RequestOptions {
  method?: "GET" | "POST";
  body?: unknown;
  signal?: AbortSignal;
}

export function queryString(query: Record<string, string | number | undefined>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

function isOffline(): boolean {
  return globalThis.navigator?.onLine === false;
}

/** Speaks to the server of this page's own origin. One timeout for all; every failure an ApiError. */
export class Client {
  #csrf: string | null = null;
  /** Told when the server says that nobody is signed in. */
  onUnauthorized: (() => void) | null = null;

  constructor(
    private readonly credentials: Credentials = {},
    private readonly timeoutS: number = REQUEST_TIMEOUT_S,
  ) {}

  async me(signal?: AbortSignal): Promise<Me> {
    const me = await this.#json<Me>("/v1/me", { signal });
    this.#csrf = me.csrf_token;
    return me;
  }

  async login(token: string): Promise<void> {
    const answer = await this.#json<{ csrf_token: string }>("/v1/login", {
      method: "POST",
      body: { token },
    });
    this.#csrf = answer.csrf_token;
  }

  async logout(): Promise<void> {
    await this.#send("/v1/logout", { method: "POST", body: {} });
    this.#csrf = null;
  }

  reports(query: ReportQuery, signal?: AbortSignal): Promise<ReportPage> {
    return this.#json(`/v1/reports${queryString({ ...query })}`, { signal });
  }

  groups(query: GroupQuery, signal?: AbortSignal): Promise<GroupPage> {
    return this.#json(`/v1/groups${queryString({ ...query })}`, { signal });
  }

  group(id: string, signal?: AbortSignal): Promise<Group> {
    return this.#json(`/v1/groups/${encodeURIComponent(id)}`, { signal });
  }

  changeGroup(id: string, edit: GroupEdit): Promise<Group> {
    return this.#json(`/v1/groups/${encodeURIComponent(id)}`, { method: "POST", body: edit });
  }

  trends(query: TrendQuery, signal?: AbortSignal): Promise<Trend> {
    return this.#json(`/v1/trends${queryString({ ...query })}`, { signal });
  }

  facets(signal?: AbortSignal): Promise<Facets> {
    return this.#json("/v1/facets", { signal });
  }

  async report(id: string, signal?: AbortSignal): Promise<Report> {
    return completeReport(await this.#json(`/v1/reports/${encodeURIComponent(id)}`, { signal }));
  }

  async answer(id: string, check: string, answer: Answer): Promise<Diagnosis> {
    const path = `/v1/reports/${encodeURIComponent(id)}/checks`;
    return completeDiagnosis(await this.#json(path, { method: "POST", body: { check, answer } }));
  }

  /** A part of the fault tree; null where `have` is its current version. */
  async graph(
    id: string,
    part: Readonly<Record<string, string | number>>,
    signal?: AbortSignal,
  ): Promise<GraphAnswer | null> {
    const path = `/v1/reports/${encodeURIComponent(id)}/graph${queryString({ ...part })}`;
    const text = await this.#send(path, { signal });
    return text === "" ? null : (JSON.parse(text) as GraphAnswer);
  }

  /** The whole fault tree as text. */
  graphText(id: string, format: GraphFormat, lang: string): Promise<string> {
    const query = queryString({ format, lang });
    return this.#send(`/v1/reports/${encodeURIComponent(id)}/graph${query}`, {});
  }

  /** What would follow from assumed causes; ids separated by commas. */
  whatIf(
    id: string,
    assumed: { failed: string; working: string },
    signal?: AbortSignal,
  ): Promise<WhatIf> {
    const path = `/v1/reports/${encodeURIComponent(id)}/what-if${queryString({ ...assumed })}`;
    return this.#json(path, { signal });
  }

  /** Causes that can be assumed, by words of their titles. */
  causes(id: string, words: string, signal?: AbortSignal): Promise<CauseName[]> {
    const path = `/v1/reports/${encodeURIComponent(id)}/causes${queryString({ q: words })}`;
    return this.#json(path, { signal });
  }

  async feedback(
    id: string,
    feedback: { verdict: "right" | "wrong"; cause?: string; note?: string },
  ): Promise<void> {
    await this.#send(`/v1/reports/${encodeURIComponent(id)}/feedback`, {
      method: "POST",
      body: feedback,
    });
  }

  issueTicket(request: TicketRequest): Promise<IssuedTicket> {
    return this.#json("/v1/tickets", { method: "POST", body: request });
  }

  /** All codes, or those that a text means: a code, a pasted message, words. The best come first. */
  catalogue(signal?: AbortSignal, search = ""): Promise<CatalogueList> {
    const query = search === "" ? "" : `?q=${encodeURIComponent(search)}`;
    return this.#json(`/v1/catalogue${query}`, { signal });
  }

  catalogueEntry(code: string, signal?: AbortSignal): Promise<CatalogueEntry> {
    return this.#json(`/v1/catalogue/${encodeURIComponent(code)}`, { signal });
  }

  async #json<T>(path: string, options: RequestOptions): Promise<T> {
    const text = await this.#send(path, options);
    try {
      return JSON.parse(text) as T;
    } catch {
      throw new ApiError("malformed", { detail: `${path}: not JSON` });
    }
  }

  #headers(method: string): Headers {
    const headers = new Headers({ accept: "application/json" });
    if (this.credentials.capability !== undefined) {
      headers.set("authorization", `Bearer ${this.credentials.capability}`);
    }
    if (method !== "GET") {
      headers.set("content-type", "application/json");
      if (this.#csrf !== null) headers.set("x-faultscan-csrf", this.#csrf);
    }
    return headers;
  }

  async #send(path: string, options: RequestOptions): Promise<string> {
    const method = options.method ?? "GET";
    const deadline = AbortSignal.timeout(this.timeoutS * 1000);
    const abort = new AbortController();
    const stop = () => abort.abort();
    deadline.addEventListener("abort", stop);
    options.signal?.addEventListener("abort", stop);
    if (options.signal?.aborted) abort.abort();
    try {
      const response = await fetch(path, {
        method,
        headers: this.#headers(method),
        body: options.body === undefined ? null : JSON.stringify(options.body),
        credentials: this.credentials.capability === undefined ? "same-origin" : "omit",
        signal: abort.signal,
      });
      const text = await response.text();
      // 304: what the caller has is current; there is no text.
      if (response.ok || response.status === 304) return text;
      if (response.status === 401) this.onUnauthorized?.();
      throw errorFromResponse(
        response.status,
        text,
        response.headers.get("retry-after"),
        Date.now(),
      );
    } catch (error) {
      if (error instanceof ApiError) throw error;
      if (options.signal?.aborted) throw error;
      if (deadline.aborted) throw new ApiError("timeout", { timeoutS: this.timeoutS });
      throw new ApiError(isOffline() ? "offline" : "unreachable");
    } finally {
      deadline.removeEventListener("abort", stop);
      options.signal?.removeEventListener("abort", stop);
    }
  }
}
