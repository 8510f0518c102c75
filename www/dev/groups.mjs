/** Groups, trends and facets of the sample reports, as the real server would tell them. */
const HOUR_MS = 3_600_000;
const edits = new Map();

export function groupId(summary) {
  const text = `${summary.code}/${summary.cause}`;
  let hash = 0n;
  for (const char of text)
    hash = (hash * 1_099_511_628_211n + BigInt(char.codePointAt(0))) & ((1n << 128n) - 1n);
  return hash.toString(16).padStart(32, "0");
}

export const stateOf = (summary) => edits.get(groupId(summary))?.state ?? "new";

function steps(hours, stepHours) {
  const step_ms = stepHours * HOUR_MS;
  const count = Math.floor(hours / stepHours);
  return { step_ms, count, from_ms: (Math.floor(Date.now() / step_ms) - count + 1) * step_ms };
}

function curve(summaries, { from_ms, step_ms, count }) {
  const counts = Array(count).fill(0);
  for (const { received_at_ms } of summaries) {
    const at = Math.floor((received_at_ms - from_ms) / step_ms);
    if (at >= 0 && at < count) counts[at] += 1;
  }
  return { from_ms, step_ms, counts };
}

function gather(summaries, key) {
  const found = new Map();
  for (const summary of summaries)
    found.set(key(summary), [...(found.get(key(summary)) ?? []), summary]);
  return found;
}

function view(id, members, days) {
  const [newest] = members;
  const times = members.map((m) => m.received_at_ms);
  const { state = "new", assignee = "", note = "", history = [] } = edits.get(id) ?? {};
  const {
    code,
    family,
    title,
    title_zh,
    cause,
    cause_title,
    cause_title_zh,
    severity,
    status,
    project,
  } = newest;
  return {
    id,
    ...{
      code,
      family,
      title,
      title_zh,
      cause,
      cause_title,
      cause_title_zh,
      severity,
      status,
      project,
    },
    captures: {},
    ...{ state, assignee, note, history },
    state_at_ms: history[0]?.at_ms ?? Math.min(...times),
    first_seen_ms: Math.min(...times),
    last_seen_ms: Math.max(...times),
    reports: members.length,
    right: 0,
    wrong: 0,
    feedback: [],
    curve: curve(members, steps(24 * days, 24)),
  };
}

export function list(summaries, wanted) {
  const all = [...gather(summaries, groupId)].map(([id, members]) => view(id, members, 14));
  const order = wanted.get("order") ?? "";
  const by = order === "" ? "last_seen_ms" : order === "reports" ? order : `${order}_ms`;
  const q = (wanted.get("q") ?? "").toLowerCase();
  const items = all
    .filter((group) => !wanted.get("state") || group.state === wanted.get("state"))
    .filter((group) => JSON.stringify(group).toLowerCase().includes(q))
    .sort((a, b) => b[by] - a[by]);
  return { items, next: null };
}

export function one(summaries, id) {
  const members = gather(summaries, groupId).get(id);
  return members === undefined ? null : view(id, members, 30);
}

export function change(id, edit) {
  const before = edits.get(id) ?? { history: [] };
  const entry =
    edit.state === undefined ? [] : [{ at_ms: Date.now(), state: edit.state, report: null }];
  edits.set(id, { ...before, ...edit, history: [...entry, ...before.history] });
}

export function trends(summaries, wanted) {
  const span = steps(Number(wanted.get("hours") ?? 336), Number(wanted.get("step") ?? 24));
  const by = wanted.get("by") ?? "code";
  const series = [...gather(summaries, (s) => s[by])].map(([key, members]) => {
    const { counts } = curve(members, span);
    const title = by === "cause" ? "cause_title" : "title";
    return {
      key,
      title: members[0][title],
      title_zh: members[0][`${title}_zh`],
      total: counts.reduce((a, b) => a + b, 0),
      counts,
    };
  });
  const { from_ms, step_ms, count } = span;
  const shown = series.filter((one) => one.total > 0).sort((a, b) => b.total - a.total);
  return { from_ms, step_ms, series: shown, others: Array(count).fill(0), others_count: 0 };
}

export function facets(summaries) {
  const values = (field, title) =>
    [...gather(summaries, (s) => s[field])]
      .filter(([value]) => value)
      .map(([value, members]) => ({
        value,
        title: title ? members[0][title] : "",
        title_zh: title ? members[0][`${title}_zh`] : "",
        reports: members.length,
      }));
  const states = { new: 0, confirmed: 0, regressed: 0, fixed: 0 };
  for (const id of gather(summaries, groupId).keys()) states[edits.get(id)?.state ?? "new"] += 1;
  return {
    reports: summaries.length,
    states,
    projects: values("project"),
    families: values("family"),
    codes: values("code", "title"),
    causes: values("cause", "cause_title"),
    os: values("os"),
    app_versions: values("app_version"),
  };
}
