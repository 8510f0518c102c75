//! What follows from the server's secret: capabilities and CSRF tokens.

use faultscan_wire::base64url;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::KeysError;
use super::bodies::BodyKey;
use crate::ids::{self, ReportId};
use crate::store::{Store, StoreError};

const SETTING: &str = "server_secret";
const CAPABILITY_BYTES: usize = 16;

/// Opens one report to whoever holds it.
#[derive(Clone, Copy)]
pub struct Capability([u8; CAPABILITY_BYTES]);

impl Capability {
    /// As text for a link.
    #[must_use]
    pub fn to_text(self) -> String {
        base64url::encode(&self.0)
    }
}

/// Proves that a request comes from our own page.
#[derive(Clone)]
pub struct CsrfToken(String);

impl CsrfToken {
    /// As text for a header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares in constant time.
    #[must_use]
    pub fn matches(&self, presented: &str) -> bool {
        self.0.as_bytes().ct_eq(presented.as_bytes()).into()
    }
}

/// The server's secret.
pub struct Secrets {
    mac: Hmac<Sha256>,
    body_key: BodyKey,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(..)")
    }
}

impl Secrets {
    /// The secret of a store, made at its first use.
    ///
    /// # Errors
    /// When the store or the random source fails.
    pub async fn load(store: &dyn Store) -> Result<Self, KeysError> {
        let secret = store
            .setting(SETTING, ids::random::<32>()?.to_vec())
            .await?;
        let mac = Hmac::new_from_slice(&secret)
            .map_err(|_| StoreError::Damaged("the server's secret"))?;
        Ok(Self::new(mac))
    }

    fn new(mac: Hmac<Sha256>) -> Self {
        let secret = mac.clone().chain_update(b"faultscan/hpke/v1\0").finalize();
        let body_key = BodyKey::derive(&secret.into_bytes().into());
        Self { mac, body_key }
    }

    /// Opens bodies that were encrypted to this server.
    #[must_use]
    pub fn body_key(&self) -> &BodyKey {
        &self.body_key
    }

    fn derive(&self, purpose: &[u8], value: &[u8]) -> [u8; CAPABILITY_BYTES] {
        let mut mac = self.mac.clone();
        mac.update(purpose);
        mac.update(value);
        let full: [u8; 32] = mac.finalize().into_bytes().into();
        let mut short = [0; CAPABILITY_BYTES];
        short.copy_from_slice(&full[..CAPABILITY_BYTES]);
        short
    }

    /// The capability that opens a report.
    #[must_use]
    pub fn capability(&self, report: &ReportId) -> Capability {
        Capability(self.derive(b"faultscan/capability/v1\0", &report.0))
    }

    /// Whether a text is the capability of a report. Compares in constant time.
    #[must_use]
    pub fn opens(&self, report: &ReportId, presented: &str) -> bool {
        ids::from_base64url::<CAPABILITY_BYTES>(presented)
            .is_some_and(|presented| self.capability(report).0.ct_eq(&presented).into())
    }

    /// The CSRF token of a session.
    #[must_use]
    pub fn csrf(&self, session: &[u8; 32]) -> CsrfToken {
        CsrfToken(base64url::encode(
            &self.derive(b"faultscan/csrf/v1\0", session),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(byte: u8) -> Secrets {
        Secrets::new(Hmac::new_from_slice(&[byte; 32]).unwrap())
    }

    #[test]
    fn a_capability_opens_its_report_and_no_other() {
        let (ours, other) = (secrets(1), secrets(2));
        let (a, b) = (ReportId([1; 16]), ReportId([2; 16]));
        let text = ours.capability(&a).to_text();
        assert_eq!(text.len(), 22);
        assert!(ours.opens(&a, &text));
        assert!(!ours.opens(&b, &text));
        assert!(!other.opens(&a, &text));
        assert!(!ours.opens(&a, ""));
        assert!(!ours.opens(&a, &format!("{text}A")));
    }

    #[test]
    fn csrf_tokens_differ_by_session() {
        let secrets = secrets(1);
        let token = secrets.csrf(&[1; 32]);
        assert!(token.matches(token.as_str()));
        assert!(!token.matches(secrets.csrf(&[2; 32]).as_str()));
        assert!(!token.matches(""));
    }
}
