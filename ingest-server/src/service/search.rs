//! Finding codes by what people type: a code, words in either language, or a whole message.
//!
//! A message is what the matcher takes it for. Words are looked up in weighted fields; how much a
//! word says is its inverse document frequency, as in TF-IDF. Chinese has no spaces, so runs of it
//! are looked up by pairs of neighbouring characters.

use std::collections::{HashMap, HashSet};

use faultscan_evidence::{Matcher, Reason};
use faultscan_knowledge::{Catalogue, Code};

/// Words that a search looks at; more say nothing more.
const WORDS_MAX: usize = 32;
/// A code must hold this share of the words.
const SHARE_MIN: f64 = 0.6;
/// Matches and exact names stand before all words.
const MATCHED: f64 = 1000.0;
const NAMED: f64 = 2000.0;

/// Why a code was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub(super) enum Why {
    /// Its name was typed.
    Name,
    /// The text is a message of it.
    Message,
    /// It holds the words.
    Words,
}

impl Why {
    /// Name in the API.
    #[must_use]
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Message => "message",
            Self::Words => "words",
        }
    }
}

/// What is looked up, built once.
#[derive(Debug)]
pub(super) struct Index {
    /// For each word the codes that hold it, by their place in the catalogue, with the weight of the
    /// best field.
    postings: HashMap<String, Vec<(usize, f64)>>,
    codes: usize,
}

/// What counts how much.
const TITLE: f64 = 6.0;
const MESSAGE: f64 = 4.0;
const SOFTWARE: f64 = 3.0;
const CAUSE: f64 = 2.0;
const TEXT: f64 = 1.0;

impl Index {
    pub(super) fn build(catalogue: &Catalogue) -> Self {
        let mut postings: HashMap<String, Vec<(usize, f64)>> = HashMap::new();
        for (place, code) in catalogue.codes().iter().enumerate() {
            let mut weights: HashMap<String, f64> = HashMap::new();
            for (weight, text) in fields(catalogue, code) {
                for word in words(text) {
                    let known = weights.entry(word).or_insert(0.0);
                    *known = known.max(weight);
                }
            }
            for (word, weight) in weights {
                postings.entry(word).or_default().push((place, weight));
            }
        }
        Self {
            postings,
            codes: catalogue.codes().len(),
        }
    }

    /// Codes by their place, the best first, of those that hold most of what the words say.
    fn by_words(&self, text: &str) -> Vec<(usize, f64)> {
        let mut seen = HashSet::new();
        let wanted: Vec<String> = words(text)
            .filter(|word| seen.insert(word.clone()))
            .take(WORDS_MAX)
            .collect();
        let mut scores: HashMap<usize, (f64, f64)> = HashMap::new();
        for word in &wanted {
            let found = self.holders(word);
            let holders = found.len().max(1) as f64;
            let says = (1.0 + self.codes as f64 / holders).ln();
            for (place, weight) in found {
                let score = scores.entry(place).or_insert((0.0, 0.0));
                score.0 += 1.0;
                score.1 += says * weight;
            }
        }
        let mut ranked: Vec<(usize, f64)> = scores
            .into_iter()
            .filter(|(_, (held, _))| *held >= SHARE_MIN * wanted.len() as f64)
            .map(|(place, (_, score))| (place, score))
            .collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        ranked
    }

    /// Codes that hold a word, or one that starts with it.
    fn holders(&self, word: &str) -> Vec<(usize, f64)> {
        if let Some(found) = self.postings.get(word) {
            return found.clone();
        }
        if word.len() < 3 {
            return Vec::new();
        }
        let mut best: HashMap<usize, f64> = HashMap::new();
        for (_, found) in self
            .postings
            .iter()
            .filter(|(held, _)| held.starts_with(word))
        {
            for (place, weight) in found {
                let known = best.entry(*place).or_insert(0.0);
                *known = known.max(weight * 0.5);
            }
        }
        best.into_iter().collect()
    }
}

/// The fields of a code with what a word in them is worth.
fn fields<'a>(catalogue: &'a Catalogue, code: &'a Code) -> Vec<(f64, &'a str)> {
    let mut out = vec![
        (TITLE, code.code.as_str()),
        (TITLE, code.title.en.as_str()),
        (TITLE, code.title.zh.as_str()),
        (TEXT, code.family.as_str()),
        (TEXT, code.explanation.en.as_str()),
        (TEXT, code.explanation.zh.as_str()),
    ];
    for signature in &code.signatures {
        out.extend(
            signature
                .literals
                .iter()
                .map(|text| (MESSAGE, text.as_str())),
        );
        out.extend(
            signature
                .software
                .iter()
                .map(|text| (SOFTWARE, text.as_str())),
        );
    }
    out.extend(
        code.samples
            .iter()
            .map(|sample| (SOFTWARE, sample.text.as_str())),
    );
    for cause in code.causes.iter().filter_map(|id| catalogue.cause(id)) {
        out.push((CAUSE, cause.title.en.as_str()));
        out.push((CAUSE, cause.title.zh.as_str()));
    }
    out
}

