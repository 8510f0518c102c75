/**
 * A small server that speaks Faultscan's HTTP API with sample data, for working on the pages without
 * the real one. It serves dist under the real content security policy. Never part of dist.
 *
 *   npm run build && node dev/server.mjs [--port 8787] [--reports 24] [--public] [--delay ms] [--fail 503]
 */
import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import * as catalogue from "./catalogue.mjs";
import { diagnose } from "./diagnoses.mjs";
import * as groups from "./groups.mjs";
import { summary as facts, makeReport, sampleReports, view } from "./reports.mjs";
import { issue, keys, qrSvg } from "./tickets.mjs";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));
const args = process.argv.slice(2);
const option = (name, fallback) => {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? fallback : (args[at + 1] ?? fallback);
};
const port = Number(option("port", "8787"));
const origin = `http://127.0.0.1:${port}`;
const TOKEN = "dev-token-0001";
const state = {
  reports: sampleReports(Number(option("reports", "24"))),
  signedIn: args.includes("--signed-in"),
  delayMs: Number(option("delay", "0")),
  fail: Number(option("fail", "0")),
  streams: new Set(),
};

const CSP =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; font-src 'self'; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

function json(response, status, body) {
  response.writeHead(status, {
    "content-type": status < 400 ? "application/json" : "application/problem+json",
    "cache-control": "no-store",
  });
  response.end(JSON.stringify(body));
}

function problem(response, status, reason, detail = reason) {
  json(response, status, { type: `about:blank#${reason}`, title: reason, status, reason, detail });
}

function file(response, path) {
  const full = join(DIST, normalize(path));
  if (!full.startsWith(DIST) || !existsSync(full)) return problem(response, 404, "not_found");
  response.writeHead(200, {
    "content-type": TYPES[extname(full)] ?? "application/octet-stream",
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
  });
  createReadStream(full).pipe(response);
}

