//! `diag` against the real server, and against what a real Go toolchain prints when it fails.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is unexpected here is a failed test"
)]

use faultscan_tests::binaries::{self, Finished};
use faultscan_tests::craft::{self, GO_PROXY_TIMEOUT, Session};
use faultscan_tests::server::Server;
use serde_json::Value;
use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

fn causes(diagnosis: &Value) -> Vec<(String, f64)> {
    let causes = diagnosis["causes"].as_array().expect("causes");
    causes
        .iter()
        .map(|cause| {
            (
                cause["id"].as_str().unwrap().to_owned(),
                cause["posterior"].as_f64().unwrap(),
            )
        })
        .collect()
}

#[test]
fn a_sent_log_is_diagnosed_alike_by_the_server_and_the_command_line() {
    let server = Server::start();
    let folder = TempDir::new().unwrap();
    let log = folder.path().join("build.log");
    fs::write(&log, GO_PROXY_TIMEOUT.join("\n")).unwrap();
    let log = log.to_str().unwrap();
    let ticket = server.plain_ticket();
    let text = ticket["text"].as_str().unwrap();

    let sent = binaries::run(
        "diag",
        [
            "snapshot",
            "send",
            log,
            "--ticket",
            text,
            "--server",
            &server.origin(),
            "--json",
        ],
    );
    let answer = sent.success().json();
    assert_eq!(answer["outcome"], "accepted");
    let here = binaries::run("diag", ["diagnose", "--json", log])
        .success()
        .json();
    let there = &answer["diagnosis"];
    assert_eq!(here["codes"][0]["code"], there["codes"][0]["code"]);
    assert_eq!(here["codes"][0]["lines"], there["codes"][0]["lines"]);
    let (here, there) = (causes(&here), causes(there));
    assert_eq!(here[0].0, there[0].0, "the most probable cause");
    assert!((here[0].1 - there[0].1).abs() < 0.05, "{here:?}\n{there:?}");
}

#[test]
fn a_ticket_by_the_command_line_is_one_for_the_server() {
    let server = Server::start();
    let secret = server.project.ticket_secret.as_str();
    let made = Command::new(binaries::path("diag"))
        .args([
            "ticket",
            "new",
            "--ttl",
            "5m",
            "--code",
            "ERR-NET-001",
            "--json",
        ])
        .env("FAULTSCAN_TICKET_SECRET", secret)
        .output()
        .unwrap();
    let made = Finished::from(made).success().json();
    let text = made["text"].as_str().expect("the ticket's text");
    let decoded = binaries::run("diag", ["ticket", "decode", text, "--json"])
        .success()
        .json();
    assert_eq!(decoded["code"], "ERR-NET-001");
    let snapshot = Session::scan(text).snapshot(1, &craft::body(GO_PROXY_TIMEOUT));
    assert_eq!(server.upload(&snapshot).status, 200);

    let cut = &text[..text.len() - 5];
    let refused = binaries::run("diag", ["ticket", "decode", cut, "--json"]);
    assert_eq!(refused.code, 2, "bad input ends with 2");
    assert_eq!(
        refused.stderr.trim().lines().count(),
        1,
        "in one line: {}",
        refused.stderr
    );
}

/// The Go toolchain: what xtask has installed, or the machine's own.
fn go() -> Option<PathBuf> {
    let on_path = || {
        std::env::split_paths(&std::env::var_os("PATH")?)
            .map(|folder| folder.join("go"))
            .find(|path| path.is_file())
    };
    let found = std::env::var_os("FAULTSCAN_GO")
        .map(PathBuf::from)
        .or_else(on_path);
    if found.is_none() {
        println!("skipped: no Go toolchain (set FAULTSCAN_GO, or run `cargo xtask test`)");
    }
    found
}

