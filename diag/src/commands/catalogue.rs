//! `diag catalogue list`, `check` and `show`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use faultscan_evidence::Matcher;
use faultscan_knowledge::{Catalogue, Code, Family};
use serde_json::{Value, json};

use crate::cli::Global;
use crate::commands::diagnose::known_code;
use crate::exit::{OrBadInput as _, bad_input};
use crate::source::{CatalogueOption, from_folder};
use crate::term::{Term, pad, percent, widest};
use crate::{output, samples};

/// `diag catalogue …`.
#[derive(Debug, Subcommand)]
pub(crate) enum CatalogueCommand {
    /// List all codes, or those that fit
    List(ListArgs),
    /// Check every rule of the format, every sample and every near miss
    Check(CheckArgs),
    /// Show what is known of a code
    Show(ShowArgs),
}

impl CatalogueCommand {
    /// Runs the command.
    pub(crate) fn run(&self, global: Global) -> anyhow::Result<ExitCode> {
        match self {
            Self::List(args) => args.run(global),
            Self::Check(args) => args.run(global),
            Self::Show(args) => args.run(global),
        }
    }
}

/// Options of `diag catalogue list`.
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// Only codes whose name or title holds this text
    #[arg(value_name = "TEXT")]
    query: Option<String>,
    /// Only this family: db, tls, k8s, sb, net, go, platform, extra
    #[arg(long, value_name = "FAMILY")]
    family: Option<String>,
    #[command(flatten)]
    source: CatalogueOption,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

