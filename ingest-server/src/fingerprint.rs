//! Which failures are like each other: those of one project with the same code, the same cause and
//! the same captured values once what differs each time is taken out of them.
//!
//! The rules are versioned, because groups outlive the server that made them; docs/spec/http.md
//! states them for others. A change of any rule is a new version.

use std::collections::BTreeMap;
use std::fmt;

use faultscan_wire::hex;
use sha2::{Digest as _, Sha256};

use crate::ids::ProjectId;

/// Version of the rules, and the beginning of what is hashed.
const CONTEXT: &[u8] = b"faultscan/group/v1\0";
/// Captured values that count, in order of their names.
const CAPTURES_MAX: usize = 8;
/// Longest normalised value.
const VALUE_BYTES_MAX: usize = 128;
/// Ports from here on are handed out by the system for one connection.
const EPHEMERAL_PORT_MIN: u32 = 32_768;
/// Shortest run of hexadecimal digits that is taken for an id.
const HEX_RUN_MIN: usize = 8;
/// Values under these names are the same each time although they hold digits.
const EXACT: [&str; 5] = ["class", "code", "sqlstate", "status", "version"];

/// Names a group of like failures of one project.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct GroupId(pub [u8; 16]);

impl GroupId {
    /// Reads 32 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        hex::decode_array(text).map(Self)
    }
}

impl fmt::Display for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

/// What a failure is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likeness {
    /// The group.
    pub id: GroupId,
    /// Names and normalised values that make the group.
    pub captures: BTreeMap<String, String>,
}

impl Likeness {
    /// The likeness of a failure. `captures` are those of its code; for a failure without a code the
    /// last line of its worst level under the name `line`.
    #[must_use]
    pub fn of(
        project: &ProjectId,
        code: Option<&str>,
        cause: Option<&str>,
        captures: &BTreeMap<String, String>,
    ) -> Self {
        let captures: BTreeMap<String, String> = captures
            .iter()
            .map(|(name, value)| (name.clone(), normalise(name, value)))
            .filter(|(_, value)| says_something(value))
            .take(CAPTURES_MAX)
            .collect();
        let mut hash = Sha256::new();
        hash.update(CONTEXT);
        let mut field = |text: &str| {
            hash.update((text.len() as u32).to_le_bytes());
            hash.update(text.as_bytes());
        };
        field(project.as_str());
        field(code.unwrap_or_default());
        field(cause.unwrap_or_default());
        for (name, value) in &captures {
            field(name);
            field(value);
        }
        let digest: [u8; 32] = hash.finalize().into();
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        Self {
            id: GroupId(id),
            captures,
        }
    }
}

/// Whether a normalised value is more than what was taken out of it.
fn says_something(value: &str) -> bool {
    let mut before = false;
    let two_letters = value.chars().any(|char| {
        let letter = char.is_alphabetic();
        std::mem::replace(&mut before, letter) && letter
    });
    let digit = value.bytes().any(|byte| byte.is_ascii_digit());
    !value.is_empty() && (two_letters || digit || !value.contains('#'))
}

/// Takes out of a value what differs each time.
fn normalise(name: &str, value: &str) -> String {
    let value = value.trim().to_lowercase();
    let value = if EXACT.contains(&name) {
        value
    } else if name == "port" {
        match value.parse::<u32>() {
            Ok(port) if port < EPHEMERAL_PORT_MIN => value,
            _ => "#".to_owned(),
        }
    } else {
        value
            .split_inclusive(|char: char| !is_part(char))
            .map(part)
            .collect()
    };
    let mut end = value.len().min(VALUE_BYTES_MAX);
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    value[..end].to_owned()
}

/// Addresses and names of pods hold together.
fn is_part(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '.' | '-')
}

fn part(part: &str) -> String {
    let bare = part.trim_end_matches(|char: char| !is_part(char));
    let rest = &part[bare.len()..];
    let address = bare.trim_end_matches('.');
    if address.parse::<std::net::Ipv4Addr>().is_ok() {
        return part.to_owned();
    }
    let segments: Vec<&str> = bare.split('-').collect();
    let last = segments.len() - 1;
    let kept: Vec<String> = segments
        .iter()
        .enumerate()
        .map(|(at, segment)| {
            if at > 0 && is_generated(segment, last - at) {
                "*".to_owned()
            } else {
                without_numbers(segment)
            }
        })
        .collect();
    kept.join("-") + rest
}

