//! Builds the parts of the product, in the order that they need each other, and only what changed.

mod mini;
mod npm;
mod sdk;
mod server;
mod split;
mod traps;
mod www;

use crate::Part;
use crate::repo::Repo;
use crate::tools;
use crate::ui::{Done, Steps, Voice};
use anyhow::Result;

pub(crate) use npm::{install as npm_install, script as npm_script};
pub(crate) use sdk::{NPM_DIR, declare_features, wasm_opt};
pub(crate) use server::TEST_TARGETS;

/// How the binaries are compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Fast to build, and shared with the tests. Dependencies are optimised all the same.
    Dev,
    /// What a deployment runs.
    Release,
}

impl Profile {
    pub(crate) fn from_release(release: bool) -> Self {
        if release { Self::Release } else { Self::Dev }
    }

    /// The folder under `target` that cargo puts this profile's output in.
    pub(crate) fn dir(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
        }
    }
}

/// One thing that a build does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    WasmTarget,
    SdkCompile,
    SdkBind,
    SdkPackages,
    SdkOptimise,
    MiniCompile,
    MiniModule,
    SdkPack,
    WwwPackages,
    WwwBundle,
    Binaries,
}

/// The steps that build this part and all that it needs.
pub(crate) fn plan(part: Part) -> Vec<Step> {
    use Step::*;
    let sdk = [
        WasmTarget,
        SdkCompile,
        SdkBind,
        SdkPackages,
        SdkOptimise,
        MiniCompile,
        MiniModule,
        SdkPack,
    ];
    let www = [WwwPackages, WwwBundle];
    match part {
        Part::Sdk => sdk.to_vec(),
        Part::Www => [&sdk[..], &www].concat(),
        Part::Server => vec![Binaries],
        Part::All => [&sdk[..], &www, &[Binaries]].concat(),
    }
}

/// Runs the steps, each with its line of progress.
pub(crate) fn build(repo: &Repo, steps: &[Step], profile: Profile) -> Result<()> {
    let mut progress = Steps::new(steps.len());
    for step in steps {
        let (title, voice) = step.title();
        progress.step(title, voice, || step.run(repo, profile))?;
    }
    Ok(())
}

impl Step {
    fn title(self) -> (&'static str, Voice) {
        match self {
            Self::WasmTarget => ("Add the wasm32 target", Voice::Quiet),
            Self::SdkCompile => ("Compile the SDK to wasm", Voice::Loud),
            Self::SdkBind => ("Bind the wasm module to JavaScript", Voice::Quiet),
            Self::SdkPackages => ("Install the SDK's npm packages", Voice::Quiet),
            Self::SdkOptimise => ("Shrink the wasm module", Voice::Quiet),
            Self::MiniCompile => ("Compile the SDK for mini-programs", Voice::Loud),
            Self::MiniModule => ("Make and check their module", Voice::Quiet),
            Self::SdkPack => ("Build the npm package", Voice::Quiet),
            Self::WwwPackages => ("Install the pages' npm packages", Voice::Quiet),
            Self::WwwBundle => ("Bundle the pages", Voice::Quiet),
            Self::Binaries => ("Compile the server and the command line", Voice::Loud),
        }
    }

    fn run(self, repo: &Repo, profile: Profile) -> Result<Done> {
        match self {
            Self::WasmTarget => tools::ensure_wasm_target(repo),
            Self::SdkCompile => sdk::compile(repo),
            Self::SdkBind => sdk::bind(repo),
            Self::SdkPackages => npm::install(repo, NPM_DIR),
            Self::SdkOptimise => sdk::optimise(repo),
            Self::MiniCompile => mini::compile(repo),
            Self::MiniModule => mini::module(repo),
            Self::SdkPack => sdk::pack(repo),
            Self::WwwPackages => npm::install(repo, www::DIR),
            Self::WwwBundle => www::bundle(repo),
            Self::Binaries => server::compile(repo, profile),
        }
    }
}
