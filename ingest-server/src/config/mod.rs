//! Configuration: defaults, then a TOML file, then the environment, then flags; validated once.

mod layers;
mod limits;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use layers::Layers;
pub use limits::Limits;

/// What is wrong with the configuration, and where.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file could not be read.
    #[error("configuration file {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A layer is no valid configuration.
    #[error("{origin}: {reason}")]
    Layer {
        /// File, variable or flag.
        origin: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A value cannot work.
    #[error("{field}: {reason}")]
    Invalid {
        /// The field's dotted name.
        field: String,
        /// Why not.
        reason: String,
    },
}

impl ConfigError {
    fn invalid(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid {
            field: field.into(),
            reason: reason.into(),
        }
    }
}

/// The whole configuration.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Config {
    /// Folder that holds everything the server keeps.
    pub data_dir: PathBuf,
    /// The HTTP side.
    pub http: Http,
    /// The datagram side.
    pub udp: Udp,
    /// Bounds.
    pub limits: Limits,
    /// The embedded store.
    pub store: Store,
    /// What is kept, and for how long.
    pub retention: Retention,
    /// What is known of failures.
    pub catalogue: Catalogue,
}

/// The HTTP side.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Http {
    /// Address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Origin that browsers and QR codes use, such as `https://scan.example.org`.
    /// Left out: the address that is listened on.
    pub public_origin: Option<String>,
    /// Worker threads; 0 means one for each core.
    pub workers: usize,
    /// How many proxies stand before the server. Each is trusted to append to `X-Forwarded-For`.
    pub trusted_proxy_hops: usize,
}

/// The datagram side.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Udp {
    /// Address to listen on for urgent datagrams; left out: none.
    pub listen: Option<SocketAddr>,
}

/// The embedded store.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Store {
    /// Writes that may wait for the writer; more are refused as `overloaded`.
    pub write_queue_max: usize,
    /// Writes that share one transaction and one fsync.
    pub group_max: usize,
    /// How long the writer waits for more writes to share the fsync. While one group is being
    /// committed the next gathers anyway, so 0 is a good value on any disk that is not idle.
    pub group_wait_us: u64,
    /// Connections for reading.
    pub readers: usize,
    /// Largest database file; above it uploads are refused as `storage_full`. 0: as large as the disk
    /// lets it. [`Retention::stored_bytes_max`] keeps it smaller in the long run.
    pub file_bytes_max: u64,
}

/// What is kept, and for how long.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Retention {
    /// Reports older than this are deleted.
    pub report_age_max_days: u32,
    /// Above this the oldest reports are deleted.
    pub stored_bytes_max: u64,
    /// Time between two sweeps.
    pub sweep_interval_s: u64,
}

/// What is known of failures.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Catalogue {
    /// A pack, or a folder of data files. Left out: the catalogue in the binary.
    pub path: Option<PathBuf>,
    /// Public key that the pack must be signed with, 32 bytes in base64url or hexadecimal. Left out:
    /// one of the server's own keys.
    pub key: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("data"),
            http: Http::default(),
            udp: Udp::default(),
            limits: Limits::default(),
            store: Store::default(),
            retention: Retention::default(),
            catalogue: Catalogue::default(),
        }
    }
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080),
            public_origin: None,
            workers: 0,
            trusted_proxy_hops: 0,
        }
    }
}

impl Default for Store {
    fn default() -> Self {
        Self {
            write_queue_max: 256,
            group_max: 64,
            group_wait_us: 0,
            readers: 4,
            file_bytes_max: 0,
        }
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            report_age_max_days: 30,
            stored_bytes_max: 10 * 1024 * 1024 * 1024,
            sweep_interval_s: 60,
        }
    }
}

impl Config {
    /// Refuses a configuration that cannot work.
    ///
    /// # Errors
    /// Names the field and the reason.
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.limits.validate()?;
        let positive = [
            ("store.write_queue_max", self.store.write_queue_max as u64),
            ("store.group_max", self.store.group_max as u64),
            ("store.readers", self.store.readers as u64),
            (
                "retention.report_age_max_days",
                u64::from(self.retention.report_age_max_days),
            ),
            (
                "retention.stored_bytes_max",
                self.retention.stored_bytes_max,
            ),
            (
                "retention.sweep_interval_s",
                self.retention.sweep_interval_s,
            ),
        ];
        for (field, value) in positive {
            if value == 0 {
                return Err(ConfigError::invalid(field, "must be above 0"));
            }
        }
        self.http
            .public_origin
            .as_deref()
            .map_or(Ok(()), check_origin)
    }
}

/// An origin is scheme, host and port, nothing after.
fn check_origin(origin: &str) -> Result<(), ConfigError> {
    let host = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"));
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']');
    match host {
        Some(host) if !host.is_empty() && host.bytes().all(plain) => Ok(()),
        _ => Err(ConfigError::invalid(
            "http.public_origin",
            format!("`{origin}` is not an origin such as https://scan.example.org"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid() {
        Config::default().validate().unwrap();
    }

    #[test]
    fn an_origin_has_no_path_and_no_user() {
        for good in [
            "https://a.example",
            "http://127.0.0.1:8080",
            "http://[::1]:80",
        ] {
            check_origin(good).unwrap();
        }
        for bad in [
            "a.example",
            "https://",
            "https://a/b",
            "https://u@a",
            "ftp://a",
            "https://a ",
        ] {
            assert!(check_origin(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_bound_of_zero_is_refused_by_name() {
        let mut config = Config::default();
        config.limits.body_timeout_ms = 0;
        let error = config.validate().unwrap_err();
        assert_eq!(error.to_string(), "limits.body_timeout_ms: must be above 0");
    }

    #[test]
    fn a_snapshot_bound_above_the_format_is_refused() {
        let mut config = Config::default();
        config.limits.snapshot_bytes_max *= 2;
        assert!(config.validate().is_err());
    }
}
