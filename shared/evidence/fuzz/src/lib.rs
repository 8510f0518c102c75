//! What must hold for any log: no panic, and one report however the log is cut.
use faultscan_evidence::Matcher;
use faultscan_knowledge::Catalogue;
use std::sync::OnceLock;

fn matcher() -> Option<&'static Matcher> {
    static MATCHER: OnceLock<Option<Matcher>> = OnceLock::new();
    MATCHER
        .get_or_init(|| Matcher::new(&Catalogue::builtin().ok()?).ok())
        .as_ref()
}

/// The first byte says where the log is cut.
///
/// # Panics
/// When a promise is broken.
pub fn match_log(data: &[u8]) {
    let (Some(matcher), Some((cut, log))) = (matcher(), data.split_first()) else {
        return;
    };
    let whole = matcher.match_bytes(log);
    let cut = usize::from(*cut) * log.len() / 256;
    let mut stream = matcher.stream();
    stream.bytes(&log[..cut]);
    stream.bytes(&log[cut..]);
    assert_eq!(stream.finish(), whole, "the report depends on the cut");
    let body = log.strip_suffix(b"\n").unwrap_or(log);
    if !body.is_empty() {
        let lines = matcher.match_lines(body.split(|byte| *byte == b'\n'));
        assert_eq!(lines, whole, "lines and bytes differ");
    }
    let feeds = log.iter().filter(|byte| **byte == b'\n').count();
    let unended = usize::from(log.last().is_some_and(|last| *last != b'\n'));
    assert_eq!(whole.lines_read as usize, feeds + unended);
    for code in &whole.codes {
        assert!(
            code.lines
                .iter()
                .all(|line| (1..=whole.lines_read).contains(line))
        );
        assert!((0.0..=1.0).contains(&code.score));
    }
}
