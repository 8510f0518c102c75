//! `diag match`: error codes in a log.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use faultscan_evidence::{CodeMatch, Matcher, Reason};
use faultscan_knowledge::Catalogue;
use serde_json::{Value, json};

use crate::cli::Global;
use crate::source::CatalogueOption;
use crate::term::{Term, pad, percent, printable, widest};
use crate::{input, output};

const EXAMPLES: &str = "\
Examples:
  diag match app.log
  kubectl logs pod | diag match --json";

const LINES_SHOWN: usize = 8;

/// Options of `diag match`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct MatchArgs {
    /// The log; standard input where left out
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    source: CatalogueOption,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

impl MatchArgs {
    /// Matches the log.
    pub(crate) fn run(&self, global: Global) -> anyhow::Result<ExitCode> {
        let catalogue = self.source.load()?;
        let matcher = Matcher::new(&catalogue).context("the catalogue")?;
        let lines = input::read_lines(self.file.as_deref())?;
        let report = matcher.match_lines(&lines);
        if self.json {
            let codes: Vec<Value> = report
                .codes
                .iter()
                .map(|found| to_json(found, &catalogue))
                .collect();
            output::json(&json!({ "catalogue_version": catalogue.version(), "codes": codes }))?;
        } else {
            output::print(&to_text(&report.codes, &catalogue, global.stdout()))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn to_json(found: &CodeMatch, catalogue: &Catalogue) -> Value {
    let title = catalogue.code(&found.code).map(|code| code.title.clone());
    json!({
        "code": found.code,
        "score": found.score,
        "lines": found.lines,
        "captures": found.captures,
        "primary": found.primary,
        "reason": found.reason,
        "title": title.as_ref().map(|title| title.en.as_str()),
        "title_zh": title.as_ref().map(|title| title.zh.as_str()),
    })
}

fn to_text(codes: &[CodeMatch], catalogue: &Catalogue, term: Term) -> String {
    if codes.is_empty() {
        return format!("{}\n", term.lang.pick("no known code", "没有已知的错误码"));
    }
    let columns = widest(codes.iter().map(|found| found.code.as_str()));
    let mut out = String::new();
    for found in codes {
        let name = pad(&found.code, columns);
        let name = if found.primary {
            term.red(&name)
        } else {
            term.dim(&name)
        };
        let title = catalogue.code(&found.code).map(|code| code.title.clone());
        let title = title
            .as_ref()
            .map_or("", |title| term.lang.pick(&title.en, &title.zh));
        let mut numbers: Vec<String> = found
            .lines
            .iter()
            .take(LINES_SHOWN)
            .map(ToString::to_string)
            .collect();
        if found.lines.len() > LINES_SHOWN {
            numbers.push("…".into());
        }
        let mut lines = format!("{} {}", term.lang.pick("line", "行"), numbers.join(","));
        if found.reason == Reason::Guessed {
            let [en, zh] = [found.reason.to_string(), found.reason.to_chinese()];
            lines.push_str(term.lang.pick("; ", "；"));
            lines.push_str(term.lang.pick(&en, &zh));
        }
        out.push_str(&format!(
            "{:>4} {name}  {title}  {}\n",
            percent(found.score),
            term.dim(&lines)
        ));
        for (key, value) in &found.captures {
            out.push_str(&format!(
                "     {} {}={}\n",
                " ".repeat(columns),
                term.dim(key),
                printable(value)
            ));
        }
    }
    out
}
