//! Galileo, the textual form of the dynamic fault-tree community; static gates only.
use super::error::{FormatError, TextLimits, check_size};
use crate::model::{EventKind, Expression, FaultTree, FaultTreeBuilder, Formula, Note};
use std::collections::HashMap;

/// Reads Galileo text: `toplevel "T"; "T" or "A" "B"; "V" 2of3 "A" "B" "C"; "A" lambda=1e-3;
/// "B" prob=0.01;`. Rates become exponential laws over the mission time. Dynamic gates (pand,
/// spare, fdep, seq) are refused by name: they have no Boolean function.
///
/// # Errors
/// On malformed text, dynamic gates and invalid trees, with line and column.
pub fn read_galileo(text: &str, limits: &TextLimits) -> Result<FaultTree, FormatError> {
    check_size(text, limits)?;
    let mut builder = FaultTreeBuilder::new();
    builder.limits(limits.tree);
    let mut offsets = HashMap::new();
    for statement in statements(text)? {
        let Some((first, rest)) = statement.split_first() else {
            continue;
        };
        let at = first.offset;
        let fail = |reason, message: String| Err(FormatError::at(text, at, reason, message));
        if first.is("toplevel") {
            match rest {
                [top] => {
                    builder.top(top.text.clone());
                    offsets.entry("top".to_owned()).or_insert(at);
                }
                _ => return fail("bad_statement", "toplevel takes one name".into()),
            }
            continue;
        }
        let Some((kind, operands)) = rest.split_first() else {
            return fail("bad_statement", format!("'{}' stands alone", first.text));
        };
        offsets.insert(first.text.clone(), at);
        let added = if kind.quoted || !kind.text.contains('=') {
            let formula = gate(text, kind, operands)?;
            builder.gate(&first.text, formula)
        } else {
            let expression = quantity(text, rest)?;
            builder.event(&first.text, EventKind::Basic, expression, Note::default())
        };
        added.map_err(|error| FormatError::at(text, at, error.reason(), error.to_string()))?;
    }
    builder
        .build()
        .map_err(|error| FormatError::model(text, &offsets, &error))
}

struct Word {
    text: String,
    quoted: bool,
    offset: usize,
}

impl Word {
    fn is(&self, keyword: &str) -> bool {
        !self.quoted && self.text.eq_ignore_ascii_case(keyword)
    }
}

fn gate(text: &str, kind: &Word, operands: &[Word]) -> Result<Formula, FormatError> {
    let of: Vec<Formula> = operands
        .iter()
        .map(|word| Formula::named(word.text.clone()))
        .collect();
    let name = kind.text.to_ascii_lowercase();
    let fail = |reason, message: String| Err(FormatError::at(text, kind.offset, reason, message));
    Ok(match name.as_str() {
        "and" => Formula::And(of),
        "or" => Formula::Or(of),
        "xor" => Formula::Xor(of),
        "not" => match <[Formula; 1]>::try_from(of) {
            Ok([of]) => Formula::Not(Box::new(of)),
            Err(_) => return fail("bad_arity", "not takes one operand".into()),
        },
        "inhibit" => match <[Formula; 2]>::try_from(of) {
            Ok([of, condition]) => Formula::Inhibit {
                of: Box::new(of),
                condition: Box::new(condition),
            },
            Err(_) => return fail("bad_arity", "inhibit takes two operands".into()),
        },
        "pand" | "por" | "wsp" | "hsp" | "csp" | "spare" | "fdep" | "pdep" | "seq" | "mutex" => {
            return fail(
                "dynamic_gate",
                format!("dynamic gate '{name}' has no Boolean function"),
            );
        }
        _ => {
            let vote = name.split_once("of").or_else(|| name.split_once('/'));
            let Some((Ok(k), Ok(n))) = vote.map(|(k, n)| (k.parse::<u32>(), n.parse::<usize>()))
            else {
                return fail(
                    "unknown_element",
                    format!("unknown kind of gate '{}'", kind.text),
                );
            };
            if n != of.len() {
                let message = format!("'{}' of {} operands", kind.text, of.len());
                return fail("bad_arity", message);
            }
            Formula::AtLeast { k, of }
        }
    })
}

/// `prob=…`, or `lambda=…` (with `dorm`, `repair` and the like ignored, as they have no meaning
/// without dynamic gates).
fn quantity(text: &str, words: &[Word]) -> Result<Option<Expression>, FormatError> {
    let (mut probability, mut rate) = (None, None);
    let (mut shape, mut coverage) = (None, None);
    for word in words {
        let fail = |message: String| Err(FormatError::at(text, word.offset, "bad_value", message));
        let Some((key, value)) = word.text.split_once('=') else {
            return fail(format!("expected key=value, found '{}'", word.text));
        };
        let Some(value) = value.parse::<f64>().ok().filter(|value| value.is_finite()) else {
            return fail(format!("'{value}' is no number"));
        };
        match key.to_ascii_lowercase().as_str() {
            "prob" => probability = Some(value),
            "lambda" | "rate" => rate = Some(value),
            "shape" => shape = Some(value),
            "cov" => coverage = Some(value),
            "dorm" | "res" | "repl" | "mu" | "repair" | "interval" | "phases" => {}
            _ => return fail(format!("unknown key '{key}'")),
        }
    }
    let number = |value| Box::new(Expression::Number(value));
    let time = Box::new(Expression::MissionTime);
    Ok(match (probability, rate, shape) {
        (Some(value), _, _) => Some(Expression::Number(value)),
        (None, Some(rate), Some(shape)) if rate > 0.0 => Some(Expression::Weibull {
            scale: number(1.0 / rate),
            shape: number(shape),
            start: number(0.0),
            time,
        }),
        (None, Some(rate), _) => Some(Expression::Exponential {
            rate: number(rate),
            time,
        }),
        (None, None, _) => coverage.map(Expression::Number),
    })
}

/// Statements end with `;`. Comments are `//…` to the end of the line and `/* … */`.
fn statements(text: &str) -> Result<Vec<Vec<Word>>, FormatError> {
    let mut all = Vec::new();
    let mut current: Vec<Word> = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if c.is_whitespace() || c == '\u{feff}' {
            at += c.len_utf8();
        } else if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("/*") {
            let Some(end) = rest.find("*/") else {
                return Err(FormatError::at(
                    text,
                    at,
                    "bad_statement",
                    "comment without an end",
                ));
            };
            at += end + 2;
        } else if c == ';' {
            all.push(std::mem::take(&mut current));
            at += 1;
        } else if c == '"' {
            let Some(end) = rest[1..].find('"') else {
                return Err(FormatError::at(
                    text,
                    at,
                    "bad_statement",
                    "name without an end",
                ));
            };
            let word = rest[1..=end].to_owned();
            current.push(Word {
                text: word,
                quoted: true,
                offset: at,
            });
            at += end + 2;
        } else {
            let end = rest
                .find(|c: char| c.is_whitespace() || c == ';' || c == '"')
                .unwrap_or(rest.len());
            current.push(Word {
                text: rest[..end].to_owned(),
                quoted: false,
                offset: at,
            });
            at += end;
        }
    }
    match current.first() {
        None => Ok(all),
        Some(word) => {
            let message = "statement without ';'";
            Err(FormatError::at(text, word.offset, "bad_statement", message))
        }
    }
}
