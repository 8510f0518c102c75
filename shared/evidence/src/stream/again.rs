//! A second look at a short log in which nothing was found.

use super::{Event, Met, Numbers, Stream};
use crate::{
    event,
    fold::{Folded, Glue},
    limits::EVENT_BYTES_MAX,
    resolve::Hit,
};

impl Stream<'_> {
    /// Looks at what several lines say together. `inner` are the line feeds that stand inside a line.
    pub(super) fn look_again(&mut self, log: &[u8], inner: &[usize]) {
        if log.len() > EVENT_BYTES_MAX {
            return;
        }
        self.as_one_event(log, inner);
        if self.collector.is_empty() {
            self.broken(log, inner);
        }
        // Guesses are rare signatures, which phones do not have.
        if cfg!(not(target_family = "wasm")) && self.collector.is_empty() {
            self.guess(log, inner);
        }
    }

    /// Takes signatures whose words also stand in other texts.
    fn guess(&mut self, log: &[u8], inner: &[usize]) {
        let (matcher, collector) = (self.matcher, &mut self.collector);
        let mut numbers = Numbers::new(log, inner, 1);
        matcher.guesses(log, &mut self.scratch, |place, guesses| {
            let number = numbers.at(place.line.start);
            let hits = guesses.into_iter().map(|(pattern, found)| {
                let code = matcher.patterns[pattern as usize].code;
                Hit::new(code, pattern, found, 0, 0, vec![number])
            });
            collector.event(hits.collect(), false, false);
        });
    }

    /// Tries the patterns of several lines across all lines of a short log in which nothing was found:
    /// what people paste together belongs together, as a command and what the shell said later.
    fn as_one_event(&mut self, log: &[u8], inner: &[usize]) {
        let matcher = self.matcher;
        let mut whole = Event {
            lines: Vec::new(),
            met: Vec::new(),
        };
        matcher.index.lines(log, &mut self.scratch, |place| {
            let met = Met {
                found: Vec::new(),
                multiline: matcher.met(&place).multiline,
            };
            whole.met.push((place.line.start, met));
        });
        if whole.met.iter().all(|(_, met)| met.multiline.is_empty()) {
            return;
        }
        whole.lines = event::Walker::new(log, 0).map(|(line, _)| line).collect();
        let mut numbers = Numbers::new(log, inner, 1);
        whole.settle(matcher, &mut self.collector, log, &mut numbers);
    }

    /// Matches lines that were broken in two; see [`crate::fold`].
    fn broken(&mut self, log: &[u8], inner: &[usize]) {
        for glue in [Glue::Blank, Glue::Nothing] {
            let folded = Folded::of(log, glue);
            let (matcher, collector) = (self.matcher, &mut self.collector);
            let index = &matcher.index;
            index.lines(&folded.text, &mut self.scratch, |place| {
                // Where the line was rewritten, places in it say nothing.
                if place.text.len() != place.line.len() {
                    return;
                }
                let start = place.line.start;
                let found = matcher.met(&place).found.into_iter();
                let hits = found.filter_map(|(pattern, found)| {
                    let from = folded.broken_at(start + found.start..start + found.end)?;
                    let number = Numbers::new(log, inner, 1).at(from);
                    let code = matcher.patterns[pattern as usize].code;
                    Some(Hit::new(code, pattern, found, 0, 0, vec![number]))
                });
                let hits: Vec<Hit> = hits.collect();
                if !hits.is_empty() {
                    collector.event(hits, event::is_trace(place.text), false);
                }
            });
            if !self.collector.is_empty() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{MatchReport, Matcher, Reason};
    use faultscan_knowledge::Catalogue;
    use std::sync::OnceLock;

    fn report(log: &str) -> MatchReport {
        static MATCHER: OnceLock<Matcher> = OnceLock::new();
        let matcher = MATCHER.get_or_init(|| Matcher::new(&Catalogue::builtin().unwrap()).unwrap());
        matcher.match_bytes(log.as_bytes())
    }

    fn best(log: &str) -> Option<(String, Vec<u32>)> {
        let report = report(log);
        report
            .best()
            .map(|found| (found.code.clone(), found.lines.clone()))
    }

    #[test]
    fn a_message_broken_by_a_mail_program_is_found() {
        let mail = "On Monday it failed with\n> org.postgresql.util.PSQLException: FATAL: sorry, too many\n> clients already\n> and so on\n";
        assert_eq!(best(mail), Some(("ERR-DB-021".into(), vec![2])));
        let terminal = "connection error: MongooseError [MongooseServerSelectionError]: con\nnection <monitor> to 10.0.0.7:27017 closed\n";
        assert_eq!(best(terminal), Some(("ERR-DB-041".into(), vec![1])));
    }

    #[test]
    fn what_is_whole_counts_more_than_what_was_broken() {
        let log = "java.net.UnknownHostException: db.shop\n> org.postgresql.util.PSQLException: FATAL: sorry, too many\n> clients already\n";
        let report = report(log);
        let codes: Vec<_> = report
            .codes
            .iter()
            .map(|found| found.code.as_str())
            .collect();
        assert_eq!(codes, ["ERR-NET-027"]);
    }

    #[test]
    fn a_guess_says_that_it_is_one() {
        let log = "gate: listening socket 9090 is occupied\n";
        let report = report(log);
        let best = report.best().unwrap();
        assert_eq!(best.code, "ERR-NET-072");
        assert_eq!(best.reason, Reason::Guessed);
        assert_eq!(super::super::tests::once(log.as_bytes()).codes, []);
    }

    #[test]
    fn a_longer_guess_covers_a_shorter_one() {
        let report = report("数据库连接超时，请联系管理员\n");
        let codes: Vec<_> = report
            .codes
            .iter()
            .map(|found| (found.code.as_str(), found.primary))
            .collect();
        assert_eq!(codes, [("ERR-DB-006", true), ("ERR-NET-006", false)]);
    }

    #[test]
    fn the_tail_of_one_long_line_is_no_short_log() {
        let mut log = "x".repeat(crate::limits::BLOCK_BYTES + 100);
        log.push_str("; gate: listening socket 9090 is occupied\n");
        assert_eq!(best(&log), None);
    }

    #[test]
    fn a_command_and_what_the_shell_said_later_belong_together() {
        let log = "$ go install example.org/tools/shiny@latest\ngo: downloading example.org/tools v1.2.0\n$ shiny\nzsh: command not found: shiny\n";
        assert_eq!(
            best(log),
            Some(("gobin_not_in_path".into(), vec![1, 2, 3, 4]))
        );
    }
}
