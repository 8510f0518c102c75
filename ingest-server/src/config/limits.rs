//! Every bound the server keeps, each named with its unit.

use faultscan_wire::limits as wire;
use serde::{Deserialize, Serialize};

use super::ConfigError;

/// Bounds on what comes in, what is kept in memory, and how fast anyone may ask.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Limits {
    /// Largest snapshot envelope that is read.
    pub snapshot_bytes_max: usize,
    /// Largest JSON request body.
    pub json_bytes_max: usize,
    /// How much of a refused body is read and thrown away, so that the refusal can be read.
    pub discard_bytes_max: usize,
    /// Time for a client to send its request head.
    pub header_timeout_ms: u64,
    /// Time for a client to send its request body.
    pub body_timeout_ms: u64,
    /// How long an idle connection stays open.
    pub keep_alive_s: u64,
    /// Open connections.
    pub connections_max: usize,
    /// Bytes of request bodies held in memory at once.
    pub inflight_bytes_max: usize,
    /// Verifications, decompressions and diagnoses at the same time; 0 means one for each core.
    pub cpu_jobs_max: usize,
    /// How many of those may wait for their turn.
    pub cpu_queue_max: usize,
    /// Open event streams.
    pub event_streams_max: usize,

    /// Requests that one address (or IPv6 /64) may make for each second, in the long run.
    pub address_rate_per_s: u32,
    /// Requests that one address may make at once.
    pub address_burst: u32,
    /// Snapshots and tickets of one project for each second, in the long run.
    pub project_rate_per_s: u32,
    /// Snapshots and tickets of one project at once.
    pub project_burst: u32,
    /// Log-in attempts and wrong keys of one address for each minute.
    pub login_attempts_per_min: u32,
    /// Addresses and projects whose rates are remembered.
    pub rate_entries_max: usize,

    /// How far the clocks of ticket makers may be off.
    pub clock_skew_max_s: u32,
    /// How long after its ticket's end a bound session may still upload.
    pub upload_grace_s: u32,
    /// Snapshots taken for one ticket.
    pub snapshots_per_ticket_max: u32,
    /// Urgent datagrams kept for one ticket.
    pub urgent_per_ticket_max: u32,
    /// Life of a ticket that names none.
    pub ticket_ttl_default_s: u32,
    /// Longest life of a ticket made here.
    pub ticket_ttl_max_s: u32,

    /// Most reports on one page of a list.
    pub page_items_max: u32,
    /// Longest search text.
    pub search_bytes_max: usize,
    /// Answers to checks kept for one report.
    pub answers_per_report_max: usize,
    /// Feedback entries kept for one report.
    pub feedback_per_report_max: u32,
    /// Longest note in a feedback entry.
    pub feedback_note_bytes_max: usize,
    /// Life of a log-in.
    pub session_age_max_s: u64,
    /// Life of an unused log-in link.
    pub login_link_age_max_s: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            snapshot_bytes_max: wire::ENVELOPE_BYTES_MAX,
            json_bytes_max: 16 * 1024,
            discard_bytes_max: 16 * 1024 * 1024,
            header_timeout_ms: 5_000,
            body_timeout_ms: 30_000,
            keep_alive_s: 60,
            connections_max: 2_048,
            inflight_bytes_max: 64 * 1024 * 1024,
            cpu_jobs_max: 0,
            cpu_queue_max: 512,
            event_streams_max: 64,
            address_rate_per_s: 20,
            address_burst: 200,
            project_rate_per_s: 1_000,
            project_burst: 5_000,
            login_attempts_per_min: 20,
            rate_entries_max: 65_536,
            clock_skew_max_s: wire::CLOCK_SKEW_S_DEFAULT,
            upload_grace_s: 3_600,
            snapshots_per_ticket_max: 256,
            urgent_per_ticket_max: 64,
            ticket_ttl_default_s: 600,
            ticket_ttl_max_s: wire::TICKET_TTL_S_MAX,
            page_items_max: 200,
            search_bytes_max: 256,
            answers_per_report_max: 64,
            feedback_per_report_max: 100,
            feedback_note_bytes_max: 2_000,
            session_age_max_s: 7 * 24 * 3_600,
            login_link_age_max_s: 24 * 3_600,
        }
    }
}

impl Limits {
    /// Refuses bounds that could not work.
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        let positive = [
            ("json_bytes_max", self.json_bytes_max as u64),
            ("header_timeout_ms", self.header_timeout_ms),
            ("body_timeout_ms", self.body_timeout_ms),
            ("connections_max", self.connections_max as u64),
            ("cpu_queue_max", self.cpu_queue_max as u64),
            ("address_rate_per_s", u64::from(self.address_rate_per_s)),
            ("address_burst", u64::from(self.address_burst)),
            ("project_rate_per_s", u64::from(self.project_rate_per_s)),
            ("project_burst", u64::from(self.project_burst)),
            (
                "login_attempts_per_min",
                u64::from(self.login_attempts_per_min),
            ),
            ("rate_entries_max", self.rate_entries_max as u64),
            (
                "snapshots_per_ticket_max",
                u64::from(self.snapshots_per_ticket_max),
            ),
            ("ticket_ttl_default_s", u64::from(self.ticket_ttl_default_s)),
            ("page_items_max", u64::from(self.page_items_max)),
            ("session_age_max_s", self.session_age_max_s),
            ("login_link_age_max_s", self.login_link_age_max_s),
        ];
        for (name, value) in positive {
            if value == 0 {
                return Err(ConfigError::invalid(
                    format!("limits.{name}"),
                    "must be above 0",
                ));
            }
        }
        let ordered = [
            (
                "snapshot_bytes_max",
                self.snapshot_bytes_max,
                wire::ENVELOPE_BYTES_MAX,
            ),
            (
                "snapshot_bytes_max",
                self.snapshot_bytes_max,
                self.inflight_bytes_max,
            ),
            (
                "ticket_ttl_max_s",
                self.ticket_ttl_max_s as usize,
                wire::TICKET_TTL_S_MAX as usize,
            ),
            (
                "ticket_ttl_default_s",
                self.ticket_ttl_default_s as usize,
                self.ticket_ttl_max_s as usize,
            ),
        ];
        for (name, value, most) in ordered {
            if value > most {
                let reason = format!("is {value}, at most {most} can work");
                return Err(ConfigError::invalid(format!("limits.{name}"), reason));
            }
        }
        Ok(())
    }
}
