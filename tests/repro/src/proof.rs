//! The catalogue's record of what was seen live.

use crate::judge::Judge;
use crate::run::{Done, Outcome};
use anyhow::{Context, Result};
use regex::Regex;
use serde::Serialize;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Most lines that a proof quotes.
const LINES_MAX: usize = 12;

/// Longest line quoted, in characters.
const LINE_CHARS_MAX: usize = 400;

#[derive(Serialize)]
struct Proof<'a> {
    code: &'a str,
    case: &'a str,
    software: &'a str,
    line: String,
}

/// Writes the proofs of all passed cases whose lines name the code by themselves, without the rest of
/// the log. Gives the number written.
pub(crate) fn write(done: &[Done<'_>], judge: &Judge, lab: &Path, file: &Path) -> Result<usize> {
    let plain = Plain::new(lab)?;
    let scratch = lab.join("proof.log");
    let mut text = String::from(
        "# Made by `cargo xtask repro --write`: what each code was seen in, live. Time stamps, process\n\
         # numbers, short-lived ports and folders are substituted.\n\nschema = 1\n",
    );
    let mut count = 0;
    for one in done {
        let Outcome::Passed(named) = &one.outcome else {
            continue;
        };
        if one.case.code == "none" {
            continue;
        }
        let lines = named.lines.iter().take(LINES_MAX);
        let lines: Vec<String> = lines.map(|line| plain.line(line)).collect();
        let line = lines.join("\n");
        fs::write(&scratch, &line)?;
        let alone = judge.named(&scratch)?;
        if alone.first() != one.case.code {
            eprintln!(
                "{}: no proof, as its lines alone name {:?}",
                one.case.name, alone.codes
            );
            continue;
        }
        let proof = Proof {
            code: &one.case.code,
            case: &one.case.name,
            software: &one.software,
            line,
        };
        write!(text, "\n[[proof]]\n{}", toml::to_string(&proof)?)?;
        count += 1;
    }
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(count)
}

/// Substitutes what differs from run to run.
struct Plain {
    rules: Vec<(Regex, &'static str)>,
}

impl Plain {
    fn new(lab: &Path) -> Result<Self> {
        let lab = regex::escape(&lab.display().to_string());
        let rules = [
            (format!(r"{lab}/cases/\w+"), "/srv/app"),
            (lab, "/srv"),
            (r"/\S*/site-packages/go/".to_owned(), "/usr/local/go/"),
            (
                r"\d{4}([-/])\d\d[-/]\d\d([T ])\d\d:\d\d:\d\d([.,]\d+)?".to_owned(),
                "2026-01-02${2}03:04:05",
            ),
            (
                r"\b[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d UTC 20\d\d".to_owned(),
                "Fri Jan  2 03:04:05 UTC 2026",
            ),
            // Short-lived ports, as Linux gives them out.
            (r":(?:3[3-9]\d{3}|[45]\d{4}|60\d{3})\b".to_owned(), ":40112"),
            (r"\bgo-build\d+".to_owned(), "go-build1"),
            (
                r"\b[0-9A-F]{12,16}:error:".to_owned(),
                "40B7C9A1FF7F0000:error:",
            ),
            (r"\[\d{2,7}\]".to_owned(), "[42]"),
            (r"@[0-9a-f]{6,8}\b".to_owned(), "@5f1d3a2b"),
            (r"\b0x[0-9a-f]{6,16}\b".to_owned(), "0xc000012345"),
            (r"after \d+ ms".to_owned(), "after 3 ms"),
        ];
        let rules = rules.into_iter().map(|(pattern, with)| {
            let rule = Regex::new(&pattern)?;
            Ok((rule, with))
        });
        Ok(Self {
            rules: rules.collect::<Result<_>>()?,
        })
    }

    fn line(&self, line: &str) -> String {
        let mut line: String = line.chars().take(LINE_CHARS_MAX).collect();
        for (rule, with) in &self.rules {
            line = rule.replace_all(&line, *with).into_owned();
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_run_to_run_is_substituted() {
        let plain = Plain::new(Path::new("/tmp/lab.x")).expect("patterns");
        for (line, expected) in [
            (
                "is not in std (/home/a/x/lib/python3.11/site-packages/go/src/b)",
                "is not in std (/usr/local/go/src/b)",
            ),
            (
                "open /tmp/lab.x/cases/go_a/main.go: no such file",
                "open /srv/app/main.go: no such file",
            ),
            (
                "2026-11-24 09:27:12.345 UTC [1234] FATAL:  x",
                "2026-01-02 03:04:05 UTC [42] FATAL:  x",
            ),
            (
                "read tcp 10.0.3.17:43210->10.0.3.17:7002: x",
                "read tcp 10.0.3.17:40112->10.0.3.17:7002: x",
            ),
        ] {
            assert_eq!(plain.line(line), expected);
        }
    }
}
