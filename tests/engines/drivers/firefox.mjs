import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environment, found, killDescendants, missing as absent } from "../lib/kit.mjs";
import { freePort, inPage, start, startSession } from "../lib/webdriver.mjs";

const BINARY = "debian/usr/lib/firefox-esr/firefox-esr";
const DRIVER = "bin/geckodriver";

export const missing = () => absent("firefox-esr", BINARY) ?? absent("geckodriver", DRIVER);

/** Headless Firefox, through geckodriver. */
export async function open({ pages }) {
  const folder = mkdtempSync(join(tmpdir(), "faultscan-firefox-"));
  // geckodriver asks Firefox to end when a tab's process does; people's Firefox doesn't.
  const binary = join(folder, "firefox");
  writeFileSync(binary, `#!/bin/sh\nunset MOZ_CRASHREPORTER_SHUTDOWN\nexec "${found(BINARY)}" "$@"\n`, { mode: 0o755 });
  const port = await freePort();
  const driver = start(found(DRIVER), ["--port", String(port), "--websocket-port", String(await freePort()), "--allow-system-access"], {
    env: environment(),
  });
  const stop = async () => {
    await driver.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const session = await startSession(driver, port, {
    "moz:firefoxOptions": { binary, args: ["-headless"], prefs: { "browser.tabs.crashReporting.sendReport": false } },
  }).catch(async (error) => {
    await stop();
    throw error;
  });
  return {
    version: `Firefox ${session.capabilities.browserVersion}`,
    ...inPage(session, pages),
    /** The process of the tab's content ends at once, and the person presses "Restore This Tab". */
    async crash() {
      if (killDescendants(driver.pid, /-contentproc .*-isForBrowser/) === 0) throw new Error("no process of a tab");
      await session.inBrowser(
        `const window = Services.wm.getMostRecentWindow("navigator:browser");
        const tab = window.gBrowser.selectedTab;
        while (!tab.hasAttribute("crashed")) await new Promise((resolve) => window.setTimeout(resolve, 20));
        window.SessionStore.reviveCrashedTab(tab);`,
      );
    },
    async close() {
      await session.close().catch(() => undefined);
      await stop();
    },
  };
}
