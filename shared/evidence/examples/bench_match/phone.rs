//! The matcher as the phone runs it: the same snapshots through the wasm module, in node.

use crate::{Pairs, rivals::Folder};
use std::{
    error::Error,
    process::{Command, Stdio},
};

/// Figures of the module on each snapshot, `(name, lines)`.
pub(crate) fn figures(
    script: &str,
    module: &str,
    snapshots: &[(&str, Vec<&[u8]>)],
) -> Result<Pairs, Box<dyn Error>> {
    let folder = Folder::new()?;
    let mut command = Command::new("node");
    command.arg(script).arg(module).stderr(Stdio::inherit());
    for (name, lines) in snapshots {
        command.arg(folder.file(name, &lines.join(&b'\n'))?);
    }
    let output = command.output()?;
    let text = String::from_utf8(output.stdout)?;
    if !output.status.success() {
        return Err(format!("the phone's side failed: {text}").into());
    }
    let mut figures = Pairs::new();
    for line in text.lines() {
        if let Some((name, value)) = line.split_once(' ') {
            figures.push((format!("wasm_{name}"), value.parse()?));
        }
    }
    Ok(figures)
}
