// The one diagnostic session of the app, and what the person allows.
const { Diag, miniHost } = require("@faultscan/sdk");
const config = require("../config");
const host = require("./host");
const { texts } = require("./i18n");

const CONSENT = "consent";
const REVIEW = "review";
const LANGUAGE = "language";

class Session {
  constructor() {
    this.diag = null;
    /** The scanned text that is open or about to be. */
    this.text = "";
    /** The newest answer of the server. */
    this.answer = null;
    /** A draft that waits for the person, and how to settle it. */
    this.pending = null;
    this.language = host.recall(LANGUAGE) || host.language();
  }

  get t() {
    return texts(this.language);
  }

  get consent() {
    return host.recall(CONSENT) === true;
  }

  get review() {
    return host.recall(REVIEW) === true;
  }

  setConsent(on) {
    host.remember(CONSENT, on);
    if (this.diag) this.diag.consent(on);
  }

  setReview(on) {
    host.remember(REVIEW, on);
  }

  setLanguage(language) {
    this.language = language;
    host.remember(LANGUAGE, language);
  }

  /** Opens the scanned ticket; rejects with the SDK's error. */
  async open(canvas) {
    this.close();
    const text = this.text;
    const diag = await Diag.init({
      qrContext: text,
      endpoint: config.endpoint,
      app: config.app,
      consent: "required",
      beforeSend: (draft) => this.look(draft),
      ...(canvas && { host: miniHost({ canvas }) }),
    });
    // Another code was scanned meanwhile.
    if (text !== this.text) {
      diag.dispose();
      return null;
    }
    diag.consent(this.consent);
    this.diag = diag;
    return diag;
  }

  close() {
    this.decide(null);
    if (this.diag) this.diag.dispose();
    this.diag = null;
    this.answer = null;
  }

  /** For the SDK: the person sees the draft first, where that is wished. */
  look(draft) {
    if (!this.review) return draft;
    // Nobody asked for this one, so nobody looks at it now.
    if (draft.cause !== "capture") return null;
    this.decide(null);
    return new Promise((resolve) => {
      this.pending = { draft, resolve };
      host.go("/pages/review/index");
    });
  }

  /** `{ lines: [bool], page: bool, events: bool }`, or `null`: it stays here. */
  decide(verdict) {
    const { pending } = this;
    this.pending = null;
    if (!pending) return;
    const { draft, resolve } = pending;
    if (verdict) {
      draft.lines = draft.lines.filter((_line, index) => verdict.lines[index] !== false);
      if (!verdict.page) draft.page = "";
      if (!verdict.events) draft.events = [];
    }
    resolve(verdict ? draft : null);
  }

  /** Takes and sends a snapshot. */
  async capture(onStage) {
    this.answer = await this.diag.capture({ onProgress: onStage });
    return this.answer;
  }

  /** Answers a question of the report; gives the new diagnosis. */
  async tell(check, answer) {
    const { reportId, capability } = this.answer;
    const { status, body } = await host.request({
      url: `${config.endpoint}/v1/reports/${reportId}/checks`,
      method: "POST",
      token: capability,
      body: { check, answer },
    });
    if (status !== 200) throw new Error(`status ${status}`);
    const diagnosis = typeof body === "string" ? JSON.parse(body) : body;
    this.answer = { ...this.answer, diagnosis };
    return diagnosis;
  }
}

module.exports = { Session };
