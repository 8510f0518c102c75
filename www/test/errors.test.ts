import { afterEach, describe, expect, it, vi } from "vitest";
import { Client, queryString } from "../lib/client.ts";
import {
  ApiError,
  asApiError,
  errorFromResponse,
  kindOfStatus,
  retryAfterSeconds,
  tell,
} from "../lib/errors.ts";

afterEach(() => vi.unstubAllGlobals());

describe("mapping of answers", () => {
  it.each([
    [400, "invalid"],
    [401, "unauthorized"],
    [403, "forbidden"],
    [404, "not_found"],
    [409, "conflict"],
    [410, "gone"],
    [413, "too_large"],
    [422, "invalid"],
    [429, "rate_limited"],
    [500, "server"],
    [502, "unreachable"],
    [503, "overloaded"],
    [504, "timeout"],
    [418, "invalid"],
    [599, "server"],
  ] as const)("%s is %s", (status, want) => {
    expect(kindOfStatus(status)).toBe(want);
  });

  it("keeps the server's reason and detail", () => {
    const error = errorFromResponse(
      422,
      '{"reason":"bad_context","detail":"key too long"}',
      null,
      0,
    );
    expect(error.details).toMatchObject({ reason: "bad_context", detail: "key too long" });
    expect(tell(error).note).toBe("key too long");
  });

  it("survives a proxy's HTML page and odd JSON", () => {
    expect(errorFromResponse(502, "<html>Bad gateway</html>", null, 0).kind).toBe("unreachable");
    expect(errorFromResponse(500, '["x"]', null, 0).details.reason).toBeUndefined();
    expect(errorFromResponse(500, '{"reason":7}', null, 0).details.reason).toBeUndefined();
  });

  it.each([
    ["7", 7],
    ["0", 1],
    ["999999", 600],
    ["Thu, 01 Jan 1970 00:00:30 GMT", 30],
    ["soon", undefined],
    ["", undefined],
    [null, undefined],
  ])("Retry-After %s is %s s", (header, want) => {
    expect(retryAfterSeconds(header, 0)).toBe(want);
  });

  it("says how long to wait", () => {
    expect(tell(errorFromResponse(503, "", "12", 0)).body).toContain("12 seconds");
  });

  it("calls only those retryable that can cure themselves", () => {
    expect(new ApiError("overloaded").retryable).toBe(true);
    expect(new ApiError("offline").retryable).toBe(true);
    expect(new ApiError("forbidden").retryable).toBe(false);
  });

  it("makes an ApiError of anything", () => {
    expect(asApiError(new TypeError("x")).kind).toBe("malformed");
    expect(asApiError("x").kind).toBe("malformed");
  });
});

describe("client", () => {
  const answer = (status: number, body: string) => new Response(body, { status });

  it("sends the CSRF token with what changes something, and only then", async () => {
    const calls: RequestInit[] = [];
    vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
      calls.push(init);
      return Promise.resolve(
        answer(200, path === "/v1/me" ? '{"authenticated":true,"csrf_token":"c1"}' : "{}"),
      );
    });
    const client = new Client();
    await client.me();
    await client.reports({});
    await client.answer("r1", "check", "yes");
    const csrf = calls.map((init) => (init.headers as Headers).get("x-faultscan-csrf"));
    expect(csrf).toEqual([null, null, "c1"]);
  });

  it("uses a capability instead of the cookie", async () => {
    let seen: RequestInit | undefined;
    vi.stubGlobal("fetch", (_path: string, init: RequestInit) => {
      seen = init;
      return Promise.resolve(answer(200, "{}"));
    });
    await new Client({ capability: "cap" }).report("r1");
    expect(new Headers(seen?.headers).get("authorization")).toBe("Bearer cap");
    expect(seen?.credentials).toBe("omit");
  });

  it("tells a timeout from a dead connection and from broken JSON", async () => {
    vi.stubGlobal(
      "fetch",
      (_path: string, init: RequestInit) =>
        new Promise((_resolve, reject) => {
          init.signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
        }),
    );
    await expect(new Client({}, 0.01).catalogue()).rejects.toMatchObject({ kind: "timeout" });
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed")));
    await expect(new Client().catalogue()).rejects.toMatchObject({ kind: "unreachable" });
    vi.stubGlobal("fetch", () => Promise.resolve(answer(200, "<html>")));
    await expect(new Client().catalogue()).rejects.toMatchObject({ kind: "malformed" });
  });

  it("leaves empty filters out of the address", () => {
    expect(queryString({ q: "", family: "db", before: undefined, limit: 50 })).toBe(
      "?family=db&limit=50",
    );
    expect(queryString({})).toBe("");
  });
});
