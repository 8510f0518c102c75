import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");

/** The folder with the built binaries. */
export const binaries = process.env.FAULTSCAN_BIN_DIR ?? join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug");

const READY_MS_MAX = 30_000;

function runToEnd(name, args) {
  const done = spawnSync(join(binaries, name), args, { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`${name} ${args.join(" ")}: ${done.stderr || done.error}`);
  return done.stdout;
}

/**
 * Starts a real server on a data folder of its own, with one project. `settings` are fields of the
 * configuration, such as `{"limits.clock_skew_max_s": 0}`. With `past` its clock can be set back, so that
 * reports of earlier days can be sent: `await server.goBack(days)`.
 */
export async function startServer(settings = {}, { past = false } = {}) {
  const data = mkdtempSync(join(tmpdir(), "faultscan-browser-"));
  const project = JSON.parse(runToEnd("ingest-server", ["projects", "new", "browser", "--json", "--data", data]));
  const env = { ...process.env };
  for (const [field, value] of Object.entries(settings)) {
    env[`FAULTSCAN_${field.toUpperCase().replaceAll(".", "__")}`] = String(value);
  }
  const serve = ["serve", "--data", data, "--listen", "127.0.0.1:0", "--udp", "127.0.0.1:0"];
  const [program, args] = past ? ["examples/at_times", ["--data", data]] : ["ingest-server", serve];
  const child = spawn(join(binaries, program), args, { env, stdio: ["pipe", "pipe", "pipe"] });
  let clockSet = () => {};
  let log = "";
  child.stderr.on("data", (chunk) => {
    log += chunk;
  });
  const ready = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the server is not ready; its log:\n${log}`)), READY_MS_MAX);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}; its log:\n${log}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("behind ")) clockSet();
      const found = /^faultscan ready .*?http=(\S+).*?login=(\S+)/.exec(line);
      if (found === null) return;
      clearTimeout(timer);
      const [, udpHost, udpPort] = /udp=(\S+):(\d+)/.exec(line) ?? [];
      resolve({ origin: found[1], login: found[2], udp: { host: udpHost, port: Number(udpPort) } });
    });
  });
  const authorization = `Bearer ${project.api_key}`;

  return {
    ...ready,
    project,
    /** Sets the clock of a server that was started with `past`. */
    async goBack(days) {
      const done = new Promise((resolve) => {
        clockSet = resolve;
      });
      child.stdin.write(`${Math.round(days * 86_400_000)}\n`);
      await done;
    },
    /** A new ticket, as `POST /v1/tickets` answers. */
    async ticket(request = {}) {
      const environment = { os: "linux", arch: "amd64", network_type: "ethernet", app_version: "1.0" };
      const answer = await fetch(`${ready.origin}/v1/tickets`, {
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        body: JSON.stringify({ environment, ttl_s: 600, ...request }),
      });
      if (answer.status !== 201) throw new Error(`no ticket: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
    /** The bytes of a ticket's QR code, as the server draws it. */
    async qrPng(ticket) {
      const answer = await fetch(new URL(ticket.qr_png, ready.origin), { headers: { authorization } });
      if (answer.status !== 200) throw new Error(`no QR code: ${answer.status}`);
      return Buffer.from(await answer.arrayBuffer());
    },
    async metrics() {
      return (await fetch(`${ready.origin}/metrics`)).text();
    },
    log: () => log,
    async stop() {
      child.removeAllListeners("exit");
      const ended = new Promise((resolve) => child.once("exit", resolve));
      if (past) child.stdin.end();
      else child.kill("SIGTERM");
      await ended;
      rmSync(data, { recursive: true, force: true });
    },
  };
}
