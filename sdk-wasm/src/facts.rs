//! Facts about device, network and app, set one by one by field number.
//!
//! Numbers instead of names keep the strings out of the glue, and one setter for each type keeps
//! the number of exported functions small. The numbers are those of `FIELD` in `core.ts`.

use faultscan_wire::body::SnapshotBody;

use crate::lines::cut;

/// Bytes of one fact.
const FACT_BYTES_MAX: usize = 1024;

/// Sets a text; an unknown field is ignored, an empty text means: not known.
pub fn set_text(body: &mut SnapshotBody, field: u32, value: &str) {
    let sdk = body.sdk.get_or_insert_default();
    let device = body.device.get_or_insert_default();
    let network = body.network.get_or_insert_default();
    let app = body.app.get_or_insert_default();
    let slot = match field {
        0 => &mut sdk.version,
        1 => &mut sdk.host,
        2 => &mut device.os,
        3 => &mut device.os_version,
        4 => &mut device.arch,
        5 => &mut device.model,
        6 => &mut device.user_agent,
        7 => &mut device.language,
        8 => &mut network.kind,
        9 => &mut network.effective_type,
        10 => &mut app.name,
        11 => &mut app.version,
        12 => &mut app.page,
        13 => &mut body.fps.get_or_insert_default().source,
        14 => &mut body.memory.get_or_insert_default().source,
        _ => return,
    };
    *slot = (!value.is_empty()).then(|| cut(value, FACT_BYTES_MAX).to_owned());
}

/// Sets a number; an unknown field is ignored, NaN and the like mean: not known.
pub fn set_number(body: &mut SnapshotBody, field: u32, value: f64) {
    let known = value.is_finite();
    let whole = known.then_some(value as u32);
    let real = known.then_some(value as f32);
    let device = body.device.get_or_insert_default();
    let network = body.network.get_or_insert_default();
    match field {
        15 => device.screen_width_px = whole,
        16 => device.screen_height_px = whole,
        17 => device.pixel_ratio = real,
        18 => device.cores = whole,
        19 => device.memory_gb = real,
        20 => network.downlink_mbps = real,
        21 => network.online = known.then_some(value != 0.0),
        22 => body.clock_skew_ms = known.then_some(value as i64),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_set_taken_back_and_bounded() {
        let mut body = SnapshotBody::default();
        set_text(&mut body, 2, "android");
        set_text(&mut body, 12, &"é".repeat(FACT_BYTES_MAX));
        set_number(&mut body, 17, 2.5);
        set_number(&mut body, 21, 0.0);
        let device = body.device.clone().unwrap();
        assert_eq!((device.os.as_deref(), device.pixel_ratio), (Some("android"), Some(2.5)));
        assert_eq!(body.network.as_ref().unwrap().online, Some(false));
        assert_eq!(body.app.as_ref().unwrap().page.as_ref().unwrap().len(), FACT_BYTES_MAX);
        set_text(&mut body, 2, "");
        set_number(&mut body, 17, f64::NAN);
        let device = body.device.unwrap();
        assert_eq!((device.os, device.pixel_ratio), (None, None));
    }

    #[test]
    fn unknown_fields_change_nothing() {
        let mut body = SnapshotBody::default();
        set_text(&mut body, 2, "linux");
        let before = body.clone();
        set_text(&mut body, 99, "x");
        set_number(&mut body, 99, 1.0);
        assert_eq!(body, before);
    }
}
