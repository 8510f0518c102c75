//! `diag catalogue …`: look things up, check a catalogue, compile it, write its documents.

mod check;
mod docs;
mod errcode;
mod pack;
mod show;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use faultscan_knowledge::{Code, Family, ProofLevel};
use serde_json::{Value, json};

use crate::cli::Global;
use crate::exit::bad_input;
use crate::output;
use crate::source::CatalogueOption;
use crate::term::{Lang, Term, pad, widest};

/// `diag catalogue …`.
#[derive(Debug, Subcommand)]
pub(crate) enum CatalogueCommand {
    /// List all codes, or those that fit
    List(ListArgs),
    /// Check every rule of the format, every sample and every near miss
    Check(check::CheckArgs),
    /// Show what is known of a code
    Show(show::ShowArgs),
    /// Compile a catalogue to a signed pack
    Pack(pack::PackArgs),
    /// Check a pack's signature, hashes and rows
    Verify(pack::VerifyArgs),
    /// Show what changed between two catalogues
    Diff(pack::DiffArgs),
    /// Write the catalogue as Markdown pages, in English and in Chinese
    Docs(docs::DocsArgs),
    /// Print a family as `errcode.json`, root causes and codes
    Errcode(errcode::ErrcodeArgs),
}

impl CatalogueCommand {
    /// Runs the command.
    pub(crate) fn run(&self, global: Global) -> anyhow::Result<ExitCode> {
        match self {
            Self::List(args) => args.run(global),
            Self::Check(args) => args.run(global),
            Self::Show(args) => args.run(global),
            Self::Pack(args) => args.run(global),
            Self::Verify(args) => args.run(global),
            Self::Diff(args) => args.run(global),
            Self::Docs(args) => args.run(global),
            Self::Errcode(args) => args.run(),
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
        "proof": code.proof,
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

/// A level of proof in words.
fn proof_words(level: ProofLevel, lang: Lang) -> &'static str {
    match level {
        ProofLevel::Live => lang.pick("proven with real software", "已用真实软件复现"),
        ProofLevel::Quoted => lang.pick("by quoted logs and sources", "依据引用的日志与源码"),
        ProofLevel::Defined => lang.pick("defined by this project", "由本项目定义"),
        _ => lang.pick("from memory, not yet proven", "凭经验，尚未证实"),
    }
}
