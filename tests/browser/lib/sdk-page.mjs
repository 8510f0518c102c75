import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

const npm = fileURLToPath(new URL("../../../sdk-wasm/npm/", import.meta.url));

/** The built package's folder, and the one that mini-programs copy. */
export const dist = `${npm}dist/`;
export const miniDist = `${npm}miniprogram_dist/`;

const TYPES = { html: "text/html", js: "text/javascript", wasm: "application/wasm" };
const PAGE = `<!doctype html><title>a shop</title><button id="slow">slow</button><script type="module">
  import * as sdk from "/index.js";
  globalThis.sdk = sdk;
  slow.addEventListener("click", () => { const end = performance.now() + 350; while (performance.now() < end); });
</script>`;

/** A shop's page on an origin of its own, with the built SDK beside it. */
export async function startShop() {
  const server = createServer((request, response) => {
    const name = request.url.split(/[?#]/)[0].slice(1) || "index.html";
    try {
      const body = name === "index.html" ? PAGE : name === "api" ? "{}" : readFileSync(dist + name);
      const type = TYPES[name.split(".").at(-1)] ?? "application/json";
      response.writeHead(200, { "content-type": type, "cache-control": "no-store" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Reads reports as a person who is logged in. */
export async function logIn(server) {
  const token = server.login.split("#token=")[1];
  const answer = await fetch(`${server.origin}/v1/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token }),
  });
  const cookie = answer.headers.get("set-cookie").split(";")[0];
  const read = async (path) => {
    const answer = await fetch(server.origin + path, { headers: { cookie } });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  return {
    read,
    /** The whole reports of a ticket, newest first, once there are so many. */
    async reportsOf(ticketId, count, ms = 15_000) {
      for (let end = Date.now() + ms; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
        const { items } = await read("/v1/reports?limit=100");
        const found = items.filter((item) => item.ticket_id === ticketId);
        if (found.length >= count) return Promise.all(found.map((item) => read(`/v1/reports/${item.id}`)));
        if (Date.now() > end) throw new Error(`${found.length} reports of ${ticketId}, not ${count}`);
      }
    },
  };
}
