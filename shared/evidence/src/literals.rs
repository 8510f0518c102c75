//! Better required literals than the authored ones.
//!
//! Authors name literals that people recognise. For speed other parts of the same pattern may be
//! better: longer, rarer. They are read off the pattern's syntax tree; the pattern itself is not
//! changed, and what is chosen stands in every match of it just as the authored literals do.

use crate::prefilter::rarity::Rarity;
use regex_syntax::hir::{Class, Hir, HirKind};

/// Texts in one set, and texts that one part of a pattern may stand for.
const SET_MAX: usize = 64;
const LISTED_MAX: usize = 16;
/// A text longer than this is not made longer.
const LONG_ENOUGH: usize = 40;
/// Shorter than this, a literal cannot lie in every way with a long gram.
pub(crate) const GOOD_LENGTH: usize = 9;
const LENGTH_MIN: usize = 4;

type Texts = Vec<Vec<u8>>;

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
pub(crate) fn best(pattern: &str, rarity: &Rarity) -> Option<Texts> {
    let hir = regex_syntax::ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .multi_line(true)
        .build()
        .parse(pattern)
        .ok()?;
    best_of(&hir, rarity)
}

fn best_of(hir: &Hir, rarity: &Rarity) -> Option<Texts> {
    let sets = match hir.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(_) => return None,
        HirKind::Literal(literal) => vec![vec![literal.0.to_vec()]],
        HirKind::Capture(capture) => return best_of(&capture.sub, rarity),
        HirKind::Repetition(repetition) if repetition.min > 0 => {
            return best_of(&repetition.sub, rarity);
        }
        HirKind::Repetition(_) => return None,
        HirKind::Alternation(branches) => {
            let mut all = Vec::new();
            for branch in branches {
                all.extend(best_of(branch, rarity)?);
            }
            vec![all]
        }
        HirKind::Concat(parts) => runs(parts, rarity),
    };
    let usable = sets.into_iter().filter(|set| {
        set.len() <= SET_MAX
            && set
                .iter()
                .all(|text| text.len() >= LENGTH_MIN && !text.contains(&b'\n'))
    });
    usable
        .map(|set| (cost(&set, rarity), set))
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, set)| set)
}

/// The sets that neighbouring parts give: each run of parts whose texts can be listed, and the
/// best set of each other part.
fn runs(parts: &[Hir], rarity: &Rarity) -> Vec<Texts> {
    let mut flat = Vec::new();
    flatten(parts, &mut flat);
    let mut sets = Vec::new();
    let mut run: Texts = vec![Vec::new()];
    for part in flat {
        let (texts, goes_on) = match part.kind() {
            // One round of a repetition follows what is before it; another precedes what is after.
            HirKind::Repetition(repetition) if repetition.min > 0 => {
                (listed(&repetition.sub), false)
            }
            _ => (listed(part), true),
        };
        let Some(texts) = texts else {
            sets.push(std::mem::replace(&mut run, vec![Vec::new()]));
            sets.extend(best_of(part, rarity));
            continue;
        };
        let is_full =
            texts.len() * run.len() > SET_MAX || run.iter().any(|text| text.len() > LONG_ENOUGH);
        if is_full {
            sets.push(std::mem::replace(&mut run, vec![Vec::new()]));
        } else if texts.len() > 1 {
            sets.push(run.clone());
        }
        run = product(&run, &texts);
        if !goes_on {
            sets.push(std::mem::replace(&mut run, texts));
        }
    }
    sets.push(run);
    sets
}

fn flatten<'a>(parts: &'a [Hir], out: &mut Vec<&'a Hir>) {
    for part in parts {
        match part.kind() {
            HirKind::Capture(capture) => flatten(std::slice::from_ref(&*capture.sub), out),
            HirKind::Concat(inner) => flatten(inner, out),
            _ => out.push(part),
        }
    }
}

/// All texts that `hir` matches, if they are few.
fn listed(hir: &Hir) -> Option<Texts> {
    let texts = match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => vec![Vec::new()],
        HirKind::Literal(literal) => vec![literal.0.to_vec()],
        HirKind::Capture(capture) => listed(&capture.sub)?,
        HirKind::Class(Class::Bytes(class)) => class
            .ranges()
            .iter()
            .flat_map(|range| range.start()..=range.end())
            .take(LISTED_MAX + 1)
            .map(|byte| vec![byte])
            .collect(),
        HirKind::Class(Class::Unicode(class)) => class
            .ranges()
            .iter()
            .flat_map(|range| range.start()..=range.end())
            .take(LISTED_MAX + 1)
            .map(|c| c.to_string().into_bytes())
            .collect(),
        HirKind::Repetition(repetition) => {
            if repetition.max != Some(1) || repetition.min != 0 {
                return None;
            }
            let mut texts = listed(&repetition.sub)?;
            texts.push(Vec::new());
            texts
        }
        HirKind::Alternation(branches) => {
            let mut texts = Vec::new();
            for branch in branches {
                texts.extend(listed(branch)?);
            }
            texts
        }
        HirKind::Concat(parts) => {
            let mut texts = vec![Vec::new()];
            for part in parts {
                let next = listed(part)?;
                if next.len() * texts.len() > LISTED_MAX {
                    return None;
                }
                texts = product(&texts, &next);
            }
            texts
        }
    };
    (texts.len() <= LISTED_MAX).then_some(texts)
}

fn product(heads: &[Vec<u8>], tails: &[Vec<u8>]) -> Texts {
    heads
        .iter()
        .flat_map(|head| tails.iter().map(move |tail| [&head[..], tail].concat()))
        .collect()
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
