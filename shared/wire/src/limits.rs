//! Every maximum of the wire formats, once, with its unit at the end of its name.
//!
//! Writers obey these and readers enforce them, so that what one side makes the other accepts. The
//! specifications under `docs/spec` quote this file; change both together.

/// Length of an Ed25519 signature.
pub const SIGNATURE_BYTES: usize = 64;
/// Length of an Ed25519 public key.
pub const PUBLIC_KEY_BYTES: usize = 32;

/// A whole ticket, signature included.
pub const TICKET_BYTES_MAX: usize = 1024;
/// The shortest possible ticket: six elements with an issue time of zero, and the signature.
pub const TICKET_BYTES_MIN: usize = 1 + 1 + 10 + 18 + 1 + 1 + 34 + SIGNATURE_BYTES;
/// A ticket as text, before anything is decoded: the decimal form of the largest ticket and an
/// origin fit with room to spare.
pub const TICKET_TEXT_BYTES_MAX: usize = 4096;
/// Longest life of a ticket: seven days.
pub const TICKET_TTL_S_MAX: u32 = 604_800;
/// Latest time of issue that a ticket can state: the end of the year 9999.
pub const TICKET_ISSUED_AT_S_MAX: u64 = 253_402_300_799;
/// The error code in a ticket.
pub const TICKET_CODE_BYTES_MAX: usize = 64;
/// Pairs in a ticket's context.
pub const TICKET_CONTEXT_PAIRS_MAX: usize = 8;
/// A key of a ticket's context.
pub const TICKET_CONTEXT_KEY_BYTES_MAX: usize = 32;
/// A value of a ticket's context.
pub const TICKET_CONTEXT_VALUE_BYTES_MAX: usize = 64;
/// Lines of evidence in a ticket.
pub const TICKET_EVIDENCE_ITEMS_MAX: usize = 8;
/// A line of evidence in a ticket.
pub const TICKET_EVIDENCE_LINE_BYTES_MAX: usize = 256;

/// How far a clock may be off before a ticket counts as expired or as issued in the future.
pub const CLOCK_SKEW_S_DEFAULT: u32 = 300;

/// A whole snapshot envelope.
pub const ENVELOPE_BYTES_MAX: usize = 512 * 1024;
/// A snapshot body after decompression.
pub const UNCOMPRESSED_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Declared uncompressed length over compressed length. No LZ4 block exceeds 255, so a larger
/// claim is a lie whatever the block holds.
pub const COMPRESSION_RATIO_MAX: usize = 255;

/// Arrays and maps inside each other, the outermost counted as one.
pub const NESTING_MAX: usize = 16;
/// MessagePack values of any kind in one body. It bounds what a body costs in memory once decoded.
pub const VALUES_MAX: usize = 65_536;
/// Entries of one map.
pub const MAP_ENTRIES_MAX: usize = 128;
/// A map key.
pub const KEY_BYTES_MAX: usize = 64;
/// A string in a body that is not a log line.
pub const TEXT_BYTES_MAX: usize = 4096;
/// Log lines in one snapshot.
pub const LOG_LINES_MAX: usize = 2000;
/// One log line (its message).
pub const LOG_LINE_BYTES_MAX: usize = 16 * 1024;
/// The name of a log line's source.
pub const LOG_SOURCE_BYTES_MAX: usize = 256;
/// Samples in one series.
pub const SAMPLES_MAX: usize = 4096;
/// Items in one snapshot.
pub const ITEMS_MAX: usize = 512;
/// Largest integer that JavaScript holds exactly; times and sizes stay within it.
pub const SAFE_INTEGER_MAX: u64 = (1 << 53) - 1;

/// A whole urgent datagram. One UDP packet over any usual path, never fragmented.
pub const URGENT_BYTES_MAX: usize = 1200;
/// Metrics in an urgent datagram.
pub const URGENT_METRICS_MAX: usize = 16;
/// The name of a metric in an urgent datagram.
pub const URGENT_METRIC_NAME_BYTES_MAX: usize = 32;
/// The log line in an urgent datagram.
pub const URGENT_LINE_BYTES_MAX: usize = 600;
