//! Keys on the command line: base64url of 32 bytes, in a file, a variable or an option.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use faultscan_wire::sign::{SigningKey, VerifyingKey, signing_key, verifying_key};
use faultscan_wire::{base64url, hex};

use crate::exit::{OrBadInput as _, bad_input};
use crate::input::read_file;

/// The variable that holds a project's ticket secret.
pub(crate) const SECRET_VARIABLE: &str = "FAULTSCAN_TICKET_SECRET";
const KEY_FILE_BYTES_MAX: u64 = 4096;

/// The key that signs tickets here, from a file or else from the environment.
pub(crate) fn ticket_key(file: Option<&PathBuf>) -> anyhow::Result<Option<SigningKey>> {
    if let Some(file) = file {
        let what = format!("key file {}", file.display());
        return Ok(Some(
            seed(&read_text(file)?).ok_or_else(|| no_key(&what, "secret"))?,
        ));
    }
    match std::env::var(SECRET_VARIABLE) {
        Ok(text) if !text.trim().is_empty() => Ok(Some(
            seed(&text).ok_or_else(|| no_key(SECRET_VARIABLE, "secret"))?,
        )),
        _ => Ok(None),
    }
}

/// A key that signs what nobody will see.
pub(crate) fn throwaway() -> anyhow::Result<SigningKey> {
    Ok(signing_key(&crate::system::random_bytes()?))
}

/// A public key given as text or as the name of a file that holds it.
pub(crate) fn public_key(text_or_file: &str) -> anyhow::Result<VerifyingKey> {
    let text = match decode32(text_or_file) {
        Some(_) => text_or_file.to_owned(),
        None if Path::new(text_or_file).is_file() => read_text(Path::new(text_or_file))?,
        None => return Err(no_key(text_or_file, "public key")),
    };
    let bytes = decode32(&text).ok_or_else(|| no_key(text_or_file, "public key"))?;
    verifying_key(&bytes).or_bad_input("issuer key")
}

fn no_key(what: &str, kind: &str) -> anyhow::Error {
    bad_input(format_args!(
        "{what}: not a {kind}, which is 32 bytes in base64url (43 characters)"
    ))
}

fn read_text(file: &Path) -> anyhow::Result<String> {
    let bytes = read_file(file, KEY_FILE_BYTES_MAX)?;
    // A key file may explain itself in lines that start with #.
    let text = String::from_utf8_lossy(&bytes);
    Ok(text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'))
        .unwrap_or("")
        .to_owned())
}

fn seed(text: &str) -> Option<SigningKey> {
    decode32(text).map(|bytes| signing_key(&bytes))
}

/// 32 bytes from base64url without or with padding, or from hexadecimal.
pub(crate) fn decode32(text: &str) -> Option<[u8; 32]> {
    let text = text.trim().trim_end_matches('=');
    if text.len() == 64 {
        return hex::decode_array(text);
    }
    base64url::decode(text)?.try_into().ok()
}

/// Writes a new file that its owner alone can read; never overwrites a key.
pub(crate) fn write_secret(file: &Path, secret: &str) -> anyhow::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let fault = |error: std::io::Error| bad_input(format_args!("{}: {error}", file.display()));
    let mut opened = options.open(file).map_err(fault)?;
    opened
        .write_all(format!("{secret}\n").as_bytes())
        .map_err(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_keys_as_base64url_or_hex() {
        let key = signing_key(&[7; 32]);
        let text = base64url::encode(&[7; 32]);
        assert_eq!(
            seed(&format!(" {text}=\n")).unwrap().verifying_key(),
            key.verifying_key()
        );
        assert_eq!(decode32(&"07".repeat(32)), Some([7; 32]));
        assert!(seed("short").is_none());
    }

    #[test]
    fn key_files_may_have_comments() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(
            file.path(),
            format!("# a secret\n\n{}\n", base64url::encode(&[9; 32])),
        )
        .unwrap();
        let key = ticket_key(Some(&file.path().to_path_buf()))
            .unwrap()
            .unwrap();
        assert_eq!(key.verifying_key(), signing_key(&[9; 32]).verifying_key());
    }
}
