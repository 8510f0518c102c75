//! `diag snapshot decode` and `diag snapshot send`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use faultscan_wire::body::{Device, Dropped, Network, Sdk};
use faultscan_wire::limits::{ENVELOPE_BYTES_MAX, LOG_LINE_BYTES_MAX, LOG_LINES_MAX};
use faultscan_wire::sign::{SigningKey, signing_key};
use faultscan_wire::{
    Envelope, Level, LogLine, Logs, SnapshotBody, SnapshotError, Ticket, base64url, hex, seal,
};
use serde_json::{Value, json};

use crate::cli::Global;
use crate::environment::EnvironmentArgs;
use crate::exit::{OrBadInput as _, bad_input};
use crate::issue::scrub_lines;
use crate::term::{Term, pad, printable};
use crate::{http, input, keys, output, system};

/// Log bytes of one snapshot: what compresses to well below the envelope's limit.
const LOG_BYTES_MAX: usize = 1024 * 1024;

/// `diag snapshot …`.
#[derive(Debug, Subcommand)]
pub(crate) enum SnapshotCommand {
    /// Show what a snapshot file holds
    Decode(DecodeArgs),
    /// Send a log file as a snapshot, as the SDK would, and print the server's answer
    Send(SendArgs),
}

impl SnapshotCommand {
    /// Runs the command.
    pub(crate) fn run(&self, global: Global) -> anyhow::Result<ExitCode> {
        match self {
            Self::Decode(args) => args.run(global),
            Self::Send(args) => args.run(global),
        }
    }
}

