//! Words of reports, for searching: what is indexed of a text, and what a query looks for.
//!
//! A store keeps for each report a set of terms, without positions, and answers which reports hold
//! all terms of a query. What makes that exact enough for logs is how terms are cut:
//!
//! - A run of letters and digits, joined by any of `. _ - : / @ +`, is a term, and so is its rest from
//!   each joint on: `10.0.3.21:5432` is found by `10.0.3.21`, by `3.21:5432` and by `5432`.
//! - A query's word finds terms that begin with it, from three characters on.
//! - Chinese, Japanese and Korean are cut into overlapping pairs of characters, so that a word is found
//!   wherever it stands; a single character finds the pairs that begin with it.
//! - Case and full-width forms do not count. Times and dates are not indexed: every line has others.
//!
//! Nothing a person types can be an error: whatever is no term is a separator.

use std::collections::HashSet;

/// Longest term; a longer one is known by its beginning.
const TERM_BYTES_MAX: usize = 64;
/// Terms kept for one report.
const TERMS_MAX: usize = 384;
/// Words of a query that count.
const QUERY_TERMS_MAX: usize = 12;
/// From this length on, in characters, a query's word finds terms that begin with it.
const PREFIX_CHARS_MIN: usize = 3;
/// A run of this length or more made of hexadecimal digits is an id and is not cut at its joints.
const ID_CHARS_MIN: usize = 32;

/// What a query looks for: reports that hold all of these.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// The words, in the order in which they were typed, each once.
    pub terms: Vec<Term>,
}

/// One word of a query.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    /// Lower case; holds letters, digits and joints only, so that it needs no quoting.
    pub text: String,
    /// Whether terms that begin with it are meant as well.
    pub prefix: bool,
}

impl Query {
    /// Reads what a person typed. A query without any word finds nothing.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut terms: Vec<Term> = Vec::new();
        for piece in pieces(text) {
            let found = match piece {
                Piece::Run(run) => {
                    let text = cut(&run).to_owned();
                    let prefix = text.chars().count() >= PREFIX_CHARS_MIN;
                    vec![Term { text, prefix }]
                }
                Piece::Ideographs(run) => pairs(&run)
                    .into_iter()
                    .map(|text| Term {
                        prefix: text.chars().count() == 1,
                        text,
                    })
                    // The last character alone, which is indexed for queries of one character.
                    .filter(|term| !term.prefix || run.chars().count() == 1)
                    .collect(),
            };
            for term in found {
                if !terms.contains(&term) && terms.len() < QUERY_TERMS_MAX {
                    terms.push(term);
                }
            }
        }
        Self { terms }
    }
}

/// Collects a report's terms, the most telling texts first: what does not fit is left out.
#[derive(Debug, Default)]
pub struct Terms {
    seen: HashSet<String>,
    text: String,
}

impl Terms {
    /// Adds the terms of a text. Gives false once there is no room.
    pub fn add(&mut self, text: &str) -> bool {
        for piece in pieces(text) {
            match piece {
                Piece::Run(run) => {
                    if is_time(&run) {
                        continue;
                    }
                    self.run(&run);
                }
                Piece::Ideographs(run) => pairs(&run).iter().for_each(|pair| self.one(pair)),
            }
            if self.seen.len() >= TERMS_MAX {
                return false;
            }
        }
        true
    }

    fn run(&mut self, run: &str) {
        self.one(cut(run));
        if run.len() >= ID_CHARS_MIN && run.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') {
            return;
        }
        let mut before = None;
        for (at, char) in run.char_indices() {
            if before.is_some_and(is_joint) && !is_joint(char) {
                self.one(cut(&run[at..]));
            }
            before = Some(char);
        }
    }

    fn one(&mut self, term: &str) {
        if self.seen.len() < TERMS_MAX && self.seen.insert(term.to_owned()) {
            if !self.text.is_empty() {
                self.text.push(' ');
            }
            self.text.push_str(term);
        }
    }

    /// The terms, each once, with a space between them.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }
}

/// A part of a text that terms are made of.
enum Piece {
    /// Letters, digits and joints, in lower case, no joint at either end.
    Run(String),
    /// Characters of a script that puts no spaces between words.
    Ideographs(String),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Ideograph,
    Joint,
    Other,
}

fn is_joint(char: char) -> bool {
    matches!(char, '.' | '_' | '-' | ':' | '/' | '@' | '+')
}

fn kind(char: char) -> Kind {
    match char {
        '\u{3400}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}'
        | '\u{3040}'..='\u{30ff}'
        | '\u{ac00}'..='\u{d7af}' => Kind::Ideograph,
        _ if is_joint(char) => Kind::Joint,
        _ if char.is_alphanumeric() => Kind::Word,
        _ => Kind::Other,
    }
}

