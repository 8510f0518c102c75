//! Facts about device, network and app, set one by one by field number.
//!
//! Numbers instead of names keep the strings out of the glue, and one setter for each type keeps
//! the number of exported functions small. The numbers are those of `FIELD` in `core.ts`.

use crate::body::Map;
use crate::lines::cut;
use alloc::string::String;

/// Bytes of one fact.
const FACT_BYTES_MAX: usize = 1024;

/// How a fact is written.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Uint,
    Int,
    Float,
    Bool,
}

use Kind::{Bool, Float, Int, Text, Uint};

/// Section of the body, name, and kind of each fact, by its number.
const FIELDS: [(&str, &str, Kind); 23] = [
    (SDK, "version", Text),
    (SDK, "host", Text),
    (DEVICE, "os", Text),
    (DEVICE, "os_version", Text),
    (DEVICE, "arch", Text),
    (DEVICE, "model", Text),
    (DEVICE, "user_agent", Text),
    (DEVICE, "language", Text),
    (NETWORK, "type", Text),
    (NETWORK, "effective_type", Text),
    (APP, "name", Text),
    (APP, "version", Text),
    (APP, "page", Text),
    (FPS, "source", Text),
    (MEMORY, "source", Text),
    (DEVICE, "screen_width_px", Uint),
    (DEVICE, "screen_height_px", Uint),
    (DEVICE, "pixel_ratio", Float),
    (DEVICE, "cores", Uint),
    (DEVICE, "memory_gb", Float),
    (NETWORK, "downlink_mbps", Float),
    (NETWORK, "online", Bool),
    (BODY, "clock_skew_ms", Int),
];

/// The body itself.
pub const BODY: &str = "";
/// The SDK.
pub const SDK: &str = "sdk";
/// The device.
pub const DEVICE: &str = "device";
/// The network.
pub const NETWORK: &str = "network";
/// The app.
pub const APP: &str = "app";
/// Frame rate.
pub const FPS: &str = "fps";
/// Memory.
pub const MEMORY: &str = "memory";

/// What is known; everything else is absent.
pub struct Facts {
    texts: [String; FIELDS.len()],
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
    pub fn write(&self, section: &str, map: &mut Map) {
        for (field, (of, name, kind)) in FIELDS.iter().enumerate() {
            let (text, number) = (&self.texts[field], self.numbers[field]);
            let known = if *kind == Text {
                !text.is_empty()
            } else {
                number.is_finite()
            };
            if !known || *of != section {
                continue;
            }
            let value = map.key(name);
            match kind {
                Text => value.str(text),
                Uint => value.uint(number as u64),
                Int => value.int(number as i64),
                Float => value.f32(number as f32),
                Bool => value.bool(number != 0.0),
            }
        }
    }
}
