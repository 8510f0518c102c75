//! Turns log lines, metrics and ticket context into evidence.
//!
//! [`Matcher`] finds the catalogue's codes in logs: first the places where required literals stand,
//! all literals at once, and full patterns only there, so that time grows linearly with the log.
//! [`gather`] adds what speaks for single causes: indicators, metrics, context.
//!
//! Nothing here reads a clock or a file, and no input can make it panic or use unbounded memory.
#![forbid(unsafe_code)]

mod doubt;
mod event;
mod find;
mod fold;
mod gather;
mod index;
mod limits;
mod literals;
mod matcher;
mod mention;
mod metrics;
mod normal;
mod pattern;
mod prefilter;
mod report;
mod resolve;
mod stream;

pub use gather::{Evidence, Input, Speaker, Witness, gather};
pub use limits::{
    BLOCK_BYTES, EVENT_BYTES_MAX, EVENT_LINES_MAX, LINES_KEPT_MAX, PATTERN_WINDOW_BYTES,
};
pub use matcher::{Matcher, MatcherError};
pub use metrics::{MetricFinding, Metrics};
pub use report::{CodeMatch, IndicatorHit, MatchReport, Owner, Reason};
pub use stream::Stream;
