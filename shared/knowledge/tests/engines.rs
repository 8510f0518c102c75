//! The engine of patterns finds what the `regex` crate finds: on random patterns and texts, and with
//! every pattern of the catalogue on every text of it and on every log.
#![allow(clippy::unwrap_used)]

use faultscan_knowledge::{
    Catalogue, Condition,
    pattern::{Captures, Program, Syntax},
};
use proptest::prelude::*;
use regex::bytes::{Regex, RegexBuilder};
use std::ops::Range;

fn regex(pattern: &str, ignore_case: bool) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern)
        .unicode(false)
        .multi_line(true)
        .case_insensitive(ignore_case)
        .build()
}

type Found = Option<(Range<usize>, Captures)>;

fn by_regex(regex: &Regex, text: &[u8]) -> Found {
    let found = regex.captures(text)?;
    let named = regex.capture_names().flatten();
    Some((
        found.get(0)?.range(),
        named
            .map(|name| found.name(name).map(|value| value.range()))
            .collect(),
    ))
}

/// Atoms that match a few letters, so that random texts match often.
fn atom() -> impl Strategy<Value = String> {
    let fixed = prop::sample::select(vec![
        "a", "b", "ab", "B", "ba ", "\\n", ".", "[ab]", "[^a]", "[^\\n]", "[^ab]", "[a-c]", "\\w",
        "\\d", "\\s", "\\S", "\\W", "^", "$", "\\b", "\\B", "\\A", "\\z", "\u{e9}", "[A-b]",
        "\\x61", "(?i)", "(?s)", "(?-m)", "[]a]", "[a-]", "1", "\\.",
    ]);
    fixed.prop_map(str::to_owned)
}

