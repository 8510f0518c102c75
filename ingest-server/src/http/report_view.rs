//! Reports as JSON; see [`super::view`].

use std::collections::BTreeMap;

use faultscan_wire::body::{App, Device, Dropped, Fps, Item, Memory, Network, Rtt, Sdk};
use faultscan_wire::{Claims, LogLine, TicketEvidence};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::view::{EvidenceView, raw};
use crate::service::refusal::Refusal;
use crate::service::reports::Report;
use crate::store::{Feedback, NewUrgent, ReportRow};

/// A report in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Summary {
    #[serde(flatten)]
    facts: ReportFacts,
    /// How many urgent datagrams came from the same session.
    urgent: u32,
}

impl From<&ReportRow> for Summary {
    fn from(row: &ReportRow) -> Self {
        Self {
            facts: row.into(),
            urgent: row.urgent,
        }
    }
}

/// What lists and pages show of a report.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReportFacts {
    /// 32 hexadecimal digits.
    id: String,
    /// Unix milliseconds, by the server's clock.
    received_at_ms: u64,
    /// Unix milliseconds, by the phone's clock.
    captured_at_ms: u64,
    /// Name of the project.
    project: String,
    /// 32 hexadecimal digits.
    ticket_id: String,
    /// Best matching code.
    code: Option<String>,
    /// Its family.
    family: Option<String>,
    /// Its title, English.
    title: String,
    /// Its title, Chinese.
    title_zh: String,
    /// Most probable cause.
    cause: Option<String>,
    /// Its title, English.
    cause_title: String,
    /// Its title, Chinese.
    cause_title_zh: String,
    /// Its probability.
    probability: Option<f64>,
    /// Severity of the code.
    severity: Option<String>,
    /// `explained` or `unexplained`.
    status: String,
    /// Model or user agent.
    device: String,
    /// Operating system.
    os: String,
    /// Version of the app.
    app_version: String,
    /// Log lines, the ticket's evidence included.
    log_lines: u32,
    /// Its group of like failures.
    group: String,
    /// How that group stands: `new`, `confirmed`, `fixed` or `regressed`.
    state: &'static str,
}

impl From<&ReportRow> for ReportFacts {
    fn from(row: &ReportRow) -> Self {
        let (facets, origin) = (row.facets.clone(), row.origin.clone());
        Self {
            id: row.id.to_string(),
            received_at_ms: row.received_at_ms,
            captured_at_ms: row.captured_at_ms,
            project: row.project.clone(),
            ticket_id: row.ticket_id.to_string(),
            code: facets.code,
            family: facets.family,
            title: facets.title,
            title_zh: facets.title_zh,
            cause: facets.cause,
            cause_title: facets.cause_title,
            cause_title_zh: facets.cause_title_zh,
            probability: facets.probability,
            severity: facets.severity,
            status: facets.status,
            device: origin.device,
            os: origin.os,
            app_version: origin.app_version,
            log_lines: origin.log_lines,
            group: row.group.to_string(),
            state: row.state.as_str(),
        }
    }
}

/// A page of reports, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReportPage {
    pub(super) items: Vec<Summary>,
    /// `before` of the next page; none: this was the last.
    pub(super) next: Option<u64>,
    /// How many reports the query finds, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) total: Option<u64>,
    /// False: there are more; searches and some filters count no further than 1,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) total_exact: Option<bool>,
}

/// A log line.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LogLineView {
    /// Relative to the capture, usually negative.
    at_ms: i32,
    /// trace, debug, info, warn, error, fatal or unknown.
    level: &'static str,
    /// What logged it; `ticket` for the ticket's evidence.
    source: String,
    /// The text.
    message: String,
}

impl From<LogLine> for LogLineView {
    fn from(line: LogLine) -> Self {
        Self {
            at_ms: line.at_ms,
            level: line.level.name(),
            source: line.source,
            message: line.message,
        }
    }
}

/// Where a report comes from. Fields are those of docs/spec/snapshot.md; absent ones are left out.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EnvironmentOfReport {
    #[schema(value_type = Option<Object>)]
    device: Option<Device>,
    #[schema(value_type = Option<Object>)]
    network: Option<Network>,
    #[schema(value_type = Option<Object>)]
    app: Option<App>,
    #[schema(value_type = Option<Object>)]
    sdk: Option<Sdk>,
}

/// The ticket of a report.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TicketOfReport {
    id: String,
    key_id: String,
    fingerprint: String,
    code: Option<String>,
    context: BTreeMap<String, String>,
    evidence: Vec<EvidenceView>,
    /// Unix seconds.
    issued_at_s: u64,
    /// Unix seconds.
    expires_at_s: u64,
}

