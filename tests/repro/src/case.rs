//! Cases, services and tools as they stand in the data files.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// One fault: how to make it, and which code its output must name first.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// Unique; starts with its group.
    pub(crate) name: String,
    /// The code that must be named first; `none` when no code may be named.
    pub(crate) code: String,
    /// The cause that `diag diagnose` must name first; not asked where left out.
    #[serde(default)]
    pub(crate) cause: Option<String>,
    /// The tools whose words these are.
    pub(crate) software: Vec<String>,
    /// Services, and tools that say nothing themselves.
    #[serde(default)]
    pub(crate) with: Vec<String>,
    /// Shell script that makes the fault. Its output is the log.
    pub(crate) run: String,
    /// After this long the script is ended and the case has failed.
    #[serde(default = "timeout_s")]
    pub(crate) timeout_s: u64,
    /// The file's name.
    #[serde(skip)]
    pub(crate) group: String,
}

fn timeout_s() -> u64 {
    60
}

/// A server that several cases use. Started when the first of them needs it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Service {
    pub(crate) name: String,
    /// Tools and other services.
    #[serde(default)]
    pub(crate) with: Vec<String>,
    /// Shell script that ends by becoming the server.
    pub(crate) run: String,
    /// Shell command that succeeds once the server answers.
    pub(crate) ready: String,
}

/// A program from outside.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tool {
    pub(crate) name: String,
    /// Shell command that prints the version, or fails.
    pub(crate) version: String,
    /// What to do when it is missing, in one line.
    pub(crate) install: String,
}

/// All data files.
#[derive(Debug)]
pub(crate) struct Suite {
    pub(crate) cases: Vec<Case>,
    pub(crate) services: Vec<Service>,
    pub(crate) tools: Vec<Tool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    #[serde(default)]
    cases: Vec<Case>,
    #[serde(default)]
    clients: Vec<Client>,
    #[serde(default)]
    faults: Vec<Fault>,
}

/// A way to meet the faults of the same file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Client {
    name: String,
    software: Vec<String>,
    #[serde(default)]
    with: Vec<String>,
    /// Shell script that uses the fault's variables.
    run: String,
}

/// A fault that several clients meet: one case for each of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    name: String,
    code: String,
    #[serde(default)]
    with: Vec<String>,
    /// Shell variables that say where the fault is.
    set: BTreeMap<String, String>,
    /// Clients that name another code, since they say less or something else.
    #[serde(default)]
    but: BTreeMap<String, String>,
    /// The clients that meet it.
    clients: Vec<String>,
}

impl CaseFile {
    /// All cases of the file, those of the table of faults and clients last.
    fn expand(self, group: &str) -> Result<Vec<Case>> {
        let mut cases = self.cases;
        for fault in &self.faults {
            if let Some(name) = fault.but.keys().find(|name| !fault.clients.contains(name)) {
                bail!("fault {}: {name} is not among its clients", fault.name);
            }
            for name in &fault.clients {
                let client = self.clients.iter().find(|client| client.name == *name);
                let client = client
                    .with_context(|| format!("fault {}: no client is called {name}", fault.name))?;
                cases.push(fault.met_by(client, group));
            }
        }
        for case in &mut cases {
            group.clone_into(&mut case.group);
        }
        Ok(cases)
    }
}

impl Fault {
    fn met_by(&self, client: &Client, group: &str) -> Case {
        let set = self.set.iter();
        let set: String = set
            .map(|(name, value)| format!("{name}=\"{value}\"\n"))
            .collect();
        Case {
            name: format!("{group}_{}_{}", self.name, client.name),
            code: self.but.get(&client.name).unwrap_or(&self.code).clone(),
            cause: None,
            software: client.software.clone(),
            with: self.with.iter().chain(&client.with).cloned().collect(),
            run: set + client.run.trim_start(),
            timeout_s: timeout_s(),
            group: String::new(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartsFile {
    tools: Vec<Tool>,
    services: Vec<Service>,
}

/// Groups in the order they run: the Go toolchain first, since compiling its library takes longest.
const GROUPS: &[&str] = &["go", "net", "tls", "db", "broker", "jvm", "spring", "k8s"];

impl Suite {
    /// Reads `cases/*.toml` and `parts.toml` below this folder.
    pub(crate) fn load(folder: &Path) -> Result<Self> {
        let parts: PartsFile = read(&folder.join("parts.toml"))?;
        let mut cases = Vec::new();
        for group in GROUPS {
            let file = folder.join("cases").join(format!("{group}.toml"));
            if !file.is_file() {
                continue;
            }
            let found: CaseFile = read(&file)?;
            cases.extend(found.expand(group)?);
        }
        let suite = Self {
            cases,
            services: parts.services,
            tools: parts.tools,
        };
        suite.check()?;
        Ok(suite)
    }

    fn check(&self) -> Result<()> {
        let mut names = BTreeSet::new();
        for case in &self.cases {
            let Case { name, group, .. } = case;
            if !name.starts_with(&format!("{group}_")) {
                bail!("case {name} must start with {group}_");
            }
            if !names.insert(name) {
                bail!("case {name} stands twice");
            }
            if let Some(unknown) = case.software.iter().find(|tool| self.tool(tool).is_none()) {
                bail!("case {name} quotes {unknown}, which is no tool of parts.toml");
            }
            self.check_parts(name, &case.with)?;
        }
        self.services
            .iter()
            .try_for_each(|service| self.check_parts(&service.name, &service.with))
    }

    fn check_parts(&self, user: &str, parts: &[String]) -> Result<()> {
        for part in parts {
            if self.tool(part).is_none() && self.service(part).is_none() {
                bail!("{user} needs {part}, which is neither tool nor service of parts.toml");
            }
        }
        Ok(())
    }

    pub(crate) fn tool(&self, name: &str) -> Option<&Tool> {
        self.tools.iter().find(|tool| tool.name == name)
    }

    pub(crate) fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.name == name)
    }
}

fn read<T: serde::de::DeserializeOwned>(file: &Path) -> Result<T> {
    let text =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    toml::from_str(&text).with_context(|| file.display().to_string())
}
