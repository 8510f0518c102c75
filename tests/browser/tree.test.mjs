import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { desk, launch, openPage, phone } from "./lib/browser.mjs";
import { startServer } from "./lib/server.mjs";
import { noGo, upload } from "./lib/upload.mjs";

const STEP_MS = 30_000;

describe("the fault tree", () => {
  let server;
  let browser;
  let report;

  before(async () => {
    server = await startServer();
    browser = await launch();
    report = await upload(server, noGo);
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  const open = async (settings) => {
    const context = await browser.newContext(settings);
    const { page, faults } = await openPage(context);
    page.setDefaultTimeout(STEP_MS);
    await page.goto(new URL(report.report_url, server.origin).href);
    await page.locator('#tree [role="treeitem"]').first().waitFor();
    // The phone's page is narrow on any screen, and begins with an outline.
    await page.locator("#tree").getByRole("button", { name: "Diagram" }).click();
    await page.locator(".tree-canvas.diagram").waitFor();
    return { context, page, faults };
  };
  /** Where the drawing stands, and how large: x, y, scale. */
  const placed = (page) =>
    page.locator(".tree-canvas.diagram").evaluate((svg) => {
      const { a, e, f } = new DOMMatrix(getComputedStyle(svg).transform);
      return { x: e, y: f, k: a };
    });
  const middle = async (page) => {
    const viewport = page.locator(".tree-viewport.diagram");
    await viewport.evaluate((element) => element.scrollIntoView({ block: "center" }));
    const box = await viewport.boundingBox();
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  const items = (page) => page.locator('#tree [role="treeitem"]');

  it("is moved, scaled and opened by the mouse", async () => {
    const { context, page, faults } = await open(desk);
    const { x, y } = await middle(page);
    const first = await placed(page);
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x - 90, y + 20, { steps: 5 });
    await page.mouse.up();
    const moved = await placed(page);
    assert.ok(Math.abs(moved.x - first.x + 90) < 1 && Math.abs(moved.y - first.y - 20) < 1, JSON.stringify([first, moved]));
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -200);
    await page.keyboard.up("Control");
    assert.ok((await placed(page)).k > moved.k, "Ctrl and the wheel make it larger");
    await page.locator("#tree").getByRole("button", { name: "Fit" }).click();

    const gate = items(page).and(page.locator('[aria-expanded="true"][aria-level="2"]')).first();
    const before = await items(page).count();
    await gate.click();
    await page.waitForFunction((n) => document.querySelectorAll('#tree [role="treeitem"]').length < n, before);
    // What is looked at says why it is as likely as it is.
    await page.locator(".node-facts").getByText("at least as likely as the likeliest").waitFor();
    // What stands for more can be pressed anywhere in its box.
    const more = page.locator('#tree [role="treeitem"][aria-label^="Show"]').first();
    const closed = await items(page).count();
    await more.click();
    await page.waitForFunction((n) => document.querySelectorAll('#tree [role="treeitem"]').length > n, closed);
    assert.deepEqual(faults, []);
    await context.close();
  });

  it("is walked by keys, and what has the focus is in sight", async () => {
    const { context, page, faults } = await open(desk);
    await items(page).first().focus();
    const start = await placed(page);
    await page.keyboard.press("+");
    await page.keyboard.press("+");
    assert.ok((await placed(page)).k > start.k);
    for (const key of ["End", "Home", "ArrowDown", "ArrowRight", "End"]) {
      await page.keyboard.press(key);
      const inside = await page.evaluate(() => {
        const node = document.activeElement.getBoundingClientRect();
        const view = document.querySelector(".tree-viewport").getBoundingClientRect();
        const near = (a, b) => a >= b - 1;
        return near(node.left, view.left) && near(view.right, node.right) && near(node.top, view.top) && near(view.bottom, node.bottom);
      });
      assert.ok(inside, `${key} brings its node into view`);
    }
    await page.keyboard.press("0");
    await page.keyboard.press("Home");
    const before = await items(page).count();
    await page.keyboard.press("Enter");
    assert.equal(await items(page).count(), 1, "the top closed hides all");
    await page.keyboard.press("Enter");
    assert.equal(await items(page).count(), before);
    assert.deepEqual(faults, []);
    await context.close();
  });

  it("is pinched and pushed by fingers", async () => {
    const { context, page, faults } = await open(phone);
    const { x, y } = await middle(page);
    const cdp = await context.newCDPSession(page);
    const touch = (type, touchPoints) => cdp.send("Input.dispatchTouchEvent", { type, touchPoints });
    const apart = (by) => [
      { x: x - by, y, id: 0 },
      { x: x + by, y, id: 1 },
    ];
    const first = await placed(page);
    await touch("touchStart", apart(40));
    for (const by of [60, 80, 100]) await touch("touchMove", apart(by));
    await touch("touchEnd", []);
    const larger = await placed(page);
    assert.ok(larger.k > first.k * 1.5, `${first.k} to ${larger.k}`);
    await touch("touchStart", [{ x, y, id: 0 }]);
    for (const by of [20, 40, 60]) await touch("touchMove", [{ x: x + by, y, id: 0 }]);
    await touch("touchEnd", []);
    assert.ok((await placed(page)).x > larger.x + 30, "one finger pushes it");
    assert.deepEqual(faults, []);
    await context.close();
  });

  it("leaves as pictures and as text that other tools read", async () => {
    const { context, page, faults } = await open(desk);
    await page.locator("#tree").getByText("Export", { exact: true }).click();
    const saved = async (name) => {
      const started = page.waitForEvent("download");
      await page.locator(".tree-export").getByRole("button", { name, exact: true }).click();
      const download = await started;
      const bytes = Buffer.concat(await (await download.createReadStream()).toArray());
      return { name: download.suggestedFilename(), bytes, text: bytes.toString("utf8") };
    };
    const svg = await saved("SVG");
    assert.equal(svg.name, "fault-tree.svg");
    const shapes = await page.evaluate((text) => {
      const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
      const root = parsed.documentElement;
      return {
        broken: parsed.querySelector("parsererror") !== null,
        style: root.getAttribute("style"),
        width: Number(root.getAttribute("width")),
        words: root.textContent.includes("Go environment"),
      };
    }, svg.text);
    assert.equal(shapes.broken, false);
    assert.equal(shapes.style, null, "it is not where the reader had pushed it");
    assert.ok(shapes.width > 200 && shapes.words);
    const png = await saved("PNG");
    assert.deepEqual([...png.bytes.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
    assert.ok(png.bytes.readUInt32BE(16) > 400, "as wide as what is drawn");
    assert.match((await saved("Mermaid")).text, /^(flowchart|graph) /m);
    assert.match((await saved("DOT")).text, /digraph/);
    assert.match((await saved("Open-PSA")).text, /<opsa-mef/);
    assert.deepEqual(faults, []);
    await context.close();
  });
});
