//! Runs cases, several at a time, and keeps their order.

use crate::case::{Case, Suite};
use crate::judge::{Judge, Named};
use crate::lab::{Lab, Obstacle};
use crate::process::Group;
use anyhow::Result;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Cases at a time. Most of them wait for a time limit of something, so more than there are cores.
const WORKERS: usize = 4;

/// How a case ended.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// The right code came first.
    Passed(Named),
    /// Another code came first, or the fault could not be made.
    Failed(String),
    /// Something is missing here.
    Skipped(String),
}

/// A case and what became of it.
#[derive(Debug)]
pub(crate) struct Done<'a> {
    pub(crate) case: &'a Case,
    pub(crate) software: String,
    pub(crate) outcome: Outcome,
}

/// Runs the cases with these indices; `tell` hears of each as it ends.
pub(crate) fn run<'a>(
    suite: &'a Suite,
    chosen: &[usize],
    lab: &Lab<'a>,
    judge: &Judge,
    tell: impl Fn(&Done<'a>) + Sync,
) -> Vec<Done<'a>> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Done<'a>)>> = Mutex::default();
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(index) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let one = run_one(&suite.cases[*index], *index, lab, judge);
                    tell(&one);
                    done.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push((*index, one));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, one)| one).collect()
}

fn run_one<'a>(case: &'a Case, index: usize, lab: &Lab<'_>, judge: &Judge) -> Done<'a> {
    let outcome = match lab.prepare(case) {
        Ok(()) => made(case, index, lab, judge)
            .unwrap_or_else(|error| Outcome::Failed(format!("{error:#}"))),
        Err(Obstacle::Missing(why)) => Outcome::Skipped(why),
        Err(Obstacle::Broken(why)) => Outcome::Failed(why),
    };
    Done {
        case,
        software: lab.software(case),
        outcome,
    }
}

fn made(case: &Case, index: usize, lab: &Lab<'_>, judge: &Judge) -> Result<Outcome> {
    let (folder, mut command) = lab.command(case, index)?;
    let log = &folder.with_extension("log");
    let mut group = Group::start(&mut command, log)?;
    let ended = group.wait(Duration::from_secs(case.timeout_s));
    drop(group);
    ended?;
    let named = judge.named(log)?;
    if named.first() != case.code {
        return Ok(Outcome::Failed(wrong(case, &named, log)));
    }
    if let Some(cause) = &case.cause {
        let found = judge.cause(log)?;
        if found != *cause {
            let why = format!("diagnose names cause {found} first, not {cause}");
            return Ok(Outcome::Failed(why));
        }
    }
    Ok(Outcome::Passed(named))
}

fn wrong(case: &Case, named: &Named, log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    let shown = lines.len().min(12);
    let tail = lines[lines.len() - shown..].join("\n    | ");
    format!(
        "expected {}, named {:?}; the log ends\n    | {tail}",
        case.code, named.codes
    )
}
