//! Issuer keys, projects and the server's secret: who may say what.

pub mod bodies;
mod directory;
mod secrets;

use faultscan_wire::sign::{SigningKey, signing_key};
use faultscan_wire::{KeyId, base64url, key_id};
use sha2::{Digest as _, Sha256};

use crate::clock::Clock;
use crate::ids::{self, ProjectId, RandomError};
use crate::store::{Control, Digest, IssuerKey, KeyState, Project, Store, StoreError};

pub use directory::{Directory, Issuer};
pub use secrets::{Capability, CsrfToken, Secrets};

/// Why a key or a project could not be made or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The operating system gave no random bytes.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// The name is empty, too long, or holds control characters.
    #[error("a project's name is 1 to 64 characters without control characters")]
    BadName,
    /// Another project has the name.
    #[error("there is a project of that name already")]
    NameTaken,
    /// A share lies outside 0 to 1.
    #[error("a sample rate is a number from 0 to 1")]
    BadSampleRate,
    /// There is no project of that id or name.
    #[error("there is no such project")]
    NoSuchProject,
    /// There is no such key, or it is revoked already.
    #[error("there is no such key that is not revoked yet")]
    NoSuchKey,
}

impl KeysError {
    /// Stable name of the fault.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Store(error) => error.reason(),
            Self::Random(_) => "no_randomness",
            Self::BadName => "bad_project_name",
            Self::NameTaken => "project_name_taken",
            Self::BadSampleRate => "bad_sample_rate",
            Self::NoSuchProject => "no_such_project",
            Self::NoSuchKey => "no_such_key",
        }
    }
}

/// SHA-256 of a secret, which is all that is stored of it.
#[must_use]
pub fn digest(secret: &[u8]) -> Digest {
    Sha256::digest(secret).into()
}

/// A project with the secrets that are shown once.
#[derive(Debug, Clone)]
pub struct CreatedProject {
    /// What is stored.
    pub project: Project,
    /// Bearer key for the HTTP API.
    pub api_key: String,
    /// Secret half of the key for tickets made offline. The server keeps the public half only.
    pub ticket_secret: [u8; 32],
    /// Id of that key.
    pub ticket_key_id: KeyId,
}

/// Makes a project with an API key and a key for tickets made offline.
///
/// # Errors
/// When the name will not do or is taken, or the store fails.
pub async fn create_project(
    store: &dyn Store,
    clock: &dyn Clock,
    name: &str,
) -> Result<CreatedProject, KeysError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 64 || name.chars().any(char::is_control) {
        return Err(KeysError::BadName);
    }
    let api_key = format!("fsk_{}", base64url::encode(&ids::random::<32>()?));
    let ticket_secret = ids::random()?;
    let created_at_ms = clock.now_ms();
    let project = Project {
        id: ProjectId::random()?,
        name: name.to_owned(),
        api_key_digest: Some(digest(api_key.as_bytes())),
        created_at_ms,
        control: Control::default(),
    };
    let public = signing_key(&ticket_secret).verifying_key();
    let key = IssuerKey {
        id: key_id(&public),
        public: public.to_bytes(),
        secret: None,
        project: Some(project.id.clone()),
        state: KeyState::Active,
        created_at_ms,
    };
    let ticket_key_id = key.id;
    if !store.insert_project(project.clone(), Some(key)).await? {
        return Err(KeysError::NameTaken);
    }
    Ok(CreatedProject {
        project,
        api_key,
        ticket_secret,
        ticket_key_id,
    })
}

/// Changes what a project's senders are told; `None` leaves a setting as it is. The project is named
/// by its id or its name.
///
/// # Errors
/// When there is no such project, the share is out of bounds, or the store fails.
pub async fn set_control(
    store: &dyn Store,
    project: &str,
    enabled: Option<bool>,
    sample_rate: Option<f64>,
) -> Result<Project, KeysError> {
    if sample_rate.is_some_and(|rate| !(0.0..=1.0).contains(&rate)) {
        return Err(KeysError::BadSampleRate);
    }
    let mut projects = store.projects()?.into_iter();
    let named = |known: &Project| known.id.as_str() == project || known.name == project;
    let mut project = projects.find(named).ok_or(KeysError::NoSuchProject)?;
    let control = &mut project.control;
    control.enabled = enabled.unwrap_or(control.enabled);
    control.sample_rate = sample_rate.unwrap_or(control.sample_rate);
    if !store.set_control(project.id.clone(), *control).await? {
        return Err(KeysError::NoSuchProject);
    }
    Ok(project)
}

/// Gives the server a new key; the one before it only verifies from now on.
///
/// # Errors
/// When the store or the random source fails.
pub async fn rotate(store: &dyn Store, clock: &dyn Clock) -> Result<KeyId, KeysError> {
    let key = server_key(&signing_key(&ids::random()?), clock.now_ms());
    let id = key.id;
    store.rotate_server_key(key).await?;
    Ok(id)
}

fn server_key(secret: &SigningKey, created_at_ms: u64) -> IssuerKey {
    let public = secret.verifying_key();
    IssuerKey {
        id: key_id(&public),
        public: public.to_bytes(),
        secret: Some(secret.to_bytes()),
        project: None,
        state: KeyState::Active,
        created_at_ms,
    }
}

/// Revokes a key for good: nothing that it signed counts any more.
///
/// # Errors
/// When there is no such key, or the store fails.
pub async fn revoke(store: &dyn Store, id: KeyId) -> Result<(), KeysError> {
    if store.set_key_state(id, KeyState::Revoked).await? {
        Ok(())
    } else {
        Err(KeysError::NoSuchKey)
    }
}

/// Makes what a server cannot be without: a key of its own, and the dashboard's project.
///
/// # Errors
/// When the store or the random source fails.
pub async fn first_start(store: &dyn Store, clock: &dyn Clock) -> Result<(), KeysError> {
    let own_active = |key: &IssuerKey| key.project.is_none() && key.state == KeyState::Active;
    if !store.issuer_keys()?.iter().any(own_active) {
        rotate(store, clock).await?;
    }
    let project = Project {
        id: ProjectId::dashboard(),
        name: "default".to_owned(),
        api_key_digest: None,
        created_at_ms: clock.now_ms(),
        control: Control::default(),
    };
    // False means that it is there already.
    store.insert_project(project, None).await?;
    Ok(())
}
