//! The SDK: Rust to wasm, wasm to JavaScript bindings, and both into an npm package.

use super::npm;
use super::split::split;
use super::traps::trapped;
use crate::proc;
use crate::repo::Repo;
use crate::stamp::Stamp;
use crate::tools::WASM_TARGET;
use crate::ui::Done;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;

/// The npm package's folder.
pub(crate) const NPM_DIR: &str = "sdk-wasm/npm";

/// The base name of the bindings and of the module.
pub(super) const STEM: &str = "faultscan_sdk";

/// A module that the package holds.
struct Module {
    /// The crate.
    package: &'static str,
    /// What cargo calls the compiled crate.
    file: &'static str,
    /// The base name of the bindings and of the module.
    stem: &'static str,
    /// Exports that are needed seldom: with what only they need they make a second module.
    rare: &'static [&'static str],
}

impl Module {
    /// The files that it becomes.
    fn files(&self) -> Vec<String> {
        let mut files = vec![format!("{}_bg.wasm", self.stem)];
        if !self.rare.is_empty() {
            files.push(format!("{}_more_bg.wasm", self.stem));
        }
        files
    }
}

/// The SDK, the diagnosis that a page loads after a capture, and the reader of QR codes that it loads
/// where the browser has none. Each is compiled by itself, so that
/// neither gets features that only the other asks for.
const MODULES: &[Module] = &[
    Module {
        package: "faultscan-sdk-wasm",
        file: "faultscan_sdk_wasm.wasm",
        stem: STEM,
        rare: &[],
    },
    Module {
        package: "faultscan-diagnosis-wasm",
        file: "faultscan_diagnosis_wasm.wasm",
        stem: "faultscan_diagnosis",
        rare: &["more", "pack", "update"],
    },
    Module {
        package: "faultscan-qr-wasm",
        file: "faultscan_qr_wasm.wasm",
        stem: "faultscan_qr",
        rare: &[],
    },
];

/// What wasm-bindgen may rely on. Reference types are left out: bindings that hold JavaScript values
/// in a table of their own also work in browsers that lack them, and are no larger.
const FEATURES_DECLARED: &[&str] = &[
    "bulk-memory",
    "multivalue",
    "mutable-globals",
    "nontrapping-fptoint",
    "sign-ext",
];

/// The wasm features that Rust's target turns on by itself; wasm-opt must accept them and nothing
/// more, or it could write a module that old browsers refuse.
const WASM_OPT_FLAGS: &[&str] = &[
    "-Oz",
    // As often as it still helps.
    "--converge",
    // The same bytes for what differs only in hints and in forms that mean the same.
    "--dealign",
    "--avoid-reinterprets",
    // Larger functions compress better when they are not pasted into their only caller.
    "--one-caller-inline-max-function-size=20",
    // The stack's far end lies there: no pointer that is added to goes round through the first 1,024
    // bytes, so offsets may move into loads and stores.
    "--low-memory-unused",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-call-indirect-overlong",
    "--strip-producers",
    "--strip-target-features",
];

/// Cargo knows best whether this is up to date, and says so in a fraction of a second.
pub(super) fn compile(repo: &Repo) -> Result<Done> {
    // The crate is also a library for tests, and as such it would be linked without link-time
    // optimisation: cargo leaves that out, silently, where any crate type can't have it.
    for module in MODULES {
        proc::loud(&mut repo.cargo(&[
            "rustc",
            "--package",
            module.package,
            "--lib",
            "--crate-type",
            "cdylib",
            "--profile",
            "wasm",
            "--target",
            WASM_TARGET,
        ]))?;
    }
    Ok(Done::Ran)
}

fn compiled(repo: &Repo, module: &Module) -> PathBuf {
    repo.target.join(WASM_TARGET).join("wasm").join(module.file)
}

/// Where the bindings lie before wasm-opt: made output, so outside the source tree.
fn bound_dir(repo: &Repo, module: &Module) -> PathBuf {
    repo.cache().join("sdk-bound").join(module.stem)
}

/// Where the TypeScript sources import the bindings from.
fn glue_dir(repo: &Repo) -> PathBuf {
    repo.path(NPM_DIR).join("src/wasm")
}

/// Done anew only if one of the modules was.
fn each(work: impl Fn(&Module) -> Result<Done>) -> Result<Done> {
    let mut done = Done::UpToDate;
    for module in MODULES {
        if matches!(work(module)?, Done::Ran) {
            done = Done::Ran;
        }
    }
    Ok(done)
}

pub(super) fn bind(repo: &Repo) -> Result<Done> {
    each(|module| bind_one(repo, module))
}

fn bind_one(repo: &Repo, module: &Module) -> Result<Done> {
    let stem = module.stem;
    let input = compiled(repo, module);
    let out = bound_dir(repo, module);
    let stamp = Stamp::new(&repo.cache(), &format!("sdk-bind-{stem}"))
        .text(&FEATURES_DECLARED.join(" "))
        .input(&input)?
        .output(out.join(format!("{stem}_bg.js")))
        .output(out.join(format!("{stem}_bg.wasm")));
    if stamp.is_fresh() {
        return Ok(Done::UpToDate);
    }
    let mut bytes = fs::read(&input).with_context(|| format!("read {}", input.display()))?;
    declare_features(&mut bytes);
    // The bundler's form: bindings that take any instance, without a loader of their own.
    Bindgen::new()
        .input_bytes(stem, bytes)
        .bundler(true)?
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .out_name(stem)
        .generate(&out)
        .context("wasm-bindgen")?;
    stamp.save()?;
    Ok(Done::Ran)
}

