import { describe, expect, it } from "vitest";
import type { Report } from "../lib/api.ts";
import { completeDiagnosis, completeReport } from "../lib/diagnosis.ts";

describe("answers of other versions", () => {
  it.each([undefined, null, 7, "x", [], {}])("%o becomes an unexplained diagnosis", (from) => {
    const made = completeDiagnosis(from);
    expect(made.status).toBe("unexplained");
    expect(made.codes).toEqual([]);
    expect(made.graph).toBeNull();
    expect(made.verdict.probability).toBeNull();
  });

  it("keeps what is there and fills in what is not", () => {
    const made = completeDiagnosis({
      status: "explained",
      verdict: { text: "refused", code: "ERR-DB-003" },
      codes: [{ code: "ERR-DB-003", title: "t" }],
      causes: [{ id: "c", posterior: 0.5 }],
      graph: { top: "x" },
      field_of_later: 1,
    });
    expect(made.verdict).toMatchObject({ text: "refused", text_zh: "", probability: null });
    expect(made.codes[0]).toMatchObject({ code: "ERR-DB-003", lines: [], captures: {} });
    expect(made.causes[0]).toMatchObject({ id: "c", codes: [], evidence: [] });
    expect(made.graph).toBeNull();
    expect(made).toHaveProperty("field_of_later", 1);
  });

  it("completes a report without a log", () => {
    expect(completeReport({ id: "r" } as Report).logs).toEqual([]);
  });
});
