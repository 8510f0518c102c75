//! `diag ticket new` and `diag ticket decode`.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use faultscan_wire::limits::CLOCK_SKEW_S_DEFAULT;
use faultscan_wire::{TICKET_VERSION, Ticket, TicketError, VerifyingKey};
use serde_json::{Value, json};

use crate::cli::Global;
use crate::exit::OrBadInput as _;
use crate::issue::{ClaimArgs, IssuerArgs};
use crate::term::{Term, pad, printable};
use crate::{duration, http, keys, output, system};

/// `diag ticket …`.
#[derive(Debug, Subcommand)]
pub(crate) enum TicketCommand {
    /// Make a signed ticket for this machine
    New(NewArgs),
    /// Show what a ticket says, whether its signature holds and its time is right
    Decode(DecodeArgs),
}

impl TicketCommand {
    /// Runs the command.
    pub(crate) fn run(&self, global: Global) -> anyhow::Result<ExitCode> {
        match self {
            Self::New(args) => args.run(global),
            Self::Decode(args) => args.run(global),
        }
    }
}

const NEW_EXAMPLES: &str = "\
Examples:
  diag keygen --out project.key && diag ticket new --key project.key
  diag ticket new --server https://scan.example.org --api-key KEY --ttl 1h
  diag ticket new --code ERR-DB-003 --context region=eu-1 --evidence-file tail.log --json";

