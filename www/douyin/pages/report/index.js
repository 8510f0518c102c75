const host = require("../../lib/host");
const { report } = require("../../lib/view");

const app = getApp();

Page({
  data: {
    t: {},
    known: false,
    verdict: "",
    sure: "",
    codes: [],
    causes: [],
    check: null,
    fixes: [],
    message: "",
    busy: false,
  },

  onLoad() {
    const { session } = app;
    this.setData({ t: session.t });
    host.title(session.t.report_title);
    if (session.answer) this.show(session.answer.diagnosis);
  },

  show(diagnosis) {
    this.setData(report(diagnosis, app.session.language));
  },

  onAnswer(event) {
    const { answer } = event.currentTarget.dataset;
    this.answered = this.tell(this.data.check.id, answer);
    return this.answered;
  },

  async tell(check, answer) {
    if (this.data.busy) return;
    this.setData({ busy: true, message: "" });
    try {
      this.show(await app.session.tell(check, answer));
    } catch {
      this.setData({ message: app.session.t.offline_answer });
    }
    this.setData({ busy: false });
  },

  onCopy(event) {
    host.copy(event.currentTarget.dataset.text, app.session.t.copied);
  },

  onAgain: () => host.back(),
});
