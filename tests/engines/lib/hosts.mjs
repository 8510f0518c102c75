/**
 * The global objects of WeChat, Alipay and Douyin, made of node's parts: the names, shapes and rules of
 * the real ones, as far as the SDK meets them.
 */
import { createSocket } from "node:dgram";
import { HIDDEN_NETWORK_MS, random, send } from "./phone.mjs";

const isBuffer = (value) => Object.prototype.toString.call(value) === "[object ArrayBuffer]";

/** A body as the hosts take it: text, or a whole buffer. A view of one is sent as its JSON by real hosts. */
function bodyOf(data) {
  if (data === undefined || data === null) return undefined;
  if (typeof data === "string") return Buffer.from(data);
  if (isBuffer(data)) return Buffer.from(data);
  return Buffer.from(JSON.stringify(data));
}

const offline = (phone) => Date.now() > phone.networkEndsMs;

/** `wx.request`: any status is a success, answers are text unless asked otherwise. */
function wxRequest(phone) {
  return ({ url, method = "GET", data, header, timeout, success = () => {}, fail = () => {}, complete = () => {} }) => {
    const end = (call, told) => {
      call(told);
      complete(told);
    };
    if (offline(phone)) {
      setTimeout(() => end(fail, { errno: 600001, errMsg: "request:fail interrupted" }), 0);
      return { abort() {} };
    }
    return send({ url, method, headers: header, bytes: bodyOf(data), timeoutMs: timeout }, (fault, answer) => {
      if (fault) return end(fail, { errMsg: `request:fail ${fault}` });
      return end(success, {
        statusCode: answer.status,
        data: answer.bytes.toString("utf8"),
        header: answer.headers,
        errMsg: "request:ok",
      });
    });
  };
}

function device() {
  return {
    platform: "ios",
    system: "iOS 17.4",
    brand: "iPhone",
    model: "iPhone 14",
    memorySize: 6144,
  };
}

const lifecycle = (phone) => ({
  onNetworkStatusChange: phone.network.on,
  offNetworkStatusChange: phone.network.off,
  onAppShow: phone.show.on,
  offAppShow: phone.show.off,
  onAppHide: phone.hide.on,
  offAppHide: phone.hide.off,
  onError: phone.error.on,
  offError: phone.error.off,
  onUnhandledRejection: phone.rejection.on,
  offUnhandledRejection: phone.rejection.off,
  onMemoryWarning: phone.memory.on,
  offMemoryWarning: phone.memory.off,
  getNetworkType: ({ success }) => success({ networkType: "wifi" }),
});

/** `wx.createUDPSocket`: bound before it sends, and closed by whoever made it. */
function udpSocket() {
  // A program that ends leaves its sockets to the host.
  const socket = createSocket("udp4").unref();
  let bound = false;
  return {
    bind() {
      bound = true;
      return 0;
    },
    send({ address, port, message }) {
      if (!bound) throw new Error("send:fail not bound");
      socket.send(bodyOf(message), port, address);
    },
    close: () => socket.close(),
    onError: () => undefined,
  };
}

export function wechat(phone) {
  const { storage } = phone;
  return {
    ...lifecycle(phone),
    request: wxRequest(phone),
    getStorageSync: (key) => storage.get(key) ?? "",
    setStorageSync: (key, value) => void storage.set(key, value),
    removeStorageSync: (key) => void storage.delete(key),
    getStorageInfoSync: () => ({ keys: [...storage.keys()], currentSize: 1, limitSize: 10240 }),
    // Asynchronous, and bounded.
    getRandomValues: ({ length, success, fail }) =>
      void setTimeout(
        () => (length > 1048576 ? fail({ errMsg: "getRandomValues:fail" }) : success({ randomValues: random(length) })),
        1,
      ),
    getDeviceInfo: device,
    getWindowInfo: () => ({ screenWidth: 390, screenHeight: 844, pixelRatio: 3 }),
    getAppBaseInfo: () => ({ language: "zh_CN", version: "8.0.49", SDKVersion: "3.4.2" }),
    createUDPSocket: udpSocket,
    getPerformance: () => ({ now: () => performance.now() }),
  };
}

/** Douyin has WeChat's shapes, the old device call, and no `getRandomValues` in older versions. */
export function douyin(phone) {
  const { getDeviceInfo, getWindowInfo, getAppBaseInfo, getPerformance, createUDPSocket, ...same } = wechat(phone);
  return {
    ...same,
    getSystemInfoSync: () => ({
      ...device(),
      ...getWindowInfo(),
      platform: "android",
      system: "Android 14",
      appName: "Douyin",
      version: "28.1.0",
      SDKVersion: "3.12.0",
      language: "zh_CN",
    }),
  };
}

/** Alipay: other names, options instead of arguments, no random source, text bodies only in old versions. */
export function alipay(phone, { binaryBodies = true } = {}) {
  const { storage } = phone;
  return {
    ...lifecycle(phone),
    request({ url, method = "GET", data, headers, timeout, success = () => {}, fail = () => {}, complete = () => {} }) {
      const end = (call, told) => {
        call(told);
        complete(told);
      };
      if (isBuffer(data) && !binaryBodies) {
        setTimeout(() => end(fail, { error: 2, errorMessage: "invalid parameter: data" }), 0);
        return { abort() {} };
      }
      return send({ url, method, headers, bytes: bodyOf(data), timeoutMs: timeout }, (fault, answer) => {
        if (fault === "timeout") return end(fail, { error: 13, errorMessage: "timeout" });
        if (fault) return end(fail, { error: 12, errorMessage: "network error" });
        const told = { status: answer.status, data: answer.bytes.toString("utf8"), headers: answer.headers };
        return answer.status >= 400
          ? end(fail, { ...told, error: 19, errorMessage: "http status error" })
          : end(success, told);
      });
    },
    getStorageSync: ({ key }) => ({ data: storage.get(key) ?? null }),
    setStorageSync: ({ key, data }) => void storage.set(key, data),
    removeStorageSync: ({ key }) => void storage.delete(key),
    getStorageInfoSync: () => ({ keys: [...storage.keys()], currentSize: 1, limitSize: 10240 }),
    getSystemInfoSync: () => ({
      platform: "Android",
      system: "13",
      brand: "HUAWEI",
      model: "HUAWEI ALN-AL00",
      screenWidth: 360,
      screenHeight: 780,
      pixelRatio: 3,
      language: "zh-Hans",
      version: "10.5.60",
    }),
  };
}

/** The program goes to the background: the network lives a little longer. */
export function hide(phone) {
  phone.networkEndsMs = Date.now() + HIDDEN_NETWORK_MS;
  phone.hide.tell({});
}

export function show(phone) {
  phone.networkEndsMs = Number.POSITIVE_INFINITY;
  phone.show.tell({});
}
