//! Lines that tell of errors without being one: prose, settings, and lines of those who are well.

use crate::find::holds;

/// Of a longer line only the beginning is read.
const LINE_BYTES_MAX: usize = 2048;

/// Words of sentences about errors. In lower case.
const PROSE: &[&str] = &[
    "if you ",
    "in case ",
    "when the ",
    "when a ",
    "should ",
    "for example",
    "e.g.",
    "such as ",
    "how to ",
    "usually",
    "normally",
    " will ",
    " may ",
    " can be ",
    " can lead",
    " means ",
    " avoid",
    " prevent",
    " by default",
    "must be",
    "the section",
    "way of saying",
    "addition to",
    "如何",
    "怎么",
    "如果",
    "例如",
    "可能",
    "建议",
    "检查",
    "文档",
    "支持",
];

/// Words of those who are well, or are again. In lower case.
const WELL: &[&str] = &[
    "success",
    "succeeded",
    "recovered",
    "no longer",
    " fix",
    "[resolved]",
    ", skipping",
    "成功",
    "恢复",
    "修复",
    "未发现",
];

/// Words of tests, rules for alerts and settings, and places that a program fills in. In lower case.
const SOURCES: &[&str] = &[
    " test",
    "=== run",
    " expected ",
    "runbook",
    "symptom",
    "alert",
    "summary:",
    "description:",
    "title:",
    "retry_on",
    "|= ",
    "{0}",
    "{1}",
    "{}",
    "`{",
    "%s",
    "%d",
    "cert(s)",
    "配置",
    "默认",
];

/// Levels of lines that report no trouble, with what stands around them. In lower case.
const QUIET: &[&str] = &[
    " info ",
    " debug ",
    " trace ",
    "[info]",
    "[debug]",
    "[trace]",
    "level=info",
    "level=debug",
    "\"level\":\"info\"",
    "\"level\":\"debug\"",
    "info:",
    "debug:",
    ".debug ",
    ".info ",
];

/// Beginnings of comments, headings and entries of lists. In lower case.
const BEGINNINGS: &[&str] = &[
    "#", "//", "* ", "- ", "| ", "<!--", "--", "q: ", "a: ", "info ", "debug ", "trace ",
];

/// Whether a line rather tells of an error than reports one.
pub(crate) fn is_doubtful(line: &[u8]) -> bool {
    let line = line[..line.len().min(LINE_BYTES_MAX)].to_ascii_lowercase();
    let head = line.trim_ascii_start();
    let mut words = [PROSE, WELL, SOURCES, QUIET].into_iter().flatten();
    BEGINNINGS
        .iter()
        .any(|start| head.starts_with(start.as_bytes()))
        || words.any(|words| holds(&line, words.as_bytes()))
}

/// Whether what begins at a place of a line begins a quoted text that is no value of a log's field, as
/// texts in source code and prose are.
pub(crate) fn is_quoted(line: &[u8], start: usize) -> bool {
    let before = line.get(..start).unwrap_or_default();
    let open = ["\"", "'", "`", "“", "/(", "**"];
    let Some(open) = open.iter().find(|open| before.ends_with(open.as_bytes())) else {
        return false;
    };
    let before = &before[..before.len() - open.len()];
    let is_field = ["=", "\":", "\": "]
        .iter()
        .any(|field| before.ends_with(field.as_bytes()));
    !is_field
}

#[cfg(test)]
mod tests {
    use super::{is_doubtful, is_quoted};

    #[test]
    fn a_text_in_source_code_is_quoted_and_a_field_of_a_log_is_not() {
        for (line, quoted) in [
            ("    \"connection reset by peer\",", true),
            ("the “connection refused” of TCP", true),
            ("    names[SIGPIPE] = \"connection x\";", true),
            ("level=error msg=\"connection refused\"", false),
            (
                "{\"level\":\"error\",\"msg\":\"connection refused\"}",
                false,
            ),
            ("error: connection refused", false),
        ] {
            let start = line.find("connection").unwrap();
            assert_eq!(is_quoted(line.as_bytes(), start), quoted, "{line}");
        }
    }

    #[test]
    fn prose_and_quiet_lines_are_doubtful() {
        for line in [
            "If you see a certificate mismatch, renew it",
            "2024-05-14 INFO connection refused by the pool is retried",
            "# connection refused",
            "level=debug msg=\"port in use\"",
            "如果连接超时，请检查网络",
        ] {
            assert!(is_doubtful(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn reports_are_not() {
        for line in [
            "ERROR: Port 8088 is already taken and the system does not start.",
            "SSL certificate validation failed: Hostname mismatch",
            "数据库连接超时",
        ] {
            assert!(!is_doubtful(line.as_bytes()), "{line}");
        }
    }
}
