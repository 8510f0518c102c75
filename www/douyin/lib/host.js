// What the pages ask of the host, as Douyin has it.

const STORE = "faultscan.app";

function remembered() {
  try {
    return tt.getStorageSync(STORE) || {};
  } catch {
    return {};
  }
}

module.exports = {
  name: "douyin",

  /** The text of a scanned code; `null` where the person went back. */
  scan() {
    return new Promise((resolve) => {
      tt.scanCode({
        scanType: ["qrCode"],
        success: ({ result }) => resolve(result),
        fail: () => resolve(null),
      });
    });
  },

  /** A JSON request: `{ status, body }`, or an error where nothing answered. */
  request({ url, method, token, body }) {
    return new Promise((resolve, reject) => {
      tt.request({
        url,
        method,
        data: body === undefined ? undefined : JSON.stringify(body),
        header: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        timeout: 15000,
        success: ({ statusCode, data }) => resolve({ status: statusCode, body: data }),
        fail: ({ errMsg }) => reject(new Error(errMsg)),
      });
    });
  },

  copy(text, told) {
    tt.setClipboardData({
      data: text,
      success: () => tt.showToast({ title: told, icon: "none" }),
    });
  },

  go: (url) => tt.navigateTo({ url }),
  replace: (url) => tt.redirectTo({ url }),
  back: () => tt.navigateBack(),
  title: (text) => tt.setNavigationBarTitle({ title: text }),

  language() {
    const { language = "zh_CN" } = tt.getAppBaseInfo ? tt.getAppBaseInfo() : tt.getSystemInfoSync();
    return /^zh/i.test(language) ? "zh" : "en";
  },

  /** What the person chose, over restarts. */
  recall: (key) => remembered()[key],
  remember(key, value) {
    try {
      tt.setStorageSync(STORE, { ...remembered(), [key]: value });
    } catch {
      // Asked again next time, then.
    }
  },

  /** A canvas that draws frames, and so tells their rate; `null` where there is none. */
  canvas(selector) {
    return new Promise((resolve) => {
      if (!tt.createSelectorQuery) return resolve(null);
      tt.createSelectorQuery()
        .select(selector)
        .node((found) => resolve(found?.node ?? null))
        .exec();
    });
  },
};
