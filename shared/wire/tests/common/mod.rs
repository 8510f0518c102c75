//! What the integration tests share.
#![allow(dead_code, missing_docs, unreachable_pub, clippy::expect_used)]

use std::collections::BTreeMap;

use faultscan_wire::body::{App, Device, Fps, Item, Memory, Network, Rtt, Sdk, kind};
use faultscan_wire::{
    Claims, Environment, Fingerprint, Level, LogLine, SigningKey, SnapshotBody, Ticket,
    TicketEvidence, TicketId, Urgent, UrgentKind, Value, key_id, sign,
};

pub const ISSUED_AT_S: u64 = 1_790_000_000;

pub fn issuer() -> SigningKey {
    sign::signing_key(&[0x11; 32])
}

pub fn session() -> SigningKey {
    sign::signing_key(&[0x22; 32])
}

pub fn bare_claims() -> Claims {
    Claims {
        key_id: key_id(&issuer().verifying_key()),
        ticket_id: TicketId(std::array::from_fn(|index| index as u8)),
        issued_at_s: ISSUED_AT_S,
        ttl_s: 600,
        fingerprint: Fingerprint::of(&Environment {
            os: "linux".into(),
            arch: "x86_64".into(),
            network_type: "wifi".into(),
            app_version: "1.2.3".into(),
        }),
        code: None,
        context: BTreeMap::new(),
        evidence: Vec::new(),
    }
}

pub fn full_claims() -> Claims {
    Claims {
        code: Some("ERR-NET-003".into()),
        context: [("jvm", "21.0.4"), ("region", "cn-north-1"), ("备注", "")]
            .into_iter()
            .filter(|(key, _)| key.is_ascii())
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect(),
        evidence: vec![
            TicketEvidence {
                code: Some("ERR-NET-003".into()),
                line: "dial tcp 10.0.0.7:443: connect: connection refused".into(),
            },
            TicketEvidence {
                code: None,
                line: "构建失败: exit status 1".into(),
            },
        ],
        ..bare_claims()
    }
}

pub fn full_ticket() -> Ticket {
    Ticket::issue(full_claims(), &issuer()).expect("valid claims")
}

pub fn line(at_ms: i32, level: Level, source: &str, message: &str) -> LogLine {
    LogLine {
        at_ms,
        level,
        source: source.into(),
        message: message.into(),
    }
}

pub fn full_body() -> SnapshotBody {
    SnapshotBody {
        captured_at_ms: ISSUED_AT_S * 1000 + 5250,
        clock_skew_ms: Some(-120),
        sdk: Some(Sdk {
            name: Some("faultscan-sdk-wasm".into()),
            version: Some("0.1.0".into()),
            host: Some("browser".into()),
            ..Sdk::default()
        }),
        device: Some(Device {
            os: Some("Android".into()),
            os_version: Some("14".into()),
            model: Some("Pixel 8".into()),
            language: Some("zh-CN".into()),
            screen_width_px: Some(412),
            screen_height_px: Some(915),
            pixel_ratio: Some(2.625),
            cores: Some(8),
            memory_gb: Some(8.0),
            ..Device::default()
        }),
        network: Some(Network {
            kind: Some("wifi".into()),
            effective_type: Some("4g".into()),
            downlink_mbps: Some(9.5),
            online: Some(true),
            ..Network::default()
        }),
        app: Some(App {
            name: Some("demo".into()),
            page: Some("/checkout".into()),
            ..App::default()
        }),
        fps: Some(Fps {
            source: Some("raf".into()),
            window_ms: Some(5000),
            interval_ms: Some(1000),
            samples: vec![60.0, 59.5, 31.25, 24.0, 58.0],
            mean: Some(46.5),
            min: Some(24.0),
            frames: Some(233),
            jank: Some(9),
            freeze: Some(0),
            ..Fps::default()
        }),
        rtt: Some(Rtt {
            interval_ms: Some(5000),
            at_ms: vec![-10_000, -5000, -10],
            rtt_ms: vec![Some(48.5), None, Some(612.0)],
            median_ms: Some(330.25),
            jitter_ms: Some(563.5),
            sent: Some(3),
            lost: Some(1),
            ..Rtt::default()
        }),
        memory: Some(Memory {
            source: Some("performance.memory".into()),
            used_bytes: Some(83_886_080),
            limit_bytes: Some(4_294_705_152),
            at_ms: vec![-5000, 0],
            samples_bytes: vec![73_400_320, 83_886_080],
            ..Memory::default()
        }),
        logs: vec![
            line(-4200, Level::Info, "console", "checkout opened"),
            line(-3000, Level::Warn, "console", "retrying in 2 s"),
            line(
                -1000,
                Level::Error,
                "window",
                "TypeError: Failed to fetch\n    at pay.js:12",
            ),
            line(-1200, Level::Unknown(9), "", "数据库连接被拒绝"),
        ]
        .into(),
        items: vec![
            Item {
                kind: kind::LONG_TASK.into(),
                at_ms: -2500,
                value: Some(183.0),
                ..Item::default()
            },
            Item {
                kind: "a_kind_of_tomorrow".into(),
                at_ms: -40,
                text: Some("kept".into()),
                extra: vec![("depth".into(), Value::from(3))],
                ..Item::default()
            },
        ],
        dropped: None,
        extra: vec![(
            "battery".into(),
            Value::Array(vec![Value::F64(0.5), Value::Nil]),
        )],
    }
}

pub fn urgent() -> Urgent {
    Urgent {
        kind: UrgentKind::Oom,
        ticket_id: bare_claims().ticket_id,
        sequence: 1,
        occurred_at_ms: ISSUED_AT_S * 1000 + 9000,
        metrics: [("fps", 3.5), ("used_mb", 512.0)]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        line: "java.lang.OutOfMemoryError: Java heap space".into(),
    }
}
