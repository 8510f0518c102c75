//! Bodies that must be refused, each for one fault.

use faultscan_wire::mp::Writer;

use crate::common::full_body;

type Bad = (&'static str, &'static str, Vec<u8>, &'static str);

/// A body with the time of capture and one more field.
fn with(name: &str, write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.map(2);
    writer.str("captured_at_ms");
    writer.uint(1);
    writer.str(name);
    write(&mut writer);
    writer.into_bytes()
}

/// A body whose log columns are as given: differences, levels, sources, indexes, messages.
fn logs(t: &[i64], lv: &[u8], sd: &[&str], s: &[u8], m: &[&str]) -> Vec<u8> {
    with("logs", |writer| {
        writer.map(5);
        writer.str("t");
        writer.array(t.len());
        t.iter().for_each(|&delta| writer.int(delta));
        writer.str("lv");
        writer.bin(lv);
        writer.str("sd");
        writer.array(sd.len());
        sd.iter().for_each(|source| writer.str(source));
        writer.str("s");
        writer.bin(s);
        writer.str("m");
        writer.array(m.len());
        m.iter().for_each(|message| writer.str(message));
    })
}

fn raw(name: &str, value: &[u8]) -> Vec<u8> {
    let mut bytes = with(name, |_| ());
    bytes.extend_from_slice(value);
    bytes
}

pub(crate) fn bad() -> Vec<Bad> {
    let mut all = formats();
    all.extend(schema());
    all.extend(limits());
    all
}

fn formats() -> Vec<Bad> {
    let good = full_body().encode().unwrap_or_default();
    let mut longer = good.clone();
    longer.push(0xc0);
    let mut nested = vec![0x91; 16];
    nested.push(0xc0);
    let mut deep = vec![0x91; 100_000];
    deep.push(0xc0);
    vec![
        (
            "body_empty",
            "no bytes at all, in a block of one byte",
            Vec::new(),
            "body_truncated",
        ),
        (
            "body_truncated",
            "the last byte is missing",
            good[..good.len() - 1].to_vec(),
            "body_truncated",
        ),
        (
            "body_trailing_bytes",
            "a nil after the map",
            longer,
            "body_trailing_bytes",
        ),
        (
            "body_lying_array",
            "claims four billion items",
            raw("items", &[0xdd, 0xff, 0xff, 0xff, 0xff]),
            "body_truncated",
        ),
        (
            "body_lying_map",
            "claims four billion fields",
            vec![0xdf, 0xff, 0xff, 0xff, 0xff, 0xc0],
            "body_truncated",
        ),
        (
            "body_lying_string",
            "claims four gigabytes of text",
            raw("app", &[0xdb, 0xff, 0xff, 0xff, 0xff, b'a']),
            "body_truncated",
        ),
        (
            "body_nested_messagepack",
            "seventeen levels, one too many",
            raw("x", &nested),
            "body_nested_too_deep",
        ),
        (
            "body_nested_deep",
            "100,000 levels",
            raw("x", &deep),
            "body_nested_too_deep",
        ),
        (
            "body_duplicate_key",
            "a field twice",
            raw("captured_at_ms", &[2]),
            "body_duplicate_key",
        ),
        (
            "body_key_not_text",
            "an integer as key",
            vec![0x81, 1, 1],
            "body_malformed",
        ),
        (
            "body_reserved_byte",
            "0xc1, which is never used",
            raw("x", &[0xc1]),
            "body_malformed",
        ),
        (
            "body_invalid_utf8",
            "a log message",
            {
                let mut bytes = logs(&[0], &[2], &["a"], &[0], &["~~"]);
                let len = bytes.len();
                bytes[len - 2..].copy_from_slice(&[0xc3, 0x28]);
                bytes
            },
            "body_invalid_utf8",
        ),
        (
            "body_not_a_number",
            "a float that is NaN",
            raw("x", &[0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0]),
            "body_number_not_finite",
        ),
        (
            "body_infinite_number",
            "a float that is infinite",
            raw("x", &[0xca, 0xff, 0x80, 0, 0]),
            "body_number_not_finite",
        ),
    ]
}

fn schema() -> Vec<Bad> {
    let field = "body_bad_field";
    vec![
        ("body_not_a_map", "an array", vec![0x91, 1], field),
        (
            "body_without_time",
            "no time of capture",
            vec![0x80],
            "body_missing_capture_time",
        ),
        (
            "body_time_zero",
            "captured at zero",
            [&[0x81, 0xae][..], b"captured_at_ms", &[0]].concat(),
            "body_missing_capture_time",
        ),
        (
            "body_wrong_type",
            "text where a map should be",
            with("fps", |writer| writer.str("60")),
            field,
        ),
        (
            "body_wrong_number",
            "a negative count",
            with("dropped", |writer| {
                writer.map(1);
                writer.str("log_lines");
                writer.int(-1);
            }),
            field,
        ),
        (
            "body_item_without_kind",
            "an item that is nothing",
            with("items", |writer| {
                writer.array(1);
                writer.map(0);
            }),
            field,
        ),
        (
            "body_rtt_columns_differ",
            "more times than values",
            with("rtt", |writer| {
                writer.map(1);
                writer.str("at_ms");
                writer.array(1);
                writer.int(-5);
            }),
            field,
        ),
        (
            "logs_columns_differ",
            "two times, one message",
            logs(&[0, 0], &[2], &["a"], &[0], &["m"]),
            field,
        ),
        (
            "logs_levels_missing",
            "no levels",
            logs(&[0], &[], &["a"], &[0], &["m"]),
            field,
        ),
        (
            "logs_index_nowhere",
            "a source that is not there",
            logs(&[0], &[2], &["a"], &[1], &["m"]),
            field,
        ),
        (
            "logs_index_cut",
            "an index that goes on",
            logs(&[0], &[2], &["a"], &[0x80], &["m"]),
            field,
        ),
        (
            "logs_index_left_over",
            "more indexes than lines",
            logs(&[0], &[2], &["a"], &[0, 0], &["m"]),
            field,
        ),
        (
            "logs_time_overflow",
            "times beyond 32 bits",
            logs(&[i64::MAX, 1], &[2, 2], &["a"], &[0, 0], &["m", "n"]),
            field,
        ),
        (
            "logs_levels_of_wrong_type",
            "text in place of bytes",
            with("logs", |writer| {
                writer.map(2);
                writer.str("m");
                writer.array(0);
                writer.str("lv");
                writer.str("");
            }),
            field,
        ),
    ]
}

fn limits() -> Vec<Bad> {
    let limit = "body_limit_exceeded";
    let lines = 2001;
    let many = vec![""; lines];
    let long = "x".repeat(16 * 1024 + 1);
    let source = "s".repeat(257);
    vec![
        (
            "body_too_many_values",
            "70,000 nils",
            with("x", |writer| {
                writer.array(70_000);
                (0..70_000).for_each(|_| writer.nil());
            }),
            limit,
        ),
        (
            "body_too_many_entries",
            "129 entries in one map",
            with("x", |writer| {
                writer.map(129);
                (0..129).for_each(|index| {
                    writer.str(&index.to_string());
                    writer.nil();
                });
            }),
            limit,
        ),
        (
            "body_key_too_long",
            "65 bytes",
            with(&"k".repeat(65), Writer::nil),
            limit,
        ),
        (
            "logs_too_many_lines",
            "2,001 empty lines",
            logs(
                &vec![0; lines],
                &vec![2; lines],
                &[""],
                &vec![0; lines],
                &many,
            ),
            "body_bad_field",
        ),
        (
            "logs_line_too_long",
            "a byte more than 16 KiB",
            logs(&[0], &[2], &[""], &[0], &[&long]),
            limit,
        ),
        (
            "logs_source_too_long",
            "257 bytes",
            logs(&[0], &[2], &[&source], &[0], &["m"]),
            "body_bad_field",
        ),
        (
            "body_too_many_samples",
            "4,097 samples",
            with("fps", |writer| {
                writer.map(1);
                writer.str("samples");
                writer.array(4097);
                (0..4097).for_each(|_| writer.f32(60.0));
            }),
            limit,
        ),
        (
            "body_too_many_items",
            "513 items",
            with("items", |writer| {
                writer.array(513);
                (0..513).for_each(|_| {
                    writer.map(1);
                    writer.str("kind");
                    writer.str("x");
                });
            }),
            limit,
        ),
        (
            "body_skew_too_large",
            "a clock that is off by the smallest integer",
            with("clock_skew_ms", |writer| writer.int(i64::MIN)),
            limit,
        ),
        (
            "body_time_too_large",
            "beyond 53 bits",
            [
                &[0x81, 0xae][..],
                b"captured_at_ms",
                &[0xcf, 0, 0x20, 0, 0, 0, 0, 0, 0],
            ]
            .concat(),
            limit,
        ),
    ]
}
