//! Which words a report is found by: its names, the verdict, and its log, the most telling lines first.
//!
//! The index takes the first words that fit its bounds, so that an upload of any size costs it the
//! same: names and verdict, then the lines that the diagnosis rests on, then lines of warnings and
//! worse from the newest on, then all others from the newest on.

use faultscan_wire::{Claims, SnapshotBody};

use super::diagnose::{Diagnosed, level_rank};
use crate::ids::ReportId;
use crate::search::Terms;
use crate::store::Origin;

/// Bytes of log lines that are looked at.
const LOG_BYTES_MAX: usize = 8 * 1_024;
/// Bytes of one line that are looked at; the beginning says most.
const LINE_BYTES_MAX: usize = 512;

/// The terms of a report, for the store.
pub(super) fn of_report(
    id: &ReportId,
    claims: &Claims,
    snapshot: &SnapshotBody,
    diagnosed: &Diagnosed,
    origin: &Origin,
) -> String {
    let mut terms = Terms::default();
    let facets = &diagnosed.facets;
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    let names = [
        id.to_string(),
        claims.ticket_id.to_string(),
        optional(&facets.code),
        facets.title.clone(),
        facets.title_zh.clone(),
        optional(&facets.cause),
        facets.cause_title.clone(),
        facets.cause_title_zh.clone(),
        optional(&claims.code),
        origin.device.clone(),
        origin.os.clone(),
        origin.app_version.clone(),
    ];
    let pairs = claims.context.iter().chain(&diagnosed.captures);
    let texts = names
        .iter()
        .chain(&diagnosed.codes)
        .chain(&diagnosed.verdict)
        .chain(pairs.flat_map(|(name, value)| [name, value]));
    for text in texts {
        terms.add(text);
    }
    let mut room = LOG_BYTES_MAX;
    for line in lines(claims, snapshot, diagnosed) {
        let line = beginning(line);
        if line.len() > room || !terms.add(line) {
            break;
        }
        room -= line.len();
    }
    terms.into_text()
}

/// The ticket's lines and the log's, the most telling first.
fn lines<'a>(
    claims: &'a Claims,
    snapshot: &'a SnapshotBody,
    diagnosed: &Diagnosed,
) -> Vec<&'a str> {
    const TICKET_RANK: u8 = 4;
    let evidence = claims.evidence.iter();
    let mut ranked: Vec<(u8, &str)> = evidence
        .map(|evidence| (TICKET_RANK, evidence.line.as_str()))
        .collect();
    let log = snapshot.logs.lines.iter();
    ranked.extend(log.map(|line| (level_rank(line.level).min(1), line.message.as_str())));
    // The diagnosis counts lines from 1, the ticket's first.
    for number in &diagnosed.lines {
        if let Some(line) = ranked.get_mut(number.wrapping_sub(1)) {
            line.0 = TICKET_RANK;
        }
    }
    ranked.reverse();
    // Stable: within a rank the newest stay first.
    ranked.sort_by_key(|(rank, _)| std::cmp::Reverse(*rank));
    ranked.into_iter().map(|(_, line)| line).collect()
}

fn beginning(line: &str) -> &str {
    let mut end = line.len().min(LINE_BYTES_MAX);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    &line[..end]
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use faultscan_wire::{Fingerprint, KeyId, Level, LogLine, TicketEvidence, TicketId};

    use super::*;
    use crate::store::Facets;

    fn claims() -> Claims {
        Claims {
            key_id: KeyId([0; 8]),
            ticket_id: TicketId([7; 16]),
            issued_at_s: 1,
            ttl_s: 1,
            fingerprint: Fingerprint([0; 32]),
            code: None,
            context: [("region".to_owned(), "cn-north".to_owned())].into(),
            evidence: vec![TicketEvidence {
                code: None,
                line: "ticketline".to_owned(),
            }],
        }
    }

    fn diagnosed(lines: Vec<usize>) -> Diagnosed {
        Diagnosed {
            json: Arc::from("{}"),
            facets: Facets::default(),
            codes: vec!["ERR-DB-003".to_owned()],
            lines,
            verdict: ["refused".to_owned(), "拒绝".to_owned()],
            captures: [("host".to_owned(), "10.0.3.21".to_owned())].into(),
        }
    }

    fn snapshot(lines: impl Iterator<Item = (Level, String)>) -> SnapshotBody {
        let line = |(level, message)| LogLine {
            level,
            message,
            ..LogLine::default()
        };
        SnapshotBody {
            captured_at_ms: 1,
            logs: lines.map(line).collect::<Vec<_>>().into(),
            ..SnapshotBody::default()
        }
    }

    fn found(snapshot: &SnapshotBody, lines: Vec<usize>, term: &str) -> bool {
        let id = ReportId([3; 16]);
        let (claims, diagnosed) = (claims(), diagnosed(lines));
        let terms = of_report(&id, &claims, snapshot, &diagnosed, &Origin::default());
        terms.split(' ').any(|found| found == term)
    }

    #[test]
    fn names_verdict_captures_and_lines_are_words() {
        let body = snapshot([(Level::Info, "plainline".to_owned())].into_iter());
        for term in [
            "err-db-003",
            "refused",
            "拒绝",
            "10.0.3.21",
            "cn-north",
            "ticketline",
            "plainline",
            "03030303030303030303030303030303",
        ] {
            assert!(found(&body, vec![], term), "{term}");
        }
    }

    #[test]
    fn the_most_telling_lines_come_first_when_there_is_no_room_for_all() {
        let filler = |n: usize| (Level::Info, format!("filler{n} {}", "pad ".repeat(100)));
        let lines = (0..400).map(|n| match n {
            5 => (Level::Error, "errorline".to_owned()),
            7 => (Level::Info, "matchedline".to_owned()),
            _ => filler(n),
        });
        let body = snapshot(lines);
        // Line 9 of the report: the ticket's line is number 1.
        for (term, expected) in [
            ("errorline", true),
            ("matchedline", true),
            ("filler399", true),
            ("filler8", false),
        ] {
            assert_eq!(found(&body, vec![9], term), expected, "{term}");
        }
    }
}
