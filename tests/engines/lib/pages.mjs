import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("..", import.meta.url));

/** The built package; another folder where `FAULTSCAN_SDK_DIR` says so. */
export const sdkDir = process.env.FAULTSCAN_SDK_DIR ?? join(here, "../../sdk-wasm/npm");

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
  ".json": "application/json",
};

/**
 * Serves the app's pages on an origin of their own, and passes wishes about the network on to `gate`. The
 * policy is the one that the guide asks for.
 */
export async function startPages(
  gate,
  roots = { "/sdk/": join(sdkDir, "dist"), "/": join(here, "pages") },
  endpoint = gate.origin,
) {
  const policy = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ${endpoint}`;
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://pages");
    if (pathname === "/network") {
      gate.network(searchParams.get("mode"), Number(searchParams.get("times")));
      return response.writeHead(204).end();
    }
    const [prefix, folder] = Object.entries(roots).find(([start]) => pathname.startsWith(start));
    const path = normalize(join(folder, pathname.slice(prefix.length) || "index.html"));
    try {
      if (!path.startsWith(normalize(folder))) throw new Error("outside");
      const body = await readFile(path);
      const type = TYPES[extname(path)] ?? "application/octet-stream";
      response.writeHead(200, { "content-type": type, "content-security-policy": policy }).end(body);
    } catch {
      response.writeHead(404, { "content-type": "text/plain" }).end("not found");
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
