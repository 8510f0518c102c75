//! Every bound of the matcher, once, with its unit.

/// A stream looks at about this many bytes at once.
pub const BLOCK_BYTES: usize = 256 * 1024;
/// Bytes of one trace that multi-line patterns see; a longer trace is cut into several.
pub const EVENT_BYTES_MAX: usize = 64 * 1024;
/// Lines of one trace; a longer trace is cut into several.
pub const EVENT_LINES_MAX: usize = 1000;
/// Bytes on each side of a literal that a pattern sees in a very long line.
pub const PATTERN_WINDOW_BYTES: usize = 8 * 1024;
/// Places of one very long line where one pattern is tried.
pub(crate) const WINDOWS_PER_LINE_MAX: usize = 16;
/// Line numbers kept for one code; the count goes on.
pub const LINES_KEPT_MAX: usize = 200;
/// Bytes of one captured value.
pub(crate) const CAPTURE_BYTES_MAX: usize = 256;