fn pattern() -> impl Strategy<Value = String> {
    let repetition = prop::sample::select(vec![
        "*", "+", "?", "*?", "+?", "??", "{2}", "{0,3}", "{1,2}?", "{2,}", "{1,}?", "{0}", "{0,40}",
    ]);
    let tree = atom().prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..5).prop_map(|parts| parts.concat()),
            prop::collection::vec(inner.clone(), 1..4)
                .prop_map(|branches| format!("(?:{})", branches.join("|"))),
            inner.clone().prop_map(|inner| format!("(?P<name>{inner})")),
            inner.clone().prop_map(|inner| format!("(?i:{inner})")),
            (inner.clone(), repetition.clone()).prop_map(|(inner, n)| format!("(?:{inner}){n}")),
            (atom(), repetition.clone()).prop_map(|(atom, n)| format!("{atom}{n}")),
        ]
    });
    // Each capture has a name of its own.
    tree.prop_map(|pattern| {
        let mut parts = pattern.split("(?P<name>");
        let mut out = parts.next().unwrap_or_default().to_owned();
        for (number, part) in parts.enumerate() {
            out.push_str(&format!("(?P<n{number}>{part}"));
        }
        out
    })
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop::sample::select(b"aaabbbAB \n1.c_\xc3\xa9\xff".to_vec());
    let run = (byte.clone(), 1_usize..60).prop_map(|(byte, length)| vec![byte; length]);
    prop_oneof![
        3 => prop::collection::vec(byte, 0..40),
        // Runs so long that their ends are looked up.
        1 => prop::collection::vec(run, 0..6).prop_map(|runs| runs.concat()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn finds_what_regex_finds(
        pattern in pattern(),
        ignore_case in any::<bool>(),
        texts in prop::collection::vec(text(), 1..6),
    ) {
        // What it refuses is refused by the loader; what it takes, regex takes too.
        let Ok(syntax) = Syntax::parse(&pattern, ignore_case) else { return Ok(()) };
        let Ok(program) = Program::new(&syntax) else { return Ok(()) };
        let regex = regex(&pattern, ignore_case).map_err(|error| {
            TestCaseError::fail(format!("{pattern:?}: {error}"))
        })?;
        for text in &texts {
            prop_assert_eq!(program.find(text), by_regex(&regex, text), "{:?} on {:?}", pattern, text);
            prop_assert_eq!(program.is_match(text), regex.is_match(text));
        }
    }

    /// A set of literals is of use only if no match is without one.
    #[test]
    fn every_match_holds_one_of_the_best_literals(
        pattern in pattern(),
        texts in prop::collection::vec(text(), 1..6),
    ) {
        let Ok(syntax) = Syntax::parse(&pattern, false) else { return Ok(()) };
        let shortest = |set: &[Vec<u8>]| set.iter().map(|text| 1.0 / text.len() as f64).sum();
        let Some(set) = syntax.best_literals(1, shortest) else { return Ok(()) };
        // Literals are proven without regard to case, which flags inside would change.
        let Ok(regex) = regex(&pattern, false) else { return Ok(()) };
        for text in &texts {
            for found in regex.find_iter(text) {
                let holds = set.iter().any(|literal| {
                    found.as_bytes().windows(literal.len()).any(|window| window == literal)
                });
                prop_assert!(holds, "{pattern:?} matches {text:?} without {set:?}");
            }
        }
    }
}

/// Patterns over single values of the context or of a capture.
fn value_patterns(catalogue: &Catalogue) -> Vec<String> {
    let of_codes = catalogue.codes().iter().flat_map(|code| &code.indicators);
    let of_causes = catalogue
        .causes()
        .iter()
        .flat_map(|cause| &cause.indicators);
    of_codes
        .chain(of_causes)
        .filter_map(|indicator| match &indicator.when {
            Condition::Context { pattern, .. } | Condition::Capture { pattern, .. } => {
                Some(pattern.clone())
            }
            _ => None,
        })
        .collect()
}

/// A pattern in both engines.
struct Both {
    pattern: String,
    literals: Vec<String>,
    ignore_case: bool,
    program: Program,
    regex: Regex,
}

impl Both {
    fn new(pattern: &str, literals: &[String], ignore_case: bool) -> Self {
        let syntax = Syntax::parse(pattern, ignore_case).unwrap();
        Self {
            pattern: pattern.to_owned(),
            literals: literals.to_vec(),
            ignore_case,
            program: Program::new(&syntax).unwrap(),
            regex: regex(pattern, ignore_case).unwrap(),
        }
    }

    /// Whether the matcher could try the pattern on the text at all; the text also without case.
    fn may_match(&self, text: &str, lower: &str) -> bool {
        self.literals.is_empty()
            || self.literals.iter().any(|literal| {
                if self.ignore_case {
                    lower.contains(&literal.to_ascii_lowercase())
                } else {
                    text.contains(literal.as_str())
                }
            })
    }
}

/// Every pattern of the catalogue in both engines.
fn patterns(catalogue: &Catalogue) -> Vec<Both> {
    let mut out = Vec::new();
    for pattern in value_patterns(catalogue) {
        out.push(Both::new(&pattern, &[], false));
    }
    for code in catalogue.codes() {
        for one in &code.signatures {
            out.push(Both::new(&one.pattern, &one.literals, one.ignore_case));
        }
    }
    let of_codes = catalogue.codes().iter().flat_map(|code| &code.indicators);
    let of_causes = catalogue
        .causes()
        .iter()
        .flat_map(|cause| &cause.indicators);
    for indicator in of_codes.chain(of_causes) {
        if let Condition::Line {
            pattern,
            literals,
            ignore_case,
        } = &indicator.when
        {
            out.push(Both::new(pattern, literals, *ignore_case));
        }
    }
    out
}

/// Asserts that both engines find the same in a text; gives the number of matches.
fn compare(patterns: &[Both], text: &str) -> usize {
    let lower = text.to_ascii_lowercase();
    let mut matches = 0;
    for both in patterns.iter().filter(|both| both.may_match(text, &lower)) {
        let want = by_regex(&both.regex, text.as_bytes());
        matches += usize::from(want.is_some());
        let found = both.program.find(text.as_bytes());
        assert_eq!(found, want, "{} on {text}", both.pattern);
    }
    matches
}

#[test]
fn every_pattern_finds_the_same_in_every_text_of_the_catalogue() {
    let catalogue = Catalogue::builtin().unwrap();
    let patterns = patterns(&catalogue);
    let mut texts: Vec<&str> = Vec::new();
    for code in catalogue.codes() {
        texts.extend(code.samples.iter().map(|sample| sample.text.as_str()));
        texts.extend(code.near_misses.iter().map(|miss| miss.text.as_str()));
        texts.extend(code.proofs.iter().map(|proof| proof.line.as_str()));
    }
    assert!(texts.len() > 1000 && patterns.len() > 1000);
    let matches: usize = texts.iter().map(|text| compare(&patterns, text)).sum();
    assert!(matches > texts.len() / 2, "{matches}");
}

#[test]
fn every_pattern_finds_the_same_in_every_log() {
    let patterns = patterns(&Catalogue::builtin().unwrap());
    let mut matches = 0;
    for file in ["dev-a", "dev-b", "held-a", "held-b"] {
        let path = format!(
            "{}/../../tests/logs/{file}.jsonl",
            env!("CARGO_MANIFEST_DIR")
        );
        for case in std::fs::read_to_string(path).unwrap().lines() {
            let case: serde_json::Value = serde_json::from_str(case).unwrap();
            // The log as one trace, and each line alone.
            let whole = case["text"].as_str().unwrap();
            for text in whole.lines().chain([whole]) {
                matches += compare(&patterns, text);
            }
        }
    }
    assert!(matches > 500, "{matches}");
}

#[test]
fn time_is_bounded_where_backtracking_explodes() {
    let text = [b"a".repeat(8000), b"!".to_vec()].concat();
    for pattern in [
        "(?:a+)+b",
        "(?:a|a)*b",
        "a*a*a*a*b",
        "(?:a{1,9}){1,9}[^!]{0,99}b",
        "a+b",
        "[^b]+b",
        "(?P<host>\\S+): b",
        "(?:a+!)*a+b",
        "(?:\\S+ )?\\w+[^!]+b",
    ] {
        let program = Program::new(&Syntax::parse(pattern, false).unwrap()).unwrap();
        assert!(!program.is_match(&text), "{pattern}");
    }
}
