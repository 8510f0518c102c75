// What the pages ask of the host. The twins for Alipay and Douyin have a file of their own in its place.

const STORE = "faultscan.app";

function remembered() {
  try {
    return wx.getStorageSync(STORE) || {};
  } catch {
    return {};
  }
}

module.exports = {
  name: "wechat",

  /** The text of a scanned code; `null` where the person went back. */
  scan() {
    return new Promise((resolve) => {
      wx.scanCode({
        scanType: ["qrCode"],
        success: ({ result }) => resolve(result),
        fail: () => resolve(null),
      });
    });
  },

  /** A JSON request: `{ status, body }`, or an error where nothing answered. */
  request({ url, method, token, body }) {
    return new Promise((resolve, reject) => {
      wx.request({
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
    wx.setClipboardData({
      data: text,
      success: () => wx.showToast({ title: told, icon: "none" }),
    });
  },

  go: (url) => wx.navigateTo({ url }),
  replace: (url) => wx.redirectTo({ url }),
  back: () => wx.navigateBack(),
  title: (text) => wx.setNavigationBarTitle({ title: text }),

  language() {
    const { language = "zh_CN" } = wx.getAppBaseInfo ? wx.getAppBaseInfo() : wx.getSystemInfoSync();
    return /^zh/i.test(language) ? "zh" : "en";
  },

  /** What the person chose, over restarts. */
  recall: (key) => remembered()[key],
  remember(key, value) {
    try {
      wx.setStorageSync(STORE, { ...remembered(), [key]: value });
    } catch {
      // Asked again next time, then.
    }
  },

  /** A canvas that draws frames, and so tells their rate; `null` where there is none. */
  canvas(selector) {
    return new Promise((resolve) => {
      if (!wx.createSelectorQuery) return resolve(null);
      wx.createSelectorQuery()
        .select(selector)
        .node((found) => resolve(found?.node ?? null))
        .exec();
    });
  },
};
