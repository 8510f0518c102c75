//! Identifiers and secrets made of random bytes.

use std::fmt;

use faultscan_wire::{base64url, hex};

/// The operating system gave no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct RandomError;

/// `N` bytes from the operating system's random source.
///
/// # Errors
/// When the operating system has none to give.
pub fn random<const N: usize>() -> Result<[u8; N], RandomError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| RandomError)?;
    Ok(bytes)
}

/// Reads exactly `N` bytes of base64url without padding.
#[must_use]
pub fn from_base64url<const N: usize>(text: &str) -> Option<[u8; N]> {
    // Checked before decoding, so that a long text costs nothing.
    if text.len() != (N * 4).div_ceil(3) {
        return None;
    }
    base64url::decode(text)?.try_into().ok()
}

/// Names one stored report. Random, so it tells nothing and cannot be guessed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ReportId(pub [u8; 16]);

impl ReportId {
    /// A new, random id.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn random() -> Result<Self, RandomError> {
        random().map(Self)
    }

    /// Reads 32 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        hex::decode_array(text).map(Self)
    }
}

impl fmt::Display for ReportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

/// Names a project: a short text that is safe in URLs and metrics.
#[derive(Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct ProjectId(String);

impl ProjectId {
    /// The project of tickets made on the dashboard.
    #[must_use]
    pub fn dashboard() -> Self {
        Self("default".to_owned())
    }

    /// A new, random id.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn random() -> Result<Self, RandomError> {
        Ok(Self(format!("p-{}", hex::encode(&random::<6>()?))))
    }

    /// Reads an id that was stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        (!text.is_empty() && text.len() <= 64 && text.bytes().all(plain))
            .then(|| Self(text.to_owned()))
    }

    /// The text of the id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_goes_there_and_back() {
        let id = ReportId([
            0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0xa0, 0xff, 0x7f, 0x80, 0x10,
        ]);
        assert_eq!(id.to_string(), "000102030405060708090aa0ff7f8010");
        assert_eq!(ReportId::parse(&id.to_string()), Some(id));
        for bad in [
            "",
            "00",
            "zz0102030405060708090aa0ff7f8010",
            "000102030405060708090aa0ff7f80100",
        ] {
            assert_eq!(ReportId::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn base64url_takes_only_the_exact_length() {
        let bytes = [7u8; 16];
        assert_eq!(
            from_base64url::<16>(&base64url::encode(&bytes)),
            Some(bytes)
        );
        assert_eq!(from_base64url::<16>("AAAA"), None);
        assert_eq!(from_base64url::<16>(&"!".repeat(22)), None);
    }

    #[test]
    fn project_ids_are_safe_in_urls() {
        assert!(ProjectId::parse("p-12ab").is_some());
        for bad in ["", "a/b", "A", "é"] {
            assert!(ProjectId::parse(bad).is_none(), "{bad}");
        }
    }
}
