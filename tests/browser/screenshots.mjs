// Takes the README's pictures: a real Go command fails under `diag qr`, a phone scans the ticket and
// shows the diagnosis and what would follow, the dashboard shows the report, its fault tree, groups and
// trends of two weeks of real logs. Light and dark, phone and desk. Usage: node screenshots.mjs FOLDER
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { desk, launch, openPage, phone } from "./lib/browser.mjs";
import { fillWithHistory } from "./lib/corpus.mjs";
import { failingGoDownload } from "./lib/failure.mjs";
import { startServer } from "./lib/server.mjs";
import { noGo, upload } from "./lib/upload.mjs";

const folder = process.argv[2];
const go = process.env.FAULTSCAN_GO;
if (folder === undefined || go === undefined) {
  console.error("usage: FAULTSCAN_GO=/path/to/go node screenshots.mjs FOLDER");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });

/** Sharp enough for a README, at a third of a phone's bytes. */
const hand = { ...phone, deviceScaleFactor: 1.5 };
const table = { ...desk, viewport: { width: 1280, height: 860 } };
const at = (name) => join(folder, `${name}.png`);

const server = await startServer({}, { past: true });
const browser = await launch();
const contexts = [];
/** A page as somebody would have it. */
const open = async (settings) => {
  const context = await browser.newContext(settings);
  contexts.push(context);
  return (await openPage(context)).page;
};
/** Sets a page's section under its top edge and lets it come to rest. */
const show = async (page, selector) => {
  await page.locator(selector).first().waitFor();
  await page.locator(selector).first().evaluate((element) => {
    scrollTo({ top: element.getBoundingClientRect().top + scrollY - 64, behavior: "instant" });
  });
  await page.waitForTimeout(800);
};

try {
  await fillWithHistory(server);
  const failure = await failingGoDownload(server, go);
  console.log(`${failure.diagnosis.verdict.code}: ${failure.diagnosis.verdict.text}`);

  const scanner = await open({ ...hand, colorScheme: "light" });
  await scanner.goto(`${server.origin}/s#${failure.ticket.text}`);
  await scanner.getByRole("heading", { name: "Ticket accepted" }).waitFor();
  // Long enough for the meters to show a trace.
  await scanner.waitForTimeout(6000);
  await scanner.getByRole("button", { name: "Capture", exact: true }).click();
  await scanner.locator(".verdict").waitFor();
  await scanner.waitForTimeout(1000);
  await scanner.screenshot({ path: at("phone") });

  const asked = await upload(server, noGo);
  const [first, second] = asked.diagnosis.causes;
  const link = new URL(asked.report_url, server.origin);
  link.searchParams.set("failed", second.id);
  link.searchParams.set("working", first.id);
  const other = await open({ ...hand, colorScheme: "dark" });
  await other.goto(link.href);
  await other.locator("table.follows").first().waitFor();
  await show(other, "#what-if");
  await other.screenshot({ path: at("what-if") });

  const page = await open({ ...table, colorScheme: "light" });
  await page.goto(server.login);
  await page.waitForURL(/\/dashboard\//);
  const row = page.getByText(failure.diagnosis.verdict.code).first();
  await row.waitFor();
  await row.click();
  await page.locator(".verdict").first().waitFor();
  await page.waitForTimeout(1500);
  await page.screenshot({ path: at("dashboard") });

  await page.goto(`${server.origin}/dashboard/groups?order=reports`);
  await show(page, ".report-list");
  await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
  await page.screenshot({ path: at("groups") });

  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto(`${server.origin}/dashboard/trends`);
  await show(page, ".strips");
  await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
  await page.screenshot({ path: at("trends") });

  await page.goto(`${server.origin}/dashboard/reports/${asked.report_id}`);
  await show(page, "#tree");
  await page.locator("#tree .node.best[role=treeitem]").first().focus();
  await page.waitForTimeout(400);
  await page.screenshot({ path: at("tree") });
} finally {
  for (const context of contexts) await context.close();
  await browser.close();
  await server.stop();
}
