//! Rules for patterns: they compile within a bounded size, and one of their literals stands in
//! every text they match. The proof is made over the pattern's syntax tree, so that the matcher
//! may skip every line without a literal and never miss a match.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Bytes of compiled program that one pattern may take.
pub(crate) const PROGRAM_BYTES_MAX: usize = 256 * 1024;
/// Literals shorter than this would stop the matcher too often.
pub(crate) const LITERAL_BYTES_MIN: usize = 4;

/// Checks a pattern and its literals; gives the names of its captures.
pub(crate) fn check(
    pattern: &str,
    literals: &[String],
    ignore_case: bool,
) -> Result<Vec<String>, String> {
    let names = compile(pattern, ignore_case)?;
    if literals.is_empty() {
        return Err("needs at least one required literal".to_owned());
    }
    for literal in literals {
        if literal.len() < LITERAL_BYTES_MIN {
            return Err(format!(
                "literal {literal:?} is shorter than {LITERAL_BYTES_MIN} bytes"
            ));
        }
        if literal.contains('\n') {
            return Err(format!("literal {literal:?} spans lines"));
        }
    }
    // Case folding would hide the literals behind classes, so the proof ignores it.
    let hir = parse(pattern)?;
    if !requires(&hir, literals) {
        return Err(format!(
            "none of {literals:?} has to stand in every match of the pattern; name literals that must"
        ));
    }
    Ok(names)
}

/// Compiles a pattern as the matcher will; gives the names of its captures.
pub(crate) fn compile(pattern: &str, ignore_case: bool) -> Result<Vec<String>, String> {
    let regex = regex::bytes::RegexBuilder::new(pattern)
        .unicode(false)
        .case_insensitive(ignore_case)
        .multi_line(true)
        .size_limit(PROGRAM_BYTES_MAX)
        .build()
        .map_err(|error| one_line(&error.to_string()))?;
    if regex.is_match(b"") {
        return Err("matches the empty text".to_owned());
    }
    let names: Vec<String> = regex.capture_names().flatten().map(str::to_owned).collect();
    for name in &names {
        if !crate::text::is_identifier(name) {
            return Err(format!("capture {name:?} is not snake_case"));
        }
    }
    Ok(names)
}

pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn parse(pattern: &str) -> Result<Hir, String> {
    regex_syntax::ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .multi_line(true)
        .build()
        .parse(pattern)
        .map_err(|error| one_line(&error.to_string()))
}

/// Whether every match of `hir` contains one of `literals`. May say no where the answer is yes,
/// never the reverse.
fn requires(hir: &Hir, literals: &[String]) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(_) => false,
        HirKind::Literal(literal) => holds(&literal.0, literals),
        HirKind::Repetition(repetition) => {
            repetition.min > 0 && requires(&repetition.sub, literals)
        }
        HirKind::Capture(capture) => requires(&capture.sub, literals),
        HirKind::Alternation(branches) => branches.iter().all(|branch| requires(branch, literals)),
        HirKind::Concat(parts) => concat_requires(&[Vec::new()], parts, literals),
    }
}

/// Joins neighbouring parts whose texts can be listed, after texts that `before` lists. Every
/// match holds one text of each list.
fn concat_requires(before: &[Vec<u8>], parts: &[Hir], literals: &[String]) -> bool {
    let mut runs = before.to_vec();
    let mut flat = Vec::new();
    flatten(parts, &mut flat);
    for part in flat {
        if let Some(texts) = listed(part)
            && texts.len() * runs.len() <= LISTED_MAX
        {
            runs = product(&runs, &texts);
            continue;
        }
        let held = runs.iter().all(|run| holds(run, literals));
        if held || requires(part, literals) || branches_require(&runs, part, literals) {
            return true;
        }
        runs = vec![Vec::new()];
    }
    runs.iter().all(|run| holds(run, literals))
}

/// Whether each branch of an alternation, read on from what stands before it, has a literal.
fn branches_require(before: &[Vec<u8>], part: &Hir, literals: &[String]) -> bool {
    let HirKind::Alternation(branches) = part.kind() else {
        return false;
    };
    branches
        .iter()
        .all(|branch| concat_requires(before, std::slice::from_ref(branch), literals))
}

