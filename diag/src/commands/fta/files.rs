//! Trees in files: the format follows from the file's name.

use std::fs;
use std::path::Path;

use faultscan_faulttree::FaultTree;
use faultscan_faulttree::formats::{self, TextLimits};

use crate::exit::{OrBadInput as _, bad_input};
use crate::input;

fn extension(path: &Path) -> String {
    path.extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_ascii_lowercase()
}

/// Reads a tree. `default_probability` is for `errcode.json`, whose causes may have none.
pub(super) fn read(path: &Path, default_probability: Option<f64>) -> anyhow::Result<FaultTree> {
    let limits = TextLimits::default();
    let bytes = input::read_file(path, limits.bytes_max as u64)?;
    let shown = path.display();
    let text = String::from_utf8(bytes).or_bad_input(&shown)?;
    let tree = match extension(path).as_str() {
        "xml" | "opsa" => formats::read_open_psa(&text, &limits),
        "toml" => formats::read_toml(&text, &limits),
        "json" => formats::read_errcode(&text, default_probability, &limits),
        "dft" | "galileo" => formats::read_galileo(&text, &limits),
        _ if text.trim_start().starts_with('<') => formats::read_open_psa(&text, &limits),
        _ => {
            return Err(bad_input(format_args!(
                "{shown}: not .xml, .toml, .json or .dft"
            )));
        }
    };
    tree.or_bad_input(shown)
}

/// Writes a tree.
pub(super) fn write(tree: &FaultTree, path: &Path) -> anyhow::Result<()> {
    let shown = path.display();
    let text = match extension(path).as_str() {
        "xml" | "opsa" => formats::write_open_psa(tree),
        "toml" => formats::write_toml(tree),
        "dot" | "gv" => formats::write_dot(tree),
        "mmd" | "mermaid" => formats::write_mermaid(tree),
        "json" => formats::write_json_graph(tree),
        _ => {
            return Err(bad_input(format_args!(
                "{shown}: not .xml, .toml, .dot, .mmd or .json"
            )));
        }
    };
    fs::write(path, text).or_bad_input(shown)
}
