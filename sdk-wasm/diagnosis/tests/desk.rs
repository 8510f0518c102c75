//! The phone says what the server says, and refuses by name.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is unexpected here is a failed test"
)]

use std::collections::BTreeMap;

use faultscan_diagnosis::{Diagnoser, Diagnosis, EvidenceLine, Graph, Input, Metrics};
use faultscan_diagnosis_wasm::desk::{Desk, Further, Question, Refusal};
use faultscan_diagnosis_wasm::intake;
use faultscan_knowledge::pack::Compression;
use faultscan_knowledge::{Catalogue, Pack, PackKeys};
use faultscan_wire::body::{Fps, Memory, Rtt};
use faultscan_wire::{
    Claims, Fingerprint, Level, LogLine, Logs, SigningKey, SnapshotBody, Ticket, TicketEvidence,
    TicketId, key_id, seal,
};

const REFUSED: &str = "org.postgresql.util.PSQLException: Connection to 10.0.3.21:5432 refused. \
     Check that the hostname and port are correct and that the postmaster is accepting TCP/IP \
     connections.";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn pack() -> Vec<u8> {
    let pack = Pack::builtin().unwrap().signed_by(&key(1));
    let sections = pack.sections();
    pack.to_bytes(Compression::Stored, sections).unwrap()
}

fn trusting(seed: u8) -> PackKeys {
    PackKeys::new([key(seed).verifying_key().to_bytes()])
}

fn desk() -> Desk {
    Desk::open(&pack(), &trusting(1)).unwrap_or_else(|refusal| panic!("{refusal:?}"))
}

fn reply(desk: &mut Desk, what: u32, argument: &str) -> Result<Vec<u8>, Refusal> {
    let argument = argument.as_bytes();
    if what < 2 {
        desk.ask(&Question::read(what, argument)?)
    } else {
        desk.tell(&Further::read(what, argument)?)
    }
}

fn ask<T: serde::de::DeserializeOwned>(desk: &mut Desk, what: u32, argument: &str) -> T {
    serde_json::from_slice(&reply(desk, what, argument).unwrap()).unwrap()
}

fn refusal(desk: &mut Desk, what: u32, argument: &str) -> &'static str {
    reply(desk, what, argument).unwrap_err().reason
}

fn snapshot() -> Vec<u8> {
    let issuer = key(2);
    let claims = Claims {
        key_id: key_id(&issuer.verifying_key()),
        ticket_id: TicketId([7; 16]),
        issued_at_s: 1_790_000_000,
        ttl_s: 600,
        fingerprint: Fingerprint([3; 32]),
        code: None,
        context: BTreeMap::from([("jvm".to_owned(), "17".to_owned())]),
        evidence: vec![TicketEvidence {
            code: None,
            line: "from the machine".into(),
        }],
    };
    let ticket = Ticket::issue(claims, &issuer).unwrap();
    let line = |at_ms: i32, message: &str| LogLine {
        at_ms,
        level: Level::Error,
        source: "app".into(),
        message: message.into(),
    };
    let mut body = SnapshotBody {
        captured_at_ms: 1_790_000_100_000,
        logs: Logs::from(vec![
            line(-30, "request 17 took 12 ms"),
            line(-20, "request 18 took 13 ms"),
            line(-10, REFUSED),
        ]),
        ..SnapshotBody::default()
    };
    body.fps = Some(Fps {
        mean: Some(12.5),
        ..Fps::default()
    });
    body.rtt = Some(Rtt {
        median_ms: Some(812.0),
        sent: Some(8),
        lost: Some(2),
        ..Rtt::default()
    });
    body.memory = Some(Memory {
        used_bytes: Some(96 << 20),
        ..Memory::default()
    });
    seal(ticket.bytes(), 1, &body, &key(3)).unwrap()
}