/// Parts of nested concatenations and captures, in order.
fn flatten<'a>(parts: &'a [Hir], out: &mut Vec<&'a Hir>) {
    for part in parts {
        match part.kind() {
            HirKind::Capture(capture) => flatten(std::slice::from_ref(&*capture.sub), out),
            HirKind::Concat(inner) => flatten(inner, out),
            _ => out.push(part),
        }
    }
}

/// Texts listed for one run of a pattern; beyond that the proof goes on without them.
const LISTED_MAX: usize = 64;

/// All texts that `hir` matches, if they are few.
fn listed(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let texts = match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => vec![Vec::new()],
        HirKind::Literal(literal) => vec![literal.0.to_vec()],
        HirKind::Capture(capture) => listed(&capture.sub)?,
        HirKind::Class(Class::Bytes(class)) => {
            let bytes = class
                .ranges()
                .iter()
                .flat_map(|range| range.start()..=range.end());
            bytes.take(LISTED_MAX + 1).map(|byte| vec![byte]).collect()
        }
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

fn product(heads: &[Vec<u8>], tails: &[Vec<u8>]) -> Vec<Vec<u8>> {
    heads
        .iter()
        .flat_map(|head| {
            tails
                .iter()
                .map(move |tail| [head.as_slice(), tail].concat())
        })
        .collect()
}

fn holds(text: &[u8], literals: &[String]) -> bool {
    literals.iter().any(|literal| {
        let literal = literal.as_bytes();
        text.len() >= literal.len() && text.windows(literal.len()).any(|window| window == literal)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn try_check(pattern: &str, literals: &[&str]) -> Result<Vec<String>, String> {
        let literals: Vec<String> = literals.iter().map(|l| (*l).to_owned()).collect();
        check(pattern, &literals, false)
    }

    #[test]
    fn proves_required_literals() {
        for (pattern, literals) in [
            (
                r"dial tcp (?P<host>[^:]+): connection refused",
                &["connection refused"][..],
            ),
            (r"(?:alpha beta|gamma delta) end", &["alpha", "gamma"]),
            (r"(?:alpha beta|gamma delta) end", &[" end"]),
            (r"(?:x|y)+ needle[0-9]*", &["needle"]),
            (r"(?:needle ){2,}", &["needle"]),
            (r"连接被拒绝", &["连接被拒绝"]),
            (
                r"(?:needle one|needle two) [0-9]+",
                &["needle one", "needle two"],
            ),
            (
                r"self[ -]signed certificate",
                &["self-signed cert", "self signed cert"],
            ),
            (
                r"tls: (?:failed to verify )?certificate",
                &["tls: failed", "tls: cert"],
            ),
            (
                r"(?P<db>MySQL|MariaDB) server",
                &["MySQL server", "MariaDB server"],
            ),
        ] {
            assert!(try_check(pattern, literals).is_ok(), "{pattern}");
        }
    }

    #[test]
    fn refuses_literals_that_need_not_be_there() {
        for (pattern, literals) in [
            (r"(?:alpha|gamma) end", &["alpha"][..]),
            (r"needle?s", &["needle"]),
            (r"(?:needle)* x", &["needle"]),
            (r"need[l]?e", &["needle"]),
            (r"a.*b", &["a.*b"]),
        ] {
            assert!(try_check(pattern, literals).is_err(), "{pattern}");
        }
    }

    #[test]
    fn names_captures_and_refuses_bad_patterns() {
        assert_eq!(try_check("(?P<host>x)abcd", &["abcd"]).unwrap(), ["host"]);
        assert!(
            try_check("(?P<Host>x)abcd", &["abcd"])
                .unwrap_err()
                .contains("snake_case")
        );
        assert!(
            try_check("abcd(", &["abcd"])
                .unwrap_err()
                .contains("unclosed")
        );
        assert!(
            try_check("(?:abcd)?", &["abcd"])
                .unwrap_err()
                .contains("empty")
        );
        assert!(
            try_check(r"abcd(?:[a-z]{1,1000}){1,500}", &["abcd"])
                .unwrap_err()
                .contains("size")
        );
        assert!(try_check(r"abcd(?=x)", &["abcd"]).is_err());
    }
}
