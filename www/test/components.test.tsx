import { type ComponentChild, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
// @ts-expect-error: the fixtures are plain JavaScript.
import { items } from "../dev/catalogue.mjs";
// @ts-expect-error: the fixtures are plain JavaScript.
import { diagnose } from "../dev/diagnoses.mjs";
import type { Diagnosis, LogLine } from "../lib/api.ts";
import { ApiError } from "../lib/errors.ts";
import { LogView } from "../lib/log/viewer.tsx";
import { setLang } from "../lib/prefs.ts";
import { CheckView } from "../lib/report/check.tsx";
import { cut, EvidenceView } from "../lib/report/evidence.tsx";
import { FeedbackView } from "../lib/report/feedback.tsx";
import { FixesView } from "../lib/report/fixes.tsx";
import { VerdictView } from "../lib/report/verdict.tsx";
import { FaultTreeView } from "../lib/tree/view.tsx";
import { Loaded } from "../lib/ui/notice.tsx";
import { RefusedScreen } from "../miniapp/screens/refused.tsx";

const LOGS: LogLine[] = [
  { at_ms: -900, level: "info", source: "console", message: "connecting" },
  {
    at_ms: -400,
    level: "error",
    source: "console",
    message: "Connection to 10.0.3.21:5432 refused. Check that the hostname and port are correct",
  },
];
const explained = (): Diagnosis => diagnose(items, LOGS);
const unexplained = (): Diagnosis => diagnose(items, LOGS.slice(0, 1));

let root: HTMLElement;
beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
});
afterEach(() => {
  act(() => render(null, root));
  root.remove();
  setLang("en");
});

const show = (node: ComponentChild) => act(() => render(node, root));
const text = () => root.textContent ?? "";
const button = (name: string): HTMLButtonElement => {
  const found = [...root.querySelectorAll("button")].find((b) => b.textContent?.trim() === name);
  if (found === undefined) throw new Error(`no button ${name} in: ${text()}`);
  return found;
};
const press = (name: string) => act(async () => button(name).click());

describe("verdict", () => {
  it("says what failed, how sure that is, and from where it came", () => {
    show(<VerdictView diagnosis={explained()} />);
    expect(root.querySelector("h1")?.textContent).toContain("10.0.3.21:5432");
    expect(root.querySelector(".figure")?.textContent).toBe("58%");
    expect(text()).toContain("2% before the evidence");
  });

  it("changes language in place", () => {
    show(<VerdictView diagnosis={explained()} />);
    act(() => setLang("zh"));
    expect(root.querySelector("h1")?.textContent).toContain("拒绝连接");
  });

  it("guesses nothing when nothing explains the evidence", () => {
    show(<VerdictView diagnosis={unexplained()} />);
    expect(text()).toContain("no cause is guessed");
    expect(root.querySelector(".figure")).toBeNull();
  });
});

describe("check", () => {
  it("posts the answer once, holds the buttons meanwhile, and moves to the next question", async () => {
    let finish = () => {};
    const onAnswer = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)));
    show(<CheckView diagnosis={explained()} onAnswer={onAnswer} />);
    const question = root.querySelector(".question")?.textContent;
    await press("Yes");
    expect(onAnswer).toHaveBeenCalledExactlyOnceWith("db_003_server_running", "yes");
    expect(button("No").disabled).toBe(true);
    await act(async () => finish());
    const next = diagnose(items, LOGS, [{ check: "db_003_server_running", answer: "yes" }]);
    show(<CheckView diagnosis={next} onAnswer={onAnswer} />);
    expect(root.querySelector(".question")?.textContent).not.toBe(question);
    expect(button("No").disabled).toBe(false);
  });

  it("keeps the question when the answer could not be saved", async () => {
    const onAnswer = () => Promise.reject(new ApiError("overloaded"));
    show(<CheckView diagnosis={explained()} onAnswer={onAnswer} />);
    await press("Not sure");
    expect(root.querySelector("[role=alert]")?.textContent).toContain("The server is busy");
    expect(button("Yes").disabled).toBe(false);
  });

  it("says when no check is left", () => {
    show(<CheckView diagnosis={unexplained()} onAnswer={() => Promise.resolve()} />);
    expect(text()).toContain("No further check");
  });
});

describe("evidence and log", () => {
  it("marks what was recognised, and jumps to it", async () => {
    const onJump = vi.fn();
    show(<EvidenceView diagnosis={explained()} logs={LOGS} onJump={onJump} />);
    expect([...root.querySelectorAll("mark")].map((m) => m.textContent)).toEqual([
      "10.0.3.21",
      "5432",
    ]);
    await press("Line 2");
    expect(onJump).toHaveBeenCalledWith(1);
  });

  it("quotes long traces in short", () => {
    expect(cut("a\nb")).toBe("a\nb");
    expect(
      cut(Array.from({ length: 40 }, (_, i) => `at ${i}`).join("\n")).split("\n"),
    ).toHaveLength(8);
    expect(cut("x".repeat(9000))).toHaveLength(601);
  });

  it("keeps few rows in the document however long the log", () => {
    const long = Array.from({ length: 20_000 }, (_, i) => ({
      at_ms: i - 20_000,
      level: "info",
      source: "console",
      message: `line ${i}`,
    }));
    show(<LogView logs={long} codes={[]} target={null} onTarget={() => {}} />);
    const rows = root.querySelectorAll(".log-row");
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.length).toBeLessThan(120);
  });

  it("shows markup in a log line as text", () => {
    const hostile = [{ ...(LOGS[0] as LogLine), message: "<img src=x onerror=alert(1)>" }];
    show(<LogView logs={hostile} codes={[]} target={null} onTarget={() => {}} />);
    expect(root.querySelector("img")).toBeNull();
    expect(text()).toContain("<img src=x onerror=alert(1)>");
  });

  it("says what an empty log means", () => {
    show(<LogView logs={[]} codes={[]} target={null} onTarget={() => {}} />);
    expect(text()).toContain("No log lines were captured");
  });
});

