import assert from "node:assert/strict";

/** Of what a phone sends, what has to stand in the report. A half of a surrogate pair can't travel. */
const travelled = (text) => text.replace(/\p{Surrogate}/gu, "\ufffd");

const SECRET = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Somebody at the dashboard: gives the search by words. */
export async function loggedIn(server) {
  const token = new URL(server.login).hash.replace("#token=", "");
  const json = { "content-type": "application/json" };
  const login = await fetch(`${server.origin}/v1/login`, { method: "POST", headers: json, body: JSON.stringify({ token }) });
  assert.equal(login.status, 200, "login");
  const cookie = login.headers.get("set-cookie").split(";")[0];
  return async (words) => {
    const answer = await fetch(`${server.origin}/v1/reports?q=${encodeURIComponent(words)}`, { headers: { cookie } });
    assert.equal(answer.status, 200, "search");
    return (await answer.json()).items;
  };
}

/** Reads a report as a phone does, and compares it with what the scenario logged. */
export async function checkReport(origin, { id, capability, expected }) {
  const response = await fetch(`${origin}/v1/reports/${id}`, { headers: { authorization: `Bearer ${capability}` } });
  assert.equal(response.status, 200, `report ${id}`);
  const report = await response.json();
  const own = report.logs.filter(({ source }) => source !== "console");
  if (expected.lines) {
    const wanted = expected.lines.map(([level, message, source]) => [level, travelled(message), source]);
    const last = wanted.at(-1);
    const found = own.map(({ level, message, source }) => [level, message, source]).filter(([, , source]) => source !== "ticket");
    assert.deepEqual(found.slice(0, -1), wanted.slice(0, -1), "each line as it was logged");
    assert.equal(JSON.stringify(report).includes(SECRET), false, "no secret reaches the server");
    assert.match(found.at(-1)[1], /^Authorization: .*\[redacted:/, last[1]);
    assert.equal(report.environment.app.name, "商城");
  }
  if (expected.console) {
    const said = report.logs.filter(({ source }) => source === "console").map(({ message }) => message);
    assert.deepEqual(said, ["from the console: 连接被拒绝"]);
  }
  if (expected.only) assert.deepEqual(own.filter(({ source }) => source !== "ticket").map(({ message }) => message), expected.only);
  for (const text of expected.contains ?? []) assert.ok(own.some(({ message }) => message.includes(text)), text);
  if (expected.urgent) {
    assert.deepEqual(report.urgent.map(({ kind }) => kind), [expected.urgent], "urgent events of the session");
  }
  const kinds = report.items.map(({ kind }) => kind);
  if (expected.items) assert.ok(kinds.includes(expected.items), `${expected.items} among ${kinds}`);
  if (expected.noItems) assert.ok(!kinds.includes(expected.noItems), `no ${expected.noItems} among ${kinds}`);
  if (expected.host) assert.equal(report.environment.sdk.host, expected.host);
  if (expected.last) assert.equal(own.at(-1).message, expected.last);
  if (expected.rtt) assert.ok(report.rtt.sent > 0 && report.rtt.median_ms >= 0, "round trips were measured");
  if (expected.fps) {
    assert.equal(report.fps.source, expected.fps);
    assert.ok(report.fps.mean > 0, "frames were measured");
  }
  if (expected.visibility) {
    const seen = report.items.filter(({ kind }) => kind === "visibility").map(({ text }) => text);
    assert.deepEqual(seen, expected.visibility);
  }
}
