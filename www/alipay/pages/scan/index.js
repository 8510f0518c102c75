const host = require("../../lib/host");

const app = getApp();

Page({
  data: { t: {}, consent: false, review: false, text: "" },

  onShow() {
    const { session } = app;
    this.setData({ t: session.t, consent: session.consent, review: session.review });
    host.title("Faultscan");
  },

  async onScan() {
    const text = await host.scan();
    if (text !== null) this.open(text);
  },

  onText(event) {
    this.setData({ text: event.detail.value });
  },

  onPaste() {
    if (this.data.text.trim() !== "") this.open(this.data.text);
  },

  open(text) {
    app.session.text = text;
    host.go("/pages/session/index");
  },

  onConsent() {
    const consent = !this.data.consent;
    app.session.setConsent(consent);
    this.setData({ consent });
  },

  onReview(event) {
    app.session.setReview(event.detail.value);
    this.setData({ review: event.detail.value });
  },

  onLanguage() {
    const { session } = app;
    session.setLanguage(session.language === "zh" ? "en" : "zh");
    this.setData({ t: session.t });
  },
});
