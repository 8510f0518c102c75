import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { launch, openPage, phone } from "./lib/browser.mjs";
import { logIn } from "./lib/sdk-page.mjs";
import { startServer } from "./lib/server.mjs";

const STEP_MS = 30_000;
/** Where pictures of the screen go, for a person to look at. */
const folder = process.env.FAULTSCAN_SHOTS;

describe("looking at a snapshot before it goes", () => {
  let server;
  let browser;

  before(async () => {
    server = await startServer();
    browser = await launch();
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function ready(ticket, options = {}) {
    const context = await browser.newContext({ ...phone, ...options });
    const { page, faults } = await openPage(context);
    page.setDefaultTimeout(STEP_MS);
    await page.goto(`${server.origin}/s#${ticket.text}`);
    await page.locator(".review-switch input").check();
    await page.evaluate(() => {
      console.warn("cart is empty after reload");
      console.error("login failed for ann@example.com password=hunter2hunter2");
      console.error("dial tcp 10.0.3.21:5432: connect: connection refused");
    });
    return { context, page, faults };
  }

  it("shows every line with secrets blanked, and sends what was left ticked", async () => {
    const ticket = await server.ticket();
    const { context, page, faults } = await ready(ticket);
    await page.locator("[data-action=capture]").click();
    const dialog = page.locator("dialog.review[open]");
    await dialog.waitFor();
    const shown = await dialog.locator(".review-lines").innerText();
    assert.match(shown, /cart is empty after reload/);
    assert.doesNotMatch(shown, /hunter2|ann@example/);
    assert.ok((await dialog.locator("mark").count()) >= 2);
    if (folder) await page.screenshot({ path: `${folder}/review.png` });
    await dialog.locator("label", { hasText: "cart is empty" }).locator("input").uncheck();
    await dialog.locator("button.primary").click();
    await page.locator(".verdict").waitFor();
    const person = await logIn(server);
    const [report] = await person.reportsOf(ticket.ticket_id, 1);
    const messages = report.logs.map((line) => line.message).join("\n");
    assert.match(messages, /connection refused/);
    assert.doesNotMatch(messages, /cart is empty/);
    assert.deepEqual(faults, []);
    await context.close();
  });

  it("sends nothing where the person keeps it, by button or by Escape", async () => {
    const ticket = await server.ticket();
    const { context, page, faults } = await ready(ticket, { colorScheme: "dark", locale: "zh-CN" });
    const snapshots = async () => /kind="snapshot",outcome="accepted"[^\n]* (\d+)/.exec(await server.metrics())?.[1];
    const before = await snapshots();
    for (const keep of ["button", "Escape"]) {
      await page.locator("[data-action=capture]").click();
      const dialog = page.locator("dialog.review[open]");
      await dialog.waitFor();
      if (folder && keep === "button") await page.screenshot({ path: `${folder}/review-dark.png` });
      if (keep === "button") await dialog.locator("footer button").last().click();
      else await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      await page.locator("[data-action=capture]").waitFor();
    }
    if (folder) await page.screenshot({ path: `${folder}/ready.png` });
    assert.equal(await snapshots(), before);
    assert.deepEqual(faults, []);
    await context.close();
  });
});
