//! `errcode.json`: error codes and the root causes that lead to each.
//!
//! ```json
//! {"101": {"cause": ["auth_token_expired", "redis_unavailable"], "severity": "high"}}
//! ```
use super::error::{FormatError, TextLimits, check_size};
use crate::model::{EventKind, Expression, FaultTree, FaultTreeBuilder, Formula, Note};
use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use std::collections::{HashMap, HashSet};
use std::fmt;

/// One code's entry. Unknown fields are kept out of the tree, not refused.
#[derive(Deserialize)]
struct Entry {
    /// Causes, any of which leads to the code.
    #[serde(default)]
    cause: Vec<String>,
    /// A gate expression over causes, instead of "any of them".
    gate: Option<String>,
    severity: Option<String>,
    title: Option<String>,
    title_zh: Option<String>,
    /// Probability of causes, by name.
    #[serde(default)]
    probability: HashMap<String, f64>,
}

/// Entries in the order of the text, which a map would lose; duplicates are kept to be refused.
struct Entries(Vec<(String, Entry)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Entries;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of error codes")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// Reads `errcode.json`: every code becomes a top gate over its causes (an OR, unless `gate` says
/// otherwise). Causes have no probability unless `default_probability` or the file gives one.
///
/// # Errors
/// On malformed JSON and invalid trees, with line and column.
pub fn read_errcode(
    text: &str,
    default_probability: Option<f64>,
    limits: &TextLimits,
) -> Result<FaultTree, FormatError> {
    check_size(text, limits)?;
    let entries: Entries = serde_json::from_str(text).map_err(|error| {
        let offset = offset_of(text, error.line(), error.column());
        FormatError::at(text, offset, "bad_json", strip_place(&error.to_string()))
    })?;
    let codes: HashSet<&str> = entries.0.iter().map(|(code, _)| code.as_str()).collect();
    let given: HashMap<&str, f64> = entries
        .0
        .iter()
        .flat_map(|(_, entry)| {
            entry
                .probability
                .iter()
                .map(|(cause, p)| (cause.as_str(), *p))
        })
        .collect();
    // Only an error looks for its place: a search for each code would take quadratic time.
    let place = |code: &str| {
        let key = serde_json::to_string(code).unwrap_or_default();
        text.find(&key).unwrap_or(0)
    };
    let mut builder = FaultTreeBuilder::new();
    builder.limits(limits.tree).name("errcode");
    let mut known = HashSet::new();
    for (code, entry) in &entries.0 {
        let at =
            |e: &crate::ModelError| FormatError::at(text, place(code), e.reason(), e.to_string());
        let formula = match &entry.gate {
            Some(gate) => Formula::parse(gate).map_err(|e| {
                FormatError::at(text, place(code), e.reason(), format!("code '{code}': {e}"))
            })?,
            None if entry.cause.is_empty() => {
                let message = format!("code '{code}' has no cause");
                return Err(FormatError::at(text, place(code), "bad_arity", message));
            }
            None => Formula::Or(entry.cause.iter().map(Formula::named).collect()),
        };
        let mut causes: Vec<&String> = entry.cause.iter().collect();
        causes.extend(formula.references());
        for cause in causes {
            if codes.contains(cause.as_str()) || !known.insert(cause.clone()) {
                continue;
            }
            let expression = given
                .get(cause.as_str())
                .copied()
                .or(default_probability)
                .map(Expression::Number);
            builder
                .event(cause, EventKind::Basic, expression, Note::default())
                .map_err(|error| at(&error))?;
        }
        let severity = entry
            .severity
            .iter()
            .map(|s| ("severity".to_owned(), s.clone()));
        let note = Note {
            label: entry.title.clone(),
            label_zh: entry.title_zh.clone(),
            attributes: severity.collect(),
        };
        builder
            .gate_with(code, formula, note)
            .map_err(|error| at(&error))?;
        builder.top(code.clone());
    }
    builder.build().map_err(|error| match error.subject() {
        Some(name) => FormatError::at(text, place(name), error.reason(), error.to_string()),
        None => FormatError::whole(error.reason(), error.to_string()),
    })
}

fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    start + column.saturating_sub(1)
}

/// `serde_json` ends its messages with the place, which the error carries already.
fn strip_place(message: &str) -> &str {
    message
        .rsplit_once(" at line ")
        .map_or(message, |(message, _)| message)
}
