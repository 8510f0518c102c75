import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { desk, launch, openPage, phone } from "./lib/browser.mjs";
import { startServer } from "./lib/server.mjs";
import { noGo, upload } from "./lib/upload.mjs";

const STEP_MS = 30_000;

describe("a report asked what if", () => {
  let server;
  let browser;
  let report;
  let causes;

  before(async () => {
    server = await startServer();
    browser = await launch();
    report = await upload(server, noGo);
    causes = report.diagnosis.causes;
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const ask = async (query) => {
    const answer = await fetch(`${server.origin}/v1/reports/${report.report_id}/what-if?${query}`, {
      headers: { authorization: `Bearer ${report.capability}` },
    });
    assert.equal(answer.status, 200);
    return answer.json();
  };
  const percent = (p) => (p >= 1 ? "100%" : p > 0.999 ? ">99.9%" : null);
  const choice = (page, cause) => page.locator("#what-if li").filter({ hasText: cause.title });

  it("tells by keyboard what follows, beside what is believed now, and is its address", async () => {
    const context = await browser.newContext(desk);
    const { page, faults } = await openPage(context);
    page.setDefaultTimeout(STEP_MS);
    await page.goto(server.login);
    await page.waitForURL(/\/dashboard\//);
    await page.goto(`${server.origin}/dashboard/reports/${report.report_id}`);
    await page.locator("#what-if").waitFor();
    assert.equal(await page.locator("table.follows").count(), 0, "nothing is assumed at first");

    await choice(page, causes[1]).getByRole("button", { name: "Failed" }).focus();
    await page.keyboard.press("Enter");
    const codes = page.locator("table.follows").first();
    await codes.waitFor();
    assert.equal(new URL(page.url()).searchParams.get("failed"), causes[1].id);
    const told = await ask(`failed=${causes[1].id}`);
    const certain = told.codes.filter((code) => percent(code.then) !== null);
    assert.ok(certain.length > 0 && told.tops.length > 0);
    const row = codes.getByRole("row").filter({ hasText: certain[0].id }).first();
    assert.match(await row.innerText(), new RegExp(percent(certain[0].then)));
    await page.getByRole("columnheader", { name: "Top events" }).waitFor();

    // The other one works; the same button again takes it back.
    const works = choice(page, causes[0]).getByRole("button", { name: "Works" });
    await works.click();
    await page.waitForFunction((id) => new URL(location.href).searchParams.get("working") === id, causes[0].id);
    assert.equal(await works.getAttribute("aria-pressed"), "true");
    await works.click();
    assert.equal(new URL(page.url()).searchParams.get("working"), null);

    // Any cause of the catalogue can be found, by words of either language.
    await page.locator("#what-if").getByRole("searchbox").fill("磁盘");
    await page.locator("#what-if").getByText(/causes? found/).waitFor();
    await page.locator("#what-if li").filter({ hasText: /disk/i }).first().getByRole("button", { name: "Failed" }).click();
    await page.waitForFunction(() => new URL(location.href).searchParams.get("failed").includes(","));

    // The address alone brings all of it back.
    await page.reload();
    await codes.waitFor();
    assert.equal(await page.locator("#what-if li.chosen").count(), 2);
    await page.getByRole("button", { name: "Clear", exact: true }).click();
    await codes.waitFor({ state: "detached" });
    assert.equal(new URL(page.url()).search, "");

    // Nothing of it was kept with the report.
    const kept = await (await context.request.get(`${server.origin}/v1/reports/${report.report_id}`)).json();
    assert.deepEqual(kept.diagnosis.answers, []);
    assert.deepEqual(faults, []);
    await context.close();
  });

  it("is shared as a link that needs no log-in, and says when assumptions contradict", async () => {
    const context = await browser.newContext(phone);
    const { page, faults } = await openPage(context);
    page.setDefaultTimeout(STEP_MS);
    const link = new URL(report.report_url, server.origin);
    link.searchParams.set("failed", causes[1].id);
    await page.goto(link.href);
    await page.locator("#what-if table.follows").first().waitFor();
    assert.equal(await choice(page, causes[1]).getByRole("button", { name: "Failed" }).getAttribute("aria-pressed"), "true");
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.locator("#what-if").getByRole("button", { name: "Copy link" }).click();
    await page.getByText("Copied").waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link.href);

    link.searchParams.set("failed", "no_such_cause");
    await page.goto("about:blank");
    await page.goto(link.href);
    await page.getByText("does not have one of these causes").waitFor();
    await page.locator("#what-if").getByRole("button", { name: "Clear" }).click();
    assert.equal(new URL(page.url()).search, "");
    assert.match(page.url(), /#[0-9a-f]{32}\./, "the capability stays in the address");
    assert.deepEqual(faults, []);
    await context.close();
  });

  it("draws as much of the tree as is asked for, and remembers it", async () => {
    const context = await browser.newContext({ ...phone, viewport: { width: 360, height: 780 } });
    const { page, faults } = await openPage(context);
    page.setDefaultTimeout(STEP_MS);
    await page.goto(new URL(report.report_url, server.origin).href);
    const nodes = page.locator('#tree [role="treeitem"]');
    await nodes.first().waitFor();
    const before = await nodes.count();
    await page.getByRole("button", { name: "Settings", exact: true }).click();
    const most = page.getByRole("spinbutton", { name: "Nodes at first" });
    assert.equal(await most.inputValue(), "15");
    await most.fill("60");
    await page.getByRole("spinbutton", { name: "Leave out below" }).fill("0");
    await page.keyboard.press("Tab");
    await page.waitForFunction((n) => document.querySelectorAll('#tree [role="treeitem"]').length > n, before);
    await page.reload();
    await page.waitForFunction((n) => document.querySelectorAll('#tree [role="treeitem"]').length > n, before);
    await page.getByRole("button", { name: "Settings", exact: true }).click();
    await page.getByRole("slider", { name: "Nodes at first" }).press("ArrowLeft");
    assert.equal(await most.inputValue(), "59");
    await page.getByRole("button", { name: "Reset" }).click();
    assert.equal(await most.inputValue(), "15");
    await page.waitForFunction((n) => document.querySelectorAll('#tree [role="treeitem"]').length === n, before);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(wide, 0, "nothing sticks out at 360 px");
    assert.deepEqual(faults, []);
    await context.close();
  });
});
