// Measures the diagnosis on the phone in Chromium: loading module and catalogue, a diagnosis, one
// answer more. Prints `{"name":"diagnosis-wasm","figures":{…}}`, milliseconds, median and best.
import { launch, openPage, phone } from "./lib/browser.mjs";
import { startServer } from "./lib/server.mjs";

const server = await startServer();
const browser = await launch();
try {
  const { page } = await openPage(await browser.newContext(phone));
  await page.goto(`${server.origin}/s`);
  const figures = await page.evaluate(async () => {
    const ROUNDS = 60;
    const seen =
      "org.postgresql.util.PSQLException: Connection to 10.0.3.21:5432 refused. Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections.";
    const address = /\/assets\/diagnosis-[\w-]+\.js/.exec(await (await fetch("/sw.js")).text())[0];
    const { loadDiagnosis } = await import(address);
    const { keys } = await (await fetch("/.well-known/faultscan/keys.json")).json();
    const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    const pack = new Uint8Array(await (await fetch("/v1/catalogue/pack?lang=all")).arrayBuffer());
    const begun = performance.now();
    const local = await loadDiagnosis(pack, keys.map((key) => bytes(key.public_key)));
    const figures = { load: performance.now() - begun };
    const lines = [];
    for (let size = 0; size < 60 * 1024; size += lines.at(-1).length) {
      lines.push(`2026-03-04T05:06:07.000Z INFO http request id=${lines.length} path=/v1/orders/${lines.length * 7} status=200 took=12ms`);
    }
    const measure = async (name, prepare, work) => {
      const taken = [];
      for (let i = 0; i < ROUNDS; i++) {
        prepare();
        const at = performance.now();
        await work();
        taken.push(performance.now() - at);
      }
      taken.sort((a, b) => a - b);
      figures[name] = taken[ROUNDS / 2];
      figures[`${name}_best`] = taken[0];
    };
    for (const [name, input] of [
      ["few_lines", { lines: ["starting", seen] }],
      ["60_kb", { lines: [...lines, seen] }],
    ]) {
      const first = local.diagnose(input);
      const check = first.next_checks[0].id;
      await measure(`diagnose_${name}`, () => {}, () => local.diagnose(input));
      await measure(`answer_${name}`, () => local.diagnose(input), () => local.answer(check, "no"));
      await measure(`expand_${name}`, () => {}, () => local.expand(first.graph.top));
    }
    return figures;
  });
  for (const name of Object.keys(figures)) figures[name] = Number(figures[name].toFixed(2));
  console.log(JSON.stringify({ name: "diagnosis-wasm", figures }));
} finally {
  await browser.close();
  await server.stop();
}
