//! What is new, as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::stream;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::State;
use super::extract::{Effect, require_session};
use super::group_view::GroupFacts;
use super::problem::{Problem, ProblemBody};
use super::report_view::Summary;
use crate::service::Core;
use crate::service::auth::{self, Session};
use crate::service::events::Event;
use crate::service::refusal::Refusal;
use crate::store::StoreError;

const HEARTBEAT: Duration = Duration::from_secs(15);

/// Streams `report` and `updated` events with a report's summary, and `group` events with a group's
/// facts. `missed` says that some events were lost, so that lists should be read anew.
#[utoipa::path(
    get, path = "/v1/events", tag = "reports",
    responses(
        (status = 200, description = "Events without end", body = Summary,
            content_type = "text/event-stream"),
        (status = "4XX", description = "Refused", body = ProblemBody,
            content_type = "application/problem+json"),
        (status = 503, description = "As many streams as there may be", body = ProblemBody,
            content_type = "application/problem+json"),
    ),
    security(("session" = []))
)]
pub(super) async fn stream_events(
    state: web::Data<State>,
    req: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let session = require_session(&state, &req, Effect::Reads).await?;
    let watch = Watch::open(&state.core, session)?;
    let events = stream::unfold(watch, |mut watch| async move {
        watch
            .next()
            .await
            .map(|text| (Ok::<_, Infallible>(Bytes::from(text)), watch))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("cache-control", "no-store"))
        // Proxies must not gather what is to be seen at once.
        .insert_header(("x-accel-buffering", "no"))
        .streaming(events))
}

struct Watch {
    core: Arc<Core>,
    session: Session,
    events: broadcast::Receiver<Event>,
    heartbeat: Interval,
}

impl Watch {
    fn open(core: &Arc<Core>, session: Session) -> Result<Self, Refusal> {
        let streams = &core.observe.event_streams;
        let streams_max = core.config.limits.event_streams_max;
        if usize::try_from(streams.get()).unwrap_or(0) >= streams_max {
            return Err(Refusal::overloaded());
        }
        let events = core
            .events
            .watch()
            .ok_or(Refusal::from(StoreError::Closed))?;
        streams.inc();
        let mut heartbeat = interval(HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Self {
            core: Arc::clone(core),
            session,
            events,
            heartbeat,
        })
    }

    /// The next piece of the stream; none at its end.
    async fn next(&mut self) -> Option<String> {
        tokio::select! {
            event = self.events.recv() => match event {
                Ok(Event::Report(row)) => Some(text("report", &Summary::from(&*row))),
                Ok(Event::Updated(row)) => Some(text("updated", &Summary::from(&*row))),
                Ok(Event::Group(row)) => Some(text("group", &GroupFacts::from((*row).clone()))),
                Err(RecvError::Lagged(missed)) => {
                    Some(format!("event: missed\ndata: {{\"missed\":{missed}}}\n\n"))
                }
                Err(RecvError::Closed) => None,
            },
            // The first one comes at once: it tells the browser that the stream stands.
            _ = self.heartbeat.tick() => {
                let cookie = self.session.token.to_text();
                let session = auth::session(&self.core, &cookie).await;
                matches!(session, Ok(Some(_))).then(|| ": heartbeat\n\n".to_owned())
            }
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.core.observe.event_streams.dec();
    }
}

fn text(event: &str, about: &impl serde::Serialize) -> String {
    let data = serde_json::to_string(about).unwrap_or_default();
    format!("event: {event}\ndata: {data}\n\n")
}