/// Whether Kubernetes made up this part of a pod's name: five characters at the end, eight to ten
/// before them, of an alphabet without vowels and look-alikes.
fn is_generated(segment: &str, from_end: usize) -> bool {
    let alphabet = |b: u8| b"bcdfghjklmnpqrstvwxz2456789".contains(&b);
    let length = match from_end {
        0 => segment.len() == 5,
        1 => (8..=10).contains(&segment.len()),
        _ => false,
    };
    length && segment.bytes().all(alphabet)
}

/// Runs of digits, and runs of hexadecimal digits that are long, become `#`.
fn without_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let hex = rest.len()
            - rest
                .trim_start_matches(|c: char| c.is_ascii_hexdigit())
                .len();
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let is_id = hex >= HEX_RUN_MIN && rest[..hex].bytes().any(|b| b.is_ascii_digit());
        let take = if is_id { hex } else { digits };
        if take > 0 {
            out.push('#');
            rest = &rest[take..];
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(project: &str, code: &str, cause: &str, captures: &[(&str, &str)]) -> GroupId {
        let captures = captures
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let project = ProjectId::parse(project).unwrap();
        Likeness::of(&project, Some(code), Some(cause), &captures).id
    }

    #[test]
    fn values_lose_what_differs_each_time() {
        for (name, value, expected) in [
            ("host", "10.0.3.21", "10.0.3.21"),
            ("host", "DB-2.example", "db-#.example"),
            ("host", "10.0.3.21.", "10.0.3.21."),
            ("port", "5432", "5432"),
            ("port", "40122", "#"),
            ("pod", "app-7d4b9c8f6d-x2x9z", "app-*-*"),
            ("pod", "web-0", "web-#"),
            ("status", "503", "503"),
            ("count", " 17 ", "#"),
            ("path", "/var/log/a1b2c3d4e5f6/9.log", "/var/log/#/#.log"),
            (
                "url",
                "http://10.0.0.1:8080/v1/users/42?x=1",
                "http://10.0.0.1:#/v#/users/#?x=#",
            ),
            (
                "line",
                "java.lang.Deadbeef: 数据 42",
                "java.lang.deadbeef: 数据 #",
            ),
            ("value", "", ""),
        ] {
            assert_eq!(normalise(name, value), expected, "{name} {value}");
        }
        assert!(normalise("line", &"汉".repeat(1_000)).len() <= VALUE_BYTES_MAX);
    }

    #[test]
    fn like_failures_share_a_group_and_others_do_not() {
        let one = id(
            "default",
            "ERR-DB-003",
            "db_down",
            &[("host", "10.0.3.21"), ("count", "3")],
        );
        let same = id(
            "default",
            "ERR-DB-003",
            "db_down",
            &[("host", "10.0.3.21"), ("count", "99")],
        );
        assert_eq!(one, same);
        for other in [
            id(
                "other",
                "ERR-DB-003",
                "db_down",
                &[("host", "10.0.3.21"), ("count", "3")],
            ),
            id(
                "default",
                "ERR-DB-004",
                "db_down",
                &[("host", "10.0.3.21"), ("count", "3")],
            ),
            id(
                "default",
                "ERR-DB-003",
                "net",
                &[("host", "10.0.3.21"), ("count", "3")],
            ),
            id(
                "default",
                "ERR-DB-003",
                "db_down",
                &[("host", "10.0.3.22"), ("count", "3")],
            ),
            id(
                "default",
                "ERR-DB-003",
                "db_downhost",
                &[("", "10.0.3.21"), ("count", "3")],
            ),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn what_says_nothing_makes_no_group() {
        for (value, expected) in [
            ("2026-11-24T09:00:00Z", false),
            ("17", false),
            ("", false),
            ("a", true),
            ("web-0", true),
            ("10.0.3.21", true),
            ("第 3 次 失败", true),
        ] {
            assert_eq!(
                says_something(&normalise("value", value)),
                expected,
                "{value}"
            );
        }
    }

    /// Groups outlive the server that made them: this value is part of the format.
    #[test]
    fn the_rules_of_version_1_stay() {
        let one = id(
            "default",
            "ERR-DB-003",
            "db_service_down",
            &[("host", "10.0.3.21"), ("port", "5432")],
        );
        assert_eq!(one.to_string(), "5d42d8b04e732d005a7e0af765111343");
    }
}
