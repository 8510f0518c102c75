//! The catalogue that is compiled in: `build.rs` compiles the data files to a pack's sections.

use crate::{
    Catalogue,
    pack::{Bodies, Manifest, PackError, compile},
};
use std::borrow::Cow;

macro_rules! built {
    ($name:literal) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $name))
    };
}

/// Manifest and sections. They are not hashed again: they are part of the program.
pub(crate) fn parts() -> Result<(Manifest, Bodies<'static>), PackError> {
    let (manifest, _) = Manifest::read(built!("manifest"))?;
    let bodies = [
        built!("core") as &[u8],
        built!("en"),
        built!("zh"),
        built!("reference"),
    ];
    Ok((manifest, bodies.map(|body| Some(Cow::Borrowed(body)))))
}

impl Catalogue {
    /// The catalogue that is compiled into the program.
    ///
    /// # Errors
    /// None in a program whose build passed.
    pub fn builtin() -> Result<Self, PackError> {
        let (manifest, bodies) = parts()?;
        compile::catalogue(manifest.version, &bodies)
    }
}
