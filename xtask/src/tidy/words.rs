//! Words that have no place in what is committed.

use super::{File, Problem};
use crate::repo::Repo;
use anyhow::Result;

/// Where a word is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    /// Every text file.
    Anywhere,
    /// Source in any language, scripts and documents, but not the catalogue's quoted messages.
    Written,
    /// Rust only.
    Rust,
    /// JavaScript and TypeScript only.
    Script,
}

/// Each word is kept in two halves, so that this file doesn't hold it.
const WORDS: &[(&str, &str, Where, &str)] = &[
    ("/wo", "rk/", Where::Anywhere, "a path of one machine"),
    ("/tmp", "/t/", Where::Anywhere, "a path of one machine"),
    ("bash", "_jobs", Where::Anywhere, "a path of one machine"),
    (
        "registry.np",
        "mjs.org",
        Where::Anywhere,
        "a registry's host: set omit-lockfile-registry-resolved in .npmrc",
    ),
    (
        "files.python",
        "hosted.org",
        Where::Anywhere,
        "a registry's host",
    ),
    ("static.crates", ".io", Where::Anywhere, "a registry's host"),
    ("index.crates", ".io", Where::Anywhere, "a registry's host"),
    ("TO", "DO", Where::Written, "finish it, or open an issue"),
    ("FIX", "ME", Where::Written, "finish it, or open an issue"),
    ("<<<<", "<<< ", Where::Anywhere, "a merge left undone"),
    (">>>>", ">>> ", Where::Anywhere, "a merge left undone"),
    ("dbg", "!(", Where::Rust, "left from debugging"),
    ("todo", "!(", Where::Rust, "finish it"),
    ("unimple", "mented!(", Where::Rust, "finish it"),
    ("#[ig", "nore]", Where::Rust, "say why: #[ignore = \"…\"]"),
    ("debug", "ger;", Where::Script, "left from debugging"),
    (
        "it.on",
        "ly(",
        Where::Script,
        "it silences every other test",
    ),
    (
        "test.on",
        "ly(",
        Where::Script,
        "it silences every other test",
    ),
    (
        "describe.on",
        "ly(",
        Where::Script,
        "it silences every other test",
    ),
];

pub(super) fn check(_repo: &Repo, files: &[File]) -> Result<Vec<Problem>> {
    let words: Vec<(String, Where, &str)> = WORDS
        .iter()
        .map(|(head, tail, place, why)| (format!("{head}{tail}"), *place, *why))
        .collect();
    let mut problems = Vec::new();
    for file in files {
        for (word, place, why) in &words {
            // One pass over the whole file first: nearly no file holds the word.
            if !applies(*place, file) || !file.text.contains(word.as_str()) {
                continue;
            }
            for (index, line) in file.text.lines().enumerate() {
                if has_word(line, word) {
                    problems.push(Problem::at(&file.path, index + 1, format!("{word}: {why}")));
                }
            }
        }
    }
    Ok(problems)
}

fn applies(place: Where, file: &File) -> bool {
    match place {
        Where::Anywhere => true,
        Where::Written => {
            (file.is_source() || matches!(file.extension(), "md" | "yml" | "yaml"))
                && !file.path.starts_with("shared/knowledge/")
        }
        Where::Rust => file.is_rust(),
        Where::Script => matches!(file.extension(), "ts" | "tsx" | "js" | "mjs"),
    }
}

/// Does the line hold the word, not as a part of a longer one?
fn has_word(line: &str, word: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        // A path of one machine is absolute: no name stands before its first slash.
        let starts = |c: char| is_name(c) || c == '/';
        let opens = word.starts_with(starts) && before.is_some_and(is_name);
        let closes = word.ends_with(is_name) && after.is_some_and(is_name);
        !opens && !closes
    })
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        let repo = Repo::open().expect("the work tree");
        check(&repo, &[file(path, text)]).expect("runs").len()
    }

    #[test]
    fn words_are_found_where_they_count() {
        let later = concat!("// TO", "DO: later");
        assert_eq!(found("a.rs", later), 1);
        assert_eq!(found("shared/knowledge/data/codes/go.toml", later), 0);
        assert_eq!(found("a.rs", concat!("dbg", "!(x)")), 1);
        assert_eq!(found("a.ts", concat!("it.on", "ly('x')")), 1);
        assert_eq!(found("a.json", concat!("/wo", "rk/main")), 1);
    }

    #[test]
    fn a_longer_word_is_another_word() {
        assert_eq!(found("a.rs", concat!("let AUTO", "DO_X = 1;")), 0);
        assert_eq!(found("a.md", concat!("/net", "wo", "rk/policies")), 0);
        assert_eq!(found("a.md", concat!("src/internal/wo", "rk/exec.go")), 0);
    }
}
