//! A real server process, with a data folder and a project of its own.

use crate::http::{self, Connection, Response};
use crate::metrics::Metrics;
use crate::{binaries, craft};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What to start a server with.
#[derive(Debug, Clone)]
pub struct Setup {
    settings: Vec<(String, String)>,
    binary: PathBuf,
    on_disk: bool,
}

impl Setup {
    /// The defaults, but for the rate limits: a test is one address that asks a lot.
    #[must_use]
    pub fn new() -> Self {
        let binary = binaries::path("ingest-server");
        Self {
            settings: Vec::new(),
            binary,
            on_disk: false,
        }
        .set("limits.address_rate_per_s", "100000")
        .set("limits.address_burst", "100000")
        .set("limits.project_rate_per_s", "100000")
        .set("limits.project_burst", "100000")
    }

    /// Sets one field of the configuration, as its environment variable does.
    #[must_use]
    pub fn set(mut self, field: &str, value: &str) -> Self {
        let name = format!(
            "FAULTSCAN_{}",
            field.to_ascii_uppercase().replace('.', "__")
        );
        self.settings.retain(|(known, _)| *known != name);
        self.settings.push((name, value.to_owned()));
        self
    }

    /// Keeps the data beside the binaries instead of in the system's temporary folder, which may
    /// be memory: there an fsync costs nothing.
    #[must_use]
    pub fn on_disk(mut self) -> Self {
        self.on_disk = true;
        self
    }

    /// The server's own stand-in for comparison: it believes snapshots as the server does, and
    /// stores nothing.
    #[must_use]
    pub fn without_storage(mut self) -> Self {
        self.binary = binaries::example("ingest_without_storage");
        self
    }

    /// Starts a server on a fresh data folder.
    ///
    /// # Panics
    /// When it doesn't come up.
    #[must_use]
    pub fn start(self) -> Server {
        let data = if self.on_disk {
            TempDir::new_in(self.binary.parent().expect("a folder"))
        } else {
            TempDir::new()
        };
        let data = data.expect("a temporary folder");
        let project = Project::create(data.path());
        let (process, ready) = Process::start(data.path(), &self);
        Server {
            process,
            ready,
            project,
            data,
            setup: self,
        }
    }
}

impl Default for Setup {
    fn default() -> Self {
        Self::new()
    }
}

/// A project and the two secrets it has.
#[derive(Debug, Clone)]
pub struct Project {
    /// For the HTTP API.
    pub api_key: String,
    /// For tickets made offline, as the command line takes it.
    pub ticket_secret: String,
    /// The same, ready to sign.
    pub issuer: craft::Issuer,
}

impl Project {
    fn create(data: &Path) -> Self {
        let made = binaries::run(
            "ingest-server",
            [
                "projects",
                "new",
                "journeys",
                "--json",
                "--data",
                &data.to_string_lossy(),
            ],
        )
        .success()
        .json();
        let text = |name: &str| {
            made[name]
                .as_str()
                .unwrap_or_else(|| panic!("{name} in {made}"))
                .to_owned()
        };
        let ticket_secret = text("ticket_secret");
        let issuer = craft::Issuer::from_secret(&ticket_secret);
        Self {
            api_key: text("api_key"),
            ticket_secret,
            issuer,
        }
    }
}

/// What the ready line said.
#[derive(Debug, Clone)]
pub struct Ready {
    /// Where HTTP is answered.
    pub http: SocketAddr,
    /// Where datagrams are taken.
    pub udp: SocketAddr,
    /// The one-time log-in link.
    pub login: String,
}

impl Ready {
    fn parse(line: &str) -> Option<Self> {
        let rest = line.strip_prefix("faultscan ready ")?;
        let field = |name: &str| {
            rest.split_whitespace()
                .find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
        };
        Some(Self {
            http: field("http")?.strip_prefix("http://")?.parse().ok()?,
            udp: field("udp")?.parse().ok()?,
            login: field("login")?.to_owned(),
        })
    }

