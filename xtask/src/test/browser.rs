//! The whole journey in a real browser, against the real server.

use super::typescript::counted_script;
use super::{Report, built};
use crate::Part;
use crate::build::npm_install;
use crate::repo::Repo;
use crate::tools;

/// The browser tests' npm folder.
const DIR: &str = "tests/browser";

pub(super) fn run(repo: &Repo, report: &mut Report) {
    let chromium = match tools::ensure_chromium() {
        Ok(path) => path,
        Err(why) => return report.skip("journeys in a browser", &why),
    };
    if !built(repo, report, Part::All) {
        return;
    }
    report.row("journeys in a browser", || {
        npm_install(repo, DIR)?;
        let env = [
            ("CHROMIUM", chromium.display().to_string()),
            (
                "FAULTSCAN_BIN_DIR",
                repo.target.join("debug").display().to_string(),
            ),
        ];
        counted_script(repo, DIR, "test", &env)
    });
}