async function body(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const summary = (report) => {
  const found = facts(report);
  return { ...found, group: groups.groupId(found), state: groups.stateOf(found) };
};

function emit(event, report) {
  for (const stream of state.streams)
    stream.write(`event: ${event}\ndata: ${JSON.stringify(summary(report))}\n\n`);
}

function events(request, response) {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write(": hello\n\n");
  state.streams.add(response);
  const beat = setInterval(() => response.write(": beat\n\n"), 15_000);
  request.on("close", () => {
    clearInterval(beat);
    state.streams.delete(response);
  });
}

function listReports(url, response) {
  const get = (name) => url.searchParams.get(name) ?? "";
  const limit = Number(get("limit") || 50);
  const found = state.reports
    .filter((r) => get("before") === "" || r.received_at_ms < Number(get("before")))
    .map((r) => ({ r, s: summary(r) }))
    .filter(({ s }) => get("code") === "" || s.code === get("code"))
    .filter(({ s }) => get("family") === "" || s.family === get("family"))
    .filter(({ s }) => get("group") === "" || s.group === get("group"))
    .filter(({ s }) => get("state") === "" || s.state === get("state"))
    .filter(
      ({ r, s }) =>
        get("q") === "" ||
        JSON.stringify([s, r.logs]).toLowerCase().includes(get("q").toLowerCase()),
    )
    .map(({ s }) => s)
    .sort((a, b) => b.received_at_ms - a.received_at_ms);
  json(response, 200, {
    items: found.slice(0, limit),
    next: found.length > limit ? found[limit - 1].received_at_ms : null,
    total: found.length,
    total_exact: true,
  });
}

function mayRead(request, report) {
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  return bearer === undefined ? state.signedIn : bearer === report.capability;
}

async function oneReport(request, response, [id, action]) {
  const report = state.reports.find((r) => r.id === id);
  if (report === undefined) return problem(response, 404, "report_not_found");
  if (!mayRead(request, report)) return problem(response, 403, "not_yours");
  if (action === undefined) return json(response, 200, view(report));
  // The engine is the real server's: its trees and what-if questions are not made up here.
  if (request.method === "GET") return problem(response, 404, "not_found");
  const given = JSON.parse(await body(request));
  if (action === "feedback") {
    report.feedback.push({ ...given, at_ms: Date.now() });
    return json(response, 200, { ok: true });
  }
  report.answers = [...report.answers.filter((a) => a.check !== given.check), given];
  emit("updated", report);
  json(response, 200, diagnose(catalogue.items, report.logs, report.answers));
}

async function takeSnapshot(request, response) {
  await body(request);
  const report = makeReport("go", Date.now());
  state.reports.unshift(report);
  emit("report", report);
  json(response, 200, {
    outcome: "accepted",
    report_id: report.id,
    capability: report.capability,
    report_url: `/r#${report.id}.${report.capability}`,
    received_at_ms: Date.now(),
    clock_skew_ms: 84,
    diagnosis: view(report).diagnosis,
    control: { enabled: true, sample_rate: 1 },
  });
}

/** A stand-in for the server's search: codes that hold every word. */
function searched(q) {
  const words = q.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
  return catalogue.items.filter((item) => {
    const text = [item.code, item.title, item.title_zh].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

async function login(request, response) {
  const { token } = JSON.parse(await body(request));
  if (token !== TOKEN) return problem(response, 401, "bad_token");
  state.signedIn = true;
  json(response, 200, { csrf_token: "dev-csrf" });
}

async function api(request, response, url) {
  const parts = url.pathname.split("/").slice(2).map(decodeURIComponent);
  const [area, ...rest] = parts;
  if (state.fail !== 0 && area !== "me") return problem(response, state.fail, "overloaded");
  if (area === "ping") return response.writeHead(204).end();
  if (area === "me")
    return json(response, 200, {
      authenticated: state.signedIn,
      csrf_token: state.signedIn ? "dev-csrf" : null,
      public_origin: origin,
    });
  if (area === "login") return login(request, response);
  if (area === "logout") {
    state.signedIn = false;
    return json(response, 200, {});
  }
  if (area === "snapshots") return takeSnapshot(request, response);
  if (area === "catalogue") {
    if (rest[0] === undefined)
      return json(response, 200, {
        version: catalogue.version,
        items: searched(url.searchParams.get("q") ?? ""),
      });
    const found = catalogue.entry(rest[0]);
    return found === null ? problem(response, 404, "no_such_code") : json(response, 200, found);
  }
  if (area === "reports" && rest[0] !== undefined) return oneReport(request, response, rest);
  if (!state.signedIn) return problem(response, 401, "not_authenticated");
  if (area === "events") return events(request, response);
  if (area === "reports") return listReports(url, response);
  const all = () => state.reports.map(summary).sort((a, b) => b.received_at_ms - a.received_at_ms);
  if (area === "facets") return json(response, 200, groups.facets(all()));
  if (area === "trends") return json(response, 200, groups.trends(all(), url.searchParams));
  if (area === "groups") {
    if (rest[0] === undefined) return json(response, 200, groups.list(all(), url.searchParams));
    if (request.method === "POST") groups.change(rest[0], JSON.parse(await body(request)));
    const found = groups.one(all(), rest[0]);
    return found === null ? problem(response, 404, "not_found") : json(response, 200, found);
  }
  if (area === "tickets" && request.method === "POST")
    return json(response, 201, issue(JSON.parse(await body(request)), origin));
  if (area === "tickets") {
    const svg = qrSvg(rest[0]);
    if (svg === null) return problem(response, 404, "no_such_ticket");
    response.writeHead(200, { "content-type": "image/svg+xml" });
    return response.end(svg);
  }
  problem(response, 404, "not_found");
}

/** Lets a test put the server into a state: `POST /dev {"fail":503,"delayMs":9000,"signedIn":true,"add":"db"}`. */
async function control(request, response) {
  const { add, ...change } = JSON.parse(await body(request));
  Object.assign(state, change);
  if (add !== undefined) {
    const report = makeReport(add, Date.now());
    state.reports.unshift(report);
    emit("report", report);
  }
  json(response, 200, {
    reports: state.reports.slice(0, 8).map(({ id, capability }) => ({ id, capability })),
  });
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? "/", origin);
  try {
    if (url.pathname === "/dev") return await control(request, response);
    if (url.pathname.startsWith("/v1/")) {
      if (state.delayMs > 0) await new Promise((done) => setTimeout(done, state.delayMs));
      return await api(request, response, url);
    }
    if (url.pathname === "/.well-known/faultscan/keys.json") return json(response, 200, keys);
    if (url.pathname === "/") return response.writeHead(302, { location: "/dashboard/" }).end();
    if (url.pathname === "/s" || url.pathname === "/r") return file(response, "miniapp/index.html");
    if (url.pathname === "/login" || url.pathname.startsWith("/dashboard"))
      return file(response, "dashboard/index.html");
    return file(response, url.pathname);
  } catch (error) {
    problem(response, 400, "bad_body", String(error));
  }
});

server.listen(port, "127.0.0.1", () => {
  console.log(`faultscan fixtures ready http=${origin} login=${origin}/login#token=${TOKEN}`);
});
