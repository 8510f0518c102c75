//! The matcher under odd input: cut streams, garbage, colours, JSON, very long lines.

#![allow(clippy::unwrap_used)]

use faultscan_evidence::{EVENT_BYTES_MAX, LINES_KEPT_MAX, MatchReport, Matcher};
use faultscan_knowledge::Catalogue;
use proptest::prelude::*;
use std::sync::OnceLock;

fn matcher() -> &'static Matcher {
    static MATCHER: OnceLock<Matcher> = OnceLock::new();
    MATCHER.get_or_init(|| Matcher::new(&Catalogue::builtin().unwrap()).unwrap())
}

fn best(report: &MatchReport) -> Option<&str> {
    report.best().map(|found| found.code.as_str())
}

const REFUSED: &str = "dial tcp 10.96.12.7:8080: connect: connection refused";

#[test]
fn nothing_in_healthy_logs() {
    let lines = [
        "2024-05-14T10:15:30Z INFO started http server addr=:8080",
        "10.244.1.5 - - [14/May/2024:10:15:30 +0000] \"GET /healthz HTTP/1.1\" 200 2 \"-\" \"kube-probe/1.28\"",
        "level=info msg=\"connection accepted\" remote=10.0.0.7:51234",
        "",
    ];
    let report = matcher().match_lines(lines);
    assert_eq!(report.codes, []);
    assert_eq!(report.lines_read, 4);
}

#[test]
fn colours_carriage_returns_and_bad_utf8_do_not_hide_a_line() {
    for line in [
        String::from(
            "\u{1b}[31mERROR\u{1b}[0m dial tcp 10.96.12.7:8080: \u{1b}[1mconnect\u{1b}[0m: connection refused\r",
        ),
        format!("\u{1b}[2K\u{1b}[1G{REFUSED}"),
    ] {
        let report = matcher().match_bytes(format!("ok\n{line}\nok\n").as_bytes());
        assert_eq!(best(&report), Some("ERR-NET-003"), "{line:?}");
        assert_eq!(report.codes[0].lines, [2]);
    }
    let mut bytes = b"\xff\xfe broken \xc3\x28 ".to_vec();
    bytes.extend_from_slice(REFUSED.as_bytes());
    assert_eq!(best(&matcher().match_bytes(&bytes)), Some("ERR-NET-003"));
}

#[test]
fn json_logs_are_read_through_their_escapes() {
    let line = r#"{"level":"error","msg":"go: golang.org/x/net@v0.25.0: Get \"https://proxy.golang.org/golang.org/x/net/@v/v0.25.0.mod\": dial tcp 142.251.43.17:443: i/o timeout"}"#;
    assert_eq!(
        best(&matcher().match_lines([line])),
        Some("goproxy_unreachable")
    );
    let trace = r#"{"level":"error","stack":"org.springframework.transaction.CannotCreateTransactionException: Could not open JPA EntityManager for transaction\n\tat a.B.c(B.java:1)\nCaused by: java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after 30000ms.\n\tat d.E.f(E.java:2)"}"#;
    let report = matcher().match_lines([trace]);
    assert_eq!(best(&report), Some("ERR-DB-017"));
    assert_eq!(report.codes[0].lines, [1]);
    let docker = r#"{"log":"\u001b[31mdial tcp 10.96.12.7:8080: connect: connection refused\u001b[0m\n","stream":"stderr"}"#;
    assert_eq!(best(&matcher().match_lines([docker])), Some("ERR-NET-003"));
}

#[test]
fn a_dotnet_trace_is_one_event_in_which_an_inner_error_explains_the_outer() {
    let trace = "Npgsql.NpgsqlException: Exception while reading from stream\n \
        ---> System.Net.Sockets.SocketException: Connection timed out\n   \
        at System.Net.Sockets.Socket.Receive(Byte[] buffer)\n   \
        --- End of inner exception stack trace ---";
    let report = matcher().match_lines(trace.lines());
    assert_eq!(best(&report), Some("ERR-DB-041"));
    let outer = report.code("ERR-NET-006").unwrap();
    assert!(outer.score < report.codes[0].score);
}

#[test]
fn the_reason_that_concerns_most_nodes_stands_first() {
    for (line, order) in [
        (
            "0/5 nodes are available: 2 node(s) were unschedulable, 3 Insufficient pods.",
            ["ERR-K8S-015", "ERR-K8S-055"],
        ),
        (
            "0/3 nodes are available: 1 Insufficient memory, 2 node(s) were unschedulable.",
            ["ERR-K8S-055", "ERR-K8S-009"],
        ),
        (
            "0/8 nodes are available: 1 Insufficient memory, 7 node(s) didn't match node selector.",
            ["ERR-K8S-009", "ERR-K8S-021"],
        ),
    ] {
        let report = matcher().match_lines([line]);
        let codes: Vec<&str> = report.codes.iter().map(|code| code.code.as_str()).collect();
        assert_eq!(codes, order, "{line}");
    }
}

