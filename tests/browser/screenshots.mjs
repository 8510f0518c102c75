// Takes the README's pictures: a real Go command fails under `diag qr`, a phone scans the ticket and
// shows the diagnosis, the dashboard shows the report. Usage: node screenshots.mjs FOLDER
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { desk, launch, openPage, phone } from "./lib/browser.mjs";
import { failingGoDownload } from "./lib/failure.mjs";
import { startServer } from "./lib/server.mjs";

const folder = process.argv[2];
const go = process.env.FAULTSCAN_GO;
if (folder === undefined || go === undefined) {
  console.error("usage: FAULTSCAN_GO=/path/to/go node screenshots.mjs FOLDER");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });

const server = await startServer();
const browser = await launch();
try {
  const failure = await failingGoDownload(server, go);
  console.log(`${failure.diagnosis.verdict.code}: ${failure.diagnosis.verdict.text}`);

  const hand = await browser.newContext({ ...phone, colorScheme: "light" });
  const { page } = await openPage(hand);
  await page.goto(`${server.origin}/s#${failure.ticket.text}`);
  await page.getByRole("heading", { name: "Ticket accepted" }).waitFor();
  // Long enough for the meters to show a trace.
  await page.waitForTimeout(6000);
  await page.getByRole("button", { name: "Capture", exact: true }).click();
  await page.locator(".verdict").waitFor();
  await page.waitForTimeout(1000);
  await page.screenshot({ path: join(folder, "phone.png") });
  await hand.close();

  const table = await browser.newContext({ ...desk, colorScheme: "light" });
  const dashboard = (await openPage(table)).page;
  await dashboard.goto(server.login);
  await dashboard.waitForURL(/\/dashboard\//);
  const row = dashboard.getByText(failure.diagnosis.verdict.code).first();
  await row.waitFor();
  await row.click();
  await dashboard.locator(".verdict").first().waitFor();
  await dashboard.waitForTimeout(1500);
  await dashboard.screenshot({ path: join(folder, "dashboard.png") });
  await table.close();
} finally {
  await browser.close();
  await server.stop();
}
