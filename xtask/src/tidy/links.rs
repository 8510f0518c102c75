//! Relative links between Markdown documents lead somewhere, anchors included.

use super::{File, Problem};
use crate::repo::Repo;
use anyhow::Result;
use std::path::{Component, Path, PathBuf};

pub(super) fn check(repo: &Repo, files: &[File]) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| file.extension() == "md") {
        for (line, target) in links(&file.text) {
            if let Some(text) = broken(repo, files, file, target) {
                problems.push(Problem::at(&file.path, line, text));
            }
        }
    }
    Ok(problems)
}

/// What is wrong with this link, if anything.
fn broken(repo: &Repo, files: &[File], file: &File, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let place = if path.is_empty() {
        PathBuf::from(&file.path)
    } else {
        let folder = Path::new(&file.path).parent().unwrap_or(Path::new(""));
        normal(&folder.join(path))
    };
    if !path.is_empty() && !repo.path(&place).exists() {
        return Some(format!("({target}) leads nowhere"));
    }
    let place = place.to_string_lossy();
    let linked = files.iter().find(|other| other.path == place)?;
    let is_document = linked.extension() == "md" && !anchor.is_empty();
    (is_document && !anchors(&linked.text).any(|name| name == anchor))
        .then(|| format!("({target}) names no heading of {place}"))
}

/// The path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                parts.pop();
            }
            Component::CurDir => {}
            other => parts.push(other),
        }
    }
    parts
}

/// Each line outside code blocks, with its number from 1.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
            return None;
        }
        (!in_code).then_some((index + 1, line))
    })
}

/// The targets of `[text](target)` and `![text](target)`, outside code.
fn links(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (number, line) in prose(text) {
        // Odd pieces of a split by back-ticks are code.
        for piece in line.split('`').step_by(2) {
            for (at, _) in piece.match_indices("](") {
                let rest = &piece[at + 2..];
                if let Some(end) = rest.find(')') {
                    let target = rest[..end].split_whitespace().next().unwrap_or_default();
                    found.push((number, target.trim_matches(['<', '>'])));
                }
            }
        }
    }
    found
}

/// The anchors that a Markdown renderer gives to the headings.
fn anchors(text: &str) -> impl Iterator<Item = String> {
    prose(text).filter_map(|(_, line)| {
        let title = line.trim_start_matches('#');
        let level = line.len() - title.len();
        ((1..=6).contains(&level) && title.starts_with(' ')).then(|| slug(title.trim()))
    })
}

fn slug(title: &str) -> String {
    title
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    #[test]
    fn links_are_found_outside_code_only() {
        let text = "see [a](b.md#c) and `[x](y)`\n```\n[z](w)\n```\n![p](q.png \"title\")\n";
        assert_eq!(links(text), [(1, "b.md#c"), (5, "q.png")]);
    }

    #[test]
    fn headings_become_anchors() {
        let all: Vec<String> =
            anchors("# Who may use `whom`?\n#no\n```\n# code\n```\n## A-b c\n").collect();
        assert_eq!(all, ["who-may-use-whom", "a-b-c"]);
    }

    #[test]
    fn a_dead_link_and_a_dead_anchor_are_named() {
        let repo = Repo::open().expect("the work tree");
        let doc = file(
            "xtask/x.md",
            "# Here\n[ok](../Cargo.toml) [ok](#here) [bad](nowhere.md) [bad](#there) [web](https://a.b/c)\n",
        );
        let problems = check(&repo, &[doc]).expect("runs");
        let texts: Vec<&str> = problems
            .iter()
            .map(|problem| problem.text.as_str())
            .collect();
        assert_eq!(
            texts,
            [
                "(nowhere.md) leads nowhere",
                "(#there) names no heading of xtask/x.md"
            ]
        );
    }
}
