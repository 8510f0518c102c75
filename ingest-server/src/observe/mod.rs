//! What the server tells of itself: one counted outcome for each item, and how long things take.

use std::time::Duration;

use prometheus::{
    Encoder, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts,
    Registry, TextEncoder,
};

/// What kind of thing had an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Item {
    /// An uploaded snapshot.
    Snapshot,
    /// An urgent datagram by UDP.
    UrgentUdp,
    /// An urgent datagram by HTTP.
    UrgentHttp,
    /// A ticket to be made.
    Ticket,
    /// An attempt to log in.
    Login,
    /// An answer to a check.
    Check,
    /// Feedback on a diagnosis.
    Feedback,
    /// A change of a group by a person.
    Group,
}

impl Item {
    fn as_str(self) -> &'static str {
        match self {
            Self::Snapshot => "snapshot",
            Self::UrgentUdp => "urgent_udp",
            Self::UrgentHttp => "urgent_http",
            Self::Ticket => "ticket",
            Self::Login => "login",
            Self::Check => "check",
            Self::Feedback => "feedback",
            Self::Group => "group",
        }
    }
}

/// The one outcome of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Taken, and durable.
    Accepted,
    /// Had been taken before.
    Duplicate,
    /// Refused, for a reason with a stable name.
    Rejected(&'static str),
}

/// Counters and histograms, with the registry that prints them.
#[derive(Debug)]
pub struct Observe {
    registry: Registry,
    items: IntCounterVec,
    stages: HistogramVec,
    commits: Histogram,
    commit_items: Histogram,
    /// Bytes of request bodies in memory.
    pub inflight_bytes: IntGauge,
    /// Open event streams.
    pub event_streams: IntGauge,
    /// Bytes that the store uses.
    pub stored_bytes: IntGauge,
    /// Reports in the store.
    pub stored_reports: IntGauge,
    /// Reports that retention deleted.
    pub swept_reports: IntCounter,
    /// Fields and lines that were scrubbed by the server after the phone had scrubbed.
    pub scrubbed: IntCounter,
}

/// Makes the metrics without a registry that could refuse them.
fn make<T>(metric: prometheus::Result<T>) -> T {
    // The names and buckets are constants of this file; the tests below make them all.
    #[allow(clippy::expect_used)]
    metric.expect("constant metric names are valid")
}

impl Observe {
    /// Fresh counters, all at zero.
    #[must_use]
    pub fn new() -> Self {
        let registry = Registry::new();
        let latency = || prometheus::exponential_buckets(0.000_05, 2.0, 18);
        let items = make(IntCounterVec::new(
            Opts::new(
                "faultscan_items_total",
                "Items by their one outcome and its reason.",
            ),
            &["kind", "outcome", "reason"],
        ));
        let stages = make(HistogramVec::new(
            HistogramOpts::new(
                "faultscan_stage_seconds",
                "Time of the stages of an upload.",
            )
            .buckets(make(latency())),
            &["stage"],
        ));
        let commits = make(Histogram::with_opts(
            HistogramOpts::new(
                "faultscan_commit_seconds",
                "Time to commit a group of writes.",
            )
            .buckets(make(latency())),
        ));
        let commit_items = make(Histogram::with_opts(
            HistogramOpts::new("faultscan_commit_items", "Writes that shared one commit.")
                .buckets(make(prometheus::exponential_buckets(1.0, 2.0, 9))),
        ));
        let gauge = |name, help| make(IntGauge::new(name, help));
        let counter = |name, help| make(IntCounter::new(name, help));
        let observe = Self {
            items,
            stages,
            commits,
            commit_items,
            inflight_bytes: gauge(
                "faultscan_inflight_bytes",
                "Bytes of request bodies in memory.",
            ),
            event_streams: gauge("faultscan_event_streams", "Open event streams."),
            stored_bytes: gauge("faultscan_stored_bytes", "Bytes that the store uses."),
            stored_reports: gauge("faultscan_stored_reports", "Reports in the store."),
            swept_reports: counter(
                "faultscan_swept_reports_total",
                "Reports deleted for their age or for space.",
            ),
            scrubbed: counter(
                "faultscan_scrubbed_total",
                "Secrets found by the server that the sender had left in.",
            ),
            registry,
        };
        observe.register();
        observe
    }

    fn register(&self) {
        let metrics: [Box<dyn prometheus::core::Collector>; 10] = [
            Box::new(self.items.clone()),
            Box::new(self.stages.clone()),
            Box::new(self.commits.clone()),
            Box::new(self.commit_items.clone()),
            Box::new(self.inflight_bytes.clone()),
            Box::new(self.event_streams.clone()),
            Box::new(self.stored_bytes.clone()),
            Box::new(self.stored_reports.clone()),
            Box::new(self.swept_reports.clone()),
            Box::new(self.scrubbed.clone()),
        ];
        for metric in metrics {
            make(self.registry.register(metric));
        }
    }

    /// Counts the one outcome of an item.
    pub fn item(&self, kind: Item, outcome: Outcome) {
        let (outcome, reason) = match outcome {
            Outcome::Accepted => ("accepted", "accepted"),
            Outcome::Duplicate => ("duplicate", "duplicate"),
            Outcome::Rejected(reason) => ("rejected", reason),
        };
        self.items
            .with_label_values(&[kind.as_str(), outcome, reason])
            .inc();
    }

    /// How often an item had an outcome.
    #[must_use]
    pub fn count(&self, kind: Item, outcome: Outcome) -> u64 {
        let (outcome, reason) = match outcome {
            Outcome::Accepted => ("accepted", "accepted"),
            Outcome::Duplicate => ("duplicate", "duplicate"),
            Outcome::Rejected(reason) => ("rejected", reason),
        };
        self.items
            .with_label_values(&[kind.as_str(), outcome, reason])
            .get()
    }

    /// Notes how long a stage of an upload took.
    pub fn stage(&self, stage: &'static str, took: Duration) {
        self.stages
            .with_label_values(&[stage])
            .observe(took.as_secs_f64());
    }

    /// Notes a commit of a group of writes.
    pub fn committed(&self, items: usize, took: Duration) {
        self.commits.observe(took.as_secs_f64());
        self.commit_items.observe(items as f64);
    }

    /// Everything, in Prometheus' text format.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = Vec::new();
        if let Err(error) = TextEncoder::new().encode(&self.registry.gather(), &mut text) {
            tracing::error!(%error, "metrics could not be printed");
        }
        String::from_utf8_lossy(&text).into_owned()
    }
}

impl Default for Observe {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_outcome_is_counted_under_its_reason() {
        let observe = Observe::new();
        observe.item(Item::Snapshot, Outcome::Accepted);
        observe.item(Item::Snapshot, Outcome::Rejected("ticket_expired"));
        observe.item(Item::Snapshot, Outcome::Rejected("ticket_expired"));
        observe.committed(3, Duration::from_millis(4));
        let text = observe.text();
        let line = "faultscan_items_total{kind=\"snapshot\",outcome=\"rejected\",\
                    reason=\"ticket_expired\"} 2";
        assert!(text.contains(line), "{text}");
        assert!(text.contains("faultscan_commit_items_sum 3"), "{text}");
        assert_eq!(observe.count(Item::Snapshot, Outcome::Accepted), 1);
    }
}
