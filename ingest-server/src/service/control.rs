//! Remote control of senders: per project, told with each answer to an upload.

use std::sync::Arc;

use super::Core;
use super::refusal::{Class, Refusal};
use crate::keys::{self, KeysError};
use crate::store::{Project, Store};

/// All projects, oldest first.
///
/// # Errors
/// When the store fails.
pub async fn projects(core: &Arc<Core>) -> Result<Vec<Project>, Refusal> {
    core.read(Store::projects).await
}

/// Changes what a project's senders are told; `None` leaves a setting as it is. This server's answers
/// say so at once, those of others on the same data within seconds.
///
/// # Errors
/// `bad_sample_rate`, `not_found`, or the store's failure.
pub async fn change(
    core: &Arc<Core>,
    project: &str,
    enabled: Option<bool>,
    sample_rate: Option<f64>,
) -> Result<Project, Refusal> {
    let changed = keys::set_control(&*core.store, project, enabled, sample_rate).await;
    let project = changed.map_err(|error| match error {
        KeysError::NoSuchProject => Refusal::missing("project"),
        KeysError::Store(error) => error.into(),
        other => Refusal::new(Class::Unacceptable, other.reason(), other.to_string()),
    })?;
    let job = Arc::clone(core);
    core.cpu.run(move || Ok(job.keys.reload()?)).await?;
    Ok(project)
}
