//! `diag keygen`: a key pair for signing tickets without a server.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use faultscan_wire::sign::signing_key;
use faultscan_wire::{base64url, key_id};
use serde_json::json;

use crate::cli::Global;
use crate::{keys, output, system};

const EXAMPLES: &str = "\
Examples:
  diag keygen --out project.key        the secret into a file that only you can read
  diag ticket new --key project.key

A server believes such tickets once the public key is registered with it; `ingest-server projects new`
makes a project whose key it knows from the start.";

/// Options of `diag keygen`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct KeygenArgs {
    /// Write the secret to a new file instead of printing it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

impl KeygenArgs {
    /// Makes the key pair.
    pub(crate) fn run(&self, global: Global) -> anyhow::Result<ExitCode> {
        let seed: [u8; 32] = system::random_bytes()?;
        let public = signing_key(&seed).verifying_key();
        let (secret, public_text) = (
            base64url::encode(&seed),
            base64url::encode(public.as_bytes()),
        );
        let id = key_id(&public).to_string();
        if let Some(file) = &self.out {
            keys::write_secret(file, &secret)?;
        }
        if self.json {
            let file = self.out.as_ref().map(|file| file.display().to_string());
            let secret = self.out.is_none().then_some(secret);
            output::json(
                &json!({ "key_id": id, "public_key": public_text, "ticket_secret": secret, "file": file }),
            )?;
            return Ok(ExitCode::SUCCESS);
        }
        let term = global.stdout();
        let label = |en, zh| crate::term::pad(term.lang.pick(en, zh), 12);
        let kept = match &self.out {
            Some(file) => file.display().to_string(),
            None => term.yellow(&secret),
        };
        output::print(&format!(
            "{}{kept}\n{}{}\n{}{id}\n",
            label("secret", "私钥"),
            label("public key", "公钥"),
            term.cyan(&public_text),
            label("key id", "密钥编号"),
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}
