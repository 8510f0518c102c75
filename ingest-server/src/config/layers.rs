//! Layers of configuration, laid over each other: a later layer wins, field by field.

use std::path::Path;

use toml::{Table, Value};

use super::{Config, ConfigError};

/// Prefix of environment variables; sections are split by two underscores, as in
/// `FAULTSCAN_LIMITS__BODY_TIMEOUT_MS`.
const PREFIX: &str = "FAULTSCAN_";

/// Gathers layers, then makes the configuration of them.
#[derive(Debug, Default)]
pub struct Layers {
    merged: Table,
}

impl Layers {
    /// No layer yet: the defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lays a TOML file over what is there.
    ///
    /// # Errors
    /// When the file cannot be read or is no TOML.
    pub fn file(&mut self, path: &Path) -> Result<&mut Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
            path: path.to_owned(),
            source,
        })?;
        let origin = path.display().to_string();
        let table: Table = toml::from_str(&text).map_err(|e| ConfigError::Layer {
            origin: origin.clone(),
            reason: e.to_string(),
        })?;
        check_alone(&table, &origin)?;
        merge(&mut self.merged, table);
        Ok(self)
    }

    /// Lays environment variables over what is there. Only names with a section count, so that
    /// `FAULTSCAN_LOG` and its like stay free for other uses.
    ///
    /// # Errors
    /// When a variable names no field or holds no value for it.
    pub fn env(
        &mut self,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<&mut Self, ConfigError> {
        for (name, value) in variables {
            let Some(field) = name.strip_prefix(PREFIX) else {
                continue;
            };
            if field.contains("__") {
                let path = field.to_ascii_lowercase().replace("__", ".");
                self.set(&path, &value, &name)?;
            }
        }
        Ok(self)
    }

    /// Lays one `section.field=value` over what is there.
    ///
    /// # Errors
    /// When it names no field or holds no value for it.
    pub fn assignment(&mut self, text: &str) -> Result<&mut Self, ConfigError> {
        let Some((path, value)) = text.split_once('=') else {
            return Err(ConfigError::Layer {
                origin: format!("--set {text}"),
                reason: "expected section.field=value".to_owned(),
            });
        };
        self.set(path.trim(), value.trim(), &format!("--set {path}"))?;
        Ok(self)
    }

    /// Lays the value of one field over what is there.
    ///
    /// # Errors
    /// When it names no field or holds no value for it.
    pub fn set(&mut self, path: &str, value: &str, origin: &str) -> Result<(), ConfigError> {
        // Numbers and booleans as TOML reads them; everything else is text.
        let parsed = toml::from_str::<Table>(&format!("v = {value}"))
            .ok()
            .and_then(|mut table| table.remove("v"))
            .filter(|v| matches!(v, Value::Integer(_) | Value::Boolean(_) | Value::Float(_)))
            .unwrap_or_else(|| Value::String(value.to_owned()));
        let table = path.rsplit('.').fold(parsed, |inner, name| {
            Value::Table(Table::from_iter([(name.to_owned(), inner)]))
        });
        let Value::Table(table) = table else {
            return Ok(());
        };
        check_alone(&table, origin)?;
        merge(&mut self.merged, table);
        Ok(())
    }

    /// The validated configuration.
    ///
    /// # Errors
    /// When a value cannot work.
    pub fn build(&self) -> Result<Config, ConfigError> {
        let config: Config = self
            .merged
            .clone()
            .try_into()
            .map_err(|e: toml::de::Error| ConfigError::Layer {
                origin: "configuration".to_owned(),
                reason: one_line(&e),
            })?;
        config.validate()?;
        Ok(config)
    }
}

/// A layer must make sense by itself, so that the complaint names it.
fn check_alone(table: &Table, origin: &str) -> Result<(), ConfigError> {
    table
        .clone()
        .try_into::<Config>()
        .map(drop)
        .map_err(|e| ConfigError::Layer {
            origin: origin.to_owned(),
            reason: one_line(&e),
        })
}

fn one_line(error: &toml::de::Error) -> String {
    error
        .to_string()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

fn merge(base: &mut Table, over: Table) {
    for (name, value) in over {
        match (base.get_mut(&name), value) {
            (Some(Value::Table(old)), Value::Table(new)) => merge(old, new),
            (_, value) => {
                base.insert(name, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_layer_wins_field_by_field() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("faultscan.toml");
        std::fs::write(
            &path,
            "[limits]\nbody_timeout_ms = 1\njson_bytes_max = 99\n",
        )
        .unwrap();
        let mut layers = Layers::new();
        layers.file(&path).unwrap();
        let env = [
            ("FAULTSCAN_LIMITS__BODY_TIMEOUT_MS", "2"),
            ("FAULTSCAN_LOG", "debug"),
            ("HOME", "/"),
        ];
        layers
            .env(env.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())))
            .unwrap();
        layers.assignment("http.listen=127.0.0.1:0").unwrap();
        let config = layers.build().unwrap();
        assert_eq!(config.limits.body_timeout_ms, 2);
        assert_eq!(config.limits.json_bytes_max, 99);
        assert_eq!(config.http.listen.port(), 0);
    }

    #[test]
    fn a_wrong_name_or_value_is_blamed_on_its_layer() {
        let mut layers = Layers::new();
        for (text, blamed) in [
            ("limits.body_timeout=3", "body_timeout"),
            (
                "limits.body_timeout_ms=soon",
                "--set limits.body_timeout_ms",
            ),
            ("http.listen=nowhere", "--set http.listen"),
            ("nonsense", "section.field=value"),
        ] {
            let error = layers.assignment(text).unwrap_err().to_string();
            assert!(error.contains(blamed), "{error}");
            assert!(!error.contains('\n'), "{error}");
        }
    }
}
