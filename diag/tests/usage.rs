//! Help, version, exit codes, language and colours.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is unexpected here is a failed test"
)]

mod support;

use support::{REFUSED, command, diag, run, with_stdin};

#[test]
fn every_command_explains_itself_with_examples() {
    for args in [
        &["--help"][..],
        &["ticket", "new", "--help"],
        &["ticket", "decode", "--help"],
        &["qr", "--help"],
        &["keygen", "--help"],
        &["snapshot", "send", "--help"],
        &["match", "--help"],
        &["diagnose", "--help"],
    ] {
        let help = diag(args);
        assert_eq!(help.code, 0, "{args:?}");
        assert!(
            help.stdout.contains("Examples:"),
            "{args:?}: {}",
            help.stdout
        );
        assert_eq!(help.stderr, "");
    }
    for args in [
        &["snapshot", "decode", "--help"][..],
        &["catalogue", "check", "--help"],
    ] {
        assert_eq!(diag(args).code, 0, "{args:?}");
    }
    assert!(diag(&["--version"]).stdout.starts_with("diag "));
}

#[test]
fn bad_usage_is_one_line_and_code_2() {
    diag(&["nonsense"]).is_refused("nonsense");
    diag(&["diagnose", "--answer", "x=maybe"]).is_refused("yes, no or unsure");
    diag(&["diagnose", "--env", "novalue"]).is_refused("KEY=VALUE");
    diag(&["ticket", "new", "--ttl", "soon"]).is_refused("10m");
    diag(&["qr", "--max-version", "99"]).is_refused("99");
    let bare = diag(&[]);
    assert_eq!(bare.code, 2);
    assert!(bare.stderr.contains("Usage:"));
}

#[test]
fn a_log_that_cannot_be_read_is_bad_input() {
    for command in ["diagnose", "match"] {
        diag(&[command, "/no/such/file.log"]).is_refused("/no/such/file.log");
    }
    let folder = tempfile::tempdir().unwrap();
    diag(&["diagnose", folder.path().to_str().unwrap()])
        .is_refused(folder.path().to_str().unwrap());
}

#[test]
fn language_follows_the_locale_and_the_option() {
    let zh = run(command(&["catalogue", "list"]).env("LC_ALL", "zh_CN.UTF-8"));
    assert!(zh.stdout.contains("数据库"), "{}", zh.stdout);
    let en = run(command(&["--lang", "en", "catalogue", "list"]).env("LC_ALL", "zh_CN.UTF-8"));
    assert!(en.stdout.contains("Database") && !en.stdout.contains("数据库"));
    let zh = with_stdin(&["diagnose", "--lang", "zh"], REFUSED);
    assert!(
        zh.stdout.contains("原因") && zh.stdout.contains("修复"),
        "{}",
        zh.stdout
    );
}

#[test]
fn colours_only_where_asked_for() {
    assert!(
        !diag(&["catalogue", "list"]).stdout.contains('\x1b'),
        "not on a terminal"
    );
    assert!(
        diag(&["--color", "always", "catalogue", "list"])
            .stdout
            .contains('\x1b')
    );
    let never = run(command(&["catalogue", "list", "--color", "auto"]).env("NO_COLOR", "1"));
    assert!(!never.stdout.contains('\x1b'));
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let mut child = command(&["catalogue", "list", "--json"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