/// Full-width forms as the plain ones.
fn narrow(char: char) -> char {
    match char {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(char) - 0xfee0).unwrap_or(char),
        _ => char,
    }
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut current = String::new();
    let mut ideographs = false;
    let mut finish = |current: &mut String, ideographs: bool| {
        let run = std::mem::take(current);
        if ideographs {
            found.push(Piece::Ideographs(run));
        } else {
            let run = run.trim_matches(is_joint);
            if !run.is_empty() {
                found.push(Piece::Run(run.to_owned()));
            }
        }
    };
    for char in text.chars().map(narrow) {
        let kind = kind(char);
        let belongs = match kind {
            Kind::Other => false,
            Kind::Ideograph => ideographs,
            Kind::Word | Kind::Joint => !ideographs,
        };
        if !belongs && !current.is_empty() {
            finish(&mut current, ideographs);
        }
        if kind != Kind::Other {
            ideographs = kind == Kind::Ideograph;
            current.extend(char.to_lowercase());
        }
    }
    if !current.is_empty() {
        finish(&mut current, ideographs);
    }
    found
}

/// Overlapping pairs, and the last character alone.
fn pairs(run: &str) -> Vec<String> {
    let chars: Vec<char> = run.chars().collect();
    let mut pairs: Vec<String> = chars.windows(2).map(|pair| pair.iter().collect()).collect();
    pairs.extend(chars.last().map(char::to_string));
    pairs
}

fn cut(term: &str) -> &str {
    let mut end = term.len().min(TERM_BYTES_MAX);
    while !term.is_char_boundary(end) {
        end -= 1;
    }
    term[..end].trim_end_matches(is_joint)
}

/// Whether a run is a date, a time of day, or both, as log lines begin with.
fn is_time(run: &str) -> bool {
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    let letters = run.chars().filter(|char| char.is_alphabetic());
    let few_letters =
        letters.clone().count() <= 2 && letters.into_iter().all(|c| matches!(c, 't' | 'z'));
    let count = |joint: char| run.chars().filter(|char| *char == joint).count();
    digits >= 4 && few_letters && (count(':') == 2 || (count('-') == 2 && run.len() == 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indexed(text: &str) -> HashSet<String> {
        let mut terms = Terms::default();
        terms.add(text);
        terms.into_text().split(' ').map(str::to_owned).collect()
    }

    /// Whether a report with this text would be found.
    fn finds(text: &str, query: &str) -> bool {
        let terms = indexed(text);
        let query = Query::parse(query);
        !query.terms.is_empty()
            && query.terms.iter().all(|wanted| {
                terms.iter().any(|term| {
                    term == &wanted.text || (wanted.prefix && term.starts_with(&wanted.text))
                })
            })
    }

    #[test]
    fn a_line_is_found_by_its_parts() {
        let line = "dial tcp 10.0.3.21:5432: connect: connection refused (jdbc:postgresql://db.example/App)";
        for query in [
            "10.0.3.21",
            "10.0.3.21:5432",
            "5432",
            "3.21:5432",
            "refused",
            "Refus",
            "connection REFUSED",
            "postgresql://db.example",
            "app",
            "db.example/app",
            "“connection refused”",
        ] {
            assert!(finds(line, query), "{query}");
        }
        for query in [
            "",
            "%",
            "\"",
            "10.0.3.22",
            "fused",
            "connection lost",
            "NOT",
            "co",
        ] {
            assert!(!finds(line, query), "{query}");
        }
    }

    #[test]
    fn chinese_is_found_wherever_it_stands() {
        let line = "数据库TCP连接被拒绝：主机１０.0.3.21";
        for query in [
            "数据库",
            "据库",
            "连接",
            "拒绝",
            "库",
            "绝",
            "主机 10.0.3.21",
            "ＴＣＰ",
            "数据库tcp连接",
        ] {
            assert!(finds(line, query), "{query}");
        }
        for query in ["数库", "绝拒", "超时", "连接超时"] {
            assert!(!finds(line, query), "{query}");
        }
    }

    #[test]
    fn times_are_left_out_and_ids_stay_whole() {
        let terms = indexed(
            "2026-11-24T09:28:27.123Z 09:28:27 2026-11-24 v1.2.3 0123456789abcdef0123456789abcdef",
        );
        let expected = ["v1.2.3", "2.3", "3", "0123456789abcdef0123456789abcdef"];
        assert_eq!(terms, expected.map(str::to_owned).into());
    }

    #[test]
    fn terms_and_queries_are_bounded() {
        let many: String = (0..5_000).map(|n| format!("word{n} ")).collect();
        let mut terms = Terms::default();
        assert!(!terms.add(&many));
        assert_eq!(terms.into_text().split(' ').count(), TERMS_MAX);
        assert_eq!(Query::parse(&many).terms.len(), QUERY_TERMS_MAX);
        let long = "x".repeat(10_000);
        assert!(finds(&long, &long));
        assert!(
            indexed(&"汉".repeat(100))
                .iter()
                .all(|term| term.len() <= 6)
        );
    }
}
