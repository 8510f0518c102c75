//! What several test files share.

use faultscan_tests::server::Server;

/// Uploads bad input and checks all that must follow from it.
pub(crate) struct Probe<'a> {
    server: &'a Server,
    kind: &'static str,
}

impl<'a> Probe<'a> {
    /// A probe whose input the server counts as this kind of item.
    pub(crate) fn new(server: &'a Server, kind: &'static str) -> Self {
        Self { server, kind }
    }

    /// The upload is refused with this status and reason, counted once under it, and not stored.
    pub(crate) fn refused(&self, name: &str, bytes: &[u8], status: u16, reason: &str) {
        let got = self.refused_somehow(name, bytes);
        assert_eq!((got.0, got.1.as_str()), (status, reason), "{name}");
    }

    /// The upload is refused for some stable reason, counted once under it, and not stored.
    pub(crate) fn refused_somehow(&self, name: &str, bytes: &[u8]) -> (u16, String) {
        let before = self.server.metrics();
        let answer = self.server.upload(bytes);
        assert!(
            (400..500).contains(&answer.status),
            "{name}: {} {}",
            answer.status,
            answer.text()
        );
        let reason = answer.reason();
        let after = self.server.metrics();
        let counted = |metrics: &faultscan_tests::metrics::Metrics, reason: &str| {
            metrics.items(self.kind, "rejected", reason)
        };
        assert_eq!(
            counted(&after, &reason) - counted(&before, &reason),
            1.0,
            "{name}: {reason}"
        );
        let all = |metrics: &faultscan_tests::metrics::Metrics| {
            [
                metrics.outcome(self.kind, "rejected"),
                metrics.outcome(self.kind, "accepted"),
            ]
        };
        let [rejected, accepted] = all(&before);
        assert_eq!(
            all(&after),
            [rejected + 1.0, accepted],
            "{name}: one outcome, and that one"
        );
        let stored = "faultscan_stored_reports";
        assert_eq!(
            after.value(stored),
            before.value(stored),
            "{name}: something was stored"
        );
        (answer.status, reason)
    }
}
