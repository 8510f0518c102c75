// What the pages ask of the host, as Alipay has it.

const STORE = "faultscan.app";

function remembered() {
  try {
    return my.getStorageSync({ key: STORE }).data || {};
  } catch {
    return {};
  }
}

module.exports = {
  name: "alipay",

  /** The text of a scanned code; `null` where the person went back. */
  scan() {
    return new Promise((resolve) => {
      my.scan({
        scanType: ["qrCode"],
        success: ({ code }) => resolve(code),
        fail: () => resolve(null),
      });
    });
  },

  /** A JSON request: `{ status, body }`, or an error where nothing answered. */
  request({ url, method, token, body }) {
    return new Promise((resolve, reject) => {
      my.request({
        url,
        method,
        data: body === undefined ? undefined : JSON.stringify(body),
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        timeout: 15000,
        dataType: "text",
        success: ({ status, data }) => resolve({ status, body: data }),
        // An answer of 400 or more is a failure here.
        fail: ({ status, data, errorMessage }) =>
          status ? resolve({ status, body: data }) : reject(new Error(errorMessage)),
      });
    });
  },

  copy(text, told) {
    my.setClipboard({ text, success: () => my.showToast({ content: told }) });
  },

  go: (url) => my.navigateTo({ url }),
  replace: (url) => my.redirectTo({ url }),
  back: () => my.navigateBack(),
  title: (text) => my.setNavigationBar({ title: text }),

  language() {
    const { language = "zh-Hans" } = my.getSystemInfoSync();
    return /^zh/i.test(language) ? "zh" : "en";
  },

  /** What the person chose, over restarts. */
  recall: (key) => remembered()[key],
  remember(key, value) {
    try {
      my.setStorageSync({ key: STORE, data: { ...remembered(), [key]: value } });
    } catch {
      // Asked again next time, then.
    }
  },

  /** A canvas that draws frames, and so tells their rate; `null` where there is none. */
  canvas(selector) {
    return new Promise((resolve) => {
      if (!my.createSelectorQuery) return resolve(null);
      my.createSelectorQuery()
        .select(selector)
        .node()
        .exec(([found]) => resolve(found?.node ?? null));
    });
  },
};
