import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { desk, launch, openPage, phone } from "./lib/browser.mjs";
import { startServer } from "./lib/server.mjs";

const STEP_MS = 60_000;

/** Runs in the page: waits until keys, diagnosis module and catalogue are at hand. */
async function keptAhead() {
  await navigator.serviceWorker.ready;
  const wanted = ["keys.json", "/v1/catalogue/pack", "faultscan_diagnosis_bg", "faultscan_diagnosis_more_bg", "assets/diagnosis-", "faultscan_qr_bg"];
  const kept = async () => {
    const found = await Promise.all(
      (await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map((one) => one.url)),
    );
    return wanted.every((part) => found.flat().some((url) => url.includes(part)));
  };
  while (!(await kept())) await new Promise((resolve) => setTimeout(resolve, 100));
}

describe("a scan without network", () => {
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

  const verdictOf = (page) => page.locator(".verdict :is(h1, h2)").first().innerText();
  const figureOf = (page) => page.locator(".verdict .figure").first().innerText();
  const causesOf = (page) =>
    page.locator("#causes .cause-title, #causes summary > .cause-figure").allInnerTexts();

  it("is diagnosed on the phone, answered there, and the dashboard believes the same", async () => {
    const context = await browser.newContext(phone);
    const { page, faults } = await openPage(context);
    page.setDefaultTimeout(STEP_MS);
    await page.goto((await server.ticket()).url);
    await page.getByRole("heading", { name: "Ticket accepted" }).waitFor();
    // Page, module and catalogue are at hand before the network goes.
    await page.evaluate(keptAhead);
    await page.locator('[data-failure="db_refused"]').click();

    await context.setOffline(true);
    await page.getByRole("button", { name: "Capture", exact: true }).click();
    const local = page.locator('[data-diagnosed="here"]');
    await local.waitFor();
    assert.match(await verdictOf(page), /10\.0\.3\.21/, "the verdict names what was captured");
    const before = await causesOf(page);

    const question = local.locator("#check .question");
    for (const answer of ["No", "Yes"]) {
      const asked = await question.innerText();
      await local.locator("#check").getByRole("button", { name: answer, exact: true }).click();
      await page.waitForFunction(
        ([selector, text]) => document.querySelector(selector)?.textContent !== text,
        ["#check .question", asked],
      );
    }
    const here = { verdict: await verdictOf(page), figure: await figureOf(page), causes: await causesOf(page) };
    assert.notDeepEqual(here.causes, before, "the answers move the causes");
    assert.match(await local.locator("#why").innerText(), /Answered no/, "and it says so");

    // What would follow is asked of the phone's own engine.
    const whatIf = local.locator("#what-if");
    await whatIf.getByRole("button", { name: "Failed", exact: true }).first().click();
    await whatIf.locator("table.follows").first().waitFor();
    const followsHere = await whatIf.locator("table.follows").first().innerText();
    assert.match(followsHere, /100%/, "a code that the assumed cause alone brings about");
    await whatIf.getByRole("searchbox").fill("disk");
    await whatIf.getByText(/causes? found/).waitFor();

    // The tree opens without network, by keyboard.
    const more = local.locator('[role="treeitem"][aria-label^="Show"]');
    assert.equal(await more.count(), 1, "an unlikely cause is left out at first");
    await more.focus();
    await page.keyboard.press("Enter");
    await more.waitFor({ state: "detached" });
    const focused = await page.evaluate(() => document.activeElement?.getAttribute("role"));
    assert.equal(focused, "treeitem", "the focus stays in the tree");

    await context.setOffline(false);
    await page.getByRole("link", { name: "Open the full report" }).waitFor();
    await page.waitForFunction((text) => document.querySelector(".verdict :is(h1, h2)")?.textContent === text, here.verdict);
    assert.deepEqual({ verdict: await verdictOf(page), figure: await figureOf(page), causes: await causesOf(page) }, here);

    // The server says the same of what would follow.
    const there = page.locator("#what-if");
    await there.getByRole("button", { name: "Failed", exact: true }).first().click();
    await there.locator("table.follows").first().waitFor();
    assert.equal(await there.locator("table.follows").first().innerText(), followsHere);

    const room = await browser.newContext(desk);
    const dashboard = await openPage(room);
    dashboard.page.setDefaultTimeout(STEP_MS);
    await dashboard.page.goto(server.login);
    await dashboard.page.waitForURL(/\/dashboard\//);
    const link = await page.getByRole("link", { name: "Open the full report" }).getAttribute("href");
    const id = /#([0-9a-f]{32})\./.exec(link)?.[1];
    assert.ok(id, link);
    await dashboard.page.goto(`${server.origin}/dashboard/reports/${id}`);
    await dashboard.page.locator(".verdict").waitFor();
    assert.equal(await verdictOf(dashboard.page), here.verdict);
    assert.equal(await figureOf(dashboard.page), here.figure);
    assert.deepEqual(await causesOf(dashboard.page), here.causes);
    assert.deepEqual(faults, []);
    assert.deepEqual(dashboard.faults, []);
    await room.close();
    await context.close();
  });

  it("works from the first visit on, before any ticket was seen", async () => {
    const context = await browser.newContext(phone);
    const { page, faults } = await openPage(context);
    page.setDefaultTimeout(STEP_MS);
    const code = await server.qrPng(await server.ticket());
    await page.goto(`${server.origin}/s`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.evaluate(keptAhead);
    await context.setOffline(true);
    await page.goto("about:blank");
    await page.goto(`${server.origin}/s`);
    // Chromium for Linux reads no codes itself, so it is ours that reads this one.
    await page.locator('input[type="file"]').setInputFiles({ name: "code.png", mimeType: "image/png", buffer: code });
    await page.getByRole("heading", { name: "Ticket accepted" }).waitFor();
    await page.locator('[data-failure="db_refused"]').click();
    await page.getByRole("button", { name: "Capture", exact: true }).click();
    await page.locator('[data-diagnosed="here"]').waitFor();
    assert.match(await verdictOf(page), /10\.0\.3\.21/);
    assert.deepEqual(faults, []);
    await context.close();
  });
});