#[test]
fn a_sealed_snapshot_gives_the_input_that_the_server_makes_of_it() {
    let input = intake::input(&snapshot()).unwrap();
    let expected = Input {
        lines: vec![
            "request 17 took 12 ms".into(),
            "request 18 took 13 ms".into(),
            REFUSED.into(),
        ],
        ticket_evidence: vec![EvidenceLine {
            code: None,
            line: "from the machine".into(),
        }],
        ticket_code: None,
        context: BTreeMap::from([("jvm".into(), "17".into())]),
        metrics: Metrics {
            fps: Some(12.5),
            rtt_ms: Some(812.0),
            loss_ratio: Some(0.25),
            memory_mb: Some(96.0),
            memory_limit_mb: None,
        },
        answers: Vec::new(),
    };
    assert_eq!(input, expected);
    assert_eq!(
        intake::input(b"nothing").unwrap_err().reason,
        "snapshot_truncated"
    );
}

#[test]
fn the_phone_believes_what_the_server_believes() {
    let catalogue = Catalogue::builtin().unwrap();
    let server = Diagnoser::new(&catalogue).unwrap();
    let input = intake::input(&snapshot()).unwrap();
    let mut desk = desk();
    assert_eq!(desk.version(), catalogue.version());
    desk.begin(input.clone());
    let here: Diagnosis = ask(&mut desk, 0, "");
    assert_eq!(here, server.diagnose(&input).unwrap());
    let check = &here.next_checks[0].id;
    let given = format!(r#"{{"check":"{check}","answer":"no"}}"#);
    let here: Diagnosis = ask(&mut desk, 1, &given);
    let answered = input.with_answer(serde_json::from_str(&given).unwrap());
    assert_eq!(here, server.diagnose(&answered).unwrap());

    let opened: Graph = ask(&mut desk, 2, &format!(r#"{{"node":"{}"}}"#, here.graph.top));
    assert_eq!(opened.top, here.graph.top);
    let steps: Vec<faultscan_diagnosis::SessionStep> = ask(&mut desk, 5, "");
    assert_eq!(steps.len(), 2);
    let text = reply(&mut desk, 4, r#"{"format":"dot"}"#).unwrap();
    assert!(text.starts_with(b"digraph"));
}

#[test]
fn what_makes_no_sense_is_refused_by_name_and_changes_nothing() {
    let mut desk = desk();
    desk.begin(Input::from_lines([REFUSED]));
    let before: Diagnosis = ask(&mut desk, 0, "");
    assert_eq!(
        refusal(&mut desk, 1, r#"{"check":"none","answer":"yes"}"#),
        "unknown_check"
    );
    assert_eq!(
        refusal(&mut desk, 1, r#"{"check":"none","answer":"perhaps"}"#),
        "malformed"
    );
    assert_eq!(
        refusal(&mut desk, 2, r#"{"node":"nowhere"}"#),
        "unknown_node"
    );
    assert_eq!(refusal(&mut desk, 3, r#"{"nobody":true}"#), "unknown_cause");
    assert_eq!(
        refusal(&mut desk, 4, r#"{"format":"pdf"}"#),
        "unknown_format"
    );
    assert_eq!(
        refusal(&mut desk, 0, r#"{"maxVisibleNodes":0}"#),
        "bad_option"
    );
    assert_eq!(refusal(&mut desk, 99, ""), "unknown_question");
    assert_eq!(
        Question::read(2, b"").unwrap_err().reason,
        "unknown_question"
    );
    let after: Diagnosis = ask(&mut desk, 0, "");
    assert_eq!(after, before);
}

#[test]
fn a_pack_that_nobody_trusted_has_signed_is_refused() {
    let stranger = Desk::open(&pack(), &trusting(9));
    assert!(stranger.is_err());
    let mut broken = pack();
    let middle = broken.len() / 2;
    broken[middle] ^= 1;
    assert!(Desk::open(&broken, &trusting(1)).is_err());
    assert_eq!(desk().bytes(), pack());
}
