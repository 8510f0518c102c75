//! The SDK's module for mini-programs, whose engines know little more than the first WebAssembly:
//! compiled for it, stripped of what iOS can't export, and checked against the rules.

use super::sdk::{NPM_DIR, STEM};
use super::traps::trapped;
use crate::proc;
use crate::repo::Repo;
use crate::stamp::Stamp;
use crate::tools::WASM_TARGET;
use crate::ui::Done;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use walrus::{ExportItem, Module};
use wasm_bindgen_cli_support::Bindgen;
use wasmparser::{Validator, WasmFeatures};

/// No features but those of the first release and mutable globals, which the standard library needs
/// and every host has. The library itself was compiled for newer engines, so the linker must not
/// compare; wasm-opt lowers what comes in with it. The last flag repeats `.cargo/config.toml`.
const RUSTFLAGS: &str = "-C target-cpu=mvp -C link-arg=--no-check-features \
     -C link-arg=--features=mutable-globals --cfg sha2_backend_soft=\"compact\"";

const WASM_OPT_FLAGS: &[&str] = &[
    "--mvp-features",
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--llvm-memory-copy-fill-lowering",
    "--signext-lowering",
    "--llvm-nontrapping-fptoint-lowering",
    "-Oz",
    "--converge",
    "--dealign",
    "--avoid-reinterprets",
    "--one-caller-inline-max-function-size=20",
    "--strip-producers",
    "--strip-target-features",
];

/// WeChat on iOS fails where one function is exported more often.
const EXPORTS_OF_ONE_FUNCTION_MAX: usize = 3;

/// Other flags make other code, so this has a target folder of its own.
fn target_dir(repo: &Repo) -> PathBuf {
    repo.target.join("mini-program")
}

pub(super) fn compile(repo: &Repo) -> Result<Done> {
    let target_dir = target_dir(repo);
    let mut cargo = repo.cargo(&["rustc", "--package", "faultscan-sdk-wasm", "--lib"]);
    cargo
        .args(["--crate-type", "cdylib", "--profile", "wasm"])
        .args(["--target", WASM_TARGET, "--target-dir"])
        .arg(&target_dir)
        .env("RUSTFLAGS", RUSTFLAGS);
    proc::loud(&mut cargo)?;
    Ok(Done::Ran)
}

pub(super) fn module(repo: &Repo) -> Result<Done> {
    let input = target_dir(repo)
        .join(WASM_TARGET)
        .join("wasm/faultscan_sdk_wasm.wasm");
    let bound = repo.cache().join("mini-bound");
    let out = repo.path(NPM_DIR).join("src/wasm-mini");
    let (glue, wasm) = (format!("{STEM}_bg.js"), format!("{STEM}_bg.wasm"));
    let stamp = Stamp::new(&repo.cache(), "sdk-mini")
        .text(&WASM_OPT_FLAGS.join(" "))
        .text(include_str!("traps.rs"))
        .input(&input)?
        .input(&repo.path(NPM_DIR).join("package-lock.json"))?
        .output(out.join(&glue))
        .output(out.join(&wasm));
    if stamp.is_fresh() {
        return Ok(Done::UpToDate);
    }
    Bindgen::new()
        .input_path(&input)
        .bundler(true)?
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .out_name(STEM)
        .generate(&bound)
        .context("wasm-bindgen")?;
    let stripped = bound.join("stripped.wasm");
    let inside = without_globals(&fs::read(bound.join(&wasm))?)?;
    fs::write(&stripped, trapped(&inside)?)?;
    fs::create_dir_all(&out)?;
    let mut wasm_opt = repo.command("node");
    wasm_opt
        .arg(
            repo.path(NPM_DIR)
                .join("node_modules/binaryen/bin/wasm-opt"),
        )
        .arg(&stripped)
        .args(WASM_OPT_FLAGS)
        .arg("-o")
        .arg(out.join(&wasm));
    proc::quiet(&mut wasm_opt)?;
    check(&fs::read(out.join(&wasm))?).context("the module for mini-programs")?;
    for name in [glue, format!("{STEM}_bg.wasm.d.ts"), format!("{STEM}.d.ts")] {
        fs::copy(bound.join(&name), out.join(&name)).with_context(|| format!("copy {name}"))?;
    }
    stamp.save()?;
    Ok(Done::Ran)
}

