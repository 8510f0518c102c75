//! The compiled catalogue: one compact, versioned, signed file, whole or in the parts that a reader
//! needs. `docs/spec/pack.md` is normative for its bytes.

mod columns;
pub(crate) mod compile;
mod delta;
mod diff;
mod error;
mod keys;
mod manifest;
mod mp;
mod open;
mod row;
mod rows;
pub(crate) mod section;

pub use delta::{DELTA_MAGIC, PackDelta};
pub use diff::{Change, PackDiff};
pub use error::{PackError, TableFault};
pub use keys::{PACK_CONTEXT, PackKeys, Verify};
pub(crate) use manifest::{Bodies, Manifest};
pub use manifest::{
    KeyId, PACK_BYTES_MAX, PACK_FORMAT, PACK_MAGIC, PACK_SCHEMA, SECTION_BYTES_MAX,
};
pub use mp::RowFault;
pub use open::{Compression, Pack};
pub use section::{ENTRIES_MAX, Kind, Section, Sections};
