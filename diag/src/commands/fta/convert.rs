//! `diag fta convert`.

use clap::Args;

use super::{Source, files};

/// Options of `diag fta convert`.
#[derive(Args, Debug)]
pub(super) struct ConvertArgs {
    /// The tree to read (.xml, .toml, .json, .dft)
    #[arg(value_name = "IN")]
    from: Source,
    /// The file to write (.xml, .toml, .dot, .mmd, .json)
    #[arg(value_name = "OUT")]
    to: Source,
}

impl ConvertArgs {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        files::write(&files::read(&self.from, None)?, &self.to)
    }
}
