//! Groups of like failures, trends, and what there is to narrow by.

use actix_web::{HttpRequest, HttpResponse, web};

use super::State;
use super::answer::fresh;
use super::extract::{Effect, require_session};
use super::group_view::{FacetsView, GroupEdit, GroupPage, GroupView, TrendView};
use super::intake;
use super::narrow::{bad_query, group_id, narrowed_query, some};
use super::problem::{Problem, ProblemBody};
use crate::service::groups::{self, ListRequest, TrendRequest};
use crate::service::refusal::{Class, Refusal};
use crate::store::{GroupOrder, GroupQuery, GroupState, TrendBy, TrendFilter};

const PAGE_ITEMS_DEFAULT: u32 = 50;
const TREND_HOURS_DEFAULT: u64 = 14 * 24;
const TREND_STEP_HOURS_DEFAULT: u64 = 24;
const TREND_SERIES_DEFAULT: usize = 8;
const TREND_SERIES_MAX: usize = 50;

narrowed_query! {
    /// Which groups to list.
    GroupsQuery {
        /// Words to look for: in code, cause, titles, captured values, assignee and note.
        #[serde(default)]
        q: Option<String>,
        /// `last_seen` (the default), `first_seen` or `reports`; each descending.
        #[serde(default)]
        order: Option<String>,
        /// `next` of the page before.
        #[serde(default)]
        after: Option<String>,
        /// At most this many, up to 200.
        #[serde(default)]
        limit: Option<u32>,
    }
}

/// Lists groups of like failures.
#[utoipa::path(
    get, path = "/v1/groups", tag = "groups", params(GroupsQuery),
    responses(
        (status = 200, description = "A page", body = GroupPage),
        (status = "4XX", description = "Refused", body = ProblemBody,
            content_type = "application/problem+json"),
    ),
    security(("session" = []))
)]
pub(super) async fn list(
    state: web::Data<State>,
    req: HttpRequest,
    query: web::Query<GroupsQuery>,
) -> Result<HttpResponse, Problem> {
    require_session(&state, &req, Effect::Reads).await?;
    let mut query = query.into_inner();
    let filter = query.filter()?;
    let order = match query.order.as_deref() {
        None | Some("" | "last_seen") => GroupOrder::LastSeen,
        Some("first_seen") => GroupOrder::FirstSeen,
        Some("reports") => GroupOrder::Reports,
        Some(_) => return Err(bad_query("order is last_seen, first_seen or reports").into()),
    };
    let after = some(query.after)
        .map(|text| {
            let (value, number) = text.split_once('-')?;
            Some((value.parse().ok()?, number.parse().ok()?))
        })
        .map(|place| place.ok_or_else(|| bad_query("after is `next` of another page")))
        .transpose()?;
    let request = ListRequest {
        text: query.q,
        query: GroupQuery {
            filter,
            words: Vec::new(),
            order,
            after,
            limit: query.limit.unwrap_or(PAGE_ITEMS_DEFAULT),
        },
    };
    let page = groups::list(&state.core, request).await?;
    Ok(fresh(GroupPage {
        items: page.groups.into_iter().map(Into::into).collect(),
        next: page.next.map(|(value, number)| format!("{value}-{number}")),
    }))
}

/// One group.
#[utoipa::path(
    get, path = "/v1/groups/{id}", tag = "groups",
    params(("id" = String, Path, description = "The group's id")),
    responses(
        (status = 200, description = "The group", body = GroupView),
        (status = "4XX", description = "Refused", body = ProblemBody,
            content_type = "application/problem+json"),
    ),
    security(("session" = []))
)]
pub(super) async fn one(
    state: web::Data<State>,
    req: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    require_session(&state, &req, Effect::Reads).await?;
    let shown = groups::get(&state.core, group_id(&id)?).await?;
    Ok(fresh(GroupView::from(shown)))
}

/// Changes how a group stands, who takes care of it, or its note.
#[utoipa::path(
    post, path = "/v1/groups/{id}", tag = "groups", request_body = GroupEdit,
    params(("id" = String, Path, description = "The group's id")),
    responses(
        (status = 200, description = "The group as it is now", body = GroupView),
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
    let id = group_id(&id)?;
    let given: GroupEdit = intake::json(&state, &req, payload).await?;
    let to = given
        .state
        .map(|text| {
            GroupState::parse(&text).ok_or_else(|| {
                Refusal::new(
                    Class::Unacceptable,
                    "bad_state",
                    "a group is new, confirmed or fixed",
                )
            })
        })
        .transpose()?;
    let shown = groups::change(&state.core, id, to, given.assignee, given.note).await?;
    Ok(fresh(GroupView::from(shown)))
}

narrowed_query! {
    /// Which trend to show.
    TrendsQuery {
        /// `code` (the default), `cause` or `family`.
        #[serde(default)]
        by: Option<String>,
        /// Hours covered, ending now; 336 unless told.
        #[serde(default)]
        hours: Option<u64>,
        /// Hours in each step; 24 unless told. Steps are whole ones since 1970 by UTC.
        #[serde(default)]
        step: Option<u64>,
        /// Series told apart, up to 50; the others are summed up.
        #[serde(default)]
        top: Option<usize>,
        /// Only this group of like failures.
        #[serde(default)]
        group: Option<String>,
        /// Only this operating system, with or without its version.
        #[serde(default)]
        os: Option<String>,
        /// Only this version of the app.
        #[serde(default)]
        app_version: Option<String>,
    }
}

/// Reports over time by code, cause or family.
#[utoipa::path(
    get, path = "/v1/trends", tag = "groups", params(TrendsQuery),
    responses(
        (status = 200, description = "The trend", body = TrendView),
        (status = "4XX", description = "Refused", body = ProblemBody,
            content_type = "application/problem+json"),
    ),
    security(("session" = []))
)]
pub(super) async fn trends(
    state: web::Data<State>,
    req: HttpRequest,
    query: web::Query<TrendsQuery>,
) -> Result<HttpResponse, Problem> {
    require_session(&state, &req, Effect::Reads).await?;
    let mut query = query.into_inner();
    let by = match query.by.as_deref() {
        None | Some("" | "code") => TrendBy::Code,
        Some("cause") => TrendBy::Cause,
        Some("family") => TrendBy::Family,
        Some(_) => return Err(bad_query("by is code, cause or family").into()),
    };
    let request = TrendRequest {
        by,
        filter: TrendFilter {
            groups: query.filter()?,
            group: some(query.group).map(|text| group_id(&text)).transpose()?,
            os: some(query.os),
            app_version: some(query.app_version),
        },
        hours: query.hours.unwrap_or(TREND_HOURS_DEFAULT),
        step_hours: query.step.unwrap_or(TREND_STEP_HOURS_DEFAULT),
        series_max: query
            .top
            .unwrap_or(TREND_SERIES_DEFAULT)
            .min(TREND_SERIES_MAX),
    };
    let trend = groups::trend(&state.core, request).await?;
    Ok(fresh(TrendView::from(trend)))
}

/// What there is to narrow lists by, and how much of it.
#[utoipa::path(
    get, path = "/v1/facets", tag = "groups",
    responses(
        (status = 200, description = "Values and counts", body = FacetsView),
        (status = "4XX", description = "Refused", body = ProblemBody,
            content_type = "application/problem+json"),
    ),
    security(("session" = []))
)]
pub(super) async fn facets(
    state: web::Data<State>,
    req: HttpRequest,
) -> Result<HttpResponse, Problem> {
    require_session(&state, &req, Effect::Reads).await?;
    let facets = groups::facets(&state.core).await?;
    Ok(fresh(FacetsView::from(facets)))
}
