import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { feed } from "../dashboard/feed.ts";
import { ReportsPage } from "../dashboard/pages/reports.tsx";

const summary = (id: string) => ({
  id,
  code: "ERR-DB-001",
  title_en: `fault ${id}`,
  title_zh: "",
  cause: null,
  family: "db",
  severity: "high",
  probability: 0.5,
  state: "new",
  status: "explained",
  project: "default",
  group: "g1",
  app_version: null,
  device: null,
  os: null,
  urgent: 0,
  received_at_ms: 1_700_000_000_000,
});

/** A server whose list answers when it is told to, and whose stream says what it is told to. */
function stubServer() {
  let pushed: ReadableStreamDefaultController<Uint8Array> | undefined;
  const asked: ((ids: string[]) => void)[] = [];
  vi.stubGlobal("fetch", (input: string, options: RequestInit) => {
    if (input === "/v1/events") {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          pushed = controller;
        },
      });
      return Promise.resolve(new Response(body));
    }
    if (!input.startsWith("/v1/reports")) return Promise.resolve(new Response("{}"));
    return new Promise<Response>((resolve, reject) => {
      options.signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
      asked.push((ids) => {
        const page = { items: ids.map(summary), next: null, total: ids.length, total_exact: true };
        resolve(Response.json(page));
      });
    });
  });
  const emit = (...ids: string[]) => {
    const text = ids.map((id) => `event: report\ndata: ${JSON.stringify(summary(id))}\n\n`);
    pushed?.enqueue(new TextEncoder().encode(text.join("")));
  };
  return { asked, emit };
}

describe("the list of reports", () => {
  let root: HTMLElement;
  beforeEach(() => {
    root = document.createElement("div");
    document.body.append(root);
  });
  afterEach(() => {
    feed.stop();
    act(() => render(null, root));
    root.remove();
    vi.unstubAllGlobals();
  });

  const shown = () =>
    [...root.querySelectorAll(".row-link")].map((row) => row.getAttribute("href")?.slice(-2));
  const settle = () => act(() => new Promise((resolve) => setTimeout(resolve, 20)));

  async function open(ids: string[]) {
    const server = stubServer();
    await act(async () => {
      render(<ReportsPage />, root);
      feed.start();
    });
    await settle();
    server.asked.at(-1)?.(ids);
    await settle();
    return server;
  }

  it("shows every report of a chunk that holds several, not the last alone", async () => {
    const { emit } = await open(["r1"]);
    expect(shown()).toEqual(["r1"]);
    emit("r2", "r3", "r4");
    await settle();
    expect(shown()).toEqual(["r4", "r3", "r2", "r1"]);
  });

  it("keeps a report that came while an answer from before it was under way", async () => {
    const server = stubServer();
    await act(async () => {
      render(<ReportsPage />, root);
      feed.start();
    });
    await settle();
    server.emit("r2", "r3");
    await settle();
    // Read before r3 was stored: r2 is in it and counts once.
    server.asked.at(-1)?.(["r2", "r1"]);
    await settle();
    expect(shown()).toEqual(["r3", "r2", "r1"]);
    expect(root.textContent).toContain("3 reports");
  });
});