/// Words of a text in lower case: runs of letters and digits, and of Chinese each pair of neighbours.
fn words(text: &str) -> impl Iterator<Item = String> {
    let mut out = Vec::new();
    let mut word = String::new();
    let mut before: Option<char> = None;
    for c in folded(text).chars() {
        let is_chinese = ('\u{4e00}'..='\u{9fff}').contains(&c);
        if !is_chinese && c.is_alphanumeric() {
            word.push(c);
        } else if !word.is_empty() {
            out.push(std::mem::take(&mut word));
        }
        if let (true, Some(first)) = (is_chinese, before) {
            out.push([first, c].iter().collect());
        }
        before = is_chinese.then_some(c);
    }
    if !word.is_empty() {
        out.push(word);
    }
    out.into_iter()
}

/// Lower case, and full-width letters and digits as the usual ones.
fn folded(text: &str) -> String {
    let usual = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    };
    text.chars()
        .map(usual)
        .flat_map(char::to_lowercase)
        .collect()
}

/// Codes that a text means, the best first.
pub(super) fn search<'a>(
    catalogue: &'a Catalogue,
    matcher: &Matcher,
    index: &Index,
    text: &str,
) -> Vec<(&'a Code, Why)> {
    let mut scores: HashMap<usize, (f64, Why)> = HashMap::new();
    for (place, score) in index.by_words(text) {
        scores.insert(place, (score, Why::Words));
    }
    let place = |name: &str| catalogue.codes().iter().position(|code| code.code == name);
    let found = matcher.match_bytes(text.as_bytes());
    // Guesses are made only where nothing else is found: the first says whether all are.
    let is_message = found
        .best()
        .is_some_and(|best| best.reason != Reason::Guessed);
    let messages = found.codes.iter().filter(|_| is_message);
    for (rank, found) in messages.enumerate() {
        if let Some(place) = place(&found.code) {
            scores.insert(place, (MATCHED - rank as f64, Why::Message));
        }
    }
    let name = folded(text.trim());
    for (place, code) in catalogue.codes().iter().enumerate() {
        let known = code.code.to_lowercase();
        let is_named = known == name
            || (name.len() >= 3
                && (known.starts_with(&name) || known.ends_with(&format!("-{name}"))));
        if is_named {
            let exact = if known == name { 1.0 } else { 0.0 };
            scores.insert(place, (NAMED + exact, Why::Name));
        }
    }
    let mut ranked: Vec<(usize, (f64, Why))> = scores.into_iter().collect();
    ranked.sort_by(|a, b| b.1.0.total_cmp(&a.1.0).then(a.0.cmp(&b.0)));
    ranked
        .into_iter()
        .filter_map(|(place, (_, why))| Some((catalogue.codes().get(place)?, why)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Option<(String, Why)> {
        let catalogue = Catalogue::builtin().unwrap();
        let matcher = Matcher::new(&catalogue).unwrap();
        let index = Index::build(&catalogue);
        let found = search(&catalogue, &matcher, &index, text);
        found.first().map(|(code, why)| (code.code.clone(), *why))
    }

    #[test]
    fn a_name_or_a_part_of_it_finds_its_code() {
        for text in [
            "ERR-DB-003",
            " err-db-003 ",
            "db-003",
            "ＥＲＲ－ＤＢ－００３",
        ] {
            assert_eq!(
                first(text),
                Some(("ERR-DB-003".to_owned(), Why::Name)),
                "{text}"
            );
        }
    }

    #[test]
    fn a_pasted_message_finds_its_code() {
        let line = "2026-01-02 dial tcp 10.0.3.21:8080: connect: connection refused";
        assert_eq!(first(line), Some(("ERR-NET-003".to_owned(), Why::Message)));
    }

    #[test]
    fn words_in_either_language_find_codes() {
        let catalogue = Catalogue::builtin().unwrap();
        let title = |text: &str| {
            let (code, why) = first(text).unwrap_or_else(|| panic!("nothing for {text}"));
            assert_eq!(why, Why::Words, "{text}");
            catalogue.code(&code).unwrap().title.clone()
        };
        assert!(title("证书过期").zh.contains("过期"));
        assert!(
            title("certificate expired")
                .en
                .to_lowercase()
                .contains("expired")
        );
        assert!(title("连接池耗尽").zh.contains("连接池"));
        assert_eq!(first("no such words anywhere xyzzy"), None);
    }

    #[test]
    fn words_are_runs_and_chinese_is_pairs() {
        let found: Vec<String> = words("Go-1.24 证书过期!").collect();
        assert_eq!(found, ["go", "1", "24", "证书", "书过", "过期"]);
    }
}
