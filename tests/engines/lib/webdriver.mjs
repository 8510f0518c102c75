import { spawn } from "node:child_process";
import { createServer } from "node:net";

const START_MS = 30_000;
const SCRIPT_MS = 120_000;

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A program that ends with this one, and what it started with it; `log` is what it said. */
export function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], detached: true, ...options });
  const kill = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It has ended.
    }
  };
  const last = () => kill("SIGKILL");
  process.once("exit", last);
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => said.push(chunk));
  child.on("error", (error) => said.push(String(error)));
  const ended = new Promise((resolve) => child.once("close", resolve));
  return {
    pid: child.pid,
    log: () => said.join(""),
    alive: () => child.exitCode === null && child.signalCode === null,
    async stop() {
      kill("SIGTERM");
      await ended;
      kill("SIGKILL");
      process.removeListener("exit", last);
    },
  };
}

/** Plain W3C WebDriver over HTTP: one session of one browser. */
export async function startSession(driver, port, capabilities) {
  const call = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${value.error}: ${value.message}\n${driver.log().slice(-2000)}`);
    return value;
  };
  const untilMs = Date.now() + START_MS;
  for (;;) {
    const ready = await call("GET", "/status").catch(() => undefined);
    if (ready?.ready) break;
    if (!driver.alive() || Date.now() > untilMs) throw new Error(`the driver did not start:\n${driver.log()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { sessionId, capabilities: got } = await call("POST", "/session", {
    capabilities: { alwaysMatch: capabilities },
  });
  const base = `/session/${sessionId}`;
  await call("POST", `${base}/timeouts`, { script: SCRIPT_MS });
  const execute = async (body, args) => {
    const script = `const done = arguments[arguments.length - 1];
      (async (...given) => {${body}})(...[...arguments].slice(0, -1)).then(
        (value) => done({ value }), (error) => done({ error: String(error) }));`;
    const { value, error } = await call("POST", `${base}/execute/async`, { script, args });
    if (error) throw new Error(error);
    return value;
  };
  return {
    capabilities: got,
    go: (url) => call("POST", `${base}/url`, { url }),
    /** Runs the body of an async function in the page. */
    run: (body, ...args) => execute(body, args),
    /** The same in the browser itself, where it is Firefox. */
    async inBrowser(body) {
      await call("POST", `${base}/moz/context`, { context: "chrome" });
      try {
        return await execute(body, []);
      } finally {
        await call("POST", `${base}/moz/context`, { context: "content" });
      }
    },
    close: () => call("DELETE", base),
  };
}

/** What both browsers behind a driver do with the app's page. */
export const inPage = (session, pages) => ({
  leave: () => session.go("about:blank"),
  async run(phase, world) {
    await session.go(pages.origin);
    return session.run(
      `const [phase, world] = given;
      while (!("runPhase" in globalThis)) await new Promise((resolve) => setTimeout(resolve, 20));
      return JSON.stringify(await runPhase(phase, world));`,
      phase,
      world,
    ).then(JSON.parse);
  },
});
