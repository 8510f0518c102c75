//! `diag catalogue show`: what is known of a code.

use std::process::ExitCode;

use clap::Args;
use faultscan_knowledge::{Catalogue, Code};

use super::proof_words;
use crate::cli::Global;
use crate::commands::diagnose::known_code;
use crate::output;
use crate::source::CatalogueOption;
use crate::term::{Term, percent};

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
    pub(super) fn run(&self, global: Global) -> anyhow::Result<ExitCode> {
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
        "{}  {}  {}\n",
        term.red(&code.code),
        term.bold(lang.pick(&code.title.en, &code.title.zh)),
        term.dim(proof_words(code.proof, lang))
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
    if !code.proofs.is_empty() {
        out.push_str(&format!("\n{}\n", term.heading("Seen with", "复现于")));
        for proof in &code.proofs {
            let case = term.dim(&proof.case);
            out.push_str(&format!("  {}  {case}\n", proof.software));
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
