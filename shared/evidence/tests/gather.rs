//! Indicators, metrics and context become evidence.

#![allow(clippy::unwrap_used)]

use faultscan_evidence::{Input, Matcher, Metrics, Speaker, gather};
use faultscan_knowledge::Catalogue;
use std::collections::BTreeMap;

fn gathered(lines: &[&str], metrics: Metrics, check: impl Fn(&faultscan_evidence::Evidence)) {
    let catalogue = Catalogue::builtin().unwrap();
    let matcher = Matcher::new(&catalogue).unwrap();
    let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    let context = BTreeMap::new();
    check(&gather(
        &catalogue,
        &matcher,
        &Input {
            lines: &lines,
            metrics,
            context: &context,
        },
    ));
}

#[test]
fn captures_and_lines_speak_for_causes() {
    let lines = [
        "dial tcp 127.0.0.1:8080: connect: connection refused",
        "order.service: Main process exited, code=exited, status=1/FAILURE",
    ];
    gathered(&lines, Metrics::default(), |evidence| {
        let speaks = |cause: &str, speaker: Speaker| {
            evidence
                .witnesses
                .iter()
                .find(|w| w.cause == cause && w.speaker == speaker)
        };
        let wrong = speaks("wrong_host_or_port", Speaker::Capture).unwrap();
        assert!(wrong.likelihood_ratio > 1.0);
        assert_eq!(wrong.lines, [1]);
        let against = speaks("listen_address_restricted", Speaker::Capture).unwrap();
        assert!(against.likelihood_ratio < 1.0);
        assert_eq!(
            speaks("service_process_down", Speaker::Line).unwrap().lines,
            [2]
        );
    });
}

#[test]
fn a_codes_indicators_are_silent_without_the_code() {
    let lines = ["order.service: Main process exited, code=exited, status=1/FAILURE"];
    gathered(&lines, Metrics::default(), |evidence| {
        assert!(evidence.report.codes.is_empty());
        assert!(
            evidence
                .witnesses
                .iter()
                .all(|w| w.cause != "service_process_down")
        );
    });
}

#[test]
fn metrics_beyond_their_thresholds_are_findings() {
    let metrics = Metrics {
        fps: Some(12.0),
        rtt_ms: Some(900.0),
        loss_ratio: Some(0.2),
        memory_mb: Some(190.0),
        memory_limit_mb: Some(200.0),
    };
    gathered(&[], metrics, |evidence| {
        let names: Vec<&str> = evidence
            .metrics
            .iter()
            .map(|finding| finding.name)
            .collect();
        assert_eq!(names, ["fps_low", "rtt_high", "loss_high", "memory_high"]);
        assert!(evidence.metrics[0].text.en.contains("12"));
    });
}

#[test]
fn good_and_impossible_metrics_are_no_findings() {
    let good = Metrics {
        fps: Some(60.0),
        rtt_ms: Some(40.0),
        loss_ratio: Some(0.0),
        memory_mb: Some(50.0),
        memory_limit_mb: Some(2000.0),
    };
    let odd = Metrics {
        fps: Some(f64::NAN),
        rtt_ms: Some(f64::INFINITY),
        loss_ratio: None,
        memory_mb: Some(60.0),
        memory_limit_mb: Some(0.0),
    };
    for metrics in [Metrics::default(), good, odd] {
        gathered(&[], metrics, |evidence| assert_eq!(evidence.metrics, []));
    }
}

#[test]
fn slow_round_trips_speak_for_a_slow_upstream() {
    let metrics = Metrics {
        rtt_ms: Some(900.0),
        ..Metrics::default()
    };
    gathered(
        &["java.net.SocketTimeoutException: Read timed out"],
        metrics,
        |evidence| {
            let found = evidence
                .witnesses
                .iter()
                .any(|w| w.cause == "upstream_slow" && w.speaker == Speaker::Metric);
            assert!(found);
        },
    );
}