/// Appends the custom section that names the features in use: the profile strips the compiler's own
/// with the debug information.
pub(crate) fn declare_features(module: &mut Vec<u8>) {
    const NAME: &[u8] = b"target_features";
    let mut section = vec![leb128(NAME.len())];
    section.extend_from_slice(NAME);
    section.push(leb128(FEATURES_DECLARED.len()));
    for feature in FEATURES_DECLARED {
        section.extend_from_slice(&[b'+', leb128(feature.len())]);
        section.extend_from_slice(feature.as_bytes());
    }
    // Section 0 is a custom one.
    module.extend_from_slice(&[0, leb128(section.len())]);
    module.extend_from_slice(&section);
}

/// A length below 128 in LEB128 is itself.
fn leb128(length: usize) -> u8 {
    assert!(
        length < 128,
        "a longer section needs more than one byte for its length"
    );
    #[allow(clippy::cast_possible_truncation, reason = "just checked")]
    let byte = length as u8;
    byte
}

pub(super) fn optimise(repo: &Repo) -> Result<Done> {
    each(|module| optimise_one(repo, module))
}

fn optimise_one(repo: &Repo, module: &Module) -> Result<Done> {
    let stem = module.stem;
    let bound = bound_dir(repo, module);
    let glue = glue_dir(repo);
    let files = module.files();
    let mut stamp = Stamp::new(&repo.cache(), &format!("sdk-optimise-{stem}"))
        .text(&WASM_OPT_FLAGS.join(" "))
        .text(&module.rare.join(" "))
        .text(concat!(include_str!("split.rs"), include_str!("traps.rs")))
        .input(&bound)?
        .input(&repo.path(NPM_DIR).join("package-lock.json"))?
        .output(glue.join(format!("{stem}_bg.js")));
    for file in &files {
        stamp = stamp.output(glue.join(file));
    }
    if stamp.is_fresh() {
        return Ok(Done::UpToDate);
    }
    fs::create_dir_all(&glue)?;
    for entry in fs::read_dir(&bound)? {
        let entry = entry?;
        let name = entry.file_name();
        if entry.path().extension().is_some_and(|end| end != "wasm") {
            fs::copy(entry.path(), glue.join(&name))
                .with_context(|| format!("copy {}", name.display()))?;
        }
    }
    let aside = repo.cache().join("sdk-aside");
    fs::create_dir_all(&aside)?;
    let whole = aside.join(format!("{stem}_trapped.wasm"));
    fs::write(&whole, trapped(&fs::read(bound.join(&files[0]))?)?)?;
    match &files[..] {
        [first, second] => {
            // As a whole first: a function that both need keeps its form from then on.
            wasm_opt(repo, &whole, &aside.join(first))?;
            let halves = split(&fs::read(aside.join(first))?, module.rare)?;
            for (file, bytes) in [(first, halves.0), (second, halves.1)] {
                fs::write(aside.join(file), bytes)?;
                wasm_opt(repo, &aside.join(file), &glue.join(file))?;
            }
        }
        _ => wasm_opt(repo, &whole, &glue.join(&files[0]))?,
    }
    stamp.save()?;
    Ok(Done::Ran)
}

/// Makes a module small.
pub(crate) fn wasm_opt(repo: &Repo, from: &Path, to: &Path) -> Result<()> {
    let mut command = repo.command("node");
    command
        .arg(
            repo.path(NPM_DIR)
                .join("node_modules/binaryen/bin/wasm-opt"),
        )
        .arg(from)
        .args(WASM_OPT_FLAGS)
        .arg("-o")
        .arg(to);
    proc::quiet(&mut command)?;
    Ok(())
}

pub(super) fn pack(repo: &Repo) -> Result<Done> {
    let folder = repo.path(NPM_DIR);
    let stamp = Stamp::new(&repo.cache(), "sdk-pack")
        .input(&folder.join("src"))?
        .input(&folder.join("scripts"))?
        .input(&folder.join("package.json"))?
        .input(&folder.join("package-lock.json"))?
        .input(&folder.join("tsconfig.json"))?
        .input(&folder.join("tsconfig.build.json"))?
        .input(&folder.join("tsconfig.build.json"))?
        .output(folder.join("miniprogram_dist/index.js"))
        .output(folder.join("dist/index.js"))
        .output(folder.join("dist/index.d.ts"))
        .output(folder.join("dist/diagnosis.js"))
        .output(folder.join("dist/diagnosis.d.ts"))
        .output(folder.join("dist/qr.js"))
        .output(folder.join("dist/qr.d.ts"));
    if stamp.is_fresh() {
        return Ok(Done::UpToDate);
    }
    proc::quiet(&mut npm::script(repo, NPM_DIR, "build"))?;
    stamp.save()?;
    Ok(Done::Ran)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declared_features_are_a_well_formed_custom_section() {
        let mut module = Vec::new();
        declare_features(&mut module);
        assert_eq!(module[0], 0);
        assert_eq!(usize::from(module[1]), module.len() - 2);
        assert_eq!(&module[3..18], b"target_features");
        assert_eq!(usize::from(module[18]), FEATURES_DECLARED.len());
        let mut rest = &module[19..];
        for feature in FEATURES_DECLARED {
            assert_eq!(rest[..2], [b'+', leb128(feature.len())]);
            assert_eq!(&rest[2..2 + feature.len()], feature.as_bytes());
            rest = &rest[2 + feature.len()..];
        }
        assert!(rest.is_empty());
    }
}
