//! Counts of tests, read from the runners' own closing lines.

use std::fmt;
use std::iter::Sum;
use std::ops::AddAssign;

/// How many tests ended how.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: usize,
}

impl Tally {
    pub(crate) fn one_passed() -> Self {
        Self {
            passed: 1,
            ..Self::default()
        }
    }

    pub(crate) fn one_failed() -> Self {
        Self {
            failed: 1,
            ..Self::default()
        }
    }

    pub(crate) fn one_skipped() -> Self {
        Self {
            skipped: 1,
            ..Self::default()
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |mut total, one| {
            total += one;
            total
        })
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

/// Collects counts from a runner's output, line by line.
#[derive(Default)]
pub(crate) struct Reader {
    pub(crate) tally: Tally,
    /// The runner's closing lines as it printed them: one a run, a crate or a count.
    pub(crate) closing: Vec<String>,
}

impl Reader {
    /// Takes in one line without colours.
    pub(crate) fn line(&mut self, line: &str) {
        let line = line.trim();
        let counted = cargo_test(line)
            .or_else(|| nextest(line))
            .or_else(|| vitest(line))
            .or_else(|| node(line));
        if let Some(counted) = counted {
            self.tally += counted;
            self.closing.push(line.to_owned());
        }
    }
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s`
fn cargo_test(line: &str) -> Option<Tally> {
    let counts = line.strip_prefix("test result:")?;
    Some(Tally {
        passed: number_before(counts, " passed"),
        failed: number_before(counts, " failed"),
        skipped: number_before(counts, " ignored"),
    })
}

/// `Summary [   1.2s] 12 tests run: 10 passed (1 slow), 1 failed, 1 timed out, 2 skipped`
fn nextest(line: &str) -> Option<Tally> {
    let counts = line.strip_prefix("Summary [")?.split_once("run:")?.1;
    Some(Tally {
        passed: number_before(counts, " passed"),
        failed: number_before(counts, " failed")
            + number_before(counts, " timed out")
            + number_before(counts, " exec failed"),
        skipped: number_before(counts, " skipped"),
    })
}

/// `Tests  1 failed | 10 passed | 2 skipped (13)`
fn vitest(line: &str) -> Option<Tally> {
    let counts = line.strip_prefix("Tests ")?;
    counts.trim_end().strip_suffix(')')?;
    Some(Tally {
        passed: number_before(counts, " passed"),
        failed: number_before(counts, " failed"),
        skipped: number_before(counts, " skipped") + number_before(counts, " todo"),
    })
}

/// `# pass 3`, `ℹ fail 0`: one line for each count.
fn node(line: &str) -> Option<Tally> {
    let rest = line
        .strip_prefix("# ")
        .or_else(|| line.strip_prefix("ℹ "))?;
    let (name, number) = rest.split_once(' ')?;
    let number = number.parse().ok()?;
    let mut tally = Tally::default();
    match name {
        "pass" => tally.passed = number,
        "fail" | "cancelled" => tally.failed = number,
        "skipped" | "todo" => tally.skipped = number,
        _ => return None,
    }
    Some(tally)
}

/// The number that stands right before these words; 0 where they don't occur.
fn number_before(text: &str, words: &str) -> usize {
    text.find(words)
        .and_then(|at| text[..at].rsplit(|c: char| !c.is_ascii_digit()).next())
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> (usize, usize, usize) {
        let mut reader = Reader::default();
        for line in lines {
            reader.line(line);
        }
        let Tally {
            passed,
            failed,
            skipped,
        } = reader.tally;
        (passed, failed, skipped)
    }

    #[test]
    fn every_runner_is_read() {
        assert_eq!(
            read(&[
                "running 4 tests",
                "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
                "test result: FAILED. 2 passed; 5 failed; 0 ignored; 0 measured; 0 filtered out",
            ]),
            (5, 5, 1)
        );
        assert_eq!(
            read(&[
                "     Summary [   1.234s] 12/14 tests run: 9 passed (1 slow), 2 failed, 1 timed out, 2 skipped"
            ]),
            (9, 3, 2)
        );
        assert_eq!(
            read(&["      Tests  1 failed | 10 passed | 2 skipped (13)"]),
            (10, 1, 2)
        );
        assert_eq!(
            read(&["# tests 4", "# pass 3", "# fail 1", "# skipped 0"]),
            (3, 1, 0)
        );
        assert_eq!(read(&["ℹ pass 7", "ℹ fail 0"]), (7, 0, 0));
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(
            read(&["Tests are good", "# passing thoughts", "3 passed"]),
            (0, 0, 0)
        );
    }

    #[test]
    fn the_closing_lines_are_kept_as_printed() {
        let mut reader = Reader::default();
        for line in ["ℹ tests 7", "ℹ pass 7", "ℹ fail 0", "done"] {
            reader.line(line);
        }
        assert_eq!(reader.closing, ["ℹ pass 7", "ℹ fail 0"]);
    }

    #[test]
    fn the_total_reads_as_the_plain_line() {
        let total: Tally = [Tally::one_passed(), Tally::one_passed()].into_iter().sum();
        assert_eq!(total.to_string(), "2 passed, 0 failed");
        let total: Tally = [Tally::one_failed(), Tally::one_skipped()]
            .into_iter()
            .sum();
        assert_eq!(total.to_string(), "0 passed, 1 failed, 1 skipped");
    }
}
