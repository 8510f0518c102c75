//! What changed between two catalogues, for people.

use crate::{Catalogue, cause::Cause, code::Code};
use serde::Serialize;
use std::collections::BTreeMap;

/// What changed between two catalogues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PackDiff {
    /// Version of the older one.
    pub old: String,
    /// Version of the newer one.
    pub new: String,
    /// Codes, by name.
    pub codes: Vec<Change>,
    /// Causes, by name.
    pub causes: Vec<Change>,
    /// Fault trees, by name.
    pub trees: Vec<Change>,
    /// Whether one of the numbers of `priors.toml` changed.
    pub priors: bool,
}

/// One entry that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Change {
    /// Only the newer one has it.
    Added {
        /// Its name.
        name: String,
    },
    /// Only the older one has it.
    Removed {
        /// Its name.
        name: String,
    },
    /// Both have it, and these fields differ.
    Changed {
        /// Its name.
        name: String,
        /// The fields, as in the data files.
        fields: Vec<&'static str>,
    },
}

impl PackDiff {
    /// Compares two catalogues.
    #[must_use]
    pub fn between(old: &Catalogue, new: &Catalogue) -> Self {
        let trees = |catalogue: &Catalogue| -> BTreeMap<String, crate::Tree> {
            let trees = catalogue.trees().iter();
            trees.map(|tree| (tree.id.clone(), tree.clone())).collect()
        };
        Self {
            old: old.version().to_owned(),
            new: new.version().to_owned(),
            codes: changes(
                &by_name(old.codes(), |c| &c.code),
                &by_name(new.codes(), |c| &c.code),
                code_fields,
            ),
            causes: changes(
                &by_name(old.causes(), |c| &c.id),
                &by_name(new.causes(), |c| &c.id),
                cause_fields,
            ),
            trees: changes(
                &trees(old).iter().map(|(k, v)| (k.as_str(), v)).collect(),
                &trees(new).iter().map(|(k, v)| (k.as_str(), v)).collect(),
                tree_fields,
            ),
            priors: old.priors() != new.priors(),
        }
    }

    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty() && self.causes.is_empty() && self.trees.is_empty() && !self.priors
    }
}

fn by_name<T>(items: &[T], name: impl Fn(&T) -> &String) -> BTreeMap<&str, &T> {
    items
        .iter()
        .map(|item| (name(item).as_str(), item))
        .collect()
}

fn changes<T>(
    old: &BTreeMap<&str, &T>,
    new: &BTreeMap<&str, &T>,
    fields: fn(&T, &T) -> Vec<&'static str>,
) -> Vec<Change> {
    let mut out = Vec::new();
    let names: std::collections::BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    for name in names {
        let owned = name.to_owned();
        match (old.get(name), new.get(name)) {
            (None, _) => out.push(Change::Added { name: owned }),
            (_, None) => out.push(Change::Removed { name: owned }),
            (Some(old), Some(new)) => {
                let fields = fields(old, new);
                if !fields.is_empty() {
                    out.push(Change::Changed {
                        name: owned,
                        fields,
                    });
                }
            }
        }
    }
    out
}

/// The names of the fields in which two values differ.
macro_rules! differing {
    ($a:expr, $b:expr, $($field:ident),+ $(,)?) => {{
        let mut out = Vec::new();
        $(if $a.$field != $b.$field { out.push(stringify!($field)); })+
        out
    }};
}

fn code_fields(a: &Code, b: &Code) -> Vec<&'static str> {
    differing!(
        a,
        b,
        family,
        severity,
        evidence_level,
        proofs,
        title,
        explanation,
        verdict,
        signatures,
        samples,
        near_misses,
        gate,
        probability,
        indicators,
        checks,
        fixes,
        runbook,
        prevention,
        versions,
        provenance,
        client_notes,
        guideline,
        related,
        wraps,
        yields_to,
    )
}

fn cause_fields(a: &Cause, b: &Cause) -> Vec<&'static str> {
    differing!(
        a, b, domain, kind, develops, title, prior, evidence, indicators, checks, fixes
    )
}

fn tree_fields(a: &crate::Tree, b: &crate::Tree) -> Vec<&'static str> {
    differing!(a, b, title, top, axes, gates, events)
}
