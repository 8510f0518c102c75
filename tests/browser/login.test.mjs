import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { desk, launch } from "./lib/browser.mjs";
import { startServer } from "./lib/server.mjs";

describe("the log-in", () => {
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

  it("takes the right link in the tab that refused a wrong one, once", async () => {
    const page = await (await browser.newContext(desk)).newPage();
    await page.goto(`${server.origin}/login#token=not-a-token-of-this-server`);
    await page.getByRole("heading", { name: "This token is not valid" }).waitFor();
    assert.equal(new URL(page.url()).hash, "");
    // Only what is behind `#` changes, so the browser loads no page.
    await page.goto(server.login);
    await page.getByRole("heading", { name: "No reports yet" }).waitFor();
    const other = await (await browser.newContext(desk)).newPage();
    await other.goto(server.login);
    await other.getByRole("heading", { name: "This token is not valid" }).waitFor();
  });
});
