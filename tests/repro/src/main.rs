//! Makes faults with real software and checks that `diag` names them from what was printed.
//!
//! The cases are data: `cases/*.toml`, with the tools and servers they need in `parts.toml`.
//! `cargo xtask repro` installs what is needed and starts this.
#![forbid(unsafe_code)]

mod case;
mod judge;
mod lab;
mod peers;
mod process;
mod proof;
mod report;
mod run;
mod world;

use anyhow::{Context, Result, ensure};
use case::Suite;
use clap::Parser;
use judge::Judge;
use lab::{Lab, Places};
use run::{Done, Outcome};
use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Parser, Debug)]
#[command(
    name = "repro",
    about = "Make faults with real software and see what diag says"
)]
struct Options {
    /// Run only these groups or cases, by the start of their names
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Name the cases and run none
    #[arg(long)]
    list: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// Write what was proven to this file of the catalogue
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// The folder of the cases
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// What was installed for the suite
    #[arg(long, value_name = "DIR")]
    kit: PathBuf,
    /// The command line under test
    #[arg(long, value_name = "FILE")]
    diag: PathBuf,
    /// Keep the folder of the run and say where it is
    #[arg(long)]
    keep: bool,
    /// The private folder; given when already in the world
    #[arg(long, hide = true)]
    lab: Option<PathBuf>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    match options.execute() {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

impl Options {
    fn execute(&self) -> Result<u8> {
        let suite = Suite::load(&self.data)?;
        let chosen = self.chosen(&suite);
        ensure!(!chosen.is_empty(), "no case is called so");
        if self.list {
            println!("{}", report::list(&suite, &chosen, self.json));
            return Ok(0);
        }
        let judge = Judge {
            diag: self.diag.clone(),
        };
        ensure!(judge.works(), "{} does not start", self.diag.display());
        if let Some(lab) = &self.lab {
            return self.inside(&suite, &chosen, &judge, lab);
        }
        if let Some(why) = world::obstacle() {
            let skipped = chosen.iter().map(|index| skip(&suite, *index, &why));
            return Ok(self.finish(&skipped.collect::<Vec<_>>()));
        }
        self.outside()
    }

    fn chosen(&self, suite: &Suite) -> Vec<usize> {
        let wanted = |name: &str| {
            self.only.is_empty() || self.only.iter().any(|start| name.starts_with(start))
        };
        let cases = suite.cases.iter().enumerate();
        cases
            .filter(|(_, case)| wanted(&case.name))
            .map(|(index, _)| index)
            .collect()
    }

    /// Makes the private folder and runs this program again in the world.
    fn outside(&self) -> Result<u8> {
        let mut lab = tempfile::Builder::new()
            .prefix("faultscan-repro-")
            .tempdir()
            .context("a temporary folder")?;
        lab.disable_cleanup(self.keep);
        if self.keep {
            eprintln!("logs are kept in {}", lab.path().display());
        }
        let mut args: Vec<_> = env::args_os().skip(1).collect();
        args.extend(["--lab".into(), lab.path().into()]);
        let code = world::enter(lab.path(), &self.data.join("world.sh"), &args)?;
        Ok(u8::try_from(code).unwrap_or(1))
    }

    fn inside(&self, suite: &Suite, chosen: &[usize], judge: &Judge, lab: &Path) -> Result<u8> {
        let places = Places {
            data: self.data.clone(),
            kit: self.kit.clone(),
            lab: lab.to_path_buf(),
        };
        peers::start().context("the faulty peers")?;
        let place = Lab::new(places, suite)?;
        let tell = |one: &Done<'_>| eprintln!("{}", report::line(one));
        let done = run::run(suite, chosen, &place, judge, tell);
        place.close();
        if let Some(file) = &self.write {
            let count = proof::write(&done, judge, lab, file)?;
            eprintln!("{count} proofs written to {}", file.display());
        }
        Ok(self.finish(&done))
    }

    /// Prints the result; the exit code says whether something failed.
    fn finish(&self, done: &[Done<'_>]) -> u8 {
        if self.json {
            println!("{}", report::document(done));
        } else {
            println!("{}", report::summary(done));
        }
        u8::from(
            done.iter()
                .any(|one| matches!(one.outcome, Outcome::Failed(_))),
        )
    }
}

fn skip<'a>(suite: &'a Suite, index: usize, why: &str) -> Done<'a> {
    Done {
        case: &suite.cases[index],
        software: String::new(),
        outcome: Outcome::Skipped(why.to_owned()),
    }
}
