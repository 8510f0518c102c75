import "../lib/styles/index.css";
import "./styles/index.css";
import { render } from "preact";
import { applyPrefs } from "../lib/prefs.ts";
import { App } from "./app.tsx";
import { startRouter } from "./router.ts";
import { startSession } from "./session.ts";

applyPrefs(document.documentElement);
startRouter();
const root = document.getElementById("app");
if (root !== null) {
  render(<App />, root);
  void startSession();
}
