//! Progress on standard error: one numbered line for each step.

use anyhow::{Context, Result};
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// How a step ended.
pub(crate) enum Done {
    /// It ran.
    Ran,
    /// Its inputs have not changed since it last ran.
    UpToDate,
}

/// Whether a step's commands print while they run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voice {
    /// The step stays on one line.
    Quiet,
    /// Others' output stands between the step's first and last line.
    Loud,
}

/// A numbered list of steps.
pub(crate) struct Steps {
    total: usize,
    at: usize,
}

impl Steps {
    pub(crate) fn new(total: usize) -> Self {
        Self { total, at: 0 }
    }

    /// Runs one step and prints `[2/6] title …  3.1 s`.
    pub(crate) fn step(
        &mut self,
        title: &str,
        voice: Voice,
        work: impl FnOnce() -> Result<Done>,
    ) -> Result<()> {
        self.at += 1;
        let head = format!("[{}/{}] {title}", self.at, self.total);
        let mut err = io::stderr();
        match voice {
            Voice::Quiet => write!(err, "{head} …")?,
            Voice::Loud => writeln!(err, "{head} …")?,
        }
        err.flush()?;
        let started = Instant::now();
        let result = work();
        let end = match &result {
            Ok(Done::Ran) => seconds(started.elapsed()),
            Ok(Done::UpToDate) => "up to date".to_owned(),
            Err(_) => "failed".to_owned(),
        };
        match voice {
            Voice::Quiet => writeln!(err, "  {end}")?,
            Voice::Loud => writeln!(err, "{head}  {end}")?,
        }
        result.map(drop).with_context(|| title.to_owned())
    }
}

/// `3.1 s` or `2 min 5 s`.
pub(crate) fn seconds(time: Duration) -> String {
    let s = time.as_secs_f64();
    if s < 120.0 {
        format!("{s:.1} s")
    } else {
        format!("{} min {} s", time.as_secs() / 60, time.as_secs() % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_well() {
        assert_eq!(seconds(Duration::from_millis(3140)), "3.1 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 5 s");
    }

    #[test]
    fn an_error_names_its_step() {
        let error = Steps::new(1)
            .step("Bundle the pages", Voice::Quiet, || {
                anyhow::bail!("no vite")
            })
            .expect_err("the step fails");
        assert_eq!(format!("{error:#}"), "Bundle the pages: no vite");
    }
}
