//! A server in this process, a client that can misbehave, and a phone that can lie.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::Duration;

use faultscan_ingest_server::clock::{Clock, ManualClock};
use faultscan_ingest_server::config::Config;
use faultscan_ingest_server::ids;
use faultscan_ingest_server::observe::{Item, Outcome};
use faultscan_ingest_server::server;
use faultscan_ingest_server::service::Core;
use faultscan_wire::sign::signing_key;
use faultscan_wire::{
    Claims, Environment, Fingerprint, Level, LogLine, SigningKey, SnapshotBody, Ticket, TicketId,
    key_id, seal,
};
use serde_json::Value;

/// Some time in 2026.
pub(crate) const NOW_S: u64 = 1_790_000_000;

/// A server on a free port with a data folder of its own and a clock that stands still.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) udp: SocketAddr,
    pub(crate) core: Arc<Core>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) login_token: String,
    pub(crate) data: tempfile::TempDir,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_with(|_| {})
    }

    pub(crate) fn start_with(adjust: impl FnOnce(&mut Config)) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), adjust)
    }

    pub(crate) fn start_in(data: tempfile::TempDir, adjust: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        config.data_dir = data.path().to_owned();
        config.http.listen = "127.0.0.1:0".parse().unwrap();
        config.http.workers = 2;
        config.udp.listen = Some("127.0.0.1:0".parse().unwrap());
        config.limits.address_burst = 1_000_000;
        adjust(&mut config);
        let clock = Arc::new(ManualClock::new(NOW_S * 1000));
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let (started, running) = channel();
        let shared: Arc<dyn Clock> = clock.clone();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = server::start_with(config, shared).await.unwrap();
                let login_token = server.login_link.rsplit('=').next().unwrap().to_owned();
                let udp = server.udp_address().unwrap();
                started
                    .send((server.http, udp, Arc::clone(&server.core), login_token))
                    .unwrap();
                let _ = stopped.await;
                server.stop().await;
            });
        });
        let (address, udp, core, login_token) = running.recv().unwrap();
        let (stop, thread) = (Some(stop), Some(thread));
        Self {
            address,
            udp,
            core,
            clock,
            login_token,
            data,
            stop,
            thread,
        }
    }

    /// Stops the server and hands over its data.
    pub(crate) fn stop(mut self) -> tempfile::TempDir {
        self.shut_down();
        std::mem::replace(&mut self.data, tempfile::tempdir().unwrap())
    }

    fn shut_down(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }

    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        request(self.address, "GET", path, headers, b"")
    }

    pub(crate) fn post_json(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Response {
        let headers = [headers, &[("content-type", "application/json")]].concat();
        request(
            self.address,
            "POST",
            path,
            &headers,
            body.to_string().as_bytes(),
        )
    }

    pub(crate) fn upload(&self, bytes: &[u8]) -> Response {
        let headers = [("content-type", "application/octet-stream")];
        request(self.address, "POST", "/v1/snapshots", &headers, bytes)
    }

    /// Logs in by a fresh link; gives the headers of a person who is logged in.
    pub(crate) fn log_in(&self) -> Login {
        let token = self.block_on(async {
            let store = Arc::clone(&self.core.store);
            faultscan_ingest_server::service::auth::new_login_token(
                &*store,
                self.clock.now_ms(),
                60,
            )
            .await
            .unwrap()
        });
        let answer = self.post_json("/v1/login", &[], &serde_json::json!({ "token": token }));
        assert_eq!(answer.status, 200, "{answer:?}");
        let cookie = answer.header("set-cookie").unwrap();
        Login {
            cookie: cookie.split(';').next().unwrap().to_owned(),
            csrf: answer.json()["csrf_token"].as_str().unwrap().to_owned(),
        }
    }

    pub(crate) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(future)
    }

    /// Reports in the store.
    pub(crate) fn stored(&self) -> usize {
        let query = faultscan_ingest_server::store::ReportQuery {
            limit: 10_000,
            ..Default::default()
        };
        self.core.store.reports(&query).unwrap().len()
    }

    pub(crate) fn rejected(&self, item: Item, reason: &'static str) -> u64 {
        self.core.observe.count(item, Outcome::Rejected(reason))
    }

    /// A phone that has scanned a ticket of the server's own.
    pub(crate) fn phone(&self) -> Phone {
        Phone::with(&self.core.keys.signer().unwrap(), |_| {})
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shut_down();
    }
}

/// Somebody who is logged in.
pub(crate) struct Login {
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

impl Login {
    pub(crate) fn reading(&self) -> [(&str, &str); 1] {
        [("cookie", &self.cookie)]
    }

    pub(crate) fn changing(&self) -> [(&str, &str); 2] {
        [("cookie", &self.cookie), ("x-faultscan-csrf", &self.csrf)]
    }
}

/// A session that holds a ticket.
pub(crate) struct Phone {
    pub(crate) session: SigningKey,
    pub(crate) ticket: Ticket,
}

impl Phone {
    pub(crate) fn with(issuer: &SigningKey, adjust: impl FnOnce(&mut Claims)) -> Self {
        let mut claims = Claims {
            key_id: key_id(&issuer.verifying_key()),
            ticket_id: TicketId(ids::random().unwrap()),
            issued_at_s: NOW_S,
            ttl_s: 600,
            fingerprint: Fingerprint::of(&Environment::default()),
            code: None,
            context: Default::default(),
            evidence: Vec::new(),
        };
        adjust(&mut claims);
        Self {
            session: signing_key(&ids::random().unwrap()),
            ticket: Ticket::issue(claims, issuer).unwrap(),
        }
    }

    pub(crate) fn snapshot(&self, sequence: u32, messages: &[&str]) -> Vec<u8> {
        self.seal(sequence, &body(messages))
    }

    pub(crate) fn seal(&self, sequence: u32, body: &SnapshotBody) -> Vec<u8> {
        seal(self.ticket.bytes(), sequence, body, &self.session).unwrap()
    }
}

pub(crate) fn body(messages: &[&str]) -> SnapshotBody {
    let line = |(at, message): (usize, &&str)| LogLine {
        at_ms: -1000 + at as i32,
        level: Level::Error,
        source: "console".to_owned(),
        message: (*message).to_owned(),
    };
    let lines: Vec<_> = messages.iter().enumerate().map(line).collect();
    SnapshotBody {
        captured_at_ms: NOW_S * 1000 - 250,
        logs: lines.into(),
        ..Default::default()
    }
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The reason of a refusal, which has to be a whole problem document.
    #[track_caller]
    pub(crate) fn reason(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{self:?}"
        );
        let problem = self.json();
        assert_eq!(problem["status"], self.status);
        assert!(!problem["detail"].as_str().unwrap().is_empty());
        problem["reason"].as_str().unwrap().to_owned()
    }
}

pub(crate) fn request(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Response {
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if method == "POST" {
        head.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    let mut stream = connect(address);
    stream.write_all(head.as_bytes()).unwrap();
    // The server may have answered and closed before it has seen all of it.
    let _ = stream.write_all(body);
    read_response(&mut stream)
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    stream
}

/// Reads to the end of the connection.
pub(crate) fn read_response(stream: &mut TcpStream) -> Response {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let end = bytes
        .windows(4)
        .position(|w| w == b"\r\n\r\n")
        .expect("a response head");
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .unwrap()
        .split(' ')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    let header = |line: &str| {
        let (name, value) = line.split_once(':').unwrap();
        (name.to_ascii_lowercase(), value.trim().to_owned())
    };
    Response {
        status,
        headers: lines.map(header).collect(),
        body: bytes[end + 4..].to_vec(),
    }
}
