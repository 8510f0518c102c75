//! Issuing a ticket: offline with a project's secret, or by asking a server.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use faultscan_wire::scrub::{Scrubber, scrub};
use faultscan_wire::{
    Claims, Environment, Fingerprint, SigningKey, Ticket, TicketEvidence, TicketId, key_id, limits,
};
use serde_json::{Value, json};

use crate::environment::EnvironmentArgs;
use crate::exit::{OrBadInput as _, bad_input};
use crate::{duration, http, input, keys, system};

/// Who signs, and where the ticket leads.
#[derive(Args, Clone, Debug)]
#[command(
    next_help_heading = "Issuer (the key signs here, without network; else the server is asked)"
)]
pub(crate) struct IssuerArgs {
    /// File with the project's ticket secret (32 bytes, base64url); also `FAULTSCAN_TICKET_SECRET`
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Server that issues the ticket, such as <https://scan.example.org>
    #[arg(long, value_name = "URL", env = "FAULTSCAN_SERVER")]
    server: Option<String>,
    /// The project's key for the server's API
    #[arg(
        long,
        value_name = "KEY",
        env = "FAULTSCAN_API_KEY",
        hide_env_values = true
    )]
    api_key: Option<String>,
    /// Address of the scan page that the QR code opens; the server's where left out
    #[arg(long, value_name = "URL", env = "FAULTSCAN_ORIGIN")]
    origin: Option<String>,
}

/// What a ticket says.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Ticket")]
pub(crate) struct ClaimArgs {
    /// How long the ticket can be used: 90s, 10m, 2h, 1d (at most 7d)
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = duration::parse_seconds)]
    ttl: u32,
    /// Error code that is known already
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    /// A fact to carry along, such as region=eu-1 (repeatable, at most 8)
    #[arg(long, value_name = "KEY=VALUE", value_parser = input::key_value)]
    context: Vec<(String, String)>,
    /// File with log lines to carry along; secrets are removed (at most 8 lines are taken)
    #[arg(long, value_name = "FILE")]
    evidence_file: Option<PathBuf>,
    #[command(flatten)]
    environment: EnvironmentArgs,
}

/// What is to be issued.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) ttl_s: u32,
    pub(crate) environment: Environment,
    pub(crate) code: Option<String>,
    pub(crate) context: BTreeMap<String, String>,
    pub(crate) evidence: Vec<TicketEvidence>,
}

impl ClaimArgs {
    /// The draft that the options describe.
    pub(crate) fn draft(&self) -> anyhow::Result<Draft> {
        let evidence = match &self.evidence_file {
            None => Vec::new(),
            Some(file) => scrub_lines(&input::read_lines(Some(file))?)
                .iter()
                .filter_map(|line| evidence_of(None, line))
                .take(limits::TICKET_EVIDENCE_ITEMS_MAX)
                .collect(),
        };
        let mut context = BTreeMap::new();
        for (key, value) in &self.context {
            if context.insert(key.clone(), value.clone()).is_some() {
                return Err(bad_input(format_args!("context: `{key}` is given twice")));
            }
        }
        let environment = self.environment.resolve();
        Ok(Draft {
            ttl_s: self.ttl,
            environment,
            code: self.code.clone(),
            context,
            evidence,
        })
    }
}

/// A line made fit for a ticket: secrets removed, cut to the ticket's limit.
pub(crate) fn evidence_of(code: Option<String>, line: &str) -> Option<TicketEvidence> {
    TicketEvidence::from_line(code, &scrub(line))
}

/// Lines without secrets. A private key goes whole, however many lines it has.
pub(crate) fn scrub_lines(lines: &[String]) -> Vec<String> {
    let mut scrubber = Scrubber::new();
    lines
        .iter()
        .map(|line| scrubber.scrub(line).into_owned())
        .collect()
}

/// Someone who can issue tickets.
#[derive(Debug)]
pub(crate) enum Issuer {
    /// Signs here.
    Key(Box<SigningKey>),
    /// Asks a server.
    Server { url: String, api_key: String },
}

impl IssuerArgs {
    /// The issuer that the options and the environment name; `None` where they name none.
    pub(crate) fn issuer(&self) -> anyhow::Result<Option<Issuer>> {
        if let Some(key) = keys::ticket_key(self.key.as_ref())? {
            return Ok(Some(Issuer::Key(Box::new(key))));
        }
        match (&self.server, &self.api_key) {
            (Some(server), Some(api_key)) => Ok(Some(Issuer::Server {
                url: http::server_url(server)?,
                api_key: api_key.clone(),
            })),
            (Some(_), None) => Err(bad_input(
                "--server needs the project's --api-key (or FAULTSCAN_API_KEY)",
            )),
            _ => Ok(None),
        }
    }

    /// The issuer, or an error that says how to name one.
    pub(crate) fn require_issuer(&self) -> anyhow::Result<Issuer> {
        self.issuer()?.ok_or_else(|| {
            bad_input(
                "who issues the ticket? Give --key FILE (or FAULTSCAN_TICKET_SECRET) to sign here, \
                 or --server URL with --api-key KEY; `diag keygen` makes a key",
            )
        })
    }

    /// The address of the scan page, where one is known.
    pub(crate) fn origin(&self) -> anyhow::Result<Option<String>> {
        self.origin
            .as_ref()
            .or(self.server.as_ref())
            .map(|url| http::server_url(url))
            .transpose()
    }
}

impl Issuer {
    /// Issues a ticket now.
    pub(crate) fn issue(&self, draft: &Draft) -> anyhow::Result<Ticket> {
        match self {
            Self::Key(key) => sign(draft, key),
            Self::Server { url, api_key } => ask(draft, url, api_key),
        }
    }
}

fn sign(draft: &Draft, key: &SigningKey) -> anyhow::Result<Ticket> {
    let claims = Claims {
        key_id: key_id(&key.verifying_key()),
        ticket_id: TicketId(system::random_bytes()?),
        issued_at_s: system::now_s(),
        ttl_s: draft.ttl_s,
        fingerprint: Fingerprint::of(&draft.environment),
        code: draft.code.clone(),
        context: draft.context.clone(),
        evidence: draft.evidence.clone(),
    };
    Ticket::issue(claims, key).or_bad_input("ticket")
}

fn ask(draft: &Draft, url: &str, api_key: &str) -> anyhow::Result<Ticket> {
    let mut body = json!({ "environment": draft.environment, "ttl_s": draft.ttl_s });
    if let Some(fields) = body.as_object_mut() {
        if let Some(code) = &draft.code {
            fields.insert("code".into(), json!(code));
        }
        if !draft.context.is_empty() {
            fields.insert("context".into(), json!(draft.context));
        }
        if !draft.evidence.is_empty() {
            fields.insert("evidence".into(), json!(draft.evidence));
        }
    }
    let url = format!("{url}/v1/tickets");
    let answer = http::post(
        &url,
        "application/json",
        Some(api_key),
        &serde_json::to_vec(&body)?,
    )?;
    if !answer.is_success() {
        // A refused request is bad input; a server that fails is not.
        return Err(if answer.status < 500 {
            bad_input(answer.refusal())
        } else {
            anyhow::anyhow!(answer.refusal())
        });
    }
    let text = answer
        .body
        .get("text")
        .and_then(Value::as_str)
        .unwrap_or_default();
    Ticket::parse(text)
        .map_err(|error| anyhow::anyhow!("the server's ticket cannot be read: {error}"))
}
