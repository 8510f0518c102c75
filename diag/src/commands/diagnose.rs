//! `diag diagnose`: root causes of what a log shows.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use faultscan_diagnosis::{
    Answer, Consequence, Diagnoser, Diagnosis, DiagnosisError, GivenAnswer, Input,
};
use faultscan_faulttree::EngineError;
use faultscan_knowledge::Catalogue;

use crate::cli::Global;
use crate::exit::bad_input;
use crate::source::CatalogueOption;
use crate::{input, output, render};

const EXAMPLES: &str = "\
Examples:
  diag diagnose app.log
  go build ./... 2>&1 | diag diagnose
  diag diagnose app.log --env jvm=17 --answer db_listens=no
  diag diagnose app.log --json | jq .verdict
  diag diagnose --assume db_service_down=yes";

/// Options of `diag diagnose`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DiagnoseArgs {
    /// The log; standard input where left out
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// A fact of the environment, such as jvm=17 or region=eu-1 (repeatable)
    #[arg(long, value_name = "KEY=VALUE", value_parser = input::key_value)]
    env: Vec<(String, String)>,
    /// The answer to a check: yes, no or unsure (repeatable)
    #[arg(long, value_name = "CHECK=ANSWER", value_parser = answer)]
    answer: Vec<GivenAnswer>,
    /// What follows if this cause holds, or does not: CAUSE=yes or CAUSE=no (repeatable). Without FILE
    /// nothing else is known
    #[arg(long, value_name = "CAUSE=yes|no", value_parser = assumption)]
    assume: Vec<(String, bool)>,
    /// Error code that is known already
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    /// Print one JSON document
    #[command(flatten)]
    source: CatalogueOption,
    #[arg(long)]
    json: bool,
}

impl DiagnoseArgs {
    /// Diagnoses the log.
    pub(crate) fn run(&self, global: Global) -> anyhow::Result<ExitCode> {
        let diagnoser = diagnoser(&self.source)?;
        if let Some(code) = &self.code {
            known_code(diagnoser.catalogue(), code)?;
        }
        let input = Input {
            lines: self.lines()?,
            ticket_code: self.code.clone(),
            context: self.env.iter().cloned().collect::<BTreeMap<_, _>>(),
            answers: self.answer.clone(),
            ..Input::default()
        };
        let diagnosis = diagnoser.diagnose(&input).map_err(|error| match error {
            DiagnosisError::UnknownCheck { .. } => bad_input(error),
            other => other.into(),
        })?;
        let assumed: Vec<(&str, bool)> = self
            .assume
            .iter()
            .map(|(cause, is_true)| (cause.as_str(), *is_true))
            .collect();
        if !assumed.is_empty() {
            let follows =
                diagnoser
                    .what_if_given(&input, &assumed)
                    .map_err(|error| match error {
                        DiagnosisError::UnknownCause { .. } => bad_input(error),
                        DiagnosisError::Engine(EngineError::Impossible) => {
                            bad_input("the assumptions contradict each other")
                        }
                        other => other.into(),
                    })?;
            return self.print_what_if(&diagnosis, &follows, global);
        }
        if self.json {
            output::json(&diagnosis)?;
        } else {
            output::print(&render::diagnosis(
                &diagnosis,
                &input.lines,
                global.stdout(),
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// The log; nothing where only an assumption was asked about.
    fn lines(&self) -> anyhow::Result<Vec<String>> {
        if self.file.is_none() && !self.assume.is_empty() {
            return Ok(Vec::new());
        }
        input::read_lines(self.file.as_deref())
    }

    fn print_what_if(
        &self,
        diagnosis: &Diagnosis,
        follows: &[Consequence],
        global: Global,
    ) -> anyhow::Result<ExitCode> {
        if self.json {
            let mut document = serde_json::to_value(diagnosis)?;
            document["what_if"] = serde_json::to_value(follows)?;
            output::json(&document)?;
        } else {
            output::print(&render::what_if(follows, global.stdout()))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The diagnoser of the chosen catalogue.
pub(crate) fn diagnoser(source: &CatalogueOption) -> anyhow::Result<Diagnoser> {
    let catalogue = source.load()?;
    Diagnoser::new(&catalogue).context("the catalogue")
}

/// Refuses a code that the catalogue does not have, with the nearest name.
pub(crate) fn known_code(catalogue: &Catalogue, code: &str) -> anyhow::Result<()> {
    if catalogue.code(code).is_some() {
        return Ok(());
    }
    let wanted = code.to_ascii_lowercase();
    let near = catalogue.codes().iter().find(|known| {
        let known = known.code.to_ascii_lowercase();
        known == wanted || known.replace('-', "") == wanted.replace(['-', '_'], "")
    });
    Err(match near {
        Some(near) => bad_input(format_args!(
            "there is no code `{code}`; did you mean {}?",
            near.code
        )),
        None => bad_input(format_args!(
            "there is no code `{code}`; `diag catalogue list` shows all"
        )),
    })
}

fn answer(text: &str) -> Result<GivenAnswer, String> {
    let (check, answer) = input::key_value(text)?;
    let answer: Answer = answer
        .parse()
        .map_err(|error| format!("`{text}`: {error}"))?;
    Ok(GivenAnswer { check, answer })
}

fn assumption(text: &str) -> Result<(String, bool), String> {
    let (cause, answer) = input::key_value(text)?;
    match answer.parse() {
        Ok(Answer::Yes) => Ok((cause, true)),
        Ok(Answer::No) => Ok((cause, false)),
        _ => Err(format!("`{text}`: an assumption is yes or no")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read() {
        assert_eq!(
            answer("x=yes"),
            Ok(GivenAnswer {
                check: "x".into(),
                answer: Answer::Yes
            })
        );
        assert_eq!(
            answer("x=N"),
            Ok(GivenAnswer {
                check: "x".into(),
                answer: Answer::No
            })
        );
        assert!(answer("x=maybe").is_err());
        assert!(answer("x").is_err());
    }
}
