import "../lib/styles/index.css";
import "./miniapp.css";
import { render } from "preact";
import { applyPrefs } from "../lib/prefs.ts";
import { App } from "./app.tsx";
import { Controller } from "./controller.ts";
import { startOffline } from "./offline.ts";

applyPrefs(document.documentElement);
const controller = new Controller(
  () => import("@faultscan/sdk"),
  () => import("@faultscan/sdk/diagnosis"),
);
const root = document.getElementById("app");
if (root !== null) {
  render(<App controller={controller} />, root);
  controller.start();
  startOffline();
}