describe("fixes and feedback", () => {
  it("shows risk, dry run and undo with each step", () => {
    show(<FixesView diagnosis={explained()} />);
    const steps = root.querySelectorAll(".fix");
    expect(steps).toHaveLength(2);
    expect(steps[1]?.textContent).toContain("Medium risk");
    expect(steps[0]?.textContent).toContain("Dry run");
    expect(steps[0]?.textContent).toContain("Undo");
  });

  it("reads a step that is a sentence in the reader's language, with nothing to copy", () => {
    const diagnosis = explained();
    const [first] = diagnosis.fixes;
    if (first === undefined) throw new Error("no fix");
    const worded = { ...first, undo: "Put the old file back.", undo_zh: "把旧文件放回去。" };
    setLang("zh");
    show(<FixesView diagnosis={{ ...diagnosis, fixes: [worded] }} />);
    const step = root.querySelector(".fix");
    expect(step?.textContent).toContain("撤销: 把旧文件放回去。");
    expect(step?.textContent).not.toContain("Put the old file back.");
    expect(step?.querySelectorAll("figure")).toHaveLength(2);
    setLang("en");
  });

  it("asks what it was when the diagnosis was wrong", async () => {
    const onSend = vi.fn(() => Promise.resolve());
    show(<FeedbackView diagnosis={explained()} given={[]} onSend={onSend} />);
    await press("Wrong");
    const options = [...root.querySelectorAll("option")].map((o) => o.value);
    expect(options).toEqual(["", "wrong_host_or_port", "listen_address_restricted"]);
    await press("Send");
    expect(onSend).toHaveBeenCalledWith({ verdict: "wrong" });
    expect(text()).toContain("Thank you");
  });
});

describe("waiting", () => {
  const children = () => null;
  it("offers a way on once it is slow, and only then", () => {
    const props = { what: "reports", onRetry: () => {}, children };
    show(<Loaded resource={{ at: "loading", slow: false }} {...props} />);
    expect(root.querySelector("button")).toBeNull();
    show(<Loaded resource={{ at: "loading", slow: true }} {...props} />);
    expect(button("Try again")).toBeDefined();
    show(<Loaded resource={{ at: "failed", error: new ApiError("timeout") }} {...props} />);
    expect(button("Try again")).toBeDefined();
  });
});

describe("failures", () => {
  it("offers no second try where it can't help", () => {
    const onward = <a href="/dashboard/">All reports</a>;
    const props = { what: "the report", onRetry: () => {}, onward, children: () => null };
    show(<Loaded resource={{ at: "failed", error: new ApiError("not_found") }} {...props} />);
    expect(root.querySelector("button")).toBeNull();
    expect(root.querySelector("a")?.textContent).toBe("All reports");
  });
});

describe("refusals", () => {
  const kinds = [
    "not_a_ticket",
    "forged",
    "expired",
    "unknown_issuer",
    "used",
    "unsupported",
    "wasm",
    "rejected",
  ] as const;
  const retryable = ["offline", "timeout", "busy", "server", "page", "not_yet_valid"] as const;
  it.each([...kinds, ...retryable])("%s has its own words and a way on", (kind) => {
    const onScan = vi.fn();
    show(<RefusedScreen refusal={{ kind }} onRetry={() => {}} onScan={onScan} />);
    expect(root.querySelector("h1")?.textContent?.length).toBeGreaterThan(5);
    act(() => button("Scan again").click());
    expect(onScan).toHaveBeenCalledOnce();
    const names = [...root.querySelectorAll("button")].map((b) => b.textContent);
    expect(names.includes("Try again")).toBe((retryable as readonly string[]).includes(kind));
  });

  it("leads to the server that a foreign ticket belongs to", () => {
    const url = "https://other.example/s#FS1.x";
    show(<RefusedScreen refusal={{ kind: "foreign", url }} onRetry={() => {}} onScan={() => {}} />);
    expect(root.querySelector("a")?.getAttribute("href")).toBe(url);
    expect(text()).toContain("other.example");
  });
});

describe("fault tree", () => {
  it("is a tree for those who hear it, and opens by click and by key", async () => {
    Object.defineProperty(HTMLElement.prototype, "clientWidth", { value: 400, configurable: true });
    show(<FaultTreeView graph={explained().graph} />);
    const nodes = () => [...root.querySelectorAll<SVGGElement>("[role=treeitem]")];
    expect(root.querySelector("[role=tree]")?.getAttribute("aria-label")).toContain("Database TCP");
    expect(nodes()).toHaveLength(4);
    expect(nodes()[0]?.getAttribute("aria-label")).toContain("3 children");
    expect(nodes().filter((n) => n.getAttribute("tabindex") === "0")).toHaveLength(1);
    await act(async () => {
      nodes()[0]?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    });
    expect(nodes()).toHaveLength(1);
    await act(async () => {
      nodes()[0]?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    });
    expect(nodes()).toHaveLength(4);
  });

  it("says when there is none", () => {
    show(<FaultTreeView graph={null} />);
    expect(text()).toContain("no fault tree");
  });
});
