import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binaries } from "./server.mjs";

/** A loopback port that nobody listens on. */
async function closedPort() {
  const server = createServer();
  const port = await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server.address().port)));
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Runs a real `go mod download` that can't reach its module proxy under `diag qr`, offline with the
 * project's secret. Gives the document that it prints: the diagnosis and the ticket.
 */
export async function failingGoDownload(server, go) {
  const folder = mkdtempSync(join(tmpdir(), "faultscan-go-"));
  try {
    writeFileSync(
      join(folder, "go.mod"),
      "module example.test/app\n\ngo 1.21\n\nrequire golang.org/x/text v0.14.0\n",
    );
    const env = {
      ...process.env,
      HOME: folder,
      GOPATH: join(folder, "go"),
      GOCACHE: join(folder, "cache"),
      GOENV: "off",
      GOFLAGS: "-mod=mod",
      GONOSUMDB: "*",
      GOTOOLCHAIN: "local",
      GOPROXY: `http://127.0.0.1:${await closedPort()}`,
      FAULTSCAN_TICKET_SECRET: server.project.ticket_secret,
    };
    const args = ["qr", "--json", "--origin", server.origin, "--", go, "mod", "download"];
    const done = spawnSync(join(binaries, "diag"), args, { cwd: folder, env, encoding: "utf8" });
    if (done.status !== 1) throw new Error(`diag qr ended with ${done.status}: ${done.stderr}`);
    return JSON.parse(done.stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
