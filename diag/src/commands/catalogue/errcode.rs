//! `diag catalogue errcode`: a family as `errcode.json`, which `diag fta cluster` reads.

use std::process::ExitCode;

use clap::Args;
use faultscan_knowledge::{Catalogue, Code};
use serde_json::{Map, Value, json};

use crate::output;
use crate::source::CatalogueOption;

/// Options of `diag catalogue errcode`.
#[derive(Args, Debug)]
pub(crate) struct ErrcodeArgs {
    /// The family to print
    #[arg(long, value_name = "FAMILY", default_value = "platform")]
    family: String,
    #[command(flatten)]
    source: CatalogueOption,
}

impl ErrcodeArgs {
    pub(super) fn run(&self) -> anyhow::Result<ExitCode> {
        let family = super::family(&self.family)?;
        let catalogue = self.source.load()?;
        let entries: Map<String, Value> = catalogue
            .family(family)
            .map(|code| (code.code.clone(), entry(&catalogue, code)))
            .collect();
        output::json(&entries)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// A code with its causes; the gate stands there where it is not "any of them".
fn entry(catalogue: &Catalogue, code: &Code) -> Value {
    let any = code.causes.len() == 1 || code.gate == format!("OR({})", code.causes.join(", "));
    let probability: Map<String, Value> = (code.causes.iter())
        .filter_map(|id| catalogue.cause(id))
        .map(|cause| (cause.id.clone(), json!(cause.probability)))
        .collect();
    let mut entry = json!({
        "title": code.title.en,
        "title_zh": code.title.zh,
        "severity": code.severity,
        "cause": code.causes,
        "probability": probability,
    });
    if let (false, Some(entry)) = (any, entry.as_object_mut()) {
        entry.insert("gate".to_owned(), json!(code.gate));
    }
    entry
}
