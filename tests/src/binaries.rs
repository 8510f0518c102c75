//! Where the built binaries are, and how to run one to its end.

use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Output};

/// A binary of this workspace, built with the same profile as the running test.
///
/// # Panics
/// When it has not been built.
#[must_use]
pub fn path(name: &str) -> PathBuf {
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    let exe = env::current_exe().expect("this test's own path");
    // target/PROFILE/deps/test-HASH, or target/PROFILE/bench-ingest for a binary of this crate.
    let found = exe
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(&file))
        .find(|path| path.is_file());
    found.unwrap_or_else(|| {
        panic!("{file} is not built: run `cargo build --workspace --bins`, or `cargo xtask test`")
    })
}

/// An example of this workspace, built with the same profile as the running program.
///
/// # Panics
/// When it has not been built.
#[must_use]
pub fn example(name: &str) -> PathBuf {
    let folder = path("ingest-server").with_file_name("examples");
    let file = folder.join(format!("{name}{}", env::consts::EXE_SUFFIX));
    assert!(
        file.is_file(),
        "example {name} is not built: run it by `cargo xtask bench`"
    );
    file
}

/// What a finished command printed, and how it ended.
#[derive(Debug)]
pub struct Finished {
    /// The exit code; -1 when a signal ended it.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl From<Output> for Finished {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Finished {
    /// Standard output as the one JSON document that `--json` promises.
    ///
    /// # Panics
    /// When it is anything else.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!(
                "no JSON document on stdout ({error}):\n{}\n{}",
                self.stdout, self.stderr
            )
        })
    }

    /// The same, when the command must have succeeded.
    ///
    /// # Panics
    /// When it failed.
    #[must_use]
    pub fn success(self) -> Self {
        assert_eq!(
            self.code, 0,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }
}

/// Runs one of our binaries to its end.
pub fn run<S: AsRef<OsStr>>(name: &str, args: impl IntoIterator<Item = S>) -> Finished {
    run_command(Command::new(path(name)).args(args))
}

/// Runs a prepared command to its end.
///
/// # Panics
/// When it can't be started.
pub fn run_command(command: &mut Command) -> Finished {
    command.output().expect("the binary starts").into()
}