impl ListArgs {
    fn run(&self, global: Global) -> anyhow::Result<ExitCode> {
        let family = self.family.as_deref().map(family).transpose()?;
        let catalogue = self.source.load()?;
        let query = self.query.as_deref().unwrap_or_default().to_lowercase();
        let fits = |code: &&Code| {
            family.is_none_or(|family| family == code.family)
                && [&code.code, &code.title.en, &code.title.zh]
                    .iter()
                    .any(|text| text.to_lowercase().contains(&query))
        };
        let codes: Vec<&Code> = catalogue.codes().iter().filter(fits).collect();
        if self.json {
            let items: Vec<Value> = codes.iter().map(|code| summary(code)).collect();
            output::json(&json!({ "version": catalogue.version(), "items": items }))?;
        } else {
            output::print(&table(&codes, global.stdout()))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn family(name: &str) -> anyhow::Result<Family> {
    Family::ALL
        .into_iter()
        .find(|family| family.as_str() == name)
        .ok_or_else(|| {
            let names: Vec<&str> = Family::ALL.into_iter().map(Family::as_str).collect();
            bad_input(format_args!(
                "there is no family `{name}`; families are {}",
                names.join(", ")
            ))
        })
}

fn summary(code: &Code) -> Value {
    json!({
        "code": code.code,
        "family": code.family,
        "severity": code.severity,
        "title": code.title.en,
        "title_zh": code.title.zh,
        "evidence_level": code.evidence_level,
    })
}

fn table(codes: &[&Code], term: Term) -> String {
    let columns = widest(codes.iter().map(|code| code.code.as_str()));
    let mut out = String::new();
    let mut family = None;
    for code in codes {
        if family.replace(code.family) != Some(code.family) {
            out.push_str(&format!("{}\n", term.bold(code.family.as_str())));
        }
        let title = term.lang.pick(&code.title.en, &code.title.zh);
        out.push_str(&format!(
            "  {}  {title}\n",
            term.cyan(&pad(&code.code, columns))
        ));
    }
    if codes.is_empty() {
        out.push_str(&format!(
            "{}\n",
            term.lang.pick("no code fits", "没有符合的错误码")
        ));
    }
    out
}

/// Options of `diag catalogue check`.
#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// Folder with a catalogue's data files; the built-in catalogue where left out
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

impl CheckArgs {
    fn run(&self, global: Global) -> anyhow::Result<ExitCode> {
        let catalogue = match &self.folder {
            Some(folder) => from_folder(folder)?,
            // The build has checked every rule of the format.
            None => Catalogue::builtin()?,
        };
        let matcher = Matcher::new(&catalogue).or_bad_input("catalogue")?;
        let faults = samples::faults(&catalogue, &matcher);
        let hits: usize = catalogue
            .codes()
            .iter()
            .map(|code| code.samples.len())
            .sum();
        let misses: usize = catalogue
            .codes()
            .iter()
            .map(|code| code.near_misses.len())
            .sum();
        if self.json {
            output::json(&json!({
                "version": catalogue.version(),
                "codes": catalogue.codes().len(),
                "causes": catalogue.causes().len(),
                "samples": hits,
                "near_misses": misses,
                "faults": faults,
            }))?;
        } else if faults.is_empty() {
            let term = global.stdout();
            let (codes, causes) = (catalogue.codes().len(), catalogue.causes().len());
            let text = term.lang.say(format!("{codes} codes, {causes} causes: {hits} samples hit, {misses} near misses do not"), format!("{codes} 个错误码、{causes} 个原因：{hits} 个样例命中，{misses} 个近似样例未误报"));
            output::print(&format!("{}\n", term.green(&text)))?;
        } else {
            for fault in &faults {
                eprintln!("{fault}");
            }
        }
        match faults.len() {
            0 => Ok(ExitCode::SUCCESS),
            1 => Err(bad_input("the catalogue has a fault")),
            count => Err(bad_input(format_args!("the catalogue has {count} faults"))),
        }
    }
}

/// Options of `diag catalogue show`.
#[derive(Args, Debug)]
pub(crate) struct ShowArgs {
    /// The code, such as ERR-DB-003
    #[arg(value_name = "CODE")]
    code: String,
    #[command(flatten)]
    source: CatalogueOption,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

impl ShowArgs {
    fn run(&self, global: Global) -> anyhow::Result<ExitCode> {
        let catalogue = self.source.load()?;
        known_code(&catalogue, &self.code)?;
        let Some(code) = catalogue.code(&self.code) else {
            return Ok(ExitCode::SUCCESS);
        };
        if self.json {
            output::json(code)?;
        } else {
            output::print(&page(&catalogue, code, global.stdout()))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn page(catalogue: &Catalogue, code: &Code, term: Term) -> String {
    let lang = term.lang;
    let mut out = format!(
        "{}  {}\n",
        term.red(&code.code),
        term.bold(lang.pick(&code.title.en, &code.title.zh))
    );
    out.push_str(&format!(
        "\n{}\n",
        lang.pick(&code.explanation.en, &code.explanation.zh).trim()
    ));
    out.push_str(&format!("\n{}\n", term.heading("Printed as", "日志原文")));
    for sample in &code.samples {
        for line in sample.text.trim().lines() {
            out.push_str(&format!("  {}\n", term.cyan(line)));
        }
    }
    out.push_str(&format!(
        "\n{}  {}\n",
        term.heading("Causes", "原因"),
        term.dim(&code.gate)
    ));
    for cause in code.causes.iter().filter_map(|id| catalogue.cause(id)) {
        let title = lang.pick(&cause.title.en, &cause.title.zh);
        out.push_str(&format!(
            "  {:>4} {title}  {}\n",
            percent(cause.probability),
            term.dim(&cause.id)
        ));
    }
    out.push_str(&format!(
        "\n{}\n",
        term.heading("In an emergency", "应急处置")
    ));
    for (level, text) in [
        (1, &code.runbook.level1),
        (2, &code.runbook.level2),
        (3, &code.runbook.level3),
    ] {
        out.push_str(&format!(
            "  {level}. {}\n",
            lang.pick(&text.en, &text.zh).trim()
        ));
    }
    out.push_str(&format!(
        "\n{}\n",
        term.heading("So that it does not come back", "预防")
    ));
    out.push_str(&format!(
        "  {}\n",
        lang.pick(&code.prevention.en, &code.prevention.zh).trim()
    ));
    out
}
