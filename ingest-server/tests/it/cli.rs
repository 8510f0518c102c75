//! The binary as those who run a server use it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use faultscan_wire::sign::signing_key;
use faultscan_wire::{SigningKey, Ticket, base64url};
use serde_json::Value;

use crate::support::{Phone, request};

fn command(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ingest-server"));
    command
        .args(arguments)
        .arg("--data")
        .arg(data)
        .env("FAULTSCAN_LOG", "error");
    command
}

fn run(data: &Path, arguments: &[&str]) -> Output {
    command(data, arguments).output().unwrap()
}

#[track_caller]
fn json(data: &Path, arguments: &[&str]) -> Value {
    let output = run(data, &[arguments, &["--json"]].concat());
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

#[track_caller]
fn refused(data: &Path, arguments: &[&str]) -> String {
    let output = run(data, arguments);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

struct Served {
    process: Child,
    http: SocketAddr,
    login: String,
}

fn serve(data: &Path, more: &[&str]) -> Served {
    let mut command = command(
        data,
        &["serve", "--listen", "127.0.0.1:0", "--udp", "127.0.0.1:0"],
    );
    command.args(more).stdout(Stdio::piped());
    let mut process = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let mut words = line.trim_end().split(' ');
    assert_eq!(
        (words.next(), words.next()),
        (Some("faultscan"), Some("ready")),
        "{line}"
    );
    let mut value = |name: &str| {
        let word = words.next().unwrap();
        word.strip_prefix(&format!("{name}=")).unwrap().to_owned()
    };
    let http = value("http")
        .strip_prefix("http://")
        .unwrap()
        .parse()
        .unwrap();
    value("udp").parse::<SocketAddr>().unwrap();
    Served {
        process,
        http,
        login: value("login"),
    }
}

impl Served {
    fn upload(&self, bytes: &[u8]) -> u16 {
        let headers = [("content-type", "application/octet-stream")];
        request(self.http, "POST", "/v1/snapshots", &headers, bytes).status
    }

    fn terminate(mut self) {
        let pid = self.process.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        assert!(self.process.wait().unwrap().success());
    }
}

/// A ticket that is valid by the machine's clock.
fn phone_now(issuer: &SigningKey) -> Phone {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    Phone::with(issuer, |claims| claims.issued_at_s = now.as_secs())
}

#[test]
fn a_project_made_beside_a_running_server_works_at_once() {
    let data = tempfile::tempdir().unwrap();
    let served = serve(data.path(), &[]);
    let project = json(data.path(), &["projects", "new", "night build"]);
    let secret = base64url::decode(project["ticket_secret"].as_str().unwrap()).unwrap();
    let issuer = signing_key(&secret.try_into().unwrap());
    assert_eq!(served.upload(&phone_now(&issuer).snapshot(0, &["x"])), 200);

    let key = project["ticket_key_id"].as_str().unwrap();
    assert_eq!(
        json(data.path(), &["keys", "revoke", key])["state"],
        "revoked"
    );
    served.terminate();
    let served = serve(data.path(), &[]);
    assert_eq!(served.upload(&phone_now(&issuer).snapshot(0, &["x"])), 403);
    served.terminate();
    assert!(refused(data.path(), &["projects", "new", "night build"]).contains("of that name"));
    let listed = json(data.path(), &["projects", "list"]);
    assert_eq!(listed["projects"].as_array().unwrap().len(), 2);
}

#[test]
fn a_project_is_switched_off_and_sampled() {
    let data = tempfile::tempdir().unwrap();
    json(data.path(), &["projects", "new", "shop"]);
    let set = json(
        data.path(),
        &["projects", "set", "shop", "--enabled", "false"],
    );
    assert_eq!(set["control"]["enabled"], false);
    let rate = ["projects", "set", "shop", "--sample-rate", "0.25"];
    let set = json(data.path(), &rate);
    assert_eq!(set["control"]["sample_rate"], 0.25);
    assert_eq!(set["control"]["enabled"], false, "what is not named stays");
    let listed = json(data.path(), &["projects", "list"]);
    assert_eq!(listed["projects"][0]["control"], set["control"]);
    let beyond = ["projects", "set", "shop", "--sample-rate", "1.5"];
    assert!(refused(data.path(), &beyond).contains("from 0 to 1"));
    assert!(refused(data.path(), &["projects", "set", "nobody"]).contains("no such project"));
}

#[test]
fn keys_rotate() {
    let data = tempfile::tempdir().unwrap();
    let first = json(data.path(), &["keys", "rotate"])["key_id"].clone();
    let second = json(data.path(), &["keys", "rotate"])["key_id"].clone();
    let listed = json(data.path(), &["keys", "list"]);
    let states: Vec<_> = listed["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| (key["key_id"].clone(), key["state"].as_str().unwrap()))
        .collect();
    assert!(states.contains(&(first, "retiring")) && states.contains(&(second, "active")));
    assert!(refused(data.path(), &["keys", "revoke", "nonsense"]).contains("key id"));
    assert!(refused(data.path(), &["keys", "revoke", "0000000000000000"]).contains("no such key"));
}

#[test]
fn tickets_and_links_are_made_without_a_running_server() {
    let data = tempfile::tempdir().unwrap();
    let made = json(
        data.path(),
        &[
            "tickets",
            "new",
            "--ttl-s",
            "60",
            "--context",
            "region=a",
            "--evidence",
            "go: not found",
        ],
    );
    let ticket = Ticket::parse(made["text"].as_str().unwrap()).unwrap();
    assert_eq!(ticket.claims().context["region"], "a");
    let served = serve(data.path(), &[]);
    let phone = Phone {
        session: signing_key(&[5; 32]),
        ticket,
    };
    assert_eq!(served.upload(&phone.snapshot(0, &["x"])), 200);

    let link = json(
        data.path(),
        &["login", "--public-origin", "https://scan.example"],
    );
    let link = link["login"].as_str().unwrap().to_owned();
    assert!(link.starts_with("https://scan.example/login#token="));
    for link in [&link, &served.login] {
        let token = link.split_once("#token=").unwrap().1;
        let body = serde_json::json!({ "token": token }).to_string();
        let headers = [("content-type", "application/json")];
        assert_eq!(
            request(served.http, "POST", "/v1/login", &headers, body.as_bytes()).status,
            200
        );
    }
    served.terminate();
}

#[test]
fn a_stop_loses_nothing_that_was_acknowledged() {
    let data = tempfile::tempdir().unwrap();
    let secret = json(data.path(), &["projects", "new", "p"])["ticket_secret"].clone();
    let secret = base64url::decode(secret.as_str().unwrap()).unwrap();
    let issuer = signing_key(&secret.try_into().unwrap());
    let many = ["--set", "limits.address_burst=100000"];
    let served = serve(data.path(), &many);
    let http = served.http;
    let uploads: Vec<_> = (0..4)
        .map(|_| {
            let phone = phone_now(&issuer);
            std::thread::spawn(move || {
                let mut taken = Vec::new();
                for sequence in 0..200 {
                    let bytes = phone.snapshot(sequence, &["x"]);
                    match try_upload(http, &bytes) {
                        Some(200) => taken.push(bytes),
                        _ => break,
                    }
                }
                taken
            })
        })
        .collect();
    std::thread::sleep(std::time::Duration::from_millis(300));
    served.terminate();
    let taken: Vec<_> = uploads
        .into_iter()
        .flat_map(|upload| upload.join().unwrap())
        .collect();
    assert!(!taken.is_empty());
    let served = serve(data.path(), &many);
    for bytes in &taken {
        let headers = [("content-type", "application/octet-stream")];
        let again = request(served.http, "POST", "/v1/snapshots", &headers, bytes);
        assert_eq!(again.json()["outcome"], "duplicate");
    }
    served.terminate();
}

/// An upload to a server that may be gone.
fn try_upload(address: SocketAddr, bytes: &[u8]) -> Option<u16> {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address).ok()?;
    let head = format!(
        "POST /v1/snapshots HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\
         content-type: application/octet-stream\r\ncontent-length: {}\r\n\r\n",
        bytes.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(bytes).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.split(' ').nth(1)?.parse().ok()
}

#[test]
fn a_wrong_configuration_is_one_clear_line() {
    let data = tempfile::tempdir().unwrap();
    for (set, said) in [
        ("limits.colour=red", "unknown field `colour`"),
        (
            "limits.body_timeout_ms=0",
            "limits.body_timeout_ms: must be above 0",
        ),
        ("http.public_origin=nowhere", "http.public_origin"),
    ] {
        let message = refused(data.path(), &["serve", "--set", set]);
        assert!(message.contains(said), "{message}");
    }
    let busy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = busy.local_addr().unwrap().to_string();
    let output = run(data.path(), &["serve", "--listen", &address]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains(&format!("cannot listen on {address}"))
    );
}

/// Secret keys lie in the data folder.
#[cfg(unix)]
#[test]
fn the_data_is_for_its_owners_eyes_only() {
    use std::os::unix::fs::PermissionsExt;

    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("new");
    json(&data, &["keys", "rotate"]);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("faultscan.sqlite")), 0o600);
}

#[test]
fn a_catalogue_that_is_not_to_be_believed_is_refused_with_one_line() {
    use faultscan_knowledge::pack::{Compression, Sections};
    use faultscan_knowledge::{Catalogue, Pack, Release};

    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let path = folder.path().join("c.fspk");
    let key = signing_key(&[9; 32]);
    let release = Release::new(2031, 5, 6, 7).unwrap();
    let catalogue = Catalogue::builtin().unwrap().released_as(release);
    let pack = Pack::compile(&catalogue, &key).unwrap();
    let good = pack.to_bytes(Compression::Lz4, Sections::ALL).unwrap();
    std::fs::write(&path, &good).unwrap();
    let public = base64url::encode(key.verifying_key().as_bytes());
    let path = path.to_str().unwrap();
    let start = ["serve", "--listen", "127.0.0.1:0", "--catalogue", path];
    // Signed by a stranger; then a bent byte; then another key; then no pack.
    assert!(refused(&data, &start).contains("which is not trusted here"));
    let mut bent = good.clone();
    let middle = bent.len() / 2;
    bent[middle] ^= 1;
    std::fs::write(path, bent).unwrap();
    let with_key = |key: &str| {
        [&start[..], &["--catalogue-key", key]]
            .concat()
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    let said = |key: &str| {
        let arguments = with_key(key);
        refused(
            &data,
            &arguments.iter().map(String::as_str).collect::<Vec<_>>(),
        )
    };
    assert!(
        said(&public).contains("c.fspk: section "),
        "{}",
        said(&public)
    );
    assert!(said("no key").contains("catalogue.key: not a public key"));
    std::fs::write(path, "FSPK").unwrap();
    assert!(said(&public).contains("c.fspk: the manifest ends too early: want 228 bytes, got 4"));
    std::fs::write(path, good).unwrap();
    let served = serve(&data, &["--catalogue", path, "--catalogue-key", &public]);
    let listing = request(served.http, "GET", "/v1/catalogue", &[], b"").json();
    assert_eq!(listing["version"], catalogue.version());
    served.terminate();
}