/// Options of `diag ticket new`.
#[derive(Args, Debug)]
#[command(after_help = NEW_EXAMPLES)]
pub(crate) struct NewArgs {
    #[command(flatten)]
    claims: ClaimArgs,
    #[command(flatten)]
    issuer: IssuerArgs,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

impl NewArgs {
    fn run(&self, global: Global) -> anyhow::Result<ExitCode> {
        let issuer = self.issuer.require_issuer()?;
        let ticket = issuer.issue(&self.claims.draft()?)?;
        let origin = self.issuer.origin()?;
        if self.json {
            output::json(&issued_json(&ticket, origin.as_deref()))?;
        } else {
            let term = global.stderr();
            let left = duration::human(u64::from(ticket.claims().ttl_s));
            eprintln!(
                "{}",
                term.dim(&term.lang.say(
                    format!("valid for {left}; {} bytes", ticket.bytes().len()),
                    format!("有效期 {left}；{} 字节", ticket.bytes().len())
                ))
            );
            let text =
                origin.map_or_else(|| ticket.to_base64url(), |origin| ticket.to_url(&origin));
            output::print(&format!("{text}\n"))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A new ticket as JSON: the server's shape, and what the ticket says.
pub(crate) fn issued_json(ticket: &Ticket, origin: Option<&str>) -> Value {
    let claims = ticket.claims();
    json!({
        "ticket_id": claims.ticket_id,
        "text": ticket.to_base64url(),
        "url": origin.map(|origin| ticket.to_url(origin)),
        "decimal": ticket.to_decimal(),
        "key_id": claims.key_id,
        "fingerprint": claims.fingerprint,
        "issued_at_s": claims.issued_at_s,
        "ttl_s": claims.ttl_s,
        "expires_at_s": ticket.expires_at_s(),
        "code": claims.code,
        "context": claims.context,
        "evidence": claims.evidence,
        "size_bytes": ticket.bytes().len(),
    })
}

const DECODE_EXAMPLES: &str = "\
Examples:
  diag ticket decode 'https://scan.example.org/s#FS1.lgHEC…'
  diag ticket decode FS1.lgHEC… --issuer-key PUBLIC_KEY --json
  diag ticket decode 04212009… --server https://scan.example.org";

/// Options of `diag ticket decode`.
#[derive(Args, Debug)]
#[command(after_help = DECODE_EXAMPLES)]
pub(crate) struct DecodeArgs {
    /// The ticket: a link, FS1.…, or decimal digits
    #[arg(value_name = "TEXT")]
    text: String,
    /// Public key of an issuer that you trust, as text or file (repeatable)
    #[arg(long, value_name = "KEY")]
    issuer_key: Vec<String>,
    /// Server whose issuer keys to trust
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

impl DecodeArgs {
    fn run(&self, global: Global) -> anyhow::Result<ExitCode> {
        let ticket = Ticket::parse(&self.text).or_bad_input("ticket")?;
        let keys = self.trusted_keys()?;
        let signature = Signature::of(&ticket, keys.as_deref());
        let time = Time::of(&ticket, system::now_s());
        if self.json {
            output::json(&decoded_json(&ticket, &signature, &time))?;
        } else {
            output::print(&decoded_text(&ticket, &signature, &time, global.stdout()))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn trusted_keys(&self) -> anyhow::Result<Option<Vec<VerifyingKey>>> {
        if self.issuer_key.is_empty() && self.server.is_none() {
            return Ok(None);
        }
        let mut trusted = Vec::new();
        for text in &self.issuer_key {
            trusted.push(keys::public_key(text)?);
        }
        if let Some(server) = &self.server {
            trusted.extend(server_keys(&http::server_url(server)?)?);
        }
        Ok(Some(trusted))
    }
}

/// The issuer keys that a server publishes.
fn server_keys(server: &str) -> anyhow::Result<Vec<VerifyingKey>> {
    let answer = http::get(&format!("{server}/.well-known/faultscan/keys.json"))?;
    if !answer.is_success() {
        anyhow::bail!(answer.refusal());
    }
    let listed = answer
        .body
        .get("keys")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let texts = listed
        .iter()
        .filter_map(|key| key.get("public_key").and_then(Value::as_str));
    texts.map(keys::public_key).collect()
}

/// What is known of a ticket's signature.
enum Signature {
    Valid,
    NotChecked,
    Refused(TicketError),
}

impl Signature {
    fn of(ticket: &Ticket, keys: Option<&[VerifyingKey]>) -> Self {
        let Some(keys) = keys else {
            return Self::NotChecked;
        };
        match ticket.verify_signature(&keys.to_vec()) {
            Ok(()) => Self::Valid,
            Err(error) => Self::Refused(error),
        }
    }

    fn state(&self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::NotChecked => "not_checked",
            Self::Refused(TicketError::UnknownIssuer) => "unknown_issuer",
            Self::Refused(_) => "bad",
        }
    }
}

/// How a ticket's time compares with this machine's clock.
enum Time {
    Valid { left_s: u64 },
    Refused(TicketError),
}

impl Time {
    fn of(ticket: &Ticket, now_s: u64) -> Self {
        match ticket.check_time(now_s, CLOCK_SKEW_S_DEFAULT) {
            Ok(check) => Self::Valid {
                left_s: check.remaining_s,
            },
            Err(error) => Self::Refused(error),
        }
    }

    fn state(&self) -> &'static str {
        match self {
            Self::Valid { .. } => "valid",
            Self::Refused(TicketError::NotYetValid { .. }) => "not_yet_valid",
            Self::Refused(_) => "expired",
        }
    }

    fn left_s(&self) -> u64 {
        match self {
            Self::Valid { left_s } => *left_s,
            Self::Refused(_) => 0,
        }
    }
}

fn decoded_json(ticket: &Ticket, signature: &Signature, time: &Time) -> Value {
    let claims = ticket.claims();
    json!({
        "version": TICKET_VERSION,
        "ticket_id": claims.ticket_id,
        "key_id": claims.key_id,
        "fingerprint": claims.fingerprint,
        "issued_at_s": claims.issued_at_s,
        "ttl_s": claims.ttl_s,
        "expires_at_s": ticket.expires_at_s(),
        "code": claims.code,
        "context": claims.context,
        "evidence": claims.evidence,
        "size_bytes": ticket.bytes().len(),
        "signature": { "state": signature.state() },
        "time": { "state": time.state(), "left_s": time.left_s() },
    })
}

fn decoded_text(ticket: &Ticket, signature: &Signature, time: &Time, term: Term) -> String {
    let claims = ticket.claims();
    let lang = term.lang;
    let mut out = String::new();
    let mut row = |en: &str, zh: &str, value: &str| {
        out.push_str(&format!(
            "{}{value}\n",
            term.dim(&pad(lang.pick(en, zh), 14))
        ));
    };
    row("ticket", "票据", &claims.ticket_id.to_string());
    let signed = match signature {
        Signature::Valid => term.green(lang.pick("valid", "有效")),
        Signature::NotChecked => term.yellow(lang.pick(
            "not checked (give --issuer-key or --server)",
            "未验证（请给出 --issuer-key 或 --server）",
        )),
        Signature::Refused(error) => term.red(&error.to_string()),
    };
    row("signature", "签名", &signed);
    let timed = match time {
        Time::Valid { left_s: 0 } => term.yellow(lang.pick(
            "just over, within the clocks' tolerance",
            "刚过期，尚在时钟容差内",
        )),
        Time::Valid { left_s } => {
            let left = duration::human(*left_s);
            term.green(lang.pick(&format!("{left} left"), &format!("剩余 {left}")))
        }
        Time::Refused(error) => term.red(&error.to_string()),
    };
    row("time", "时间", &timed);
    row("issuer key", "签发密钥", &claims.key_id.to_string());
    row("environment", "环境指纹", &claims.fingerprint.to_string());
    if let Some(code) = &claims.code {
        row("code", "错误码", &term.bold(code));
    }
    for (key, value) in &claims.context {
        row("context", "上下文", &format!("{key}={}", printable(value)));
    }
    for evidence in &claims.evidence {
        let code = evidence
            .code
            .as_ref()
            .map(|code| format!("{} ", term.bold(code)))
            .unwrap_or_default();
        row(
            "evidence",
            "证据",
            &format!("{code}{}", printable(&evidence.line)),
        );
    }
    row("size", "大小", &format!("{} B", ticket.bytes().len()));
    out
}
