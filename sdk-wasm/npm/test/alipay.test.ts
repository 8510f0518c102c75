import { expect, test } from "vitest";
import { fromBase64 } from "../src/base64.js";
import { type AlipayApi, fromAlipay } from "../src/mini/alipay.js";
import type { MiniApi } from "../src/mini/api.js";
import { miniHost } from "../src/mini/host.js";

type Asked = Parameters<NonNullable<AlipayApi["request"]>>[0];

/** A host without randomness; `answer` gives what the server says. */
function host(answer: (asked: Asked) => void): { asked: Asked[]; api: MiniApi } {
  const asked: Asked[] = [];
  const api = fromAlipay({
    request: (options: Asked) => {
      asked.push(options);
      answer(options);
      return undefined;
    },
  });
  return { asked, api };
}

const seed = async (endpoint: string, text: string): Promise<[boolean, number[], number]> => {
  const { asked, api } = host(({ success }) => success({ status: 200, data: text }));
  const bytes = new Uint8Array(32);
  const given = await miniHost({ kind: { name: "alipay", api, wasm: undefined } }).random(bytes, endpoint);
  return [given, [...new Set(bytes)], asked.length];
};

test("randomness comes from the server, over a way that nobody else reads", async () => {
  const good = JSON.stringify({ bytes: "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc" });
  expect(await seed("https://faultscan.example", good)).toEqual([true, [7], 1]);
  expect(await seed("http://127.0.0.1:7700", good)).toEqual([true, [7], 1]);
  for (const open of ["http://faultscan.example", "http://127.0.0.1.example", "ftp://x"]) {
    expect(await seed(open, good)).toEqual([false, [0], 0]);
  }
});

test("what is no randomness is none", async () => {
  for (const bad of ["", "null", "{}", '{"bytes":"BwcH"}', '{"bytes":"!!"}', "<html>"]) {
    expect(await seed("https://faultscan.example", bad)).toEqual([false, [0], 1]);
  }
});

const post = (api: MiniApi): Promise<number> =>
  new Promise((resolve, reject) => {
    api.request?.({
      url: "https://faultscan.example/v1/snapshots",
      method: "POST",
      data: Uint8Array.from([1, 2, 250]).buffer,
      header: { "content-type": "application/octet-stream" },
      timeout: 1000,
      dataType: "text",
      responseType: "text",
      success: ({ statusCode }) => resolve(statusCode),
      fail: ({ errMsg }) => reject(new Error(errMsg)),
    });
  });

test("a host that takes no binary body gets the same bytes as text, from then on", async () => {
  for (const refuse of [
    ({ fail }: Asked) => fail({ error: 2, errorMessage: "invalid parameter" }),
    () => {
      throw new TypeError("data must be a string");
    },
  ]) {
    const { asked, api } = host((options) => {
      if (typeof options.data === "string") options.success({ status: 200, data: "" });
      else refuse(options);
    });
    expect(await post(api)).toBe(200);
    expect(await post(api)).toBe(200);
    expect(asked.map(({ data }) => typeof data)).toEqual(["object", "string", "string"]);
    expect([...fromBase64(String(asked[1]!.data))!]).toEqual([1, 2, 250]);
    expect(asked[1]!.headers["content-type"]).toBe("application/base64url");
  }
});

test("other failures are told, and change nothing", async () => {
  const { asked, api } = host(({ fail }) => fail({ error: 13 }));
  await expect(post(api)).rejects.toThrow("timeout");
  await expect(post(api)).rejects.toThrow("timeout");
  expect(asked.every(({ data }) => data instanceof ArrayBuffer)).toBe(true);
});
