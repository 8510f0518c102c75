import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { desk, launch, openPage, phone } from "./lib/browser.mjs";
import { startServer } from "./lib/server.mjs";
import { noProxy, refused, upload } from "./lib/upload.mjs";

const STEP_MS = 30_000;

describe("the dashboard", () => {
  let server;
  let browser;
  let context;
  let page;
  let faults;
  let proxy;

  before(async () => {
    server = await startServer();
    browser = await launch();
    context = await browser.newContext(desk);
    ({ page, faults } = await openPage(context));
    page.setDefaultTimeout(STEP_MS);
    await page.goto(server.login);
    await page.waitForURL(/\/dashboard\//);
    await page.getByRole("heading", { name: "No reports yet" }).waitFor();
    await page.evaluate(() => {
      globalThis.neverReloaded = true;
    });
    for (const host of ["10.0.3.21", "10.0.3.21", "10.0.9.9"]) await upload(server, refused(host));
    proxy = await upload(server, [...noProxy, "WARN worker 七号 lost its lease on shard/eu-17"]);
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const rows = () => page.locator(".report-list .row-link");
  const shows = (count) => page.waitForFunction((n) => document.querySelectorAll(".report-list .row-link").length === n, count);
  const nav = (name) => page.getByRole("navigation", { name: "Main" }).getByRole("link", { name }).click();

  it("shows what arrives and counts it, without a reload", async () => {
    await shows(4);
    await page.getByText("4 reports", { exact: true }).waitFor();
    assert.equal(await page.evaluate(() => globalThis.neverReloaded), true);
  });

  it("narrows by a filter that is the address and is kept under a name", async () => {
    await page.getByRole("button", { name: "Filters" }).click();
    await page.getByRole("combobox", { name: "Family" }).selectOption({ value: "go" });
    await shows(1);
    assert.match(page.url(), /[?&]family=go\b/);
    await page.getByRole("textbox", { name: "Name for this filter" }).fill("Go machines");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("button", { name: /^Remove Family/ }).click();
    await shows(4);
    assert.doesNotMatch(page.url(), /family/);
    // The address alone brings the filter back, also in another tab, and so does its name.
    const second = await context.newPage();
    await second.goto(`${server.origin}/dashboard/?family=go`);
    await second.getByText("1 report", { exact: true }).waitFor();
    await second.getByRole("button", { name: "Clear filters" }).click();
    await second.getByText("4 reports", { exact: true }).waitFor();
    await second.getByRole("link", { name: "Go machines" }).click();
    await second.getByText("1 report", { exact: true }).waitFor();
    await second.close();
  });

  it("finds a line of the log, in any script", async () => {
    for (const words of ["shard/eu-17", "七号 LEASE"]) {
      await page.getByRole("searchbox", { name: "Search reports" }).fill(words);
      await shows(1);
      assert.match(await rows().first().getAttribute("href"), new RegExp(proxy.report_id));
    }
    await page.getByRole("searchbox", { name: "Search reports" }).fill('nowhere "');
    await page.getByRole("heading", { name: "No report matches" }).waitFor();
    await page.getByRole("button", { name: "Clear filters" }).last().click();
    await shows(4);
  });

  it("lets a group go from new to fixed, and a new report makes it regress", async () => {
    await nav("Groups");
    await shows(3);
    await page.getByRole("link", { name: /10\.0\.3\.21/ }).click();
    await page.getByRole("heading", { name: "How it stands" }).waitFor();
    await page.getByRole("textbox", { name: "Assignee" }).fill("Han Meimei");
    await page.getByRole("textbox", { name: "Note" }).fill("postmaster restarted");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Saved", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Fixed", exact: true }).click();
    await page.locator(".group-head .state.fixed").waitFor();
    const culprit = await upload(server, refused("10.0.3.21"));
    await page.locator(".group-head .state.regressed").waitFor();
    await page.locator(".group-figures").getByText("3", { exact: true }).waitFor();
    const link = page.getByRole("link", { name: "Open that report" });
    await link.waitFor();
    assert.match(await link.getAttribute("href"), new RegExp(culprit.report_id));
    await nav("Groups");
    await page.getByRole("button", { name: /^Regressed\s*1$/ }).click();
    await shows(1);
    await page.getByText("Han Meimei").waitFor();
    await page.getByRole("button", { name: /^All/ }).click();
  });

  it("is walked by the keyboard alone", async () => {
    const press = async (...keys) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await press("g", "r");
    await page.getByRole("heading", { level: 1, name: "Reports" }).waitFor();
    await shows(5);
    await press("j", "j");
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("href")), await rows().nth(1).getAttribute("href"));
    await press("k", "Enter");
    await page.locator(".verdict").first().waitFor();
    await press("u");
    await shows(5);
    await press("/");
    await page.keyboard.type("jkg?");
    assert.equal(await page.getByRole("searchbox").inputValue(), "jkg?", "typing is no shortcut");
    await page.getByRole("searchbox").fill("");
    await press("Escape", "g", "g");
    await page.getByRole("heading", { level: 1, name: "Groups of like failures" }).waitFor();
    await press("g", "t");
    await page.getByRole("heading", { level: 1, name: "Trends" }).waitFor();
    await page.getByRole("slider", { name: "Reading line" }).focus();
    await press("ArrowLeft");
    await press("g", "c");
    await page.getByRole("heading", { level: 1, name: "Catalogue" }).waitFor();
    await press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await press("Escape", "g", "n");
    await page.getByRole("heading", { level: 1, name: "New ticket" }).waitFor();
  });

  it("counts a report that arrives in the trends on screen", async () => {
    await nav("Trends");
    const all = page.locator(".strip").filter({ hasText: "All reports" }).locator("strong");
    await page.waitForFunction(() => document.querySelector(".strip strong")?.textContent === "5");
    await upload(server, noProxy);
    await page.waitForFunction(() => document.querySelector(".strip strong")?.textContent === "6");
    await page.getByRole("button", { name: "Cause", exact: true }).click();
    assert.match(page.url(), /by=cause/);
    assert.equal(await all.innerText(), "6");
  });

  it("narrows trends and groups by the same filters as the list", async () => {
    const counts = (count) =>
      page.waitForFunction((n) => document.querySelector(".strip strong")?.textContent === String(n), count);
    await page.getByRole("button", { name: "Filters" }).click();
    await page.getByRole("combobox", { name: "Family" }).selectOption({ value: "go" });
    await counts(2);
    assert.match(page.url(), /[?&]family=go\b/);
    await upload(server, refused("10.0.3.21"));
    await upload(server, noProxy);
    await counts(3);
    // The curve leads to its reports, and those to their curve.
    await page.getByRole("link", { name: "All reports" }).click();
    await page.getByText("3 reports", { exact: true }).waitFor();
    await page.getByRole("link", { name: "Trends of these" }).click();
    await counts(3);
    await page.getByRole("button", { name: /^Remove Family/ }).click();
    await counts(8);
    await nav("Groups");
    await shows(3);
    await page.getByRole("button", { name: "Filters" }).click();
    await page.getByRole("combobox", { name: "Family" }).selectOption({ value: "db" });
    await shows(2);
    await page.getByRole("button", { name: "Clear filters" }).click();
    await shows(3);
  });

  it("moves the open report when the phone answers, and lets it leave", async () => {
    await page.goto(`${server.origin}/dashboard/reports/${proxy.report_id}`);
    await page.locator(".verdict").first().waitFor();
    const check = proxy.diagnosis.next_checks[0].id;
    const answer = await fetch(`${server.origin}/v1/reports/${proxy.report_id}/checks`, {
      method: "POST",
      headers: { authorization: `Bearer ${proxy.capability}`, "content-type": "application/json" },
      body: JSON.stringify({ check, answer: "yes" }),
    });
    assert.equal(answer.status, 200);
    await page.getByText("Updated just now by another answer").waitFor();

    const started = page.waitForEvent("download");
    await page.getByRole("link", { name: "Export Markdown" }).click();
    const download = await started;
    assert.equal(download.suggestedFilename(), `faultscan-${proxy.report_id}.md`);
    const text = (await (await download.createReadStream()).toArray()).join("");
    assert.match(text, /^# /);
    assert.match(text, /i\/o timeout/);
    const json = page.waitForEvent("download");
    await page.getByRole("link", { name: "Export JSON" }).click();
    const report = JSON.parse((await (await (await json).createReadStream()).toArray()).join(""));
    assert.equal(report.id, proxy.report_id);
    assert.equal(report.link, undefined, "a file gives no access");

    // The link opens the report, and only that, for somebody who is not signed in.
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Copy link" }).click();
    await page.getByText("Copied").waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const stranger = await browser.newContext(phone);
    const other = await openPage(stranger);
    other.page.setDefaultTimeout(STEP_MS);
    await other.page.goto(link);
    await other.page.locator(".verdict").first().waitFor();
    const group = await stranger.request.get(`${server.origin}/v1/groups`);
    assert.equal(group.status(), 401);
    assert.deepEqual(other.faults, []);
    await stranger.close();
  });

  it("breaks no rule of its content security policy", () => {
    assert.deepEqual(faults, []);
  });
});
