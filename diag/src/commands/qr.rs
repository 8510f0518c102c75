//! `diag qr`: a ticket as a QR code; with a command, only if that fails.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use faultscan_diagnosis::{Diagnosis, Input};
use faultscan_wire::Ticket;
use faultscan_wire::limits::TICKET_CONTEXT_VALUE_BYTES_MAX;
use serde_json::{Value, json};

use crate::cli::Global;
use crate::commands::diagnose::diagnoser;
use crate::commands::ticket::issued_json;
use crate::exec::{Finished, Stdout};
use crate::exit::{OrBadInput as _, one_line};
use crate::issue::{ClaimArgs, Draft, Issuer, IssuerArgs};
use crate::qr::{Form, Picture};
use crate::source::CatalogueOption;
use crate::term::{Term, printable};
use crate::{duration, exec, issue, keys, output, render, trim};

const EXAMPLES: &str = "\
Examples:
  diag qr -- go build ./...            show a QR code if the build fails
  diag qr --ttl 1h                     a ticket for this machine, as a QR code
  diag qr 'FS1.lgHEC…' --svg t.svg     a ticket that exists, as a picture
  diag qr --code ERR-K8S-009 --png t.png --origin https://scan.example.org

A command's output passes through as it comes; `diag qr` ends with the command's own status.
Without --origin or --server the code holds bare digits, which the scan page's own scanner reads.";

/// The text inside the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormChoice {
    /// Link to the scan page, digits inside: any camera app opens it
    Url,
    /// Digits only: smallest
    Decimal,
    /// Link to the scan page with the text form inside
    Text,
}

/// Options of `diag qr`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct QrArgs {
    /// A ticket that exists already; a new one is made where left out
    #[arg(value_name = "TICKET")]
    ticket: Option<String>,
    /// Write the code as SVG to a file instead of the terminal
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Write the code as PNG to a file instead of the terminal
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
    /// What the code holds; a link where the scan page's address is known, else digits
    #[arg(long, value_enum, value_name = "FORM")]
    form: Option<FormChoice>,
    /// Largest QR version for a command's evidence; the terminal's size may lower it
    #[arg(long, value_name = "N", default_value_t = 15, value_parser = clap::value_parser!(u8).range(1..=40))]
    max_version: u8,
    /// The terminal's background is light; matters only where colours are off
    #[arg(long)]
    light: bool,
    #[command(flatten)]
    claims: ClaimArgs,
    #[command(flatten)]
    issuer: IssuerArgs,
    /// Print one JSON document on stdout (a command's own output then goes to stderr)
    #[arg(long)]
    json: bool,
    /// A command to run; the code is shown only if it fails
    #[arg(value_name = "COMMAND", last = true)]
    command: Vec<OsString>,
}

impl QrArgs {
    /// Shows the code.
    pub(crate) fn run(&self, global: Global) -> anyhow::Result<ExitCode> {
        if !self.command.is_empty() {
            return self.run_command(global);
        }
        let ticket = match &self.ticket {
            Some(text) => Ticket::parse(text).or_bad_input("ticket")?,
            None => self.issuer.require_issuer()?.issue(&self.claims.draft()?)?,
        };
        let picture = Picture::of(&ticket, &self.form()?)?;
        self.save(&picture)?;
        if self.json {
            let issued = issued_json(&ticket, self.issuer.origin()?.as_deref());
            output::json(&json!({ "ticket": issued, "qr": self.picture_json(&picture) }))?;
        } else if self.svg.is_none() && self.png.is_none() {
            output::print(&picture.for_terminal(global.stdout(), self.light))?;
        }
        if !self.json {
            let left = duration::human(u64::from(ticket.claims().ttl_s));
            let term = global.stderr();
            let text = term.lang.say(
                format!("valid for {left} from issue"),
                format!("自签发起 {left} 内有效"),
            );
            eprintln!("{}", term.dim(&text));
        }
        Ok(ExitCode::SUCCESS)
    }

    fn form(&self) -> anyhow::Result<Form> {
        let origin = self.issuer.origin()?;
        let need = || {
            crate::exit::bad_input(
                "a link needs the scan page's address: give --origin URL (or --server URL)",
            )
        };
        Ok(match (self.form, origin) {
            (None | Some(FormChoice::Url), Some(origin)) => Form::Url { origin },
            (None, None) | (Some(FormChoice::Decimal), _) => Form::Decimal,
            (Some(FormChoice::Text), Some(origin)) => Form::Text { origin },
            (Some(_), None) => return Err(need()),
        })
    }

    fn save(&self, picture: &Picture) -> anyhow::Result<()> {
        if let Some(file) = &self.svg {
            std::fs::write(file, picture.svg()).or_bad_input(file.display())?;
        }
        if let Some(file) = &self.png {
            std::fs::write(file, picture.png()?).or_bad_input(file.display())?;
        }
        Ok(())
    }

    fn picture_json(&self, picture: &Picture) -> Value {
        let shown = |file: &Option<PathBuf>| file.as_ref().map(|file| file.display().to_string());
        json!({
            "version": picture.version(),
            "size_modules": picture.size(),
            "text": picture.text(),
            "svg": shown(&self.svg),
            "png": shown(&self.png),
        })
    }

