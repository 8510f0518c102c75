//! The fault tree of a report.

use actix_web::{HttpRequest, HttpResponse, web};
use faultscan_diagnosis::{GraphDiff, GraphFormat, GraphOptions};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::State;
use super::answer::{NO_STORE, fresh};
use super::extract::{Effect, address, require_report};
use super::problem::{Problem, ProblemBody};
use super::schema::{GraphChanges, GraphView};
use crate::service::graph::{self, Answer, Part};
use crate::service::refusal::{Class, Refusal};

/// Which part of the tree, how much of it, in which form.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct GraphQuery {
    /// Open this node: it comes with the levels below it.
    #[serde(default)]
    node: Option<String>,
    /// Everything, instead of the compressed first view.
    #[serde(default)]
    all: bool,
    /// Nodes of the first view, 1 to 2000; 15 where left out.
    #[serde(default)]
    max_visible_nodes: Option<usize>,
    /// Nodes of less weight are pruned, 0 to 1; 0.03 where left out.
    #[serde(default)]
    prune_threshold: Option<f64>,
    /// Levels below an opened node, 1 to 32; 2 where left out.
    #[serde(default)]
    lazy_load_depth: Option<usize>,
    /// The version of this part that you have: the answer is what changed, where that can be told.
    #[serde(default)]
    have: Option<String>,
    /// `json` (default), or the whole tree as `mermaid`, `dot` or `open-psa`.
    #[serde(default)]
    format: Option<String>,
    /// `en` (default) or `zh`: titles of the formats that have one language.
    #[serde(default)]
    lang: Option<String>,
}

/// The graph, or what changed since the version at hand. One of the two is there.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GraphAnswer {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<GraphView>)]
    graph: Option<faultscan_diagnosis::Graph>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<GraphChanges>)]
    diff: Option<GraphDiff>,
}

/// A part of the report's fault tree.
#[utoipa::path(
    get, path = "/v1/reports/{id}/graph", tag = "reports",
    params(("id" = String, Path, description = "The report's id"), GraphQuery),
    responses(
        (status = 200, description = "The graph, what changed, or a text", body = GraphAnswer),
        (status = 304, description = "`have` is the current version"),
        (status = "4XX", description = "Refused", body = ProblemBody,
            content_type = "application/problem+json"),
    ),
    security(("capability" = []), ("session" = []))
)]
pub(super) async fn get(
    state: web::Data<State>,
    req: HttpRequest,
    id: web::Path<String>,
    query: web::Query<GraphQuery>,
) -> Result<HttpResponse, Problem> {
    state.core.admit_address(address(&state, &req))?;
    let id = require_report(&state, &req, &id, Effect::Reads).await?;
    let query = query.into_inner();
    let format = query.format()?;
    let options = query.options();
    let part = match (query.node, query.all || format.is_some()) {
        (Some(_), true) => {
            let detail = "`node` goes neither with `all` nor with a text format";
            return Err(Refusal::new(Class::Malformed, "bad_query", detail).into());
        }
        (Some(node), false) => Part::Below(node),
        (None, true) => Part::Whole,
        (None, false) => Part::First,
    };
    let have = query.have.filter(|_| format.is_none());
    let answer = graph::graph(&state.core, id, part, options, have).await?;
    let answer = match (answer, format) {
        (Answer::Same, _) => return Ok(HttpResponse::NotModified().finish()),
        (Answer::Whole(graph), Some(format)) => {
            let is_chinese = query.lang.as_deref() == Some("zh");
            return Ok(HttpResponse::Ok()
                .insert_header(NO_STORE)
                .content_type(format.media_type())
                .body(graph.export(format, is_chinese)));
        }
        (Answer::Whole(graph), None) => GraphAnswer {
            graph: Some(graph),
            diff: None,
        },
        (Answer::Changes(diff), _) => GraphAnswer {
            graph: None,
            diff: Some(diff),
        },
    };
    Ok(fresh(answer))
}

impl GraphQuery {
    fn format(&self) -> Result<Option<GraphFormat>, Refusal> {
        match self.format.as_deref() {
            None | Some("json") => Ok(None),
            Some(name) => GraphFormat::from_name(name).map(Some).ok_or_else(|| {
                let detail = "the formats are json, mermaid, dot and open-psa";
                Refusal::new(Class::Malformed, "bad_query", detail)
            }),
        }
    }

    fn options(&self) -> GraphOptions {
        let mut options = GraphOptions::default();
        options.max_visible_nodes = self.max_visible_nodes.unwrap_or(options.max_visible_nodes);
        options.prune_threshold = self.prune_threshold.unwrap_or(options.prune_threshold);
        options.lazy_load_depth = self.lazy_load_depth.unwrap_or(options.lazy_load_depth);
        options
    }
}
