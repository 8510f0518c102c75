//! Facts about device, network and app, set one by one by field number.
//!
//! Numbers instead of names keep the strings out of the glue, and one setter for each type keeps
//! the number of exported functions small. The numbers are those of `FIELD` in `core.ts`.

use crate::body::Map;
use crate::lines::{cut, until};
use alloc::string::String;

/// Bytes of one fact.
const FACT_BYTES_MAX: usize = 1024;

/// A part of the body that facts go into; its place in [`SECTIONS`].
#[derive(Clone, Copy, PartialEq)]
pub struct Section(u8);

/// The body itself.
pub const BODY: Section = Section(0);
/// The SDK.
pub const SDK: Section = Section(1);
/// The device.
pub const DEVICE: Section = Section(2);
/// The network.
pub const NETWORK: Section = Section(3);
/// The app.
pub const APP: Section = Section(4);
/// Frame rate.
pub const FPS: Section = Section(5);
/// Memory.
pub const MEMORY: Section = Section(6);

const SECTIONS: [&str; 7] = ["", "sdk", "device", "network", "app", "fps", "memory"];

impl Section {
    /// Its key in the body.
    pub fn name(self) -> &'static str {
        SECTIONS[usize::from(self.0)]
    }
}

/// Facts that are texts come first.
const TEXTS: usize = 15;

/// Names of facts by their numbers, each with a space behind it: a table of slices would be twice as
/// large.
const NAMES: &str = "version host os os_version arch model user_agent language type effective_type \
    name version page source source screen_width_px screen_height_px pixel_ratio cores memory_gb \
    downlink_mbps online clock_skew_ms ";

/// Section and kind of each fact, by its number.
const FIELDS: [(Section, u8); 23] = [
    (SDK, TEXT),
    (SDK, TEXT),
    (DEVICE, TEXT),
    (DEVICE, TEXT),
    (DEVICE, TEXT),
    (DEVICE, TEXT),
    (DEVICE, TEXT),
    (DEVICE, TEXT),
    (NETWORK, TEXT),
    (NETWORK, TEXT),
    (APP, TEXT),
    (APP, TEXT),
    (APP, TEXT),
    (FPS, TEXT),
    (MEMORY, TEXT),
    (DEVICE, UINT),
    (DEVICE, UINT),
    (DEVICE, FLOAT),
    (DEVICE, UINT),
    (DEVICE, FLOAT),
    (NETWORK, FLOAT),
    (NETWORK, BOOL),
    (BODY, INT),
];

/// How a fact is written.
const TEXT: u8 = 0;
const UINT: u8 = 1;
const INT: u8 = 2;
const FLOAT: u8 = 3;
const BOOL: u8 = 4;

/// What is known; everything else is absent.
pub struct Facts {
    texts: [String; TEXTS],
    numbers: [f64; FIELDS.len()],
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            texts: Default::default(),
            numbers: [f64::NAN; FIELDS.len()],
        }
    }
}

impl Facts {
    /// Sets a text; an unknown field is ignored, an empty text means: not known.
    pub fn set_text(&mut self, field: u32, value: &str) {
        if let Some(slot) = self.texts.get_mut(field as usize) {
            slot.clear();
            slot.push_str(cut(value, FACT_BYTES_MAX));
        }
    }

    /// Sets a number; an unknown field is ignored, NaN and the like mean: not known.
    pub fn set_number(&mut self, field: u32, value: f64) {
        if let Some(slot) = self.numbers.get_mut(field as usize) {
            *slot = value;
        }
    }

    /// Writes the known facts of a section.
    pub fn write(&self, section: Section, map: &mut Map) {
        let mut rest = NAMES;
        for (field, &(of, kind)) in FIELDS.iter().enumerate() {
            let (name, more) = until(rest, b' ');
            rest = more.unwrap_or_default();
            if of != section {
                continue;
            }
            if let Some(text) = self.texts.get(field) {
                if !text.is_empty() {
                    map.key(name).str(text);
                }
                continue;
            }
            let number = self.numbers[field];
            if !number.is_finite() {
                continue;
            }
            let value = map.key(name);
            match kind {
                UINT => value.uint(number as u64),
                INT => value.int(number as i64),
                FLOAT => value.f32(number as f32),
                _ => value.bool(number != 0.0),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_has_a_name_and_texts_come_first() {
        assert_eq!(NAMES.split_ascii_whitespace().count(), FIELDS.len());
        for (field, (_, kind)) in FIELDS.iter().enumerate() {
            assert_eq!(*kind == TEXT, field < TEXTS, "{field}");
            assert!(*kind <= BOOL);
        }
    }
}
