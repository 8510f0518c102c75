//! Tickets, snapshots and datagrams, signed by keys made on the spot: good ones, and ones that lie
//! with a valid signature.

use faultscan_wire::sign::{SNAPSHOT_CONTEXT, TICKET_CONTEXT, URGENT_CONTEXT};
use faultscan_wire::{
    Claims, Environment, Fingerprint, Level, LogLine, SigningKey, SnapshotBody, Ticket, TicketId,
    Urgent, UrgentKind, base64url, key_id, seal, seal_block, seal_encoded,
};
use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use ed25519_dalek::Signer;

/// Bytes nobody has had before.
#[must_use]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

/// The time in Unix seconds.
#[must_use]
pub fn now_s() -> u64 {
    now_ms() / 1000
}

/// The time in Unix milliseconds.
#[must_use]
pub fn now_ms() -> u64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970");
    u64::try_from(now.as_millis()).expect("before the year 500 million")
}

/// Whoever may issue tickets.
#[derive(Debug, Clone)]
pub struct Issuer {
    key: SigningKey,
}

impl Issuer {
    /// The issuer that a project's `ticket_secret` stands for.
    #[must_use]
    pub fn from_secret(secret: &str) -> Self {
        let seed = base64url::decode(secret).expect("base64url");
        Self {
            key: SigningKey::from_bytes(&seed.try_into().expect("32 bytes")),
        }
    }

    /// An issuer that no server knows.
    #[must_use]
    pub fn stranger() -> Self {
        Self {
            key: SigningKey::from_bytes(&random()),
        }
    }

    /// Claims for a fresh ticket.
    #[must_use]
    pub fn claims(&self, issued_at_s: u64, ttl_s: u32) -> Claims {
        let environment = Environment {
            os: "linux".to_owned(),
            arch: "amd64".to_owned(),
            network_type: "ethernet".to_owned(),
            app_version: "1.0".to_owned(),
        };
        Claims {
            key_id: key_id(&self.key.verifying_key()),
            ticket_id: TicketId(random()),
            issued_at_s,
            ttl_s,
            fingerprint: Fingerprint::of(&environment),
            code: None,
            context: BTreeMap::new(),
            evidence: Vec::new(),
        }
    }

    /// Signs claims.
    #[must_use]
    pub fn issue(&self, claims: Claims) -> Ticket {
        Ticket::issue(claims, &self.key).expect("the claims are within their limits")
    }

    /// A fresh ticket, issued now.
    #[must_use]
    pub fn ticket(&self) -> Ticket {
        self.issue(self.claims(now_s(), 600))
    }

    /// Signs any bytes as a ticket's message.
    #[must_use]
    pub fn sign_as_ticket(&self, message: &[u8]) -> Vec<u8> {
        signed(message, TICKET_CONTEXT, &self.key)
    }
}

/// A phone's session with one ticket.
#[derive(Debug, Clone)]
pub struct Session {
    key: SigningKey,
    /// The ticket's bytes as they go into the envelope.
    pub ticket_bytes: Vec<u8>,
    ticket_id: TicketId,
}

impl Session {
    /// A phone that has scanned this ticket.
    #[must_use]
    pub fn new(ticket: &Ticket) -> Self {
        Self {
            key: SigningKey::from_bytes(&random()),
            ticket_bytes: ticket.bytes().to_vec(),
            ticket_id: ticket.claims().ticket_id,
        }
    }

    /// A phone that has scanned this text.
    #[must_use]
    pub fn scan(text: &str) -> Self {
        Self::new(&Ticket::parse(text).expect("a ticket"))
    }

    /// The same session with other bytes where its ticket should be.
    #[must_use]
    pub fn with_ticket_bytes(&self, bytes: &[u8]) -> Self {
        Self {
            ticket_bytes: bytes.to_vec(),
            ..self.clone()
        }
    }

    /// A sound snapshot.
    #[must_use]
    pub fn snapshot(&self, sequence: u32, body: &SnapshotBody) -> Vec<u8> {
        seal(&self.ticket_bytes, sequence, body, &self.key).expect("the body is within its limits")
    }

    /// A snapshot of any bytes, packed and signed as if they were a body.
    #[must_use]
    pub fn of_bytes(&self, sequence: u32, body: &[u8]) -> Vec<u8> {
        seal_encoded(&self.ticket_bytes, sequence, body, &self.key).expect("it fits")
    }

    /// A snapshot of any block and any claim about its length.
    #[must_use]
    pub fn of_block(&self, sequence: u32, uncompressed_len: u32, block: &[u8]) -> Vec<u8> {
        seal_block(
            &self.ticket_bytes,
            sequence,
            uncompressed_len,
            block,
            &self.key,
        )
        .expect("it fits")
    }

    /// Lets `change` alter a snapshot's bytes, then signs them again: the signature is valid, the
    /// content is not.
    #[must_use]
    pub fn altered(&self, snapshot: &[u8], change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut message = snapshot[..snapshot.len() - 64].to_vec();
        change(&mut message);
        signed(&message, SNAPSHOT_CONTEXT, &self.key)
    }

    /// An urgent datagram.
    #[must_use]
    pub fn urgent(&self, sequence: u32, kind: UrgentKind, line: &str) -> Vec<u8> {
        let urgent = Urgent {
            kind,
            ticket_id: self.ticket_id,
            sequence,
            occurred_at_ms: now_ms(),
            metrics: BTreeMap::from([("memory_mb".to_owned(), 412.0)]),
            line: line.to_owned(),
        };
        urgent.seal(&self.key).expect("it fits in a packet")
    }

    /// As [`Session::altered`], for an urgent datagram.
    #[must_use]
    pub fn altered_urgent(&self, datagram: &[u8], change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut message = datagram[..datagram.len() - 64].to_vec();
        change(&mut message);
        signed(&message, URGENT_CONTEXT, &self.key)
    }
}

fn signed(message: &[u8], context: &[u8], key: &SigningKey) -> Vec<u8> {
    let signature = key.sign(&[context, message].concat());
    [message, &signature.to_bytes()].concat()
}

/// A body with these error lines, a second apart.
#[must_use]
pub fn body(lines: &[&str]) -> SnapshotBody {
    let count = i32::try_from(lines.len()).expect("few lines");
    let lines: Vec<LogLine> = lines
        .iter()
        .zip(-count..)
        .map(|(message, at_s)| LogLine {
            at_ms: at_s * 1000,
            level: Level::Error,
            source: "console".to_owned(),
            message: (*message).to_owned(),
        })
        .collect();
    SnapshotBody {
        captured_at_ms: now_ms(),
        logs: lines.into(),
        ..SnapshotBody::default()
    }
}

/// A body's MessagePack with one more field, `x`, whose value is any bytes.
#[must_use]
pub fn raw_body(value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x82, 0xae];
    bytes.extend_from_slice(b"captured_at_ms");
    bytes.push(0xcf);
    bytes.extend_from_slice(&now_ms().to_be_bytes());
    bytes.extend_from_slice(&[0xa1, b'x']);
    bytes.extend_from_slice(value);
    bytes
}

/// What `go mod download` prints when the module proxy does not answer.
pub const GO_PROXY_TIMEOUT: &[&str] = &[
    "go: downloading golang.org/x/text v0.14.0",
    "go: golang.org/x/text@v0.14.0: Get \"https://proxy.golang.org/golang.org/x/text/@v/v0.14.0.mod\": dial tcp 142.250.72.17:443: i/o timeout",
];
