//! Projects, and what their senders are told.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::State;
use super::answer::fresh;
use super::extract::{Effect, require_session};
use super::intake;
use super::problem::{Problem, ProblemBody};
use super::view::Control;
use crate::service::control;
use crate::store::Project;

/// All projects.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProjectList {
    projects: Vec<ProjectView>,
}

/// A project.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProjectView {
    project_id: String,
    name: String,
    /// Unix milliseconds.
    created_at_ms: u64,
    /// What its senders are told with each answer.
    control: Control,
}

impl From<Project> for ProjectView {
    fn from(project: Project) -> Self {
        Self {
            project_id: project.id.to_string(),
            name: project.name,
            created_at_ms: project.created_at_ms,
            control: project.control.into(),
        }
    }
}

/// What to change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ControlChange {
    /// Whether senders send at all: the kill switch.
    #[serde(default)]
    enabled: Option<bool>,
    /// Share of sessions that send, 0 to 1.
    #[serde(default)]
    #[schema(minimum = 0.0, maximum = 1.0)]
    sample_rate: Option<f64>,
}

/// All projects, oldest first.
#[utoipa::path(
    get, path = "/v1/projects", tag = "projects",
    responses(
        (status = 200, description = "The projects", body = ProjectList),
        (status = "4XX", description = "Refused", body = ProblemBody,
            content_type = "application/problem+json"),
    ),
    security(("session" = []))
)]
pub(super) async fn list(
    state: web::Data<State>,
    req: HttpRequest,
) -> Result<HttpResponse, Problem> {
    require_session(&state, &req, Effect::Reads).await?;
    let projects = control::projects(&state.core).await?;
    let projects = projects.into_iter().map(Into::into).collect();
    Ok(fresh(ProjectList { projects }))
}

/// Changes what a project's senders are told.
#[utoipa::path(
    post, path = "/v1/projects/{id}", tag = "projects", request_body = ControlChange,
    params(("id" = String, Path, description = "The project's id or name")),
    responses(
        (status = 200, description = "The project as it is now", body = ProjectView),
        (status = "4XX", description = "Refused", body = ProblemBody,
            content_type = "application/problem+json"),
    ),
    security(("session" = [], "csrf" = []))
)]
pub(super) async fn change(
    state: web::Data<State>,
    req: HttpRequest,
    payload: web::Payload,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    require_session(&state, &req, Effect::Changes).await?;
    let given: ControlChange = intake::json(&state, &req, payload).await?;
    let project = control::change(&state.core, &id, given.enabled, given.sample_rate).await?;
    Ok(fresh(ProjectView::from(project)))
}
