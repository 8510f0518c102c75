//! Bad input, and all that must follow from it.

use crate::metrics::Metrics;
use crate::server::{Login, Server};

/// Uploads bad input and checks all that must follow from it.
#[derive(Debug)]
pub struct Probe<'a> {
    server: &'a Server,
    login: Login,
    kind: &'static str,
}

impl<'a> Probe<'a> {
    /// A probe whose input the server counts as this kind of item.
    #[must_use]
    pub fn new(server: &'a Server, kind: &'static str) -> Self {
        let login = server.log_in();
        Self {
            server,
            login,
            kind,
        }
    }

    /// The upload is refused with this status and reason, counted once under it, and not stored.
    ///
    /// # Panics
    /// When anything else happens.
    pub fn refused(&self, name: &str, bytes: &[u8], status: u16, reason: &str) {
        let got = self.refused_somehow(name, bytes);
        assert_eq!((got.0, got.1.as_str()), (status, reason), "{name}");
    }

    /// The upload is refused for some stable reason, counted once under it, and not stored. Gives
    /// its status and reason.
    ///
    /// # Panics
    /// When anything else happens.
    pub fn refused_somehow(&self, name: &str, bytes: &[u8]) -> (u16, String) {
        let before = (self.server.metrics(), self.stored());
        let answer = self.server.upload(bytes);
        assert!(
            (400..500).contains(&answer.status),
            "{name}: {} {}",
            answer.status,
            answer.text()
        );
        let reason = answer.reason();
        let after = (self.server.metrics(), self.stored());
        let counted = |metrics: &Metrics| metrics.items(self.kind, "rejected", &reason);
        let new = counted(&after.0) - counted(&before.0);
        assert_eq!(new, 1.0, "{name}: counted as {reason}");
        let outcomes = |metrics: &Metrics| {
            ["rejected", "accepted", "duplicate"].map(|outcome| metrics.outcome(self.kind, outcome))
        };
        let [rejected, accepted, duplicate] = outcomes(&before.0);
        let one_more = [rejected + 1.0, accepted, duplicate];
        assert_eq!(outcomes(&after.0), one_more, "{name}: one outcome only");
        assert_eq!(after.1, before.1, "{name}: something was stored");
        (answer.status, reason)
    }

    /// The ids of the newest stored reports.
    #[must_use]
    pub fn stored(&self) -> Vec<String> {
        self.server.stored(&self.login)
    }
}
