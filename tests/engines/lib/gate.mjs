import { createServer, request } from "node:http";

/**
 * Each session reads the keys before it begins, and two sessions may do so at once. An urgent event waits
 * for nothing.
 */
const APART = ["/.well-known/faultscan/keys.json", "/v1/urgent"];

/** Requests of the SDK, as opposed to the browser's own preflights. */
const isOurs = ({ method }) => method !== "OPTIONS";

/** What an app's server or a captive portal says in the server's place. */
const OWN_ANSWERS = {
  unavailable: { status: 503, headers: { "retry-after": "0" }, body: "" },
  garbage: { status: 200, headers: { "content-type": "text/html" }, body: "<html>Please log in to Free WiFi</html>" },
};

/**
 * A network between the app and the real server that can be made to fail: `off` cuts connections,
 * `slow` never answers, `unavailable` and `garbage` answer in the server's place. What passes is
 * passed on unchanged.
 */
export async function startGate(upstream) {
  let mode = "pass";
  let left = Number.POSITIVE_INFINITY;
  // Requests under way, and those that met one which came to its end: at most one of the SDK's may be on
  // the wire. That one was given up shows here only when its connection is closed, later.
  const under = new Set();
  const met = [];
  const { hostname, port } = new URL(upstream);

  const now = () => {
    const found = mode;
    if (mode !== "pass" && --left <= 0) mode = "pass";
    return found;
  };

  const server = createServer((incoming, outgoing) => {
    const ours = isOurs(incoming);
    const name = `${incoming.method} ${incoming.url}`;
    if (ours && !APART.includes(incoming.url)) {
      const own = { name, meets: [] };
      for (const other of under) other.meets.push(name);
      under.add(own);
      outgoing.once("close", () => {
        under.delete(own);
        if (outgoing.writableFinished) met.push(...own.meets.map((other) => `${own.name} with ${other}`));
      });
    }
    // A cut wire cuts preflights too, but counts only what the SDK asked.
    const how = ours ? now() : mode === "off" ? "off" : "pass";
    if (how === "off") return incoming.socket.destroy();
    if (how === "slow") return incoming.resume();
    const own = OWN_ANSWERS[how];
    if (own) {
      incoming.resume();
      incoming.once("end", () => {
        outgoing.writeHead(own.status, { "access-control-allow-origin": "*", ...own.headers });
        outgoing.end(own.body);
      });
      return;
    }
    const { method, url: path, headers } = incoming;
    const onward = request({ hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    onward.once("error", () => incoming.socket.destroy());
    incoming.pipe(onward);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    met,
    /** The next `times` requests meet this; later ones pass. */
    network(next, times = Number.POSITIVE_INFINITY) {
      mode = next;
      left = times || Number.POSITIVE_INFINITY;
    },
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
