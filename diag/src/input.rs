//! Reading a log from a file or standard input, within bounds.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::exit::bad_input;

/// The longest log that is read.
const LOG_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The longest binary file (snapshot, key) that is read.
pub(crate) const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Reads lines of a log; `None` or `-` means standard input. Bytes that are no UTF-8 are replaced,
/// since real logs hold them.
pub(crate) fn read_lines(path: Option<&Path>) -> anyhow::Result<Vec<String>> {
    let bytes = match path {
        Some(path) if path.as_os_str() != "-" => read_file(path, LOG_BYTES_MAX)?,
        _ => read_bounded(std::io::stdin().lock(), LOG_BYTES_MAX, "standard input")?,
    };
    Ok(to_lines(&bytes))
}

/// Splits bytes into lines without their line ends.
pub(crate) fn to_lines(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    text.trim_start_matches('\u{feff}')
        .lines()
        .map(|line| line.trim_end_matches('\r').to_owned())
        .collect()
}

/// Reads a file of at most `bytes_max` bytes.
pub(crate) fn read_file(path: &Path, bytes_max: u64) -> anyhow::Result<Vec<u8>> {
    let shown = path.display();
    let file = File::open(path).map_err(|error| bad_input(format_args!("{shown}: {error}")))?;
    read_bounded(file, bytes_max, &shown.to_string())
}

fn read_bounded(reader: impl Read, bytes_max: u64, what: &str) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = bytes_max.saturating_add(1);
    reader
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(|error| bad_input(format_args!("{what}: {error}")))?;
    if bytes.len() as u64 > bytes_max {
        return Err(bad_input(format_args!(
            "{what}: longer than {bytes_max} bytes"
        )));
    }
    Ok(bytes)
}

/// Parses `KEY=VALUE`.
pub(crate) fn key_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => {
            Ok((key.trim().to_owned(), value.trim().to_owned()))
        }
        _ => Err(format!("`{text}` is not of the form KEY=VALUE")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_survive_windows_ends_and_broken_utf8() {
        assert_eq!(
            to_lines(b"\xef\xbb\xbfone\r\ntwo\xff\n\nfour"),
            ["one", "two\u{fffd}", "", "four"]
        );
        assert!(to_lines(b"").is_empty());
    }

    #[test]
    fn bounded_reading_refuses_more() {
        assert!(read_bounded(&b"12345"[..], 5, "x").is_ok());
        let error = read_bounded(&b"123456"[..], 5, "x").unwrap_err();
        assert_eq!(crate::exit::code_of(&error), 2);
    }

    #[test]
    fn key_value_needs_both() {
        assert_eq!(
            key_value("region=eu=1"),
            Ok(("region".into(), "eu=1".into()))
        );
        assert!(key_value("region").is_err());
        assert!(key_value("=x").is_err());
    }
}
