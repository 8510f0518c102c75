use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::*;

#[track_caller]
fn round_trip(messages: &[&str]) -> Packed {
    let mut packer = Packer::default();
    for message in messages {
        packer.push(message);
    }
    let packed = packer.finish();
    let again = put_together(
        &packed.templates,
        &packed.indexes,
        &packed.variables,
        messages.len(),
    );
    assert_eq!(
        again.as_deref(),
        Ok(&*messages.iter().map(ToString::to_string).collect::<Vec<_>>())
    );
    packed
}

#[track_caller]
fn check(message: &str, template: &str, variables: &[u8]) {
    let packed = round_trip(&[message]);
    assert_eq!(packed.templates, [template]);
    assert_eq!(packed.variables, variables, "{message}");
}

#[test]
fn ranks_keep_leading_zeros_and_order() {
    for (digits, expected) in [
        ("0", 0),
        ("9", 9),
        ("00", 10),
        ("09", 19),
        ("10", 20),
        ("99", 109),
        ("000", 110),
    ] {
        assert_eq!(rank(digits.as_bytes()), expected, "{digits}");
        let mut text = Vec::new();
        push_digits(expected, &mut text);
        assert_eq!(text, digits.as_bytes());
    }
}

#[test]
fn one_line() {
    check("", "", &[]);
    check("no digits: 没有", "no digits: 没有", &[]);
    check("took 7 ms", "took \0 ms", &[0, 14]);
    check("took 7ms", "took \0ms", &[0, 14]);
    check("at 05:00", "at \0:\0", &[0, 30, 0, 20]);
    check("id deadbeef01", "id \0", &[6, 0xde, 0xad, 0xbe, 0xef, 1]);
    check("node7 v2", "node\0 v\0", &[0, 14, 0, 4]);
    check("log4j", "\0", b"\x01\x16log4j");
    check("a\0b", "a\0b", &[1, 1 << 2 | 2, 0]);
    check("DEAD1F", "\0", b"\x01\x1aDEAD1F");
    check("第3行", "第\0行", &[0, 6]);
    check("1a2b", "\0", &[3, 0x1a, 0x2b]);
    check(
        "1234567890123456",
        "\0",
        &[9, 0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x56],
    );
}

#[test]
fn lines_of_one_statement_share_template_and_columns() {
    let packed = round_trip(&["try 8 of 10", "other", "try 9 of 10", "try 10 of 10"]);
    assert_eq!(packed.templates, ["try \0 of \0", "other"]);
    assert_eq!(packed.indexes, [0, 0, 1, 1]);
    assert_eq!(packed.variables, [0, 16, 2, 22, 0, 40, 0, 0]);
}

#[test]
fn kinds_mix_in_a_hole() {
    let packed = round_trip(&["x 7 y", "x deadbe7f y", "x A1b2 y"]);
    assert_eq!(packed.templates.len(), 1);
    assert_eq!(packed.variables[..2], [1, 7 << 2]);
}

#[test]
fn refuses_damaged_columns() {
    let one = ["\0".to_string()];
    for variables in [
        &[][..],
        &[0],
        &[0, 1],
        &[0, 0x80],
        &[1, 3],
        &[1, 2 << 2 | 2, b'a'],
        &[1, 1 << 2 | 2, 0xff],
        &[3, 0xab],
        &[0, 2, 0],
        &[0xff; 12],
    ] {
        assert!(
            put_together(&one, &[0], variables, 1).is_err(),
            "{variables:?}"
        );
    }
    assert!(put_together(&one, &[1], &[0, 0], 1).is_err());
    assert!(put_together(&one, &[0, 0], &[0, 0], 2).is_err());
    assert!(put_together(&one, &[], &[], 1).is_err());
    // A number of more digits than a writer makes.
    let mut many = vec![0];
    crate::leb128::write(u64::MAX, &mut many);
    assert!(put_together(&one, &[0], &many, 1).is_err());
}

#[test]
fn messages_are_bounded_while_they_grow() {
    let long = ["a".repeat(16 * 1024)];
    let mut indexes = vec![1; 2000];
    indexes[0] = 0;
    assert!(put_together(&long, &indexes, &[], 2000).is_err());
    assert!(put_together(&long, &indexes[..100], &[], 100).is_ok());
    assert!(put_together(&["a".repeat(16 * 1024 + 1)], &[0], &[], 1).is_err());
}

proptest::proptest! {
    #[test]
    fn any_messages_survive(messages in proptest::collection::vec(
        "(\\PC|[a-z ]{1,9}|[0-9a-f]{1,20}|[0-9]{1,20}|\u{0}|\n){0,9}", 0..20)) {
        let messages: Vec<String> = messages;
        let mut packer = Packer::default();
        for message in &messages {
            packer.push(message);
        }
        let packed = packer.finish();
        let again = put_together(&packed.templates, &packed.indexes, &packed.variables, messages.len());
        proptest::prop_assert_eq!(again, Ok(messages));
    }

    #[test]
    fn any_columns_are_survived(
        templates in proptest::collection::vec("(a|\u{0}){0,4}", 0..4),
        indexes in proptest::collection::vec(0..5_u8, 0..8),
        variables in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..40),
    ) {
        let _ = put_together(&templates, &indexes, &variables, indexes.len());
    }
}
