//! Which catalogue this is: a release that people count by, and a hash of the content.

use serde::{Serialize, Serializer};
use std::{fmt, str::FromStr};

/// A release of the catalogue: the day it was made and its number on that day. Releases of one
/// catalogue grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Release {
    year: u16,
    month: u8,
    day: u8,
    number: u16,
}

/// The text is not a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("want a release such as 2026.11.24.1: year, month, day, number of that day from 1")]
pub struct BadRelease;

impl Release {
    /// A release, where the numbers can be a day's.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8, number: u16) -> Option<Self> {
        let is_day =
            (2000..10_000).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
        (is_day && number > 0).then_some(Self {
            year,
            month,
            day,
            number,
        })
    }

    /// Year, month, day, number.
    #[must_use]
    pub fn parts(self) -> (u16, u8, u8, u16) {
        (self.year, self.month, self.day, self.number)
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day, number) = self.parts();
        write!(f, "{year}.{month:02}.{day:02}.{number}")
    }
}

impl FromStr for Release {
    type Err = BadRelease;

    fn from_str(text: &str) -> Result<Self, BadRelease> {
        let parts: Vec<&str> = text.split('.').collect();
        let [year, month, day, number] = parts[..] else {
            return Err(BadRelease);
        };
        let release = Self::new(
            year.parse().map_err(|_| BadRelease)?,
            month.parse().map_err(|_| BadRelease)?,
            day.parse().map_err(|_| BadRelease)?,
            number.parse().map_err(|_| BadRelease)?,
        )
        .ok_or(BadRelease)?;
        // One spelling only, so that equal releases are equal texts.
        if release.to_string() == text {
            Ok(release)
        } else {
            Err(BadRelease)
        }
    }
}

impl Serialize for Release {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Bytes of the content hash that a version shows.
const SHOWN_BYTES: usize = 6;

/// Which catalogue this is. Its text is `<release>-<12 hexadecimal digits>`, or `unreleased-…` for
/// data files that name no release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    release: Option<Release>,
    content: [u8; 32],
    text: String,
}

impl Version {
    pub(crate) fn new(release: Option<Release>, content: [u8; 32]) -> Self {
        let mut text = release.map_or_else(|| "unreleased".to_owned(), |r| r.to_string());
        text.push('-');
        text.push_str(&hex(&content[..SHOWN_BYTES]));
        Self {
            release,
            content,
            text,
        }
    }

    /// The release, where there is one.
    #[must_use]
    pub fn release(&self) -> Option<Release> {
        self.release
    }

    /// SHA-256 over what the catalogue says: equal content, equal hash.
    #[must_use]
    pub fn content(&self) -> &[u8; 32] {
        &self.content
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|half| char::from(DIGITS[usize::from(half)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_read_what_they_print_and_nothing_else() {
        let release: Release = "2026.01.09.12".parse().unwrap();
        assert_eq!(release.to_string(), "2026.01.09.12");
        for text in [
            "",
            "2026.1.9.12",
            "2026.01.09",
            "2026.13.09.1",
            "2026.01.00.1",
            "2026.01.09.0",
            "2026.01.09.+1",
            "2026.01.09.1.1",
            "1999.01.09.1",
        ] {
            assert_eq!(text.parse::<Release>(), Err(BadRelease), "{text}");
        }
    }

    #[test]
    fn releases_grow_with_time() {
        let order = [
            "2026.01.09.9",
            "2026.01.09.10",
            "2026.01.10.1",
            "2026.02.01.1",
            "2027.01.01.1",
        ];
        let releases: Vec<Release> = order.iter().map(|text| text.parse().unwrap()).collect();
        assert!(releases.is_sorted());
    }

    #[test]
    fn a_version_shows_release_and_content() {
        let release = Release::new(2026, 11, 24, 1);
        let version = Version::new(release, [0xab; 32]);
        assert_eq!(version.as_str(), "2026.11.24.1-abababababab");
        assert_eq!(
            Version::new(None, [0; 32]).as_str(),
            "unreleased-000000000000"
        );
    }
}
