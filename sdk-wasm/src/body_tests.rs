use std::borrow::Cow;

use faultscan_wire::body::{Item, Memory, Rtt};
use faultscan_wire::{Level, SnapshotBody};
use proptest::prelude::*;

use super::*;
use crate::lines::KeptLine;

struct Given {
    facts: Facts,
    frames: FrameMeter,
    probes: ProbeMeter,
    memory: Vec<MemoryReading>,
    events: Vec<Event>,
    logs: Selection<'static>,
}

fn nothing() -> Given {
    Given {
        facts: Facts::default(),
        frames: FrameMeter::default(),
        probes: ProbeMeter::default(),
        memory: Vec::new(),
        events: Vec::new(),
        logs: Selection::default(),
    }
}

const NOW_MS: f64 = 1_700_000_000_000.0;

fn read(given: &Given, sources: &[&str]) -> SnapshotBody {
    let bytes = Content {
        now_ms: NOW_MS,
        facts: &given.facts,
        frames: &given.frames,
        probes: &given.probes,
        probe_interval_ms: 5000.0,
        memory: &given.memory,
        events: &given.events,
        events_dropped: 3,
        logs: &given.logs,
        sources,
        lines_dropped: 0,
    }
    .encode();
    let body = SnapshotBody::decode(&bytes).unwrap();
    let strays = [
        body.extra.len(),
        body.logs.extra.len(),
        body.device.as_ref().map_or(0, |part| part.extra.len()),
        body.sdk.as_ref().map_or(0, |part| part.extra.len()),
        body.app.as_ref().map_or(0, |part| part.extra.len()),
        body.network.as_ref().map_or(0, |part| part.extra.len()),
        body.fps.as_ref().map_or(0, |part| part.extra.len()),
        body.rtt.as_ref().map_or(0, |part| part.extra.len()),
        body.memory.as_ref().map_or(0, |part| part.extra.len()),
        body.dropped.as_ref().map_or(0, |part| part.extra.len()),
    ];
    assert_eq!(
        strays, [0; 10],
        "every field that is written is known to the reader"
    );
    body
}

#[test]
fn what_is_not_known_is_absent() {
    let body = read(&nothing(), &[]);
    assert_eq!(body.captured_at_ms, NOW_MS as u64);
    assert_eq!(body.sdk.unwrap().name.unwrap(), "faultscan-sdk-wasm");
    assert_eq!(
        (body.device, body.fps, body.rtt, body.memory),
        (None, None, None, None)
    );
    assert!(body.logs.lines.is_empty() && body.items.is_empty());
    let dropped = body.dropped.unwrap();
    assert_eq!((dropped.items, dropped.log_lines), (Some(3), None));
}

#[test]
fn every_fact_reaches_its_field() {
    let mut given = nothing();
    for field in 0..15 {
        given.facts.set_text(field, &format!("text {field}"));
    }
    for field in 15..23 {
        given.facts.set_number(field, f64::from(field));
    }
    given.facts.set_number(22, -1500.0);
    given.memory.push(MemoryReading {
        at_ms: NOW_MS,
        used_bytes: 1.0,
        limit_bytes: f64::NAN,
    });
    let body = read(&given, &[]);
    let text = |field: u32| Some(format!("text {field}"));
    let sdk = body.sdk.unwrap();
    assert_eq!((sdk.version, sdk.host), (text(0), text(1)));
    let device = body.device.unwrap();
    assert_eq!(
        [
            device.os,
            device.os_version,
            device.arch,
            device.model,
            device.user_agent,
            device.language
        ],
        [2, 3, 4, 5, 6, 7].map(text)
    );
    assert_eq!(
        (
            device.screen_width_px,
            device.screen_height_px,
            device.pixel_ratio
        ),
        (Some(15), Some(16), Some(17.0))
    );
    assert_eq!((device.cores, device.memory_gb), (Some(18), Some(19.0)));
    let network = body.network.unwrap();
    assert_eq!((network.kind, network.effective_type), (text(8), text(9)));
    assert_eq!(
        (network.downlink_mbps, network.online),
        (Some(20.0), Some(true))
    );
    let app = body.app.unwrap();
    assert_eq!(
        (app.name, app.version, app.page),
        (text(10), text(11), text(12))
    );
    assert_eq!(body.fps.unwrap().source, text(13));
    assert_eq!(body.memory.unwrap().source, text(14));
    assert_eq!(body.clock_skew_ms, Some(-1500));
}

