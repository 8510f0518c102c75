//! One concept a file, small files.

use super::{File, Problem};
use crate::repo::Repo;
use anyhow::Result;

/// Above this a file is named, so that its next editor thinks of splitting it.
const LINES_WARNED: usize = 500;

/// Above this a file fails, unless it stands in `LONG_FOR_A_REASON`.
const LINES_MAX: usize = 700;

/// Files that may be longer, up to the given number of lines, and why they can't be split.
const LONG_FOR_A_REASON: &[(&str, usize, &str)] = &[];

pub(super) fn check(_repo: &Repo, files: &[File]) -> Result<Vec<Problem>> {
    Ok(check_against(files, LONG_FOR_A_REASON))
}

fn check_against(files: &[File], allowed: &[(&str, usize, &str)]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| file.is_source()) {
        let lines = file.text.lines().count();
        let most = allowed
            .iter()
            .find(|(path, ..)| *path == file.path)
            .map_or(LINES_MAX, |(_, most, _)| *most);
        if lines > most {
            problems.push(Problem::new(
                &file.path,
                format!("{lines} lines, at most {most}: one concept a file, so split it"),
            ));
        }
    }
    for (path, ..) in allowed {
        if !files.iter().any(|file| file.path == *path) {
            problems.push(Problem::new(*path, "allowed to be long, but not there"));
        }
    }
    problems
}

/// Files that are near the limit, longest first.
pub(super) fn long_files(files: &[File]) -> Vec<String> {
    let mut long: Vec<(usize, &str)> = files
        .iter()
        .filter(|file| file.is_source())
        .map(|file| (file.text.lines().count(), file.path.as_str()))
        .filter(|(lines, _)| *lines > LINES_WARNED)
        .collect();
    long.sort_unstable_by(|a, b| b.cmp(a));
    long.iter()
        .map(|(lines, path)| format!("{path} has {lines} lines (more than {LINES_WARNED})"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::file;
    use super::*;

    #[test]
    fn long_source_fails_and_long_data_does_not() {
        let long = "x\n".repeat(LINES_MAX + 1);
        let files = [file("a.rs", &long), file("b.json", &long)];
        let problems = check_against(&files, &[]);
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].place, "a.rs");
        assert!(check_against(&files, &[("a.rs", 900, "a table")]).is_empty());
    }

    #[test]
    fn an_allowance_for_a_file_that_is_gone_fails() {
        assert_eq!(check_against(&[], &[("gone.rs", 900, "a table")]).len(), 1);
    }

    #[test]
    fn a_file_near_the_limit_is_noted() {
        let files = [file("a.rs", &"x\n".repeat(LINES_WARNED + 1))];
        assert_eq!(long_files(&files), ["a.rs has 501 lines (more than 500)"]);
    }
}
