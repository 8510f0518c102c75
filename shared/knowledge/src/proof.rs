//! How well a code is proven: by software that was run, by quoted texts, or by nobody yet.

use crate::code::Sample;
use serde::{Deserialize, Serialize};

/// One run of real software that printed a code's text, from the reproduction suite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Proof {
    /// Which fault was made, such as `tls/expired/go`.
    pub case: String,
    /// What printed the line, with its version.
    pub software: String,
    /// The line it printed.
    pub line: String,
}

/// How well a code is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ProofLevel {
    /// The reproduction suite makes real software print it.
    Live,
    /// Quoted from a run, from source, from a binary or from public logs.
    Quoted,
    /// Defined by this project; no other software prints it.
    Defined,
    /// From memory only.
    Memory,
}

impl ProofLevel {
    /// Every level, the best first.
    pub const ALL: [Self; 4] = [Self::Live, Self::Quoted, Self::Defined, Self::Memory];

    /// Name as it stands in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Quoted => "quoted",
            Self::Defined => "defined",
            Self::Memory => "memory",
        }
    }

    /// The level that samples and proofs together give.
    pub(crate) fn of(samples: &[Sample], proofs: &[Proof]) -> Self {
        let any = |starts: &[&str]| {
            samples
                .iter()
                .any(|sample| starts.iter().any(|start| sample.source.starts_with(start)))
        };
        if !proofs.is_empty() {
            Self::Live
        } else if any(&["run:", "src:", "bin:", "seen:"]) {
            Self::Quoted
        } else if any(&["def:"]) {
            Self::Defined
        } else {
            Self::Memory
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn level(sources: &[&str], proofs: usize) -> ProofLevel {
        let sample = |source: &&str| Sample {
            text: "x".to_owned(),
            source: (*source).to_owned(),
            signature: "s".to_owned(),
            captures: BTreeMap::new(),
        };
        let proof = Proof {
            case: "a/b".to_owned(),
            software: "c 1".to_owned(),
            line: "x".to_owned(),
        };
        let samples: Vec<Sample> = sources.iter().map(sample).collect();
        ProofLevel::of(&samples, &vec![proof; proofs])
    }

    #[test]
    fn the_best_source_gives_the_level() {
        assert_eq!(level(&["mem: a"], 1), ProofLevel::Live);
        assert_eq!(level(&["mem: a", "seen: b"], 0), ProofLevel::Quoted);
        assert_eq!(level(&["mem: a", "bin: b"], 0), ProofLevel::Quoted);
        assert_eq!(level(&["mem: a", "def: b"], 0), ProofLevel::Defined);
        assert_eq!(level(&["mem: a"], 0), ProofLevel::Memory);
    }
}
