// Measures the fault tree in the real page, as a phone with a processor four times slower has it: 200
// nodes are loaded, panned, zoomed, opened and closed. No catalogue makes a tree at hand of 200 nodes yet, so the
// report's answer gets one on its way to the page. Prints `{"name":"tree","figures":{…}}`: for each
// action the frames drawn while it went on (median, 95th percentile and worst, milliseconds) and
// the share that took longer than two frames of 60 Hz.
import { launch, openPage, phone } from "./lib/browser.mjs";
import { startServer } from "./lib/server.mjs";
import { refused, upload } from "./lib/upload.mjs";

const THROTTLE = Number(process.env.THROTTLE ?? 4);
/** Gates below the top, gates below each of those, events below each of those. */
const SHAPE = [8, 4, 5];
const LATE_MS = 2 * (1000 / 60) + 1;

/** A tree of 201 nodes, as a diagnosis carries it. */
function largeGraph() {
  const nodes = [];
  const edges = [];
  const add = (id, parent, level, at) => {
    const isGate = level < SHAPE.length;
    const best = at.every((place) => place === 0);
    nodes.push({
      id,
      kind: isGate ? "gate" : "basic",
      gate: isGate ? (level === 2 ? "and" : "or") : null,
      k: null,
      title: `${isGate ? "Something of part" : "The disk of node"} ${id.replaceAll("-", ".")} has failed or cannot be reached`,
      title_zh: `节点 ${id} 发生故障或无法访问`,
      probability: best ? 0.8 : 0.4 / (1 + nodes.length % 17),
      prior: 0.01,
      observed: level === 1 && best ? true : null,
      in_best_cut_set: best && !isGate,
      inputs: isGate ? SHAPE[level] : 0,
      below: 0,
      merged: [],
    });
    if (parent !== null) edges.push({ from: parent, to: id });
    for (let i = 0; isGate && i < SHAPE[level]; i++) add(`${id}-${i + 1}`, id, level + 1, [...at, i]);
  };
  add("n", null, 0, []);
  return { version: "large", top: "n", nodes, edges, total: nodes.length, merged: 0, pruned: 0, hidden: 0 };
}

const server = await startServer();
const browser = await launch();
try {
  const answer = await upload(server, refused("10.0.3.21"));
  const context = await browser.newContext(phone);
  const { page } = await openPage(context);
  page.setDefaultTimeout(60_000);
  await page.route(`**/v1/reports/${answer.report_id}`, async (route) => {
    const response = await route.fetch();
    const report = await response.json();
    report.diagnosis.graph = largeGraph();
    await route.fulfill({ response, json: report });
  });
  await page.goto(`${server.origin}${answer.report_url}`);
  const items = page.locator('#tree [role="treeitem"]');
  await items.first().waitFor();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: THROTTLE });

  const figures = {};
  /** Frames while something goes on, and until the page has come to rest. */
  const measure = async (name, work) => {
    await page.evaluate(() => {
      const frames = [];
      let last = performance.now();
      const tick = (now) => {
        frames.push(now - last);
        last = now;
        globalThis.frameTimer = requestAnimationFrame(tick);
      };
      globalThis.frameTimes = frames;
      globalThis.frameTimer = requestAnimationFrame(tick);
    });
    await work();
    await page.waitForTimeout(150);
    const frames = await page.evaluate(() => {
      cancelAnimationFrame(globalThis.frameTimer);
      return globalThis.frameTimes.slice(1);
    });
    frames.sort((a, b) => a - b);
    const at = (share) => Number((frames[Math.min(frames.length - 1, Math.floor(share * frames.length))] ?? 0).toFixed(1));
    figures[name] = {
      frames: frames.length,
      median_ms: at(0.5),
      p95_ms: at(0.95),
      worst_ms: at(1),
      late: Number((frames.filter((ms) => ms > LATE_MS).length / Math.max(frames.length, 1)).toFixed(3)),
    };
  };
  const button = (name) => page.locator("#tree").getByRole("button", { name, exact: true });
  const finger = async (points) => {
    const touch = (type, touchPoints) => cdp.send("Input.dispatchTouchEvent", { type, touchPoints });
    await touch("touchStart", points(0));
    for (let i = 1; i <= 60; i++) {
      await touch("touchMove", points(i / 60));
      await page.waitForTimeout(8);
    }
    await touch("touchEnd", []);
  };

  if (await button("Expand all").count()) await button("Expand all").click();
  await page.waitForTimeout(1000);
  figures.outline_items = await items.count();
  await page.locator("#tree").scrollIntoViewIfNeeded();
  await measure("outline_scroll", async () => {
    for (let i = 0; i < 40; i++) {
      await page.mouse.wheel(0, 120);
      await page.waitForTimeout(16);
    }
  });

  await measure("to_diagram", async () => {
    await button("Diagram").click();
    await page.locator(".tree-canvas.diagram").waitFor();
  });
  figures.items = await items.count();
  await page.locator(".tree.diagram").evaluate((element) => element.scrollIntoView({ block: "center" }));
  const box = await page.locator(".tree-viewport.diagram").boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await measure("pan", () => finger((t) => [{ x: x + 130 * Math.sin(t * 12), y: y + 20 * Math.sin(t * 9) }]));
  await measure("pinch_out_and_in", () =>
    finger((t) => {
      const apart = 30 + 80 * Math.abs(Math.sin(t * Math.PI * 2));
      return [
        { x: x - apart, y, id: 0 },
        { x: x + apart, y, id: 1 },
      ];
    }),
  );
  await measure("fit_all", () => button("Fit").click());
  await measure("pan_whole", () => finger((t) => [{ x: x + 100 * Math.sin(t * 12), y: y + 20 * Math.sin(t * 9) }]));
  await measure("zoom_by_button", async () => {
    for (let i = 0; i < 4; i++) await button("Zoom in").click();
  });
  const gate = page.locator('#tree [role="treeitem"][aria-level="2"][aria-expanded="true"]').first();
  await gate.focus();
  await measure("collapse_by_key", () => page.keyboard.press("Enter"));
  await measure("expand_by_key", () => page.keyboard.press("Enter"));
  await measure("walk_by_key", async () => {
    for (let i = 0; i < 20; i++) await page.keyboard.press("ArrowDown");
  });
  console.log(JSON.stringify({ name: "tree", figures: { cpu_throttled: THROTTLE, ...figures } }, null, process.stdout.isTTY ? 2 : 0));
} finally {
  await browser.close();
  await server.stop();
}
