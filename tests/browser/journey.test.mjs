import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { desk, launch, launchWithCamera, openPage, phone } from "./lib/browser.mjs";
import { film } from "./lib/camera.mjs";
import { startServer } from "./lib/server.mjs";
import { offlineTicket } from "./lib/ticket.mjs";

const STEP_MS = 30_000;

describe("one scan", () => {
  let server;
  let browser;
  let folder;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "faultscan-film-"));
    // No forgiveness for clocks, so that a ticket ends when it says.
    server = await startServer({ "limits.clock_skew_max_s": 0 });
    browser = await launch();
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A phone whose camera looks at this ticket's QR code, on the mini-app's page. */
  async function phoneLookingAt(ticket) {
    const path = join(folder, `${ticket.ticket_id}.y4m`);
    await film(browser, await server.qrPng(ticket), path);
    const camera = await launchWithCamera(path);
    const context = await camera.newContext({ ...phone, permissions: ["camera"] });
    const { page, faults } = await openPage(context);
    page.setDefaultTimeout(STEP_MS);
    await page.goto(`${server.origin}/s`);
    return { page, faults, close: () => camera.close() };
  }

  async function scanned(page) {
    // With the camera granted the page may start it by itself.
    const start = page.getByRole("button", { name: "Start the camera" });
    const accepted = page.getByRole("heading", { name: "Ticket accepted" });
    await start.or(accepted).or(page.locator("video:visible")).first().waitFor();
    if (await start.isVisible()) await start.click();
    await accepted.waitFor();
  }

  it("goes from the camera to the diagnosis, and the dashboard shows it live", async () => {
    const context = await browser.newContext(desk);
    const dashboard = await openPage(context);
    dashboard.page.setDefaultTimeout(STEP_MS);
    await dashboard.page.goto(server.login);
    await dashboard.page.waitForURL(/\/dashboard\//);
    await dashboard.page.getByRole("heading", { level: 1 }).waitFor();
    // Whatever reloads the page loses this mark.
    await dashboard.page.evaluate(() => {
      globalThis.neverReloaded = true;
    });
    assert.equal(await dashboard.page.getByText("ERR-").count(), 0, "no report yet");

    const scan = await phoneLookingAt(await server.ticket());
    await scanned(scan.page);
    await scan.page.locator('[data-failure="go_proxy"]').click();
    await scan.page.getByRole("button", { name: "Capture", exact: true }).click();
    const verdict = scan.page.locator(".verdict");
    await verdict.waitFor();
    const code = (await verdict.locator(".code-tag").first().innerText()).trim();
    assert.match(await verdict.innerText(), /proxy/i, "the verdict names the module proxy");
    assert.match(await scan.page.locator("main").innerText(), /i\/o timeout/, "the evidence is shown");

    await dashboard.page.getByText(code).first().waitFor();
    assert.equal(await dashboard.page.evaluate(() => globalThis.neverReloaded), true);
    assert.deepEqual(scan.faults, []);
    assert.deepEqual(dashboard.faults, []);
    await scan.close();
    await context.close();
  });

  it("refuses a second scan after the ticket's time", async () => {
    const ticket = await server.ticket({ ttl_s: 3 });
    const scan = await phoneLookingAt(ticket);
    const left_ms = ticket.expires_at_s * 1000 - Date.now();
    await new Promise((resolve) => setTimeout(resolve, left_ms + 1000));
    // The phone forgives its own clock; the server is strict, and its word is what counts.
    await scanned(scan.page);
    await scan.page.locator('[data-failure="go_proxy"]').click();
    await scan.page.getByRole("button", { name: "Capture", exact: true }).click();
    await scan.page.getByRole("heading", { name: "This ticket has expired" }).waitFor();
    assert.match(await server.metrics(), /reason="ticket_expired"[^}]*} 1/);
    await scan.close();
  });

  it("refuses a ticket that is long over before anything is captured", async () => {
    // Older than any forgiveness for clocks: refused on the phone, whatever the server would say.
    const nowS = Math.floor(Date.now() / 1000);
    const text = offlineTicket(server.project.ticket_secret, nowS - 3600, 60);
    const context = await browser.newContext(phone);
    const { page } = await openPage(context);
    page.setDefaultTimeout(STEP_MS);
    await page.goto(`${server.origin}/s#${text}`);
    await page.getByRole("heading", { name: "This ticket has expired" }).waitFor();
    assert.equal(await page.getByRole("button", { name: "Capture", exact: true }).count(), 0);

    // The same secret makes tickets that are in force: it was the time, not the signature.
    await page.goto(`${server.origin}/s#${offlineTicket(server.project.ticket_secret, nowS, 60)}`);
    await page.getByRole("heading", { name: "Ticket accepted" }).waitFor();
    await context.close();
  });

  it("opens by the link that any camera app reads, and refuses a forged one", async () => {
    const ticket = await server.ticket();
    const context = await browser.newContext(phone);
    const { page } = await openPage(context);
    page.setDefaultTimeout(STEP_MS);
    await page.goto(ticket.url);
    await page.getByRole("heading", { name: "Ticket accepted" }).waitFor();

    const flipped = ticket.url.slice(0, -2) + (ticket.url.at(-2) === "A" ? "B" : "A") + ticket.url.at(-1);
    const forged = await openPage(context);
    forged.page.setDefaultTimeout(STEP_MS);
    await forged.page.goto(flipped);
    await forged.page.getByRole("heading", { name: "The signature does not match" }).waitFor();
    await context.close();
  });
});
