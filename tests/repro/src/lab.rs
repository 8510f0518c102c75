//! The place where cases run: environment, tools' versions, services.

use crate::case::{Case, Service, Suite};
use crate::process::{self, Group};
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// How long a server may take to answer. Most take a second; compiling Go's library on a busy
/// machine takes minutes.
const READY_WITHIN: Duration = Duration::from_secs(180);

/// Ports from here on belong to the cases, ten to each.
const FIRST_CASE_PORT: usize = 20_000;

/// Why something can't be used here, or what is known of it.
type Found<T> = Arc<OnceLock<Result<T, String>>>;

/// Where things are.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    /// `tests/repro` of the repository.
    pub(crate) data: PathBuf,
    /// What was installed for the suite.
    pub(crate) kit: PathBuf,
    /// The private folder of this run.
    pub(crate) lab: PathBuf,
}

pub(crate) struct Lab<'a> {
    pub(crate) places: Places,
    suite: &'a Suite,
    versions: BTreeMap<&'a str, Found<String>>,
    services: BTreeMap<&'a str, Found<Mutex<Group>>>,
}

/// Why a case did not run to its end.
#[derive(Debug)]
pub(crate) enum Obstacle {
    /// Something is not installed.
    Missing(String),
    /// Something that should work did not.
    Broken(String),
}

impl<'a> Lab<'a> {
    pub(crate) fn new(places: Places, suite: &'a Suite) -> Result<Self> {
        for folder in ["home", "cases", "services"] {
            let folder = places.lab.join(folder);
            fs::create_dir_all(&folder)
                .with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let names = |tool: &'a crate::case::Tool| (tool.name.as_str(), Found::default());
        Ok(Self {
            versions: suite.tools.iter().map(names).collect(),
            services: suite
                .services
                .iter()
                .map(|service| (service.name.as_str(), Found::default()))
                .collect(),
            places,
            suite,
        })
    }

    /// What is needed to run this case is there, and its services answer.
    pub(crate) fn prepare(&self, case: &Case) -> Result<(), Obstacle> {
        for tool in &case.software {
            self.version(tool).map_err(Obstacle::Missing)?;
        }
        self.provide(&case.with)
    }

    fn provide(&self, parts: &[String]) -> Result<(), Obstacle> {
        for part in parts {
            match self.suite.service(part) {
                Some(service) => self.service(service)?,
                None => {
                    self.version(part).map_err(Obstacle::Missing)?;
                }
            }
        }
        Ok(())
    }

    /// `curl 7.88.1, openssl 3.0.19`: whose words a case quotes.
    pub(crate) fn software(&self, case: &Case) -> String {
        let named = case.software.iter().map(|tool| {
            let version = self.version(tool).unwrap_or_default();
            format!("{tool} {version}")
        });
        named.collect::<Vec<_>>().join(", ")
    }

    fn version(&self, name: &str) -> Result<String, String> {
        let (Some(found), Some(tool)) = (self.versions.get(name), self.suite.tool(name)) else {
            return Err(format!("{name} is no tool"));
        };
        let asked = found.get_or_init(|| {
            let output = self.shell(&tool.version, &self.places.lab).output();
            let missing = || format!("{name} is missing: {}", tool.install);
            match output {
                Ok(output) if output.status.success() => {
                    let text = String::from_utf8_lossy(&output.stdout);
                    let version = text.lines().next().unwrap_or_default().trim();
                    if version.is_empty() {
                        Err(missing())
                    } else {
                        Ok(version.to_owned())
                    }
                }
                _ => Err(missing()),
            }
        });
        asked.clone()
    }

    fn service(&self, service: &Service) -> Result<(), Obstacle> {
        self.provide(&service.with)?;
        let Some(slot) = self.services.get(service.name.as_str()) else {
            return Err(Obstacle::Broken(format!("{} is no service", service.name)));
        };
        match slot.get_or_init(|| self.start(service)) {
            Ok(_) => Ok(()),
            Err(why) => Err(Obstacle::Broken(why.clone())),
        }
    }

    fn start(&self, service: &Service) -> Result<Mutex<Group>, String> {
        let folder = self.places.lab.join("services").join(&service.name);
        let log = folder.with_extension("log");
        let why = |error: &dyn std::fmt::Display| format!("service {}: {error}", service.name);
        fs::create_dir_all(&folder).map_err(|error| why(&error))?;
        let mut group = Group::start(&mut self.shell(&service.run, &folder), &log)
            .map_err(|error| why(&error))?;
        let mut gone = false;
        let answers = process::until(READY_WITHIN, || {
            if process::succeeds(&mut self.shell(&service.ready, &folder)) {
                return true;
            }
            gone = matches!(group.ended(), Ok(Some(_)));
            gone
        });
        if answers && !gone {
            return Ok(Mutex::new(group));
        }
        let text = fs::read_to_string(&log).unwrap_or_default();
        let tail: Vec<&str> = text.lines().rev().take(5).collect();
        let tail: Vec<&str> = tail.into_iter().rev().collect();
        Err(why(&format!("does not answer\n{}", tail.join("\n"))))
    }

    /// Ends all services.
    pub(crate) fn close(self) {
        for slot in self.services.into_values() {
            if let Ok(Ok(group)) = Arc::try_unwrap(slot)
                .map(OnceLock::into_inner)
                .map(|slot| slot.unwrap_or_else(|| Err(String::new())))
            {
                drop(group.into_inner().unwrap_or_else(PoisonError::into_inner));
            }
        }
    }

    /// The folder and the command of a case, whose place in the suite decides its ports.
    pub(crate) fn command(&self, case: &Case, index: usize) -> Result<(PathBuf, Command)> {
        let folder = self.places.lab.join("cases").join(&case.name);
        fs::create_dir_all(folder.join("home"))
            .with_context(|| format!("cannot make {}", folder.display()))?;
        let mut command = self.shell(&case.run, &folder);
        command
            .env("HOME", folder.join("home"))
            .env("PORT", (FIRST_CASE_PORT + 10 * index).to_string());
        Ok((folder, command))
    }

    /// A script in a small, known environment.
    fn shell(&self, script: &str, folder: &Path) -> Command {
        let Places { data, kit, lab } = &self.places;
        let debian = kit.join("debian");
        let path = [
            kit.join("python/bin"),
            kit.join("bin"),
            debian.join("usr/bin"),
            debian.join("usr/sbin"),
            "/usr/lib/postgresql/15/bin".into(),
            debian.join("usr/lib/postgresql/15/bin"),
            "/usr/local/bin".into(),
            "/usr/bin".into(),
            "/bin".into(),
            "/usr/sbin".into(),
            "/sbin".into(),
        ];
        let path: Vec<String> = path
            .iter()
            .map(|folder: &PathBuf| folder.display().to_string())
            .collect();
        let mut command = Command::new("bash");
        command
            .arg("-c")
            .arg(format!(". \"$DATA/lib.sh\"\n{script}"))
            .current_dir(folder)
            .env_clear()
            .env("PATH", path.join(":"))
            .env("LD_LIBRARY_PATH", debian.join("usr/lib/x86_64-linux-gnu"))
            .env("NODE_PATH", kit.join("node/node_modules"))
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .env("USER", "app")
            .env("TMPDIR", "/tmp")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("HOME", lab.join("home"))
            .env("DATA", data)
            .env("KIT", kit)
            .env("DEBIAN", &debian)
            .env("LAB", lab);
        command
    }
}