    /// Runs the command; on failure says why and shows the code.
    fn run_command(&self, global: Global) -> anyhow::Result<ExitCode> {
        // What is wrong with the options is said before the command runs, not after.
        let issuer = self.issuer.issuer()?;
        let form = self.form()?;
        let draft = self.claims.draft()?;
        let stdout = if self.json {
            Stdout::ToStderr
        } else {
            Stdout::Through
        };
        let finished = exec::run(&self.command, stdout)?;
        if finished.code == 0 {
            if self.json {
                output::json(
                    &json!({ "exit_code": 0, "ticket": null, "qr": null, "diagnosis": null }),
                )?;
            }
            return Ok(ExitCode::SUCCESS);
        }
        let term = global.stderr();
        // Whatever goes wrong from here on, the command's own status is what the caller gets.
        if let Err(error) = self.explain(&finished, issuer.as_ref(), &form, draft, term) {
            eprintln!("diag: {}", one_line(&error));
        }
        Ok(ExitCode::from(finished.code))
    }

    fn explain(
        &self,
        finished: &Finished,
        issuer: Option<&Issuer>,
        form: &Form,
        draft: Draft,
        term: Term,
    ) -> anyhow::Result<()> {
        let diagnoser = diagnoser(&CatalogueOption::default())?;
        // Secrets go before anything else looks at the output.
        let tail = issue::scrub_lines(&finished.tail);
        let input = Input {
            lines: tail.clone(),
            ticket_code: draft.code.clone(),
            context: draft.context.clone(),
            ..Input::default()
        };
        let diagnosis = diagnoser.diagnose(&input)?;
        let draft = self.with_failure(draft, &diagnosis, finished.code);
        let candidates = trim::candidates(&diagnosis, &tail);
        let version_max = self.version_max(term);
        // The size does not depend on the key, so a throwaway key measures it; then one ticket is
        // issued.
        let scale = Issuer::Key(Box::new(keys::throwaway()?));
        let fitting = trim::fit(&draft, &candidates, &diagnoser, |draft| {
            Ok(Picture::of(&scale.issue(draft)?, form)
                .is_ok_and(|picture| picture.version() <= version_max))
        })?;
        let issued = match issuer {
            Some(issuer) => Some(issuer.issue(&fitting)?),
            None => None,
        };
        let picture = issued
            .as_ref()
            .map(|ticket| Picture::of(ticket, form))
            .transpose()?;
        if let Some(picture) = &picture {
            self.save(picture)?;
        }
        if self.json {
            let origin = self.issuer.origin()?;
            return output::json(&json!({
                "exit_code": finished.code,
                "ticket": issued.as_ref().map(|ticket| issued_json(ticket, origin.as_deref())),
                "qr": picture.as_ref().map(|picture| self.picture_json(picture)),
                "diagnosis": diagnosis,
            }));
        }
        self.show(&diagnosis, finished.code, &tail, picture.as_ref(), term);
        Ok(())
    }

    /// The draft with what is known of the failure.
    fn with_failure(&self, mut draft: Draft, diagnosis: &Diagnosis, exit_code: u8) -> Draft {
        if draft.code.is_none() {
            draft.code.clone_from(&diagnosis.verdict.code);
        }
        let words: Vec<String> = self
            .command
            .iter()
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        let command = faultscan_wire::scrub::scrub(&words.join(" ")).into_owned();
        let mut facts = BTreeMap::from([("exit".to_owned(), exit_code.to_string())]);
        if let Some(command) = trim::context_value(&command, TICKET_CONTEXT_VALUE_BYTES_MAX) {
            facts.insert("command".to_owned(), command);
        }
        // What a person gave by hand stands before what was found out.
        for (key, value) in facts {
            if draft.context.len() < faultscan_wire::limits::TICKET_CONTEXT_PAIRS_MAX {
                draft.context.entry(key).or_insert(value);
            }
        }
        draft
    }

    /// The largest version that fits both the option and the terminal.
    fn version_max(&self, term: Term) -> u8 {
        match term.size() {
            Some((columns, rows)) if self.svg.is_none() && self.png.is_none() => {
                self.max_version.min(crate::qr::version_for(columns, rows))
            }
            _ => self.max_version,
        }
    }

    fn show(
        &self,
        diagnosis: &Diagnosis,
        code: u8,
        tail: &[String],
        picture: Option<&Picture>,
        term: Term,
    ) {
        let status = term.lang.say(
            format!("failed with status {code}"),
            format!("命令失败，退出码 {code}"),
        );
        eprintln!("\n{} {}", term.bold("diag:"), term.dim(&status));
        eprintln!("{}", render::verdict_line(diagnosis, term));
        let evidence = diagnosis
            .codes
            .iter()
            .find(|code| code.primary)
            .and_then(|code| code.lines.first());
        let line =
            evidence.and_then(|number| tail.get(usize::try_from(*number).ok()?.checked_sub(1)?));
        if let Some(line) = line {
            eprintln!("  {}", term.dim(&printable(line.trim())));
        }
        match picture {
            Some(picture) if self.svg.is_none() && self.png.is_none() => {
                eprint!("\n{}", picture.for_terminal(term, self.light));
                let hint = term.lang.pick(
                    "Scan it for causes, checks and fixes.",
                    "扫码查看原因、检查步骤与修复方法。",
                );
                eprintln!("{}", term.dim(hint));
            }
            Some(_) => {}
            None => {
                let hint = term.lang.pick(
                    "No QR code: give --key FILE (or FAULTSCAN_TICKET_SECRET), or --server URL with --api-key KEY.",
                    "未生成二维码：请给出 --key FILE（或 FAULTSCAN_TICKET_SECRET），或 --server URL 与 --api-key KEY。",
                );
                eprintln!("{}", term.dim(hint));
            }
        }
    }
}
