use std::collections::BTreeMap;

use faultscan_wire::limits::{CLOCK_SKEW_S_DEFAULT, TICKET_ISSUED_AT_S_MAX, TICKET_TTL_S_MAX};
use faultscan_wire::{
    Claims, Environment, Fingerprint, SigningKey, Ticket, TicketError, TicketEvidence,
    VerifyingKey, base64url, decimal, hex, key_id,
};
use serde_json::{Value, json};

use crate::common::{bare_claims, full_claims, issuer, session};
use crate::{bytes, check_fresh, list, load, text, ticket_bad};

const FILE: &str = "ticket.json";
pub(crate) const ORIGIN: &str = "https://scan.example.org";

pub(crate) fn key(name: &str, seed: u8, key: &SigningKey) -> Value {
    let public = key.verifying_key();
    json!({
        "name": name,
        "seed": hex::encode(&[seed; 32]),
        "public_key": hex::encode(public.as_bytes()),
        "public_key_base64url": base64url::encode(public.as_bytes()),
        "key_id": key_id(&public),
    })
}

fn good() -> Vec<(&'static str, &'static str, Claims)> {
    let pairs = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|&(key, value)| (key.into(), value.into()))
            .collect()
    };
    let many: BTreeMap<String, String> = (0..8)
        .map(|index| (format!("key{index}"), "v".repeat(8)))
        .collect();
    let line = |line: &str| TicketEvidence {
        code: None,
        line: line.into(),
    };
    vec![
        ("minimal", "the six mandatory claims", bare_claims()),
        (
            "code",
            "with an error code",
            Claims {
                code: Some("ERR-DB-001".into()),
                ..bare_claims()
            },
        ),
        (
            "context_without_code",
            "nil stands where the code would",
            Claims {
                context: pairs(&[("region", "cn-north-1")]),
                ..bare_claims()
            },
        ),
        (
            "evidence_only",
            "nil stands for code and context",
            Claims {
                evidence: vec![line("go: command not found")],
                ..bare_claims()
            },
        ),
        ("full", "every claim", full_claims()),
        (
            "shortest_times",
            "issued at zero, one second long",
            Claims {
                issued_at_s: 0,
                ttl_s: 1,
                ..bare_claims()
            },
        ),
        (
            "longest_times",
            "issued at the end of the year 9999, seven days long",
            Claims {
                issued_at_s: TICKET_ISSUED_AT_S_MAX,
                ttl_s: TICKET_TTL_S_MAX,
                ..bare_claims()
            },
        ),
        (
            "unicode",
            "text beyond ASCII, a tab, an empty value",
            Claims {
                context: pairs(&[("app", "结账"), ("note", "")]),
                evidence: vec![line("连接被拒绝\t(111) — ünïcödé 🙈")],
                ..bare_claims()
            },
        ),
        (
            "large",
            "near the largest size",
            Claims {
                code: Some("X".repeat(64)),
                context: many,
                evidence: vec![line(&"e".repeat(256)), line(&"f".repeat(256))],
                ..bare_claims()
            },
        ),
    ]
}

fn vectors() -> Value {
    let good: Vec<Value> = good()
        .into_iter()
        .map(|(name, about, claims)| {
            let ticket = Ticket::issue(claims, &issuer()).unwrap();
            json!({
                "name": name,
                "about": about,
                "bytes": hex::encode(ticket.bytes()),
                "base64url": ticket.to_base64url(),
                "decimal": ticket.to_decimal(),
                "url": ticket.to_url(ORIGIN),
                "decimal_url": ticket.to_decimal_url(ORIGIN),
                "claims": ticket.claims(),
                "expires_at_s": ticket.expires_at_s(),
            })
        })
        .collect();
    let environments = [
        Environment::default(),
        Environment {
            os: "linux".into(),
            arch: "x86_64".into(),
            network_type: "wifi".into(),
            app_version: "1.2.3".into(),
        },
        Environment {
            os: " Windows 11 ".into(),
            arch: "AMD64".into(),
            network_type: "ETHERNET\t".into(),
            app_version: "2026.1-Beta".into(),
        },
    ];
    let fingerprints: Vec<Value> = environments
        .iter()
        .map(|environment| json!({"environment": environment, "fingerprint": Fingerprint::of(environment)}))
        .collect();
    let decimals: Vec<Value> = [
        &[][..],
        &[0],
        &[255],
        &[1, 0],
        &[0xff; 6],
        &[0xff; 7],
        &[0; 8],
    ]
    .iter()
    .map(|bytes| json!({"bytes": hex::encode(bytes), "decimal": decimal::encode(bytes)}))
    .collect();
    json!({
        "about": "Tickets. `bytes` are hexadecimal. A bad vector has `bytes` or `text`; a reader decodes it, \
                  then checks the signature with the keys named in `issuers`, then the time at `now_s` with \
                  `clock_skew_max_s`, and stops at the first refusal, which is `reason`.",
        "clock_skew_max_s": CLOCK_SKEW_S_DEFAULT,
        "keys": [key("issuer", 0x11, &issuer()), key("stranger", 0x22, &session())],
        "issuers": ["issuer"],
        "fingerprints": fingerprints,
        "decimals": decimals,
        "good": good,
        "bad": ticket_bad::vectors(),
    })
}

#[test]
fn are_fresh() {
    check_fresh(FILE, &vectors());
}

#[test]
fn good_ones_have_every_claim_expected() {
    let vectors = load(FILE);
    for vector in list(&vectors, "good") {
        let name = text(vector, "name");
        let ticket = Ticket::decode(&bytes(vector)).unwrap();
        let claims: Claims = serde_json::from_value(vector["claims"].clone()).unwrap();
        assert_eq!(ticket.claims(), &claims, "{name}");
        assert_eq!(vector["expires_at_s"], ticket.expires_at_s(), "{name}");
        assert_eq!(Ticket::issue(claims, &issuer()).unwrap(), ticket, "{name}");
        for form in ["base64url", "decimal", "url", "decimal_url"] {
            assert_eq!(
                Ticket::parse(text(vector, form)).unwrap(),
                ticket,
                "{name} as {form}"
            );
        }
        ticket.verify_signature(&issuer().verifying_key()).unwrap();
    }
}

#[test]
fn bad_ones_are_refused_for_their_reason() {
    let vectors = load(FILE);
    let keys: Vec<VerifyingKey> = vec![issuer().verifying_key()];
    for vector in list(&vectors, "bad") {
        let checked = || -> Result<(), TicketError> {
            let ticket = match vector.get("text") {
                Some(text) => Ticket::parse(text.as_str().unwrap())?,
                None => Ticket::decode(&bytes(vector))?,
            };
            ticket.verify_signature(&keys)?;
            let now_s = vector["now_s"].as_u64().unwrap();
            ticket.check_time(now_s, CLOCK_SKEW_S_DEFAULT).map(drop)
        };
        let name = text(vector, "name");
        let error = checked().expect_err(name);
        assert_eq!(error.reason(), text(vector, "reason"), "{name}: {error}");
    }
}

#[test]
fn fingerprints_and_decimals_are_as_stated() {
    let vectors = load(FILE);
    for vector in list(&vectors, "fingerprints") {
        let environment: Environment =
            serde_json::from_value(vector["environment"].clone()).unwrap();
        assert_eq!(
            Fingerprint::of(&environment).to_string(),
            text(vector, "fingerprint")
        );
    }
    for vector in list(&vectors, "decimals") {
        assert_eq!(
            decimal::decode(text(vector, "decimal")).unwrap(),
            bytes(vector)
        );
    }
}