    /// The token in the log-in link.
    ///
    /// # Panics
    /// When the link holds none.
    #[must_use]
    pub fn login_token(&self) -> &str {
        self.login
            .split_once("#token=")
            .expect("a token in the link")
            .1
    }
}

#[derive(Debug)]
struct Process {
    child: Child,
}

impl Process {
    fn start(data: &Path, setup: &Setup) -> (Self, Ready) {
        let mut child = Command::new(&setup.binary)
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--udp",
                "127.0.0.1:0",
                "--data",
            ])
            .arg(data)
            .envs(setup.settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log_file(data))
            .spawn()
            .expect("the server starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let ready = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| Ready::parse(&line));
        thread::spawn(move || lines.for_each(drop));
        let process = Self { child };
        let ready = ready.unwrap_or_else(|| panic!("no ready line; its log:\n{}", log(data)));
        (process, ready)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn log_path(data: &Path) -> PathBuf {
    data.with_extension("log")
}

fn log_file(data: &Path) -> fs::File {
    fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(log_path(data))
        .expect("a log file")
}

fn log(data: &Path) -> String {
    fs::read_to_string(log_path(data)).unwrap_or_default()
}

/// A running server. It is killed, and its data removed, when this is dropped.
#[derive(Debug)]
pub struct Server {
    process: Process,
    /// What its ready line said.
    pub ready: Ready,
    /// Its only project.
    pub project: Project,
    data: TempDir,
    setup: Setup,
}

impl Drop for Server {
    fn drop(&mut self) {
        let log = log_path(self.data.path());
        if thread::panicking() {
            eprintln!(
                "the server's log:\n{}",
                fs::read_to_string(&log).unwrap_or_default()
            );
        }
        let _ = fs::remove_file(log);
    }
}

impl Server {
    /// Starts one with the usual settings.
    #[must_use]
    pub fn start() -> Self {
        Setup::new().start()
    }

    /// The origin of its pages and API.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.ready.http)
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// A connection to it.
    ///
    /// # Panics
    /// When it doesn't accept one.
    #[must_use]
    pub fn connect(&self) -> Connection {
        Connection::open(self.ready.http).expect("the server accepts connections")
    }

    /// GET, on a connection of its own.
    ///
    /// # Panics
    /// When there is no answer.
    #[must_use]
    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        http::request(self.ready.http, "GET", path, headers, b"").expect("an answer")
    }

    /// POST of JSON, on a connection of its own.
    ///
    /// # Panics
    /// When there is no answer.
    #[must_use]
    pub fn post_json(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Response {
        let mut all = vec![("content-type", "application/json")];
        all.extend(headers);
        let body = body.to_string();
        http::request(self.ready.http, "POST", path, &all, body.as_bytes()).expect("an answer")
    }

    /// POST of bytes, on a connection of its own.
    ///
    /// # Panics
    /// When there is no answer.
    #[must_use]
    pub fn post_bytes(&self, path: &str, body: &[u8]) -> Response {
        let headers = [("content-type", "application/octet-stream")];
        http::request(self.ready.http, "POST", path, &headers, body).expect("an answer")
    }

    /// Uploads a snapshot.
    #[must_use]
    pub fn upload(&self, snapshot: &[u8]) -> Response {
        self.post_bytes("/v1/snapshots", snapshot)
    }

    /// Asks the server for a ticket.
    ///
    /// # Panics
    /// When it gives none.
    #[must_use]
    pub fn ticket(&self, request: &Value) -> Value {
        let bearer = format!("Bearer {}", self.project.api_key);
        let answer = self.post_json("/v1/tickets", &[("authorization", &bearer)], request);
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()
    }

    /// A ticket for a Linux machine, good for ten minutes.
    #[must_use]
    pub fn plain_ticket(&self) -> Value {
        self.ticket(&json!({
            "environment": { "os": "linux", "arch": "amd64", "network_type": "ethernet", "app_version": "1.0" },
            "ttl_s": 600,
        }))
    }

    /// Logs in by the link of the ready line; gives the cookie and the CSRF token.
    ///
    /// # Panics
    /// When the link doesn't work.
    #[must_use]
    pub fn log_in(&self) -> Login {
        let answer = self.post_json(
            "/v1/login",
            &[],
            &json!({ "token": self.ready.login_token() }),
        );
        assert_eq!(answer.status, 200, "{}", answer.text());
        let cookie = answer.header("set-cookie").expect("a session cookie");
        Login {
            cookie: cookie.split(';').next().unwrap_or_default().to_owned(),
            attributes: cookie.to_owned(),
            csrf: answer.json()["csrf_token"]
                .as_str()
                .expect("a CSRF token")
                .to_owned(),
        }
    }

    /// The ids of the newest stored reports, as the dashboard lists them.
    ///
    /// # Panics
    /// When it doesn't list them.
    #[must_use]
    pub fn stored(&self, login: &Login) -> Vec<String> {
        let list = self.get("/v1/reports?limit=200", &[("cookie", &login.cookie)]);
        assert_eq!(list.status, 200, "{}", list.text());
        let list = list.json();
        let items = list["items"].as_array().expect("a list of reports");
        items
            .iter()
            .map(|item| item["id"].as_str().expect("an id").to_owned())
            .collect()
    }

    /// Its counters.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        let answer = self.get("/metrics", &[]);
        assert_eq!(answer.status, 200, "{}", answer.text());
        Metrics::parse(&answer.text())
    }

    /// Its resident memory.
    ///
    /// # Panics
    /// When it is not running.
    #[must_use]
    pub fn resident_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.child.id()))
            .expect("the server runs");
        status
            .lines()
            .find_map(|line| {
                line.strip_prefix("VmRSS:")?
                    .split_whitespace()
                    .next()?
                    .parse()
                    .ok()
            })
            .expect("VmRSS")
    }

    /// The CPU time it has used, from the kernel's clock ticks of 10 ms.
    ///
    /// # Panics
    /// When it is not running.
    #[must_use]
    pub fn cpu_time(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.child.id()))
            .expect("the server runs");
        // Fields 14 and 15; the second may hold spaces, so count from the last parenthesis.
        let after = stat.rsplit_once(')').expect("a command name").1;
        let fields: Vec<&str> = after.split_whitespace().collect();
        let ticks: u64 = fields[11..13]
            .iter()
            .map(|text| text.parse::<u64>().expect("ticks"))
            .sum();
        Duration::from_millis(ticks * 10)
    }

    /// Ends it as a power cut would, then starts it again on the same data.
    pub fn crash_and_restart(&mut self) {
        self.process.child.kill().expect("the server runs");
        self.process.child.wait().expect("the server ends");
        self.start_again();
    }

    /// Starts it again on the same data, after it has ended.
    pub fn start_again(&mut self) {
        let (process, ready) = Process::start(self.data.path(), &self.setup);
        self.process = process;
        self.ready = ready;
    }

    /// The process id, for signals.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.child.id()
    }

    /// Asks it to stop.
    ///
    /// # Panics
    /// When the signal can't be sent.
    pub fn terminate(&self) {
        let status = Command::new("kill")
            .args(["-TERM", &self.pid().to_string()])
            .status();
        assert!(status.expect("kill starts").success());
    }

    /// Waits until it has ended.
    ///
    /// # Panics
    /// When it takes longer than `most`.
    pub fn wait(&mut self, most: Duration) -> ExitStatus {
        let end = Instant::now() + most;
        loop {
            if let Some(status) = self.process.child.try_wait().expect("our own child") {
                return status;
            }
            assert!(
                Instant::now() < end,
                "the server did not stop within {most:?}"
            );
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Everything it has logged.
    #[must_use]
    pub fn log(&self) -> String {
        log(self.data.path())
    }
}

/// A session of the dashboard.
#[derive(Debug, Clone)]
pub struct Login {
    /// `name=value`, for the `cookie` header.
    pub cookie: String,
    /// The whole `set-cookie` header.
    pub attributes: String,
    /// For mutations.
    pub csrf: String,
}
