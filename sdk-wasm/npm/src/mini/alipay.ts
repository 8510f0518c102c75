/** Alipay's names and shapes, told as WeChat's. */
import { toBase64 } from "../base64.js";
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
    data?: ArrayBuffer | string;
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

/** Alipay's numbers for "no answer in time" and for an argument that it does not take. */
const TIMEOUT = 13;
const BAD_ARGUMENT = 2;

type Request = NonNullable<MiniApi["request"]>;

/**
 * Some versions take no binary body: the same bytes go as text then, in a form that the server knows.
 * What was found out once holds for the next requests.
 */
function requestOf(my: AlipayApi, request: NonNullable<AlipayApi["request"]>): Request {
  let asText = false;
  return ({ header, data, success, fail, responseType: _, ...options }) => {
    let task: RequestTask | undefined;
    const send = (): void => {
      const text = asText && data ? toBase64(new Uint8Array(data)) : undefined;
      const instead = (): boolean => {
        if (text !== undefined || !data) return false;
        asText = true;
        send();
        return true;
      };
      try {
        task = request.call(my, {
          ...options,
          ...(data && { data: text ?? data }),
          headers: text === undefined ? header : { ...header, "content-type": "application/base64url" },
          success: (answer) =>
            success({
              statusCode: answer.status ?? 200,
              data: answer.data,
              header: answer.headers ?? {},
            }),
          // Alipay calls an answer of 400 or more a failure; it is an answer all the same.
          fail: (fault) => {
            if (fault.status) {
              success({ statusCode: fault.status, data: fault.data, header: fault.headers ?? {} });
            } else if (fault.error !== BAD_ARGUMENT || !instead()) {
              fail({ errMsg: fault.error === TIMEOUT ? "timeout" : (fault.errorMessage ?? "") });
            }
          },
        });
      } catch (error) {
        if (!instead()) throw error;
      }
    };
    send();
    return { abort: () => task?.abort?.() };
  };
}

export function fromAlipay(my: AlipayApi): MiniApi {
  const { request, getStorageSync, setStorageSync, removeStorageSync, ...same } = my;
  return {
    ...same,
    ...(request && { request: requestOf(my, request) }),
    ...(getStorageSync && { getStorageSync: (key) => getStorageSync.call(my, { key })?.data }),
    ...(setStorageSync && {
      setStorageSync: (key, data) => setStorageSync.call(my, { key, data }),
    }),
    ...(removeStorageSync && { removeStorageSync: (key) => removeStorageSync.call(my, { key }) }),
  };
}