#[test]
fn line_feeds_inside_a_logged_line_do_not_shift_numbers() {
    let trace =
        "X: a\n\tat b.C.d(C.java:1)\nCaused by: java.net.ConnectException: Connection refused";
    let report = matcher().match_lines(["first", trace, "third", REFUSED]);
    assert_eq!(report.code("ERR-NET-003").unwrap().lines, [2, 4]);
    assert_eq!(report.lines_read, 4);
}

#[test]
fn a_literal_deep_in_a_very_long_line_is_found() {
    for size in [20_000, 300_000, 1_200_000] {
        let mut line = "x".repeat(size);
        line.push_str(&format!(" {REFUSED} "));
        line.push_str(&"y".repeat(size));
        let report = matcher().match_bytes(format!("a\n{line}\nb\n").as_bytes());
        assert_eq!(best(&report), Some("ERR-NET-003"), "{size}");
        assert_eq!(report.code("ERR-NET-003").unwrap().lines, [2], "{size}");
        assert_eq!(report.lines_read, 3, "{size}");
    }
}

#[test]
fn line_numbers_are_bounded_and_counted() {
    let report = matcher().match_lines((0..1000).map(|_| REFUSED));
    let found = report.code("ERR-NET-003").unwrap();
    assert_eq!(found.count, 1000);
    assert_eq!(found.lines.len(), LINES_KEPT_MAX);
    assert!(found.lines.is_sorted());
}

#[test]
fn a_trace_longer_than_an_event_is_cut_and_still_matched() {
    let mut log = String::from("java.lang.RuntimeException: outer\n");
    while log.len() < 3 * EVENT_BYTES_MAX {
        log.push_str("\tat com.example.Deep.call(Deep.java:42)\n");
    }
    log.push_str("Caused by: java.net.ConnectException: Connection refused\n");
    assert_eq!(
        best(&matcher().match_bytes(log.as_bytes())),
        Some("ERR-NET-003")
    );
}

#[test]
fn scores_are_probabilities_and_the_best_comes_first() {
    let catalogue = Catalogue::builtin().unwrap();
    let all = catalogue.codes().iter().flat_map(|code| &code.samples);
    let report = matcher().match_lines(all.map(|sample| sample.text.as_str()));
    assert!(report.codes.len() > 50);
    for pair in report.codes.windows(2) {
        assert!((pair[0].primary, pair[0].score) >= (pair[1].primary, pair[1].score));
    }
    assert!(
        report
            .codes
            .iter()
            .all(|found| (0.0..=1.0).contains(&found.score))
    );
}

/// Samples of the catalogue and garbage, mixed.
fn logs() -> impl Strategy<Value = Vec<u8>> {
    let samples: Vec<String> = Catalogue::builtin()
        .unwrap()
        .codes()
        .iter()
        .flat_map(|code| code.samples.iter().map(|sample| sample.text.clone()))
        .collect();
    let piece = prop_oneof![
        4 => proptest::sample::select(samples).prop_map(String::into_bytes),
        2 => proptest::collection::vec(any::<u8>(), 0..80),
        1 => Just(b"\tat com.example.A.b(A.java:1)".to_vec()),
        1 => Just(b"Caused by: x".to_vec()),
        1 => Just(Vec::new()),
        1 => Just(b"Traceback (most recent call last):".to_vec()),
        1 => Just(vec![b'z'; 3000]),
    ];
    proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.join(&b'\n'))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..4000)) {
        let _ = matcher().match_bytes(&bytes);
    }

    #[test]
    fn a_stream_cut_anywhere_gives_the_same_report(log in logs(), cuts in proptest::collection::vec(any::<usize>(), 0..6)) {
        let whole = matcher().match_bytes(&log);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut % (log.len() + 1)).collect();
        cuts.sort_unstable();
        let mut stream = matcher().stream();
        let mut from = 0;
        for cut in cuts {
            stream.bytes(&log[from..cut]);
            from = cut;
        }
        stream.bytes(&log[from..]);
        prop_assert_eq!(stream.finish(), whole);
    }

    #[test]
    fn lines_and_bytes_agree(log in logs()) {
        let mut lines: Vec<&[u8]> = log.split(|byte| *byte == b'\n').collect();
        if lines.last().is_some_and(|last| last.is_empty()) {
            lines.pop();
        }
        prop_assert_eq!(matcher().match_lines(lines), matcher().match_bytes(&log));
    }

    #[test]
    fn blocks_do_not_change_the_report(log in logs(), repeat in 1usize..40) {
        // Long enough for several blocks; the same events again and again.
        let mut long = Vec::new();
        for _ in 0..repeat {
            long.extend_from_slice(&log);
            long.extend_from_slice(b"\nnext event\n");
            long.extend(std::iter::repeat_n(b'h', 9000));
            long.extend_from_slice(b"\n");
        }
        let once = matcher().match_bytes(&[log.as_slice(), b"\nnext event\n"].concat());
        let many = matcher().match_bytes(&long);
        let names = |report: &MatchReport| -> Vec<(String, bool)> {
            let mut names: Vec<_> = report.codes.iter().map(|c| (c.code.clone(), c.primary)).collect();
            names.sort();
            names
        };
        prop_assert_eq!(names(&once), names(&many));
    }
}
