import { chromium, devices } from "playwright-core";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Chromium refuses to run as root with its sandbox, and CI is root in a container. */
const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];

/** A browser without a camera. */
export function launch(args = []) {
  return chromium.launch({ executablePath, args: [...asRoot, ...args] });
}

/** A browser whose camera plays a film and is granted without asking. */
export function launchWithCamera(y4m) {
  return launch([
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    `--use-file-for-fake-video-capture=${y4m}`,
  ]);
}

/** How a phone sees the pages. */
export const phone = { ...devices["Pixel 7"], locale: "en-US" };

/** How a desk sees the pages. */
export const desk = { viewport: { width: 1440, height: 900 }, locale: "en-US" };

/** A page that remembers what went wrong in it. */
export async function openPage(context) {
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    // The content security policy reports breaches here.
    if (message.type() === "error" && /Content.Security.Policy/i.test(message.text())) faults.push(message.text());
  });
  return { page, faults };
}
