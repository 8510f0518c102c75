// The server's diagnosis as the report page shows it.
const { pick } = require("./i18n");

const CAUSES_MAX = 6;

const percent = (share) => (share > 0 && share < 0.01 ? "< 1 %" : `${Math.round(share * 100)} %`);

/** A width for the bar; one that can be seen. */
const width = (share) => `${Math.max(2, Math.round(share * 100))}%`;

function report(diagnosis, language) {
  const text = (pair, name) => pick(pair, name, language);
  const { verdict, codes, causes, next_checks: checks, fixes } = diagnosis;
  const known = diagnosis.status === "explained";
  return {
    known,
    verdict: known ? text(verdict, "text") : "",
    sure: known && verdict.probability != null ? percent(verdict.probability) : "",
    codes: codes.map((code) => ({ code: code.code, title: text(code, "title") })),
    causes: causes.slice(0, CAUSES_MAX).map((cause) => ({
      id: cause.id,
      title: text(cause, "title"),
      share: percent(cause.posterior),
      width: width(cause.posterior),
    })),
    check: checks.length > 0 ? checkView(checks[0], text) : null,
    fixes: fixes.map((fix, index) => ({
      id: index,
      title: text(fix, "title"),
      command: text(fix, "command"),
      dryRun: text(fix, "dry_run"),
      undo: text(fix, "undo"),
      sideEffects: text(fix, "side_effects"),
    })),
  };
}

const checkView = (check, text) => ({
  id: check.id,
  question: text(check, "question"),
  command: text(check, "command"),
});

/** Up to 24 bars of a series, as heights in percent of the highest; unknown ones are empty. */
function bars(samples) {
  const newest = samples.slice(-24);
  const most = Math.max(1, ...newest.map((sample) => sample || 0));
  return newest.map((sample, index) => ({
    id: index,
    lost: sample === null,
    height: `${sample === null ? 100 : Math.max(4, Math.round((sample / most) * 100))}%`,
  }));
}

module.exports = { report, bars, percent };
