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

/// Columns of a log, to be bent.
struct Columns<'a> {
    t: &'a [i64],
    lv: &'a [u8],
    sd: &'a [&'a str],
    s: &'a [u8],
    td: &'a [&'a str],
    ti: &'a [u8],
    v: &'a [u8],
}

/// One line that says `m`.
const ONE_LINE: Columns<'_> = Columns {
    t: &[0],
    lv: &[2],
    sd: &["a"],
    s: &[0],
    td: &["m"],
    ti: &[0],
    v: &[],
};

/// A body with the log columns as given.
fn logs(columns: &Columns<'_>) -> Vec<u8> {
    let texts = |name: &str, texts: &[&str], writer: &mut Writer| {
        writer.str(name);
        writer.array(texts.len());
        texts.iter().for_each(|text| writer.str(text));
    };
    let bytes = |name: &str, bytes: &[u8], writer: &mut Writer| {
        writer.str(name);
        writer.bin(bytes);
    };
    with("logs", |writer| {
        writer.map(7);
        writer.str("t");
        writer.array(columns.t.len());
        columns.t.iter().for_each(|&delta| writer.int(delta));
        bytes("lv", columns.lv, writer);
        texts("sd", columns.sd, writer);
        bytes("s", columns.s, writer);
        bytes("ti", columns.ti, writer);
        bytes("v", columns.v, writer);
        texts("td", columns.td, writer);
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
                let mut bytes = logs(&Columns {
                    td: &["~~"],
                    ..ONE_LINE
                });
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

/// Columns that do not make lines.
fn log(name: &'static str, about: &'static str, columns: &Columns<'_>) -> Bad {
    (name, about, logs(columns), "body_bad_field")
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
        log(
            "logs_columns_differ",
            "two times, one level",
            &Columns {
                t: &[0, 0],
                ..ONE_LINE
            },
        ),
        log(
            "logs_levels_missing",
            "no levels",
            &Columns {
                lv: &[],
                ..ONE_LINE
            },
        ),
        log(
            "logs_index_nowhere",
            "a source that is not there",
            &Columns {
                s: &[1],
                ..ONE_LINE
            },
        ),
        log(
            "logs_index_cut",
            "an index that goes on",
            &Columns {
                s: &[0x80],
                ..ONE_LINE
            },
        ),
        log(
            "logs_index_endless",
            "an index beyond 64 bits",
            &Columns {
                s: &[0xff; 11],
                ..ONE_LINE
            },
        ),
        log(
            "logs_index_left_over",
            "more indexes than lines",
            &Columns {
                s: &[0, 0],
                ..ONE_LINE
            },
        ),
        log(
            "logs_template_nowhere",
            "a template that is not there",
            &Columns {
                ti: &[1],
                ..ONE_LINE
            },
        ),
        log(
            "logs_template_left_over",
            "more templates than lines",
            &Columns {
                ti: &[0, 0],
                ..ONE_LINE
            },
        ),
        log(
            "logs_variable_missing",
            "a hole and nothing to fill it",
            &Columns {
                td: &["\0"],
                ..ONE_LINE
            },
        ),
        log(
            "logs_variable_left_over",
            "a variable and no hole",
            &Columns {
                v: &[4],
                ..ONE_LINE
            },
        ),
        log(
            "logs_variable_cut",
            "a text longer than the rest",
            &Columns {
                td: &["\0"],
                v: &[1, 0x16, b'a'],
                ..ONE_LINE
            },
        ),
        log(
            "logs_variable_of_unknown_kind",
            "a head of kind 3",
            &Columns {
                td: &["\0"],
                v: &[1, 3],
                ..ONE_LINE
            },
        ),
        log(
            "logs_variable_invalid_utf8",
            "a text",
            &Columns {
                td: &["\0"],
                v: &[1, 6, 0xff],
                ..ONE_LINE
            },
        ),
        log(
            "logs_number_negative",
            "a difference below the first number",
            &Columns {
                td: &["\0"],
                v: &[0, 1],
                ..ONE_LINE
            },
        ),
        log(
            "logs_number_too_long",
            "16 digits as a number",
            &Columns {
                td: &["\0"],
                v: &[0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
                ..ONE_LINE
            },
        ),
        log(
            "logs_column_endless",
            "a form beyond 64 bits",
            &Columns {
                td: &["\0"],
                v: &[0xff; 11],
                ..ONE_LINE
            },
        ),
        log(
            "logs_time_overflow",
            "a time beyond 32 bits",
            &Columns {
                t: &[i64::MAX],
                ..ONE_LINE
            },
        ),
        (
            "logs_levels_of_wrong_type",
            "text in place of bytes",
            with("logs", |writer| {
                writer.map(2);
                writer.str("td");
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
    let lines = vec![0; 2001];
    let zeros = vec![0; 2001];
    let levels = vec![2; 2001];
    let long = "x".repeat(16 * 1024 + 1);
    let longest = &long[1..];
    let source = "s".repeat(257);
    let too_many = Columns {
        t: &lines,
        lv: &levels,
        s: &zeros,
        ti: &zeros,
        ..ONE_LINE
    };
    let mut again = vec![1; 2000];
    again[0] = 0;
    let bomb = Columns {
        t: &lines[1..],
        lv: &levels[1..],
        s: &zeros[1..],
        ti: &again,
        td: &[longest],
        ..ONE_LINE
    };
    let hole = [&long[2..], "\0"].concat();
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
        log("logs_too_many_lines", "2,001 lines", &too_many),
        log(
            "logs_bomb",
            "2,000 lines of 16 KiB from one template",
            &bomb,
        ),
        log(
            "logs_source_too_long",
            "257 bytes",
            &Columns {
                sd: &[&source],
                ..ONE_LINE
            },
        ),
        log(
            "logs_line_too_long",
            "a variable on top of 16 KiB",
            &Columns {
                td: &[&hole],
                v: &[0, 40],
                ..ONE_LINE
            },
        ),
        (
            "logs_template_too_long",
            "a byte more than 16 KiB",
            logs(&Columns {
                td: &[&long],
                ..ONE_LINE
            }),
            limit,
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
