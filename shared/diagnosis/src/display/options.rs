//! How much is drawn.

use serde::{Deserialize, Serialize};

use crate::error::DiagnosisError;

/// Limits of a first view of a graph, and of what one expansion adds. The names in JSON are those
/// that the SDK uses: `maxVisibleNodes`, `pruneThreshold`, `lazyLoadDepth`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct GraphOptions {
    /// Nodes of the first view, from 1 to 2,000. The most probable cut set is drawn even where it
    /// alone takes more.
    pub max_visible_nodes: usize,
    /// Nodes of a smaller recalibrated weight are pruned; from 0 to 1.
    pub prune_threshold: f64,
    /// Levels that one expansion adds, from 1 to 32.
    pub lazy_load_depth: usize,
}

impl Default for GraphOptions {
    fn default() -> Self {
        Self {
            max_visible_nodes: 15,
            prune_threshold: 0.03,
            lazy_load_depth: 2,
        }
    }
}

impl GraphOptions {
    /// Checks the bounds.
    ///
    /// # Errors
    /// [`DiagnosisError::BadOption`], which names the first option that is out of bounds.
    pub fn validate(&self) -> Result<(), DiagnosisError> {
        let bad = |option, allowed| Err(DiagnosisError::BadOption { option, allowed });
        if !(1..=2000).contains(&self.max_visible_nodes) {
            return bad("maxVisibleNodes", "1 to 2000");
        }
        if !(0.0..=1.0).contains(&self.prune_threshold) {
            return bad("pruneThreshold", "0 to 1");
        }
        if !(1..=32).contains(&self.lazy_load_depth) {
            return bad("lazyLoadDepth", "1 to 32");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_in_bounds_and_others_are_refused() {
        assert_eq!(GraphOptions::default().validate(), Ok(()));
        for bad in [
            GraphOptions {
                max_visible_nodes: 0,
                ..GraphOptions::default()
            },
            GraphOptions {
                prune_threshold: f64::NAN,
                ..GraphOptions::default()
            },
            GraphOptions {
                prune_threshold: 1.5,
                ..GraphOptions::default()
            },
            GraphOptions {
                lazy_load_depth: 33,
                ..GraphOptions::default()
            },
        ] {
            assert_eq!(bad.validate().unwrap_err().reason(), "bad_option");
        }
    }

    #[test]
    fn options_are_read_by_their_names_and_default_one_by_one() {
        let options: GraphOptions = serde_json::from_str(r#"{"maxVisibleNodes": 40}"#).unwrap();
        assert_eq!(options.max_visible_nodes, 40);
        assert_eq!(options.lazy_load_depth, 2);
    }
}