/// Options of `diag snapshot decode`.
#[derive(Args, Debug)]
pub(crate) struct DecodeArgs {
    /// The snapshot's bytes
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

impl DecodeArgs {
    fn run(&self, global: Global) -> anyhow::Result<ExitCode> {
        let bytes = input::read_file(&self.file, input::FILE_BYTES_MAX)?;
        let what = format!("snapshot {}", self.file.display());
        let envelope = Envelope::parse(&bytes).or_bad_input(&what)?;
        let signed = envelope.verify_signature();
        let ticket = envelope
            .ticket()
            .or_bad_input(format_args!("{what}: ticket"))?;
        let body = envelope.body().or_bad_input(&what)?;
        if self.json {
            output::json(&decoded(&envelope, &ticket, signed.is_ok(), &body))?;
        } else {
            output::print(&shown(
                &envelope,
                &ticket,
                signed.is_ok(),
                &body,
                global.stdout(),
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn decoded(envelope: &Envelope<'_>, ticket: &Ticket, signed: bool, body: &SnapshotBody) -> Value {
    let lines: Vec<Value> = body.logs.iter().map(|line| json!(line)).collect();
    json!({
        "size_bytes": envelope.bytes().len(),
        "uncompressed_bytes": envelope.uncompressed_len,
        "sequence": envelope.sequence,
        "session_key": base64url::encode(&envelope.session_key),
        "signature": { "state": if signed { "valid" } else { "bad" } },
        "ticket": ticket.claims(),
        "captured_at_ms": body.captured_at_ms,
        "clock_skew_ms": body.clock_skew_ms,
        "sdk": body.sdk,
        "device": body.device,
        "network": body.network,
        "app": body.app,
        "fps": body.fps,
        "rtt": body.rtt,
        "memory": body.memory,
        "logs": lines,
        "items": body.items,
        "dropped": body.dropped,
        "extra": body.extra.iter().map(|(name, value)| (name.clone(), json!(value))).collect::<serde_json::Map<_, _>>(),
    })
}

fn shown(
    envelope: &Envelope<'_>,
    ticket: &Ticket,
    signed: bool,
    body: &SnapshotBody,
    term: Term,
) -> String {
    let lang = term.lang;
    let mut out = String::new();
    let mut row = |en: &str, zh: &str, value: String| {
        out.push_str(&format!(
            "{}{value}\n",
            term.dim(&pad(lang.pick(en, zh), 14))
        ));
    };
    row("ticket", "票据", ticket.claims().ticket_id.to_string());
    let state = if signed {
        term.green(lang.pick("valid", "有效"))
    } else {
        term.red(lang.pick("bad", "无效"))
    };
    row("signature", "签名", state);
    row(
        "session key",
        "会话公钥",
        hex::encode(&envelope.session_key),
    );
    row("sequence", "序号", envelope.sequence.to_string());
    row(
        "captured",
        "采集时间",
        format!("{} ms", body.captured_at_ms),
    );
    let sizes = format!(
        "{} B, {} B {}",
        envelope.bytes().len(),
        envelope.uncompressed_len,
        lang.pick("unpacked", "解压后")
    );
    row("size", "大小", sizes);
    if let Some(mean) = body.fps.as_ref().and_then(|fps| fps.mean) {
        row("fps", "帧率", format!("{mean:.1}"));
    }
    if let Some(median) = body.rtt.as_ref().and_then(|rtt| rtt.median_ms) {
        row("rtt", "往返时延", format!("{median:.0} ms"));
    }
    row("log lines", "日志行数", body.logs.len().to_string());
    for line in body.logs.iter() {
        let level = pad(line.level.name(), 6);
        let level = if line.level >= Level::Error {
            term.red(&level)
        } else {
            term.dim(&level)
        };
        out.push_str(&format!(
            "{:>8} {level} {}\n",
            line.at_ms,
            printable(&line.message)
        ));
    }
    out
}

const SEND_EXAMPLES: &str = "\
Examples:
  diag snapshot send app.log --ticket 'FS1.lgHEC…' --server http://127.0.0.1:8080 --json
  kubectl logs pod | diag snapshot send - --ticket \"$TICKET\" --server https://scan.example.org";

/// Options of `diag snapshot send`.
#[derive(Args, Debug)]
#[command(after_help = SEND_EXAMPLES)]
pub(crate) struct SendArgs {
    /// The log; `-` reads standard input
    #[arg(value_name = "LOGFILE")]
    log: PathBuf,
    /// The ticket, in any of its text forms
    #[arg(long, value_name = "TEXT")]
    ticket: String,
    /// The server
    #[arg(long, value_name = "URL", env = "FAULTSCAN_SERVER")]
    server: String,
    /// File that keeps the session key, so that the same ticket can be used again (made if missing)
    #[arg(long, value_name = "FILE")]
    session: Option<PathBuf>,
    /// Number of this snapshot within its session
    #[arg(long, value_name = "N", default_value_t = 1)]
    sequence: u32,
    /// Also write the snapshot's bytes to a file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    environment: EnvironmentArgs,
    /// Print the server's answer as one JSON document
    #[arg(long)]
    json: bool,
}

impl SendArgs {
    fn run(&self, global: Global) -> anyhow::Result<ExitCode> {
        let ticket = Ticket::parse(&self.ticket).or_bad_input("ticket")?;
        let server = http::server_url(&self.server)?;
        let lines = input::read_lines(Some(&self.log))?;
        let session = session_key(self.session.as_deref())?;
        let bytes = self.pack(&ticket, &lines, &session)?;
        if let Some(file) = &self.out {
            std::fs::write(file, &bytes).or_bad_input(file.display())?;
        }
        let answer = http::post(
            &format!("{server}/v1/snapshots"),
            "application/octet-stream",
            None,
            &bytes,
        )?;
        if self.json {
            output::json(&answer.body)?;
        } else if answer.is_success() {
            output::print(&accepted(&answer.body, &server, global.stdout()))?;
        }
        if answer.is_success() {
            return Ok(ExitCode::SUCCESS);
        }
        Err(anyhow::anyhow!(answer.refusal()))
    }

    /// Packs as many of the newest lines as fit.
    fn pack(
        &self,
        ticket: &Ticket,
        lines: &[String],
        session: &SigningKey,
    ) -> anyhow::Result<Vec<u8>> {
        let mut log_bytes_max = LOG_BYTES_MAX;
        loop {
            let body = self.body(lines, log_bytes_max);
            match seal(ticket.bytes(), self.sequence, &body, session) {
                Ok(bytes) if bytes.len() <= ENVELOPE_BYTES_MAX => return Ok(bytes),
                Ok(_) | Err(SnapshotError::TooLarge) if log_bytes_max > 1024 => log_bytes_max /= 2,
                Ok(_) => return Err(bad_input("the log cannot be made to fit a snapshot")),
                Err(error) => return Err(error).or_bad_input("snapshot"),
            }
        }
    }

    fn body(&self, lines: &[String], log_bytes_max: usize) -> SnapshotBody {
        let environment = self.environment.resolve();
        let kept = newest(lines, log_bytes_max);
        let dropped = lines.len() - kept.len();
        let logs: Vec<LogLine> = scrub_lines(kept)
            .iter()
            .map(|line| LogLine {
                // A file's lines carry no time that is known here; all stand at the capture.
                at_ms: 0,
                level: level_of(line),
                source: "file".into(),
                message: clip(line, LOG_LINE_BYTES_MAX),
            })
            .collect();
        SnapshotBody {
            captured_at_ms: system::now_ms(),
            sdk: Some(Sdk {
                name: Some("faultscan-diag".into()),
                version: Some(env!("CARGO_PKG_VERSION").into()),
                host: Some("cli".into()),
                ..Sdk::default()
            }),
            device: Some(Device {
                os: Some(environment.os),
                arch: Some(environment.arch),
                ..Device::default()
            }),
            network: Some(Network {
                kind: Some(environment.network_type),
                ..Network::default()
            }),
            logs: Logs::from(logs),
            dropped: (dropped > 0).then(|| Dropped {
                log_lines: u64::try_from(dropped).ok(),
                ..Dropped::default()
            }),
            ..SnapshotBody::default()
        }
    }
}

/// The newest lines within the limits of number and bytes.
fn newest(lines: &[String], bytes_max: usize) -> &[String] {
    let mut bytes = 0;
    let fitting = lines
        .iter()
        .rev()
        .take(LOG_LINES_MAX)
        .take_while(|line| {
            bytes += line.len().min(LOG_LINE_BYTES_MAX);
            bytes <= bytes_max
        })
        .count();
    lines.get(lines.len() - fitting..).unwrap_or_default()
}

fn clip(text: &str, bytes_max: usize) -> String {
    let mut end = text.len().min(bytes_max);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_owned()
}

/// The level that a line names: the worst of the usual words, as whole words.
fn level_of(line: &str) -> Level {
    let has = |names: &[&str]| {
        line.split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| names.iter().any(|name| word.eq_ignore_ascii_case(name)))
    };
    if has(&["fatal", "panic", "critical", "crit", "emerg"]) {
        Level::Fatal
    } else if has(&["error", "err", "severe", "exception", "failed", "failure"]) {
        Level::Error
    } else if has(&["warn", "warning"]) {
        Level::Warn
    } else if has(&["debug"]) {
        Level::Debug
    } else if has(&["trace"]) {
        Level::Trace
    } else {
        Level::Info
    }
}

/// The session's key: from its file, or new (and then kept there).
fn session_key(file: Option<&Path>) -> anyhow::Result<SigningKey> {
    if let Some(file) = file.filter(|file| file.exists()) {
        return keys::ticket_key(Some(&file.to_path_buf()))?
            .ok_or_else(|| bad_input(format_args!("{}: no session key", file.display())));
    }
    let seed: [u8; 32] = system::random_bytes()?;
    if let Some(file) = file {
        keys::write_secret(file, &base64url::encode(&seed))?;
    }
    Ok(signing_key(&seed))
}

/// The server's answer for a person.
fn accepted(answer: &Value, server: &str, term: Term) -> String {
    let text = |pointer: &str| {
        answer
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let lang = term.lang;
    let mut out = String::new();
    let mut row = |en: &str, zh: &str, value: &str| {
        if !value.is_empty() {
            out.push_str(&format!(
                "{}{value}\n",
                term.dim(&pad(lang.pick(en, zh), 12))
            ));
        }
    };
    row("outcome", "结果", &term.green(text("/outcome")));
    let verdict = lang.pick(
        text("/diagnosis/verdict/text"),
        text("/diagnosis/verdict/text_zh"),
    );
    row("verdict", "结论", &term.bold(verdict));
    let path = text("/report_url");
    let report = if path.starts_with('/') {
        format!("{server}{path}")
    } else {
        path.to_owned()
    };
    row("report", "报告", &term.cyan(&report));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_lines_are_kept() {
        let lines: Vec<String> = (0..10).map(|number| format!("line {number}")).collect();
        assert_eq!(newest(&lines, 11), &lines[9..]);
        assert_eq!(newest(&lines, 12), &lines[8..]);
        assert_eq!(newest(&[], 12), &[] as &[String]);
    }

    #[test]
    fn levels_are_whole_words() {
        assert_eq!(level_of("2024 ERROR x"), Level::Error);
        assert_eq!(level_of("no terror here"), Level::Info);
        assert_eq!(level_of("WARN: disk"), Level::Warn);
        assert_eq!(level_of("panic: runtime error"), Level::Fatal);
    }

    #[test]
    fn clipping_keeps_characters_whole() {
        assert_eq!(clip("数据库", 4), "数");
    }
}
