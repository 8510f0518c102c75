//! Patterns: how they are read, what holds for those of a catalogue, and the engine that runs them.
//!
//! A pattern of a catalogue compiles within a bounded size, and one of its literals stands in every
//! text that it matches, so that the matcher may skip every line without a literal and never miss a
//! match. A [`Program`] executes it, natively and on phones. It finds what the `regex` crate finds,
//! by which the loader compiles each pattern too: it takes one only if both read it.

mod literals;
mod program;
mod set;
mod syntax;

pub use program::{Captures, Program};
pub use syntax::{Syntax, SyntaxError};

/// Bytes of compiled program that one pattern may take.
#[cfg(not(target_family = "wasm"))]
pub(crate) const PROGRAM_BYTES_MAX: usize = 256 * 1024;
/// Literals shorter than this would stop the matcher too often.
pub(crate) const LITERAL_BYTES_MIN: usize = 4;

/// Literals from this length on hardly stop it.
const LITERAL_BYTES_GOOD: usize = 9;

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
    // In either case letters would hide the literals behind sets, so the proof ignores it.
    let syntax = Syntax::parse(pattern, false).map_err(|error| error.to_string())?;
    if !syntax.requires(literals) {
        return Err(format!(
            "none of {literals:?} has to stand in every match of the pattern; name literals that must"
        ));
    }
    Ok(names)
}

/// The fewest literals of which one stands in every match of a pattern, where that can be read off it.
/// A catalogue that names no literals for such a pattern loses nothing.
#[must_use]
pub fn obvious_literals(pattern: &str) -> Option<Vec<Vec<u8>>> {
    let syntax = Syntax::parse(pattern, false).ok()?;
    syntax.best_literals(LITERAL_BYTES_GOOD, |set| set.len() as f64)
}

/// Compiles a pattern as the matcher will; gives the names of its captures.
pub(crate) fn compile(pattern: &str, ignore_case: bool) -> Result<Vec<String>, String> {
    #[cfg(not(target_family = "wasm"))]
    regex::bytes::RegexBuilder::new(pattern)
        .unicode(false)
        .case_insensitive(ignore_case)
        .multi_line(true)
        .size_limit(PROGRAM_BYTES_MAX)
        .build()
        .map_err(|error| one_line(&error.to_string()))?;
    let program = Syntax::parse(pattern, ignore_case).and_then(|syntax| Program::new(&syntax));
    let program = program.map_err(|error| error.to_string())?;
    if program.is_match(b"") {
        return Err("matches the empty text".to_owned());
    }
    let names = program.names().to_vec();
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
