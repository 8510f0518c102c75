import { launch } from "../../browser/lib/browser.mjs";
import { missingChromium } from "../lib/kit.mjs";

export const missing = missingChromium;

/** Headless Chromium, by its own protocol: that also reaches a tab whose process has crashed. */
export async function open({ pages }) {
  const browser = await launch();
  const context = await browser.newContext();
  const page = await context.newPage();
  const faults = [];
  const tab = await context.newCDPSession(page);
  await tab.send("Runtime.enable");
  tab.on("Runtime.exceptionThrown", ({ exceptionDetails: { exception, text } }) =>
    faults.push(exception?.description ?? text),
  );
  const evaluate = async (expression) => {
    const { result, exceptionDetails } = await tab.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  const settled = async () => {
    while (!(await evaluate('document.readyState === "complete" && "runPhase" in globalThis'))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return {
    version: `Chromium ${browser.version()}`,
    faults: () => faults.filter((text) => !text.includes("on purpose")),
    async run(phase, world) {
      await tab.send("Page.navigate", { url: pages.origin });
      await settled();
      return evaluate(`runPhase(${JSON.stringify(phase)}, ${JSON.stringify(world)})`);
    },
    /** The page's process ends at once; the tab is left. */
    async crash() {
      const crashed = new Promise((resolve) => page.once("crash", resolve));
      tab.send("Page.crash").catch(() => undefined);
      await crashed;
    },
    leave: () => tab.send("Page.navigate", { url: "about:blank" }),
    close: () => browser.close(),
  };
}
