const host = require("../../lib/host");
const { bars } = require("../../lib/view");

const app = getApp();
const METERS_MS = 500;

const time = (seconds) => {
  const at = new Date(seconds * 1000);
  const two = (number) => `0${number}`.slice(-2);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
};

Page({
  data: {
    t: {},
    // opening, refused, ready, capturing
    state: "opening",
    refusal: "",
    reason: "",
    ticket: { code: "", until: "", evidence: [] },
    meters: { fps: "", rtt: "", memory: "", lines: 0, fpsBars: [], rttBars: [] },
    note: "",
    noted: false,
    stage: "",
    message: "",
    waiting: 0,
  },

  onLoad() {
    const { t } = app.session;
    this.setData({
      t,
      meters: { ...this.data.meters, fps: t.unknown, rtt: t.unknown, memory: t.unknown },
    });
    host.title(t.ticket_title);
  },

  onReady() {
    this.opened = this.open();
    return this.opened;
  },

  onUnload() {
    clearInterval(this.timer);
    app.session.close();
  },

  async open() {
    this.setData({ state: "opening" });
    try {
      const diag = await app.session.open(await host.canvas("#clock"));
      if (!diag) return;
      const { ticket } = diag;
      this.setData({
        state: "ready",
        ticket: {
          code: ticket.code || "",
          until: time(ticket.ttl),
          evidence: ticket.evidence.map(({ line }, id) => ({ id, line })),
        },
      });
      this.timer = setInterval(() => this.measure(), METERS_MS);
      this.measure();
    } catch (error) {
      this.refuse(error);
    }
  },

  refuse(error) {
    const { t } = app.session;
    this.setData({
      state: "refused",
      refusal: t[`e_${error.code}`] || t.e_other,
      reason: error.reason || error.code || String(error),
    });
  },

  measure() {
    const { diag, t } = app.session;
    if (!diag) return;
    const meters = diag.meters();
    const told = (value, digits) => (value === null ? t.unknown : value.toFixed(digits));
    this.setData({
      meters: {
        fps: told(meters.fps, 0),
        rtt: told(meters.rttMs, 0),
        memory: told(meters.memoryBytes === null ? null : meters.memoryBytes / 1048576, 0),
        lines: meters.logLines,
        fpsBars: bars(meters.fpsSamples),
        rttBars: bars(meters.rttSamples),
      },
      waiting: diag.diagnostics().queue.items,
    });
  },

  onNote(event) {
    this.setData({ note: event.detail.value, noted: false });
  },

  onNoteAdd() {
    const note = this.data.note.trim();
    if (note === "") return;
    app.session.diag.log("warn", note, "person");
    this.setData({ note: "", noted: true });
    this.measure();
  },

  onCapture() {
    this.captured = this.capture();
    return this.captured;
  },

  async capture() {
    const { session } = app;
    this.setData({ state: "capturing", message: "", stage: session.t.stage_sampling });
    try {
      await session.capture((stage) => this.setData({ stage: session.t[`stage_${stage}`] }));
      this.setData({ state: "ready" });
      host.go("/pages/report/index");
    } catch (error) {
      this.failed(error);
    }
    this.measure();
  },

  /** A capture that did not arrive: kept, withheld or refused. */
  failed(error) {
    const { t } = app.session;
    const messages = {
      Offline: t.kept,
      Timeout: t.kept,
      ServerError: t.kept,
      Withheld: t.withheld,
    };
    const known = messages[error.code] || t[`e_${error.code}`] || t.e_other;
    this.setData({ state: "ready", message: error.reason ? `${known} (${error.reason})` : known });
  },

  onSendNow() {
    this.sent = app.session.diag.flush().then(() => this.measure());
    return this.sent;
  },

  onAgain: () => host.back(),

  onRetry() {
    return this.onReady();
  },
});
