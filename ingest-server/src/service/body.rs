//! What is stored of a snapshot's body: scrubbed, packed, and summed up for lists.

use faultscan_wire::limits::{LOG_LINE_BYTES_MAX, TEXT_BYTES_MAX, UNCOMPRESSED_BYTES_MAX};
use faultscan_wire::{Claims, SnapshotBody, Value, scrub};

use super::refusal::Refusal;
use crate::store::Origin;

/// Takes the secrets out of all free text that the phone has left in; tells how many texts changed.
pub(super) fn scrub(body: &mut SnapshotBody) -> u64 {
    let mut changed = 0;
    let mut clean = |text: &mut String, bytes_max: usize| {
        if let std::borrow::Cow::Owned(mut scrubbed) = scrub::scrub(text) {
            scrubbed.truncate(boundary(&scrubbed, bytes_max));
            *text = scrubbed;
            changed += 1;
        }
    };
    for line in &mut body.logs.lines {
        clean(&mut line.message, LOG_LINE_BYTES_MAX);
    }
    for item in &mut body.items {
        item.text
            .iter_mut()
            .for_each(|text| clean(text, TEXT_BYTES_MAX));
        item.extra
            .iter_mut()
            .for_each(|(_, value)| each_text(value, &mut clean));
    }
    if let Some(app) = &mut body.app {
        app.page
            .iter_mut()
            .for_each(|page| clean(page, TEXT_BYTES_MAX));
    }
    body.extra
        .iter_mut()
        .for_each(|(_, value)| each_text(value, &mut clean));
    changed
}

/// The last character boundary within the first bytes.
fn boundary(text: &str, bytes_max: usize) -> usize {
    let ends = (0..=bytes_max.min(text.len())).rev();
    ends.into_iter()
        .find(|end| text.is_char_boundary(*end))
        .unwrap_or(0)
}

/// Visits the texts inside a value that nobody here knows the meaning of.
fn each_text(value: &mut Value, visit: &mut impl FnMut(&mut String, usize)) {
    match value {
        Value::String(text) => {
            if let Some(known) = text.as_str() {
                let mut owned = known.to_owned();
                visit(&mut owned, TEXT_BYTES_MAX);
                if owned != known {
                    *value = Value::from(owned);
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| each_text(value, visit)),
        Value::Map(pairs) => pairs
            .iter_mut()
            .for_each(|(_, value)| each_text(value, visit)),
        _ => {}
    }
}

/// Packs a body: its length, then an LZ4 block.
pub(super) fn pack(body: &SnapshotBody) -> Result<Vec<u8>, Refusal> {
    Ok(lz4_flex::block::compress_prepend_size(&body.encode()?))
}

/// Packs a body that came as an LZ4 block and needed no change.
pub(super) fn pack_block(uncompressed_len: u32, block: &[u8]) -> Vec<u8> {
    [&uncompressed_len.to_le_bytes(), block].concat()
}

/// Reads a packed body.
pub(super) fn unpack(packed: &[u8]) -> Result<SnapshotBody, Refusal> {
    let damaged = || {
        tracing::error!("a stored body cannot be read");
        Refusal::internal("storage_damaged")
    };
    let (len, block) = lz4_flex::block::uncompressed_size(packed).map_err(|_| damaged())?;
    if len > UNCOMPRESSED_BYTES_MAX {
        return Err(damaged());
    }
    let bytes = lz4_flex::block::decompress(block, len).map_err(|_| damaged())?;
    SnapshotBody::decode(&bytes).map_err(|_| damaged())
}

/// What lists show of the phone.
pub(super) fn origin(claims: &Claims, body: &SnapshotBody) -> Origin {
    let device = body.device.clone().unwrap_or_default();
    let version = device
        .os_version
        .map(|version| format!(" {version}"))
        .unwrap_or_default();
    let os = device
        .os
        .map(|os| format!("{os}{version}"))
        .unwrap_or_default();
    let lines = claims.evidence.len() + body.logs.lines.len();
    Origin {
        device: device.model.or(device.user_agent).unwrap_or_default(),
        os,
        app_version: body
            .app
            .clone()
            .and_then(|app| app.version)
            .unwrap_or_default(),
        log_lines: u32::try_from(lines).unwrap_or(u32::MAX),
    }
}

#[cfg(test)]
mod tests {
    use faultscan_wire::{LogLine, body::Item};

    use super::*;

    fn body(message: &str) -> SnapshotBody {
        let line = LogLine {
            message: message.to_owned(),
            ..LogLine::default()
        };
        SnapshotBody {
            captured_at_ms: 1,
            logs: vec![line].into(),
            ..SnapshotBody::default()
        }
    }

    #[test]
    fn a_secret_is_gone_wherever_it_stands() {
        let secret = "password=hunter2hunter2";
        let mut body = body(secret);
        let nested = Value::Map(vec![("k".into(), Value::Array(vec![secret.into()]))]);
        body.items.push(Item {
            kind: "x".to_owned(),
            text: Some(secret.to_owned()),
            extra: vec![("more".to_owned(), nested.clone())],
            ..Item::default()
        });
        body.extra.push(("later".to_owned(), nested));
        assert_eq!(scrub(&mut body), 4);
        assert!(!format!("{body:?}").contains("hunter2"), "{body:?}");
        assert_eq!(scrub(&mut body), 0);
    }

    #[test]
    fn a_scrubbed_line_still_fits_its_bound() {
        let mut body = body(&"token=abcdefgh1234 ".repeat(LOG_LINE_BYTES_MAX / 19));
        assert_eq!(scrub(&mut body), 1);
        assert!(unpack(&pack(&body).unwrap()).is_ok());
    }

    #[test]
    fn what_is_packed_unpacks_to_the_same() {
        let body = body("go: command not found");
        assert_eq!(unpack(&pack(&body).unwrap()).unwrap(), body);
        assert!(unpack(&[0xff; 8]).is_err());
        assert!(unpack(&[]).is_err());
    }
}
