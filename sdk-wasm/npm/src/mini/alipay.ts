/** Alipay's names and shapes, told as WeChat's. */
import type { MiniApi, RequestTask } from "./api.js";

interface AlipayAnswer {
  readonly status?: number;
  readonly data?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What of `my` differs; the rest has the same shape. */
export interface AlipayApi
  extends Omit<MiniApi, "request" | "getStorageSync" | "setStorageSync" | "removeStorageSync"> {
  request?(options: {
    url: string;
    method: string;
    data?: ArrayBuffer;
    headers: Record<string, string>;
    timeout: number;
    dataType: string;
    success(answer: AlipayAnswer): void;
    fail(fault: AlipayAnswer & { error?: number; errorMessage?: string }): void;
  }): RequestTask | undefined;
  getStorageSync?(options: { key: string }): { data?: unknown };
  setStorageSync?(options: { key: string; data: string }): void;
  removeStorageSync?(options: { key: string }): void;
}

/** Alipay's numbers for "no answer in time". */
const TIMEOUT = 13;

export function fromAlipay(my: AlipayApi): MiniApi {
  const { request, getStorageSync, setStorageSync, removeStorageSync, ...same } = my;
  return {
    ...same,
    ...(request && {
      request: ({ header, success, fail, responseType: _, ...options }) =>
        request.call(my, {
          ...options,
          headers: header,
          success: (answer) =>
            success({
              statusCode: answer.status ?? 200,
              data: answer.data,
              header: answer.headers ?? {},
            }),
          // Alipay calls an answer of 400 or more a failure; it is an answer all the same.
          fail: (fault) =>
            fault.status
              ? success({
                  statusCode: fault.status,
                  data: fault.data,
                  header: fault.headers ?? {},
                })
              : fail({ errMsg: fault.error === TIMEOUT ? "timeout" : (fault.errorMessage ?? "") }),
        }),
    }),
    ...(getStorageSync && { getStorageSync: (key) => getStorageSync.call(my, { key })?.data }),
    ...(setStorageSync && {
      setStorageSync: (key, data) => setStorageSync.call(my, { key, data }),
    }),
    ...(removeStorageSync && { removeStorageSync: (key) => removeStorageSync.call(my, { key }) }),
  };
}