/// Takes the exported globals away: wasm-bindgen's own, which its glue does not need.
fn without_globals(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut module = Module::from_buffer(bytes)?;
    let globals: Vec<_> = module
        .exports
        .iter()
        .filter(|export| matches!(export.item, ExportItem::Global(_)))
        .map(walrus::Export::id)
        .collect();
    for id in globals {
        module.exports.delete(id);
    }
    Ok(module.emit_wasm())
}

/// The rules of the hosts: the first WebAssembly with mutable globals, no imports, no exported
/// global, no 64-bit integer at the border, no function exported too often.
fn check(bytes: &[u8]) -> Result<()> {
    Validator::new_with_features(WasmFeatures::WASM1)
        .validate_all(bytes)
        .context("it uses a feature that old engines lack")?;
    let module = Module::from_buffer(bytes)?;
    if let Some(import) = module.imports.iter().next() {
        bail!("it imports {}.{}", import.module, import.name);
    }
    let mut times = BTreeMap::new();
    for export in module.exports.iter() {
        match export.item {
            ExportItem::Global(_) => bail!("it exports the global {}", export.name),
            ExportItem::Function(id) => {
                let function = module.types.get(module.funcs.get(id).ty());
                let wide = function
                    .params()
                    .iter()
                    .chain(function.results())
                    .any(|kind| *kind == walrus::ValType::I64);
                if wide {
                    bail!("{} takes or gives a 64-bit integer", export.name);
                }
                let count = times.entry(id).or_insert(0_usize);
                *count += 1;
                if *count > EXPORTS_OF_ONE_FUNCTION_MAX {
                    bail!(
                        "{} is another name of a function that is exported {EXPORTS_OF_ONE_FUNCTION_MAX} times already",
                        export.name
                    );
                }
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::{FunctionBuilder, ValType};

    /// A module with one function of these types, exported by these names.
    fn module(params: &[ValType], results: &[ValType], names: &[&str]) -> Vec<u8> {
        let mut module = Module::default();
        let mut builder = FunctionBuilder::new(&mut module.types, params, results);
        builder.func_body().unreachable();
        let locals: Vec<_> = params.iter().map(|kind| module.locals.add(*kind)).collect();
        let function = builder.finish(locals, &mut module.funcs);
        for name in names {
            module.exports.add(name, function);
        }
        module.emit_wasm()
    }

    fn fault(bytes: &[u8]) -> String {
        format!("{:#}", check(bytes).unwrap_err())
    }

    #[test]
    fn a_plain_module_passes() {
        check(&module(&[ValType::I32], &[ValType::F64], &["a", "b", "c"])).unwrap();
    }

    #[test]
    fn each_rule_has_its_refusal() {
        let many = module(&[], &[], &["a", "b", "c", "d"]);
        assert!(
            fault(&many).contains("exported 3 times"),
            "{}",
            fault(&many)
        );
        let wide = module(&[ValType::I64], &[], &["wide"]);
        assert!(
            fault(&wide).contains("wide takes or gives"),
            "{}",
            fault(&wide)
        );
        let two = module(&[], &[ValType::I32, ValType::I32], &["two"]);
        assert!(fault(&two).contains("old engines"), "{}", fault(&two));
        let mut global = Module::default();
        let id = global.globals.add_local(
            ValType::I32,
            false,
            false,
            walrus::ConstExpr::Value(walrus::ir::Value::I32(1)),
        );
        global.exports.add("flag", id);
        let bytes = global.emit_wasm();
        assert!(
            fault(&bytes).contains("the global flag"),
            "{}",
            fault(&bytes)
        );
        check(&without_globals(&bytes).unwrap()).unwrap();
        let mut import = Module::default();
        let kind = import.types.add(&[], &[]);
        import.add_import_func("env", "now", kind);
        assert!(fault(&import.emit_wasm()).contains("imports env.now"));
    }
}