#[test]
fn facts_can_be_taken_back_are_bounded_and_unknown_numbers_are_ignored() {
    let mut given = nothing();
    given.facts.set_text(2, "android");
    given.facts.set_text(2, "");
    given.facts.set_number(17, 2.0);
    given.facts.set_number(17, f64::INFINITY);
    given.facts.set_text(12, &"é".repeat(1000));
    given.facts.set_text(99, "x");
    given.facts.set_number(99, 1.0);
    let body = read(&given, &[]);
    assert_eq!(body.device, None);
    assert_eq!(body.app.unwrap().page.unwrap().len(), 1024);
}

#[test]
fn measurements_reach_their_columns() {
    let mut given = nothing();
    for frame in 0..100 {
        given.frames.frame(f64::from(frame) * 20.0);
    }
    given.probes.push(NOW_MS - 5000.0, 40.0);
    given.probes.push(NOW_MS - 10.0, f64::NAN);
    given.memory.push(MemoryReading {
        at_ms: NOW_MS - 7.0,
        used_bytes: 10.0,
        limit_bytes: 50.0,
    });
    given.memory.push(MemoryReading {
        at_ms: NOW_MS,
        used_bytes: 20.0,
        limit_bytes: 50.0,
    });
    given.events.push(Event {
        kind: "visibility".into(),
        at_ms: NOW_MS - 100.0,
        value: f64::NAN,
        text: "hidden".into(),
    });
    given.events.push(Event {
        kind: "memory_warning".into(),
        at_ms: NOW_MS + 1e15,
        value: 7.5,
        text: String::new(),
    });
    let body = read(&given, &[]);
    let fps = body.fps.unwrap();
    assert_eq!(
        (fps.samples, fps.window_ms, fps.interval_ms),
        (vec![50.0; 3], Some(1500), Some(500))
    );
    assert_eq!(
        (fps.mean, fps.min, fps.frames),
        (Some(50.0), Some(50.0), Some(75))
    );
    assert_eq!((fps.jank, fps.freeze), (Some(0), Some(0)));
    assert_eq!(
        body.rtt.unwrap(),
        Rtt {
            interval_ms: Some(5000),
            at_ms: vec![-5000, -10],
            rtt_ms: vec![Some(40.0), None],
            median_ms: Some(40.0),
            jitter_ms: None,
            sent: Some(2),
            lost: Some(1),
            ..Rtt::default()
        }
    );
    assert_eq!(
        body.memory.unwrap(),
        Memory {
            used_bytes: Some(20),
            limit_bytes: Some(50),
            at_ms: vec![-7, 0],
            samples_bytes: vec![10, 20],
            ..Memory::default()
        }
    );
    let items = [
        Item {
            kind: "visibility".into(),
            at_ms: -100,
            text: Some("hidden".into()),
            ..Item::default()
        },
        Item {
            kind: "memory_warning".into(),
            at_ms: i32::MAX,
            value: Some(7.5),
            ..Item::default()
        },
    ];
    assert_eq!(body.items, items);
}

fn kept_line() -> impl Strategy<Value = KeptLine<'static>> {
    (any::<i32>(), 0..6_u8, any::<u8>(), "\\PC{0,40}").prop_map(|(at_ms, level, source, text)| {
        KeptLine {
            at_ms,
            level,
            source,
            text: Cow::Owned(text),
        }
    })
}

proptest! {
    #[test]
    fn log_lines_are_read_back_as_they_were(lines in proptest::collection::vec(kept_line(), 0..40)) {
        let names: Vec<String> = (0..256).map(|index| format!("source {index}")).collect();
        let sources: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut given = nothing();
        given.logs.lines = lines;
        given.logs.dropped_lines = 5;
        let body = read(&given, &sources);
        prop_assert_eq!(body.logs.lines.len(), given.logs.lines.len());
        for (read, written) in body.logs.lines.iter().zip(&given.logs.lines) {
            prop_assert_eq!(read.at_ms, written.at_ms);
            prop_assert_eq!(read.level, Level::from_code(written.level));
            prop_assert_eq!(&read.source, &names[usize::from(written.source)]);
            prop_assert_eq!(&read.message, &written.text);
        }
        prop_assert_eq!(body.dropped.unwrap().log_lines, Some(5));
    }
}