impl From<&Claims> for TicketOfReport {
    fn from(claims: &Claims) -> Self {
        let evidence = |evidence: &TicketEvidence| EvidenceView {
            code: evidence.code.clone(),
            line: evidence.line.clone(),
        };
        Self {
            id: claims.ticket_id.to_string(),
            key_id: claims.key_id.to_string(),
            fingerprint: claims.fingerprint.to_string(),
            code: claims.code.clone(),
            context: claims.context.clone(),
            evidence: claims.evidence.iter().map(evidence).collect(),
            issued_at_s: claims.issued_at_s,
            expires_at_s: claims.issued_at_s + u64::from(claims.ttl_s),
        }
    }
}

/// An urgent datagram.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UrgentView {
    /// `anr`, `oom`, `crash`, `memory_warning` or `unknown-<n>`.
    kind: String,
    sequence: u32,
    /// Unix milliseconds, by the phone's clock.
    occurred_at_ms: u64,
    /// Unix milliseconds, by the server's clock.
    received_at_ms: u64,
    /// Name and value.
    metrics: BTreeMap<String, f64>,
    /// Last log line.
    line: String,
}

impl From<&NewUrgent> for UrgentView {
    fn from(urgent: &NewUrgent) -> Self {
        Self {
            kind: urgent.kind.clone(),
            sequence: urgent.sequence,
            occurred_at_ms: urgent.occurred_at_ms,
            received_at_ms: urgent.received_at_ms,
            metrics: serde_json::from_str(&urgent.metrics).unwrap_or_default(),
            line: urgent.line.clone(),
        }
    }
}

/// What somebody said of the diagnosis.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FeedbackView {
    /// `right` or `wrong`.
    verdict: &'static str,
    cause: Option<String>,
    note: Option<String>,
    /// Unix milliseconds.
    at_ms: u64,
}

impl From<&Feedback> for FeedbackView {
    fn from(feedback: &Feedback) -> Self {
        Self {
            verdict: if feedback.right { "right" } else { "wrong" },
            cause: feedback.cause.clone(),
            note: feedback.note.clone(),
            at_ms: feedback.at_ms,
        }
    }
}

/// A whole report.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReportView {
    #[serde(flatten)]
    facts: ReportFacts,
    /// Server time less phone time.
    clock_skew_ms: i64,
    /// The ticket's evidence first, then what was captured. The diagnosis counts these from 1.
    logs: Vec<LogLineView>,
    /// Frames per second; see docs/spec/snapshot.md.
    #[schema(value_type = Option<Object>)]
    fps: Option<Fps>,
    /// Round-trip times; see docs/spec/snapshot.md.
    #[schema(value_type = Option<Object>)]
    rtt: Option<Rtt>,
    /// Memory; see docs/spec/snapshot.md.
    #[schema(value_type = Option<Object>)]
    memory: Option<Memory>,
    environment: EnvironmentOfReport,
    ticket: TicketOfReport,
    /// What happened besides; kinds of later versions are kept.
    #[schema(value_type = Vec<Object>)]
    items: Vec<Item>,
    /// What the SDK left out to stay within its bounds.
    #[schema(value_type = Option<Object>)]
    dropped: Option<Dropped>,
    /// Urgent datagrams of the same session.
    urgent: Vec<UrgentView>,
    #[schema(value_type = super::schema::Diagnosis)]
    diagnosis: Box<RawValue>,
    feedback: Vec<FeedbackView>,
    /// Path that opens this report and nothing else, without a log-in. Not in exports.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

impl ReportView {
    pub(super) fn new(report: Report) -> Result<Self, Refusal> {
        let logs = report.lines().into_iter().map(Into::into).collect();
        let Report {
            stored,
            claims,
            body,
        } = report;
        Ok(Self {
            facts: ReportFacts::from(&stored.row),
            clock_skew_ms: stored.clock_skew_ms,
            logs,
            fps: body.fps,
            rtt: body.rtt,
            memory: body.memory,
            environment: EnvironmentOfReport {
                device: body.device,
                network: body.network,
                app: body.app,
                sdk: body.sdk,
            },
            ticket: TicketOfReport::from(&claims),
            items: body.items,
            dropped: body.dropped,
            urgent: stored.urgent.iter().map(Into::into).collect(),
            diagnosis: raw(&stored.diagnosis)?,
            feedback: stored.feedback.iter().map(Into::into).collect(),
            link: None,
        })
    }

    /// The same with the link that opens it.
    pub(super) fn with_link(mut self, capability: &str) -> Self {
        self.link = Some(format!("/r#{}.{capability}", self.facts.id));
        self
    }
}

/// An answer to a check.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckAnswer {
    /// The check's id.
    pub(super) check: String,
    /// `yes`, `no` or `unsure`.
    #[schema(example = "yes")]
    pub(super) answer: String,
}

/// Whether a diagnosis was right.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewFeedback {
    /// The word on it.
    pub(super) verdict: FeedbackVerdict,
    /// The cause that it was.
    #[serde(default)]
    pub(super) cause: Option<String>,
    /// In your words.
    #[serde(default)]
    pub(super) note: Option<String>,
}

/// Right or wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum FeedbackVerdict {
    Right,
    Wrong,
}
