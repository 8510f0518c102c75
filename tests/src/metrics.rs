//! The server's counters, read from its `/metrics`.

use std::collections::BTreeMap;

/// Every sample of one reading: name and labels as printed, and the value.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    samples: BTreeMap<String, f64>,
}

impl Metrics {
    /// Reads the text format.
    ///
    /// # Panics
    /// When a line has no value.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let samples = text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(|line| {
                let (name, value) = line.rsplit_once(' ').expect("a name and a value");
                (name.to_owned(), value.parse().expect("a number"))
            })
            .collect();
        Self { samples }
    }

    /// The value of one sample without labels; 0 where it isn't.
    #[must_use]
    pub fn value(&self, name: &str) -> f64 {
        self.samples.get(name).copied().unwrap_or(0.0)
    }

    /// How many items of this kind had this outcome, for this reason.
    #[must_use]
    pub fn items(&self, kind: &str, outcome: &str, reason: &str) -> f64 {
        self.sum(&[("kind", kind), ("outcome", outcome), ("reason", reason)])
    }

    /// How many items of this kind had this outcome, for whatever reason.
    #[must_use]
    pub fn outcome(&self, kind: &str, outcome: &str) -> f64 {
        self.sum(&[("kind", kind), ("outcome", outcome)])
    }

    fn sum(&self, labels: &[(&str, &str)]) -> f64 {
        self.samples
            .iter()
            .filter(|(name, _)| name.starts_with("faultscan_items_total{"))
            .filter(|(name, _)| {
                labels
                    .iter()
                    .all(|(label, value)| name.contains(&format!("{label}=\"{value}\"")))
            })
            .map(|(_, value)| value)
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_summed_over_the_labels_left_open() {
        let text = "# HELP x y\nfaultscan_items_total{kind=\"snapshot\",outcome=\"rejected\",reason=\"a\"} 2\nfaultscan_items_total{kind=\"snapshot\",outcome=\"rejected\",reason=\"b\"} 3\nup 1\n";
        let metrics = Metrics::parse(text);
        assert_eq!(metrics.items("snapshot", "rejected", "a"), 2.0);
        assert_eq!(metrics.outcome("snapshot", "rejected"), 5.0);
        assert_eq!(metrics.outcome("snapshot", "accepted"), 0.0);
        assert_eq!(metrics.value("up"), 1.0);
    }
}
