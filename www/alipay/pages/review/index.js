const host = require("../../lib/host");

const app = getApp();

Page({
  data: { t: {}, lines: [], page: "", withPage: true, events: [], withEvents: true, facts: [] },

  onLoad() {
    const { session } = app;
    this.setData({ t: session.t });
    host.title(session.t.review_title);
    if (!session.pending) return;
    const { draft } = session.pending;
    this.setData({
      lines: draft.lines.map(({ level, source, message }, id) => ({
        id,
        level,
        source,
        message,
        on: true,
      })),
      page: draft.page,
      events: draft.events.map(({ kind, text }, id) => ({ id, text: `${kind} ${text}` })),
      facts: Object.keys(draft.facts).map((name) => ({ name, value: String(draft.facts[name]) })),
    });
  },

  onUnload() {
    // Gone back without a word: nothing goes.
    app.session.decide(null);
  },

  onLine(event) {
    const { id } = event.currentTarget.dataset;
    this.setData({ [`lines[${id}].on`]: event.detail.value });
  },

  onPage(event) {
    this.setData({ withPage: event.detail.value });
  },

  onEvents(event) {
    this.setData({ withEvents: event.detail.value });
  },

  onSend() {
    app.session.decide({
      lines: this.data.lines.map(({ on }) => on),
      page: this.data.withPage,
      events: this.data.withEvents,
    });
    host.back();
  },

  onKeep() {
    app.session.decide(null);
    host.back();
  },
});
