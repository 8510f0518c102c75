//! Tells sentences from commands: a command reads the same in every language, a sentence does not.

/// English words that no command holds outside quotes and comments. Shells, SQL and the programs of
/// the catalogue use other short words, such as `for`, `in` and `set`, or write them in capitals.
const TELLING: [&str; 18] = [
    "again", "an", "back", "both", "former", "is", "it", "its", "none", "nothing", "of", "old",
    "the", "their", "this", "which", "with", "your",
];

/// A word that makes a text a sentence; none in a command. Quotes and comments do not count, unless
/// there is nothing else.
pub(super) fn telling_word(text: &str) -> Option<&str> {
    let code: Vec<&str> = text
        .lines()
        .flat_map(|line| outside_quotes(without_comment(line)))
        .filter(|part| !part.trim().is_empty())
        .collect();
    if code.is_empty() {
        return telling(text);
    }
    code.into_iter().find_map(telling)
}

fn telling(text: &str) -> Option<&str> {
    text.split_whitespace()
        .map(|word| word.trim_matches(['.', ',', ':', ';', '(', ')']))
        .find(|word| {
            let mut rest = word.chars();
            let first = rest.next().map(|first| first.to_ascii_lowercase());
            let small: String = first.into_iter().chain(rest).collect();
            TELLING.contains(&small.as_str())
        })
}

/// A line up to the comment of a shell, SQL or a language with braces.
fn without_comment(line: &str) -> &str {
    let starts = ["# ", "-- ", "// "];
    let end = starts
        .iter()
        .flat_map(|start| line.match_indices(start))
        .map(|(at, _)| at)
        .filter(|at| {
            let before = line
                .get(..*at)
                .and_then(|before| before.chars().next_back());
            before.is_none_or(char::is_whitespace)
        })
        .min();
    end.and_then(|end| line.get(..end)).unwrap_or(line)
}

/// The parts of a line that stand in no quotes. An apostrophe inside a word opens none.
fn outside_quotes(line: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut from, mut open, mut before) = (0, None, ' ');
    for (at, c) in line.char_indices() {
        match open {
            None if "'\"`".contains(c) && !before.is_alphanumeric() => {
                parts.extend(line.get(from..at));
                open = Some(c);
            }
            Some(quote) if c == quote => {
                from = at + c.len_utf8();
                open = None;
            }
            _ => {}
        }
        before = c;
    }
    if open.is_none() {
        parts.extend(line.get(from..));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_told() {
        for (text, word) in [
            ("Restore the old value.", "the"),
            ("nothing to undo", "nothing"),
            ("Log in again.", "again"),
            (
                "show the client's allowed scopes of the session's user",
                "the",
            ),
            ("nginx -s reload; put the file back", "the"),
            ("# scale the node group", "the"),
            ("Its controller makes a new pod.", "Its"),
        ] {
            assert_eq!(telling_word(text), Some(word), "{text}");
        }
    }

    #[test]
    fn commands_are_no_sentences() {
        for text in [
            "kubectl rollout undo deploy/NAME   # goes forward again",
            "DELETE FROM t WHERE name IS NULL;   -- only with the old rows",
            "psql -c 'EXPLAIN the statement'",
            "for f in a b; do if [ -f $f ]; then rm \"the $f\"; fi; done",
            "ssl_stapling on;",
            "SET GLOBAL max_connections = 151;",
            "systemctl is-active UNIT",
            "kubectl run --rm -it NAME --image=IMAGE",
            "# HikariCP: leak-detection-threshold=20000; Java: try-with-resources",
        ] {
            assert_eq!(telling_word(text), None, "{text}");
        }
    }
}
