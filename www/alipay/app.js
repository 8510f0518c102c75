const { Session } = require("./lib/session");

App({
  onLaunch() {
    this.session = new Session();
  },
});
