//! Better required literals than the authored ones.
//!
//! Authors name literals that people recognise. For speed other parts of the same pattern may be
//! better: longer, rarer. They are read off the pattern's syntax tree; the pattern itself is not
//! changed, and what is chosen stands in every match of it just as the authored literals do.

use crate::prefilter::rarity::Rarity;
use faultscan_knowledge::pattern::Syntax;

/// Shorter than this, a literal cannot lie in every way with a long gram.
pub(crate) const GOOD_LENGTH: usize = 9;
const LENGTH_MIN: usize = 4;

/// What it costs to look for a set of literals: how often one of them stands in ordinary logs.
pub(crate) fn cost(set: &[Vec<u8>], rarity: &Rarity) -> f64 {
    let each = set.iter().map(|text| {
        let short = if text.len() < LENGTH_MIN {
            f64::INFINITY
        } else if text.len() == LENGTH_MIN {
            1e-2
        } else if text.len() < GOOD_LENGTH {
            1e-4
        } else {
            1e-9
        };
        rarity.of_literal(text) + short
    });
    each.sum()
}

/// The best set of literals of which one stands in every match of `pattern`, if there is any.
pub(crate) fn best(pattern: &str, rarity: &Rarity) -> Option<Vec<Vec<u8>>> {
    let syntax = Syntax::parse(pattern, false).ok()?;
    syntax.best_literals(LENGTH_MIN, |set| cost(set, rarity))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, want: &[&str]) {
        let found = best(pattern, &Rarity::of_ordinary_logs());
        let found: Option<Vec<String>> = found.map(|set| {
            set.iter()
                .map(|text| String::from_utf8_lossy(text).into_owned())
                .collect()
        });
        let want: Vec<String> = want.iter().map(|text| (*text).to_owned()).collect();
        assert_eq!(found, (!want.is_empty()).then_some(want), "{pattern}");
    }

    #[test]
    fn the_rarest_part_that_must_be_there_is_chosen() {
        check(r"lookup (?P<host>\S+): no such host", &[": no such host"]);
        check(r"a{3}b*", &[]);
        check(r"(?:refused it|[a-z]+) x", &[]);
        check(
            r"(?:gcc|clang): error: (?:unrecognised|unsupported) option [^\n]*-m(?:32|64)",
            &["gcc: error: ", "clang: error: "],
        );
        check(r"self[ -]signed", &["self signed", "self-signed"]);
    }

    #[test]
    fn every_match_holds_one_of_them() {
        let catalogue = faultscan_knowledge::Catalogue::builtin().unwrap();
        let rarity = Rarity::of_ordinary_logs();
        let mut seen = 0;
        for code in catalogue.codes() {
            for signature in code.signatures.iter().filter(|one| !one.ignore_case) {
                let Some(set) = best(&signature.pattern, &rarity) else {
                    continue;
                };
                let regex = regex::bytes::RegexBuilder::new(&signature.pattern)
                    .unicode(false)
                    .multi_line(true)
                    .build()
                    .unwrap();
                for sample in &code.samples {
                    for found in regex.find_iter(sample.text.as_bytes()) {
                        seen += 1;
                        let holds = set
                            .iter()
                            .any(|text| memchr::memmem::find(found.as_bytes(), text).is_some());
                        assert!(holds, "{} {set:?}", signature.pattern);
                    }
                }
            }
        }
        assert!(seen > 500);
    }
}