/// A Go module that can't be built here, and the settings that make it fail for one known reason.
struct GoProject {
    folder: TempDir,
    settings: Vec<(&'static str, String)>,
}

impl GoProject {
    fn new(go_version: &str, settings: Vec<(&'static str, String)>) -> Self {
        let folder = TempDir::new().unwrap();
        let module = format!(
            "module example.test/app\n\ngo {go_version}\n\nrequire golang.org/x/text v0.14.0\n"
        );
        fs::write(folder.path().join("go.mod"), module).unwrap();
        let main = "package main\n\nimport _ \"golang.org/x/text/language\"\n\nfunc main() {}\n";
        fs::write(folder.path().join("main.go"), main).unwrap();
        Self { folder, settings }
    }

    /// A command in the project, cut off from the machine's own Go settings and caches.
    fn command(&self, program: PathBuf) -> Command {
        let home = self.folder.path().join("home");
        let mut command = Command::new(program);
        command
            .current_dir(&self.folder)
            .env("HOME", &home)
            .env("GOPATH", home.join("go"))
            .env("GOCACHE", home.join("cache"))
            .env("GOENV", "off")
            .env("GOFLAGS", "-mod=mod")
            .env("GONOSUMDB", "*")
            .env("GOTOOLCHAIN", "local")
            .env("NO_COLOR", "1");
        for proxy in [
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "ALL_PROXY",
            "http_proxy",
            "https_proxy",
        ] {
            command.env_remove(proxy);
        }
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// A loopback port that nobody listens on: bound, and let go at once.
fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// Runs the Go command by itself, then under `diag qr`, then scans what that shows; all three must
/// tell one story.
fn check(project: &GoProject, go_args: &[&str], printed: &str, codes: &[&str]) {
    let Some(go) = go() else { return };
    let server = Server::start();
    let alone = binaries::run_command(project.command(go.clone()).args(go_args));
    assert_ne!(alone.code, 0);
    assert!(alone.stderr.contains(printed), "{}", alone.stderr);

    let diag = |options: &[&str]| {
        let mut command = project.command(binaries::path("diag"));
        command
            .arg("qr")
            .args(["--origin", &server.origin()])
            .args(options)
            .env("FAULTSCAN_TICKET_SECRET", &server.project.ticket_secret)
            .arg("--")
            .arg(&go)
            .args(go_args);
        binaries::run_command(&mut command)
    };
    let plain = diag(&[]);
    assert_eq!(
        plain.code, alone.code,
        "the command's own status: {}",
        plain.stderr
    );
    assert!(
        plain.stderr.contains(printed),
        "the command's output passes: {}",
        plain.stderr
    );
    assert!(
        plain.stderr.contains('█') || plain.stderr.contains('▀'),
        "no QR: {}",
        plain.stderr
    );

    let document = diag(&["--json"]);
    assert_eq!(document.code, alone.code);
    let document = document.json();
    let here = &document["diagnosis"];
    println!("{}: {}", here["verdict"]["code"], here["verdict"]["text"]);
    assert_eq!(here["status"], "explained", "{here:#}");
    let code = here["verdict"]["code"].as_str().expect("a code");
    assert!(codes.contains(&code), "{code} is none of {codes:?}");

    // A phone scans the code and sends nothing but its own, empty, log.
    let text = document["ticket"]["text"]
        .as_str()
        .expect("the ticket's text");
    let answer = server.upload(&Session::scan(text).snapshot(1, &craft::body(&[])));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let there = &answer.json()["diagnosis"];
    assert_eq!(there["verdict"]["code"], code, "{there:#}");
    assert_eq!(there["causes"][0]["id"], here["causes"][0]["id"]);
    assert!(!there["fixes"].as_array().unwrap().is_empty());
}

#[test]
fn a_real_go_mod_download_with_a_proxy_that_refuses() {
    let proxy = format!("http://127.0.0.1:{}", closed_port());
    let project = GoProject::new("1.21", vec![("GOPROXY", proxy)]);
    check(
        &project,
        &["mod", "download"],
        "connect: connection refused",
        &["goproxy_unreachable"],
    );
}

#[test]
fn a_real_go_build_with_the_proxy_switched_off() {
    let project = GoProject::new("1.21", vec![("GOPROXY", "off".to_owned())]);
    check(
        &project,
        &["build", "./..."],
        "disabled by GOPROXY=off",
        &["goproxy_off"],
    );
}

#[test]
fn a_real_go_build_of_a_module_for_a_later_go() {
    let project = GoProject::new("1.99", vec![("GOPROXY", "off".to_owned())]);
    check(
        &project,
        &["build", "./..."],
        "go.mod requires go >= 1.99",
        &["go_directive_newer_than_toolchain"],
    );
}
