//! Writes the urgent datagram of `docs/spec/urgent.md`: what the phone can still say while something
//! is dying. Like the snapshot's body it is written straight from what was measured; tests read it
//! back with `faultscan_wire::UrgentDatagram`.

use alloc::vec::Vec;
use faultscan_wire::limits::URGENT_LINE_BYTES_MAX;
use faultscan_wire::mp::Writer;
use faultscan_wire::scrub::Scrubber;
use faultscan_wire::sign::{Signer, URGENT_CONTEXT, append_signature};
use faultscan_wire::{URGENT_MAGIC, URGENT_VERSION};

use crate::body::Map;
use crate::lines::cut;

/// What a datagram says, beside its session.
pub struct Notice<'a> {
    /// 1 anr, 2 oom, 3 crash, 4 memory warning.
    pub kind: u8,
    /// Of the ticket under which it is reported.
    pub ticket_id: [u8; 16],
    /// Its number within the session.
    pub sequence: u32,
    /// Unix milliseconds.
    pub at_ms: f64,
    /// Figures by name; NaN: not known.
    pub metrics: [(&'static str, f64); 5],
    /// The last line that tells, not scrubbed yet.
    pub line: &'a str,
}

impl Notice<'_> {
    /// Packs and signs it.
    pub fn seal(&self, key: &impl Signer) -> Vec<u8> {
        let mut metrics = Map::default();
        for (name, value) in self.metrics {
            if value.is_finite() {
                metrics.key(name).f64(value);
            }
        }
        let mut content = Map::default();
        content.map("metrics", &metrics);
        let line = Scrubber::new().scrub(self.line);
        if !line.is_empty() {
            content.key("line").str(cut(&line, URGENT_LINE_BYTES_MAX));
        }
        let mut writer = Writer::new();
        content.end(&mut writer);
        let mut bytes = Vec::new();
        bytes.extend_from_slice(&URGENT_MAGIC);
        bytes.extend_from_slice(&[URGENT_VERSION, self.kind, 0, 0]);
        bytes.extend_from_slice(&self.ticket_id);
        bytes.extend_from_slice(&key.public_key());
        bytes.extend_from_slice(&self.sequence.to_le_bytes());
        bytes.extend_from_slice(&(self.at_ms as u64).to_le_bytes());
        bytes.extend_from_slice(&writer.into_bytes());
        append_signature(&mut bytes, URGENT_CONTEXT, key);
        bytes
    }
}
