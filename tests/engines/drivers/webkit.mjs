import { debian, environment, found, library, missing as absent } from "../lib/kit.mjs";
import { freePort, inPage, start, startSession } from "../lib/webdriver.mjs";

const DRIVER = "debian/usr/bin/WebKitWebDriver";
const DISPLAY = "debian/usr/bin/Xvfb";

export const missing = () => absent("WebKitWebDriver", DRIVER) ?? absent("Xvfb", DISPLAY);

/** A virtual screen; it picks its number and tells. */
async function startDisplay() {
  // The kit's programs look for each other below the folder that they run in.
  const args = ["-displayfd", "1", "-screen", "0", "800x600x24", "-nolisten", "tcp", "-xkbdir", "usr/share/X11/xkb"];
  const display = start(found(DISPLAY), args, { cwd: debian, env: environment() });
  for (;;) {
    const number = /^(\d+)\n/.exec(display.log())?.[1];
    if (number) return { ...display, name: `:${number}` };
    if (!display.alive()) throw new Error(`no display:\n${display.log()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** WebKitGTK's MiniBrowser, through WebKitWebDriver, on a virtual screen. */
export async function open({ pages }) {
  const display = await startDisplay();
  const port = await freePort();
  const env = environment({ DISPLAY: display.name, GDK_BACKEND: "x11", LIBGL_ALWAYS_SOFTWARE: "1", NO_AT_BRIDGE: "1" });
  const driver = start(found(DRIVER), [`--port=${port}`], { cwd: debian, env });
  const stop = async () => {
    await driver.stop();
    await display.stop();
  };
  const session = await startSession(driver, port, {
    "webkitgtk:browserOptions": { binary: library("webkit2gtk-4.1/MiniBrowser"), args: ["--automation"] },
  }).catch(async (error) => {
    await stop();
    throw error;
  });
  return {
    version: `WebKitGTK ${session.capabilities.browserVersion}`,
    ...inPage(session, pages),
    /**
     * Killing the page's process would end the driver's session too, and its storage lives in it: the page
     * is left without a goodbye instead.
     */
    crash: () => session.go("about:blank"),
    survivesCrash: false,
    async close() {
      await session.close().catch(() => undefined);
      await stop();
    },
  };
}
