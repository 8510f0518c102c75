//! Commands that work on the data folder, also while a server runs on it.

use std::future::Future;
use std::sync::Arc;

use anyhow::Context;
use faultscan_ingest_server::clock::{Clock, SystemClock};
use faultscan_ingest_server::config::Config;
use faultscan_ingest_server::ids::ProjectId;
use faultscan_ingest_server::keys::{self, KeysError};
use faultscan_ingest_server::observe::Observe;
use faultscan_ingest_server::service::{Core, auth, tickets};
use faultscan_ingest_server::store::sqlite::SqliteStore;
use faultscan_ingest_server::store::{Project, Store};
use faultscan_wire::{Environment, KeyId, base64url};
use serde_json::{Value, json};

use super::args::{AdminArgs, KeysCommand, LoginArgs, ProjectsCommand, TicketsCommand};
use super::{configure, print};

/// What was asked cannot be.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct BadInput(String);

impl From<KeysError> for BadInput {
    fn from(error: KeysError) -> Self {
        Self(error.to_string())
    }
}

/// Runs something on the store, and closes it whatever happens.
fn with_store<T, F>(
    admin: &AdminArgs,
    work: impl FnOnce(Config, Arc<SqliteStore>) -> F,
) -> anyhow::Result<T>
where
    F: Future<Output = anyhow::Result<T>>,
{
    let config = configure(&admin.config, |_| Ok(()))?;
    let observe = Arc::new(Observe::new());
    let store = Arc::new(
        SqliteStore::open(&config.data_dir, &config.store, observe)
            .with_context(|| format!("data folder {}", config.data_dir.display()))?,
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let result = runtime.block_on(work(config, Arc::clone(&store)));
    store.close();
    result
}

/// Prints JSON, or lines for people.
fn show(admin: &AdminArgs, value: &Value, lines: &str) -> anyhow::Result<()> {
    if admin.json {
        print(&format!("{value}\n"))
    } else {
        print(lines)
    }
}

pub(super) fn keys(command: KeysCommand) -> anyhow::Result<()> {
    match command {
        KeysCommand::List(admin) => with_store(&admin, async |_, store| list_keys(&admin, &*store)),
        KeysCommand::Rotate(admin) => with_store(&admin, async |_, store| {
            let id = keys::rotate(&*store, &SystemClock).await?;
            show(
                &admin,
                &json!({"key_id": id.to_string()}),
                &format!("new key {id}\n"),
            )
        }),
        KeysCommand::Revoke { key_id, admin } => with_store(&admin, async |_, store| {
            let id: KeyId = key_id
                .parse()
                .map_err(|error| BadInput(format!("{error}")))?;
            match keys::revoke(&*store, id).await {
                Err(error @ KeysError::NoSuchKey) => Err(BadInput::from(error).into()),
                Err(error) => Err(error.into()),
                Ok(()) => {
                    let value = json!({"key_id": id.to_string(), "state": "revoked"});
                    show(&admin, &value, &format!("revoked {id}\n"))
                }
            }
        }),
    }
}

fn list_keys(admin: &AdminArgs, store: &dyn Store) -> anyhow::Result<()> {
    let mut values = Vec::new();
    let mut lines = String::new();
    for key in store.issuer_keys()? {
        let owner = key.project.as_ref().map_or("server", ProjectId::as_str);
        lines.push_str(&format!("{}  {:<9} {owner}\n", key.id, key.state.as_str()));
        values.push(json!({
            "key_id": key.id.to_string(),
            "public_key": base64url::encode(&key.public),
            "state": key.state.as_str(),
            "project_id": key.project.as_ref().map(ProjectId::as_str),
            "created_at_ms": key.created_at_ms,
        }));
    }
    show(admin, &json!({"keys": values}), &lines)
}

pub(super) fn projects(command: ProjectsCommand) -> anyhow::Result<()> {
    match command {
        ProjectsCommand::New { name, admin } => with_store(&admin, async |_, store| {
            let created = match keys::create_project(&*store, &SystemClock, &name).await {
                Err(error @ (KeysError::BadName | KeysError::NameTaken)) => {
                    return Err(BadInput::from(error).into());
                }
                other => other?,
            };
            let secret = base64url::encode(&created.ticket_secret);
            let value = json!({
                "project_id": created.project.id.as_str(),
                "name": created.project.name,
                "api_key": created.api_key,
                "ticket_secret": secret,
                "ticket_key_id": created.ticket_key_id.to_string(),
            });
            let lines = format!(
                "project {} ({})\napi key        {}\nticket secret  {secret}\n\
                 Both are shown only now. The ticket secret makes tickets without network.\n",
                created.project.name, created.project.id, created.api_key
            );
            show(&admin, &value, &lines)
        }),
        ProjectsCommand::List(admin) => with_store(&admin, async |_, store| {
            let mut values = Vec::new();
            let mut lines = String::new();
            for project in store.projects()? {
                lines.push_str(&project_line(&project));
                values.push(project_value(&project));
            }
            show(&admin, &json!({"projects": values}), &lines)
        }),
        ProjectsCommand::Set {
            project,
            enabled,
            sample_rate,
            admin,
        } => with_store(&admin, async |_, store| {
            let changed = match keys::set_control(&*store, &project, enabled, sample_rate).await {
                Err(error @ (KeysError::NoSuchProject | KeysError::BadSampleRate)) => {
                    return Err(BadInput::from(error).into());
                }
                other => other?,
            };
            show(&admin, &project_value(&changed), &project_line(&changed))
        }),
    }
}

fn project_value(project: &Project) -> Value {
    json!({
        "project_id": project.id.as_str(),
        "name": project.name,
        "created_at_ms": project.created_at_ms,
        "control": {
            "enabled": project.control.enabled,
            "sample_rate": project.control.sample_rate,
        },
    })
}

fn project_line(project: &Project) -> String {
    let control = project.control;
    let state = if control.enabled { "on" } else { "off" };
    let (id, rate, name) = (&project.id, control.sample_rate, &project.name);
    format!("{id:<16} {state:<3} {rate:<5} {name}\n")
}

/// The origin for links made without a running server.
fn origin(config: &Config, given: Option<String>) -> String {
    given
        .or_else(|| config.http.public_origin.clone())
        .unwrap_or_else(|| format!("http://{}", config.http.listen))
}

pub(super) fn tickets(command: TicketsCommand) -> anyhow::Result<()> {
    let TicketsCommand::New {
        ttl_s,
        code,
        context,
        evidence,
        os,
        arch,
        network_type,
        app_version,
        public_origin,
        admin,
    } = command;
    let pair = |text: String| match text.split_once('=') {
        Some((key, value)) => Ok((key.to_owned(), value.to_owned())),
        None => Err(BadInput(format!("--context {text}: expected KEY=VALUE"))),
    };
    let request = tickets::TicketRequest {
        environment: Some(Environment {
            os,
            arch,
            network_type,
            app_version,
        }),
        fingerprint: None,
        ttl_s,
        code,
        context: context.into_iter().map(pair).collect::<Result<_, _>>()?,
        evidence: evidence.into_iter().map(|line| (None, line)).collect(),
    };
    with_store(&admin, async |config, store| {
        let origin = origin(&config, public_origin);
        let (observe, clock) = (Arc::new(Observe::new()), Arc::new(SystemClock));
        let core = Core::start(config, store, observe, clock, origin.clone()).await?;
        let ticket = tickets::create(&core, ProjectId::dashboard(), request)
            .await
            .map_err(|refusal| BadInput(refusal.to_string()))?;
        let value = json!({
            "ticket_id": ticket.claims().ticket_id.to_string(),
            "text": ticket.to_base64url(),
            "url": ticket.to_url(&origin),
            "decimal": ticket.to_decimal(),
            "key_id": ticket.claims().key_id.to_string(),
            "issued_at_s": ticket.claims().issued_at_s,
            "expires_at_s": ticket.expires_at_s(),
        });
        show(&admin, &value, &format!("{}\n", ticket.to_url(&origin)))
    })
}

pub(super) fn login(args: LoginArgs) -> anyhow::Result<()> {
    let LoginArgs {
        public_origin,
        admin,
    } = args;
    with_store(&admin, async |config, store| {
        let origin = origin(&config, public_origin);
        let age_max_s = config.limits.login_link_age_max_s;
        let token = auth::new_login_token(&*store, SystemClock.now_ms(), age_max_s).await?;
        let link = auth::login_link(&origin, &token);
        show(&admin, &json!({"login": link}), &format!("{link}\n"))
    })
}
