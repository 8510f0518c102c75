//! The pages: one Vite build of the mini-app and the dashboard.

use super::{npm, sdk};
use crate::proc;
use crate::repo::Repo;
use crate::stamp::Stamp;
use crate::ui::Done;
use anyhow::Result;

/// The pages' folder.
pub(crate) const DIR: &str = "www";

pub(super) fn bundle(repo: &Repo) -> Result<Done> {
    let www = repo.path(DIR);
    let sdk = repo.path(sdk::NPM_DIR);
    let stamp = Stamp::new(&repo.cache(), "www-bundle")
        .input(&www)?
        // Named one by one: the stamp of a folder leaves out what is called `dist`.
        .input(&sdk.join("dist/index.js"))?
        .input(&sdk.join("dist/faultscan_sdk_bg.wasm"))?
        .input(&sdk.join("dist/diagnosis.js"))?
        .input(&sdk.join("dist/faultscan_diagnosis_bg.wasm"))?
        .output(www.join("dist/dashboard/index.html"))
        .output(www.join("dist/miniapp/index.html"));
    if stamp.is_fresh() {
        return Ok(Done::UpToDate);
    }
    proc::quiet(&mut npm::script(repo, DIR, "build"))?;
    stamp.save()?;
    Ok(Done::Ran)
}
