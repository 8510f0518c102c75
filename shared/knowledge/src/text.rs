//! Texts in two languages, and texts with places for captured values.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A text in English and in Chinese.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

impl Text {
    /// Both languages with captured values filled in, see [`render`].
    #[must_use]
    pub fn render(&self, captures: &BTreeMap<String, String>) -> Self {
        Self {
            en: render(&self.en, captures),
            zh: render(&self.zh, captures),
        }
    }
}

/// One piece of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'a> {
    Literal(&'a str),
    /// A value, or the words that stand for it.
    Place {
        name: &'a str,
        default: &'a str,
    },
    /// Words around a value, which stand only where it was captured.
    Around {
        name: &'a str,
        words: &'a str,
    },
}

/// Stands for the value among the words around it.
const VALUE: char = '$';

/// Fills captured values into a text. A place is written `{{name|words to use when nothing was
/// captured}}`, or `{{name?, words around $}}`, which is left out when nothing was captured. Anything
/// else in double braces, such as a Go template, stays as it is.
#[must_use]
pub fn render(template: &str, captures: &BTreeMap<String, String>) -> String {
    let mut out = String::with_capacity(template.len());
    for piece in pieces(template) {
        match piece {
            Piece::Literal(text) => out.push_str(text),
            Piece::Place { name, default } => match captures.get(name) {
                Some(value) => out.push_str(value),
                None => out.push_str(default),
            },
            Piece::Around { name, words } => {
                if let Some(value) = captures.get(name) {
                    let mut words = words.split(VALUE);
                    out.push_str(words.next().unwrap_or_default());
                    for rest in words {
                        out.push_str(value);
                        out.push_str(rest);
                    }
                }
            }
        }
    }
    out
}

/// Names of the places in a template; `true` where the place says what to write when nothing was
/// captured: some words, or to leave it out together with the words around it.
#[must_use]
pub fn places(template: &str) -> Vec<(&str, bool)> {
    pieces(template)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Literal(_) => None,
            Piece::Place { name, default } => Some((name, !default.trim().is_empty())),
            Piece::Around { name, words } => Some((name, words.contains(VALUE))),
        })
        .collect()
}

fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = template;
    let mut from = 0;
    while let Some(open) = rest[from..].find("{{").map(|at| at + from) {
        let Some(close) = rest[open..].find("}}").map(|at| at + open) else {
            break;
        };
        let inside = &rest[open + 2..close];
        let marks = ['|', '?'];
        let Some((name, words)) = inside
            .split_once(marks)
            .filter(|(name, _)| is_identifier(name))
        else {
            from = open + 2;
            continue;
        };
        if open > 0 {
            out.push(Piece::Literal(&rest[..open]));
        }
        out.push(if inside.as_bytes().get(name.len()) == Some(&b'|') {
            Piece::Place {
                name,
                default: words,
            }
        } else {
            Piece::Around { name, words }
        });
        rest = &rest[close + 2..];
        from = 0;
    }
    if !rest.is_empty() {
        out.push(Piece::Literal(rest));
    }
    out
}

/// `snake_case`, starting with a letter.
pub(crate) fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('_')
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Whether a text holds Chinese characters.
pub(crate) fn has_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// Names of the captures of a pattern that is known to be well-formed.
pub(crate) fn capture_names(pattern: &str) -> Vec<String> {
    let starts = pattern
        .match_indices("(?P<")
        .map(|(at, start)| at + start.len());
    starts
        .filter_map(|at| {
            pattern
                .get(at..)?
                .split_once('>')
                .map(|(name, _)| name.to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captures(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect()
    }

    #[test]
    fn fills_captures_and_defaults() {
        let got = render(
            "{{host|the server}}:{{port|its port}} is shut",
            &captures(&[("host", "a.b")]),
        );
        assert_eq!(got, "a.b:its port is shut");
    }

    #[test]
    fn leaves_other_braces_alone() {
        for text in [
            "docker inspect -f '{{.State.Pid}}' x",
            "awk '{print $1}'",
            "{{",
            "a {{b",
            "{{}}",
            "go list -f '{{if .Cgo}}{{.ImportPath}}{{end}}'",
            "{{b}}",
        ] {
            assert_eq!(render(text, &captures(&[("b", "!")])), text);
        }
        assert_eq!(
            render("{{.X}} {{b|c}}", &captures(&[("b", "!")])),
            "{{.X}} !"
        );
    }

    #[test]
    fn leaves_out_the_words_around_what_was_not_captured() {
        let text = "The server{{host? $}}{{port?, port $,}} is shut";
        assert_eq!(render(text, &captures(&[])), "The server is shut");
        assert_eq!(
            render(text, &captures(&[("port", "80")])),
            "The server, port 80, is shut"
        );
        let both = captures(&[("host", "a.b"), ("port", "80")]);
        assert_eq!(render(text, &both), "The server a.b, port 80, is shut");
    }

    #[test]
    fn lists_places() {
        assert_eq!(
            places("{{a|}}, {{b|c d}}, {{c?e}}, {{d?($)}}, {{end}}"),
            [("a", false), ("b", true), ("c", false), ("d", true)]
        );
    }
}
