const { Diag } = require("@faultscan/sdk");

Page({
  data: { report: "" },
  async onLoad({ ticket, endpoint }) {
    const diag = await Diag.init({ qrContext: ticket, endpoint, app: { name: "mini", version: "1" } });
    console.error("dial tcp 10.0.3.21:5432: connect: connection refused");
    const answer = await diag.capture();
    this.setData({ report: JSON.stringify(answer) });
  },
});
