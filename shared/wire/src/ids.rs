//! Identifiers that several formats share: ticket, issuer key, environment fingerprint.

use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use sha2::{Digest, Sha256};

use crate::hex;
use crate::sign::VerifyingKey;

/// Names a ticket: sixteen random bytes. Displayed as lower-case hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TicketId(pub [u8; 16]);

/// Names an issuer's key: the first eight bytes of the SHA-256 of its 32 public bytes. Displayed as
/// lower-case hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 8]);

/// Fingerprint of the environment in which something failed. Displayed as `sha256:` and 64
/// hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub [u8; 32]);

/// What the fingerprint is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Environment {
    /// Operating system, such as `linux`.
    pub os: String,
    /// Processor architecture, such as `x86_64`.
    pub arch: String,
    /// Network type, such as `wifi` or `offline`.
    pub network_type: String,
    /// Version of the application, or of the tool that made the ticket.
    pub app_version: String,
}

/// The text is not an identifier of the expected form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {expected}")]
pub struct ParseIdError {
    expected: &'static str,
}

impl ParseIdError {
    /// Stable name of the fault.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        "bad_identifier"
    }
}

/// The id under which a public key is known.
#[must_use]
pub fn key_id(key: &VerifyingKey) -> KeyId {
    let digest = Sha256::digest(key.as_bytes());
    let mut id = [0; 8];
    id.copy_from_slice(&digest[..8]);
    KeyId(id)
}

impl Fingerprint {
    /// The fingerprint of an environment: SHA-256 over `os=…\narch=…\nnetwork_type=…\napp_version=…\n`
    /// with every value trimmed and in lower case.
    #[must_use]
    pub fn of(environment: &Environment) -> Self {
        let mut hash = Sha256::new();
        for (name, value) in [
            ("os=", &environment.os),
            ("arch=", &environment.arch),
            ("network_type=", &environment.network_type),
            ("app_version=", &environment.app_version),
        ] {
            hash.update(name);
            hash.update(value.trim().to_lowercase());
            hash.update("\n");
        }
        Self(hash.finalize().into())
    }
}

macro_rules! hexadecimal {
    ($type:ident, $prefix:literal, $expected:literal) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($prefix)?;
                f.write_str(&hex::encode(&self.0))
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $type {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                text.strip_prefix($prefix)
                    .and_then(hex::decode_array)
                    .map(Self)
                    .ok_or(ParseIdError {
                        expected: $expected,
                    })
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <alloc::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

hexadecimal!(TicketId, "", "ticket id (32 hexadecimal digits)");
hexadecimal!(KeyId, "", "key id (16 hexadecimal digits)");
hexadecimal!(
    Fingerprint,
    "sha256:",
    "fingerprint (sha256: and 64 hexadecimal digits)"
);

#[cfg(test)]
mod tests {
    use super::*;

    fn environment() -> Environment {
        Environment {
            os: "linux".into(),
            arch: "x86_64".into(),
            network_type: "wifi".into(),
            app_version: "1.2.3".into(),
        }
    }

    #[test]
    fn fingerprint_ignores_case_and_surrounding_space() {
        let shouted = Environment {
            os: " Linux ".into(),
            arch: "X86_64\n".into(),
            ..environment()
        };
        assert_eq!(Fingerprint::of(&shouted), Fingerprint::of(&environment()));
    }

    #[test]
    fn fingerprint_is_the_hash_of_the_canonical_text() {
        let text = "os=linux\narch=x86_64\nnetwork_type=wifi\napp_version=1.2.3\n";
        let expected: [u8; 32] = Sha256::digest(text).into();
        assert_eq!(Fingerprint::of(&environment()), Fingerprint(expected));
    }

    #[test]
    fn identifiers_round_trip_as_text() {
        let fingerprint = Fingerprint::of(&environment());
        assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
        assert_eq!(
            "000102030405060708090a0b0c0d0e0f".parse(),
            Ok(TicketId(core::array::from_fn(|i| i as u8)))
        );
        assert!("0001".parse::<TicketId>().is_err());
        assert!(fingerprint.to_string()[7..].parse::<Fingerprint>().is_err());
    }
}
