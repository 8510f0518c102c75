//! Making a failed command's evidence small enough for a QR code that a phone reads from a
//! terminal: first the lesser lines go, then lines are shortened around what was recognised.

use faultscan_diagnosis::{Diagnoser, Diagnosis};
use faultscan_wire::TicketEvidence;
use faultscan_wire::limits::{TICKET_EVIDENCE_ITEMS_MAX, TICKET_EVIDENCE_LINE_BYTES_MAX};

use crate::issue::{Draft, evidence_of};

/// Lines carried when nothing was recognised: the last ones usually say what went wrong.
const UNRECOGNISED_LINES: usize = 3;

/// A line worth carrying, best first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) code: Option<String>,
    pub(crate) line: String,
}

/// The lines of a command's output that say most: those that show a code, best code first; else the
/// last lines that sound like errors; else the last lines.
pub(crate) fn candidates(diagnosis: &Diagnosis, tail: &[String]) -> Vec<Candidate> {
    let mut chosen: Vec<Candidate> = Vec::new();
    let line_at = |number: u32| tail.get(usize::try_from(number).ok()?.checked_sub(1)?);
    // One line of every code before a second line of any.
    let primary: Vec<_> = diagnosis.codes.iter().filter(|code| code.primary).collect();
    for place in 0..2 {
        for code in &primary {
            if let Some(line) = code.lines.get(place).copied().and_then(line_at) {
                push(&mut chosen, Some(&code.code), line);
            }
        }
    }
    if chosen.is_empty() {
        let bad: Vec<&String> = tail
            .iter()
            .rev()
            .filter(|line| sounds_bad(line))
            .take(UNRECOGNISED_LINES)
            .collect();
        let last: Vec<&String> = tail.iter().rev().take(UNRECOGNISED_LINES).collect();
        for line in if bad.is_empty() { last } else { bad } {
            push(&mut chosen, None, line);
        }
    }
    chosen
}

fn push(chosen: &mut Vec<Candidate>, code: Option<&str>, line: &str) {
    let known = chosen.iter().any(|candidate| candidate.line == line);
    if !known && !line.trim().is_empty() && chosen.len() < TICKET_EVIDENCE_ITEMS_MAX {
        chosen.push(Candidate {
            code: code.map(str::to_owned),
            line: line.to_owned(),
        });
    }
}

/// Whether a line that shows no known code reads like a complaint.
fn sounds_bad(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    [
        "error",
        "fail",
        "fatal",
        "panic",
        "denied",
        "cannot",
        "not found",
        "exception",
        "refused",
        "timeout",
    ]
    .iter()
    .any(|word| line.contains(word))
}

/// How much of the evidence goes along: lines, bytes of each, and whether the context does.
const STEPS: [(usize, usize, bool); 13] = [
    (
        TICKET_EVIDENCE_ITEMS_MAX,
        TICKET_EVIDENCE_LINE_BYTES_MAX,
        true,
    ),
    (3, TICKET_EVIDENCE_LINE_BYTES_MAX, true),
    (3, 160, true),
    (2, 160, true),
    (2, 112, true),
    (1, TICKET_EVIDENCE_LINE_BYTES_MAX, true),
    (1, 160, true),
    (1, 112, true),
    (1, 112, false),
    (1, 80, false),
    (1, 56, false),
    (1, 40, false),
    (0, 0, false),
];

/// The fullest draft that fits. `fits` says whether a draft's QR code is small enough.
pub(crate) fn fit(
    draft: &Draft,
    candidates: &[Candidate],
    diagnoser: &Diagnoser,
    mut fits: impl FnMut(&Draft) -> anyhow::Result<bool>,
) -> anyhow::Result<Draft> {
    let mut last = draft.clone();
    for (lines, bytes, with_context) in STEPS {
        let mut trimmed = draft.clone();
        trimmed.evidence = candidates
            .iter()
            .take(lines)
            .filter_map(|candidate| shorten(candidate, bytes, diagnoser))
            .collect();
        if !with_context {
            trimmed.context.clear();
        }
        if fits(&trimmed)? {
            return Ok(trimmed);
        }
        last = trimmed;
    }
    Ok(last)
}

/// A line within a number of bytes that still shows its code, if any part of it does.
fn shorten(
    candidate: &Candidate,
    bytes_max: usize,
    diagnoser: &Diagnoser,
) -> Option<TicketEvidence> {
    let whole = evidence_of(candidate.code.clone(), &candidate.line)?;
    let line = scrubbed(&candidate.line);
    if line.len() <= bytes_max {
        return Some(whole);
    }
    let shows = |part: &str| match &candidate.code {
        Some(code) => diagnoser.matcher().match_lines([part]).code(code).is_some(),
        None => true,
    };
    let starts = (0..line.len()).step_by((bytes_max / 4).max(1));
    let part = starts
        .map(|start| slice(&line, start, bytes_max))
        .find(|part| shows(part));
    let part = part.unwrap_or_else(|| slice(&line, 0, bytes_max));
    TicketEvidence::from_line(candidate.code.clone(), part)
}

fn scrubbed(line: &str) -> String {
    faultscan_wire::scrub::scrub(line.trim()).into_owned()
}

/// A text made fit for a value of a ticket's context; `None` when nothing is left.
pub(crate) fn context_value(text: &str, bytes_max: usize) -> Option<String> {
    let clean = TicketEvidence::from_line(None, text)?.line;
    let value = slice(&clean, 0, bytes_max).trim();
    (!value.is_empty()).then(|| value.to_owned())
}

/// At most so many bytes of a text from a place on, on character boundaries.
fn slice(text: &str, start: usize, bytes_max: usize) -> &str {
    let mut start = start.min(text.len());
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let mut end = (start + bytes_max).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_keep_characters_whole() {
        assert_eq!(slice("数据库", 1, 4), "据");
        assert_eq!(slice("abc", 5, 4), "");
        assert_eq!(slice("abc", 1, 99), "bc");
    }
}
