//! Keys and projects in memory, so that an upload costs no look-up in the store. Another process may
//! change them, so they are read again now and then, and at once where a name is not known.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use faultscan_wire::KeyId;
use faultscan_wire::sign::{SigningKey, VerifyingKey, signing_key, verifying_key};

use super::digest;
use crate::ids::ProjectId;
use crate::store::{Control, Digest, IssuerKey, KeyState, Project, Store, StoreError};

/// Somebody who may sign tickets.
#[derive(Debug, Clone)]
pub struct Issuer {
    /// Id of the key.
    pub id: KeyId,
    /// The key.
    pub key: VerifyingKey,
    /// Whose it is; none: the server's own.
    pub project: Option<ProjectId>,
    /// What it is good for.
    pub state: KeyState,
}

#[derive(Default)]
struct Entries {
    issuers: HashMap<KeyId, Issuer>,
    signer: Option<SigningKey>,
    projects_by_key: HashMap<Digest, Project>,
    controls: HashMap<ProjectId, Control>,
}

/// Keys and projects in memory.
pub struct Directory {
    store: Arc<dyn Store>,
    entries: RwLock<Arc<Entries>>,
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Directory").finish_non_exhaustive()
    }
}

impl Directory {
    /// Reads keys and projects from the store. Blocks.
    ///
    /// # Errors
    /// When the store fails.
    pub fn load(store: Arc<dyn Store>) -> Result<Self, StoreError> {
        let directory = Self {
            store,
            entries: RwLock::default(),
        };
        directory.reload()?;
        Ok(directory)
    }

    /// Reads keys and projects again. Blocks.
    ///
    /// # Errors
    /// When the store fails; then what was known stays.
    pub fn reload(&self) -> Result<(), StoreError> {
        let mut entries = Entries::default();
        for key in self.store.issuer_keys()? {
            entries.add_key(&key);
        }
        for project in self.store.projects()? {
            entries.controls.insert(project.id.clone(), project.control);
            if let Some(digest) = project.api_key_digest {
                entries.projects_by_key.insert(digest, project);
            }
        }
        *self.entries.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(entries);
        Ok(())
    }

    fn entries(&self) -> Arc<Entries> {
        Arc::clone(&self.entries.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The issuer with a key id. One that is not known is looked up in the store; that blocks.
    ///
    /// # Errors
    /// When the store fails.
    pub fn issuer(&self, id: &KeyId) -> Result<Option<Issuer>, StoreError> {
        let known = || self.entries().issuers.get(id).cloned();
        if let Some(issuer) = known() {
            return Ok(Some(issuer));
        }
        // One look-up by key: a stranger's ticket must not cost a reading of everything.
        if self.store.issuer_key(id)?.is_some() {
            self.reload()?;
        }
        Ok(known())
    }

    /// The project of an API key. One that is not known is looked up in the store; that blocks.
    ///
    /// # Errors
    /// When the store fails.
    pub fn project_of(&self, api_key: &str) -> Result<Option<Project>, StoreError> {
        // Looked up by digest: how long that takes tells nothing about the key.
        let digest = digest(api_key.as_bytes());
        let known = || self.entries().projects_by_key.get(&digest).cloned();
        if let Some(project) = known() {
            return Ok(Some(project));
        }
        if self.store.project_by_api_key(&digest)?.is_some() {
            self.reload()?;
        }
        Ok(known())
    }

    /// What a project's senders are told; the default where the project is not known.
    #[must_use]
    pub fn control(&self, project: &ProjectId) -> Control {
        self.entries()
            .controls
            .get(project)
            .copied()
            .unwrap_or_default()
    }

    /// The key that the server signs tickets with.
    #[must_use]
    pub fn signer(&self) -> Option<SigningKey> {
        self.entries().signer.clone()
    }

    /// The keys whose tickets count, the projects' too: pages verify tickets made offline by them.
    #[must_use]
    pub fn published(&self) -> Vec<Issuer> {
        let counts = |issuer: &&Issuer| issuer.state != KeyState::Revoked;
        let mut keys: Vec<_> = self
            .entries()
            .issuers
            .values()
            .filter(counts)
            .cloned()
            .collect();
        keys.sort_by_key(|issuer| issuer.id);
        keys
    }
}

impl Entries {
    fn add_key(&mut self, stored: &IssuerKey) {
        let Ok(key) = verifying_key(&stored.public) else {
            tracing::error!(key_id = %stored.id, "a stored issuer key is no usable key");
            return;
        };
        let project = stored.project.clone();
        // Keys come oldest first: the newest active one signs.
        if let (None, Some(secret), KeyState::Active) = (&project, stored.secret, stored.state) {
            self.signer = Some(signing_key(&secret));
        }
        let issuer = Issuer {
            id: stored.id,
            key,
            project,
            state: stored.state,
        };
        self.issuers.insert(stored.id, issuer);
    }
}
