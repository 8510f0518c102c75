//! Child processes: run loudly, run quietly, or run while every line is looked at.

use anyhow::{Context, Result, bail};
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Command, Stdio};

/// Runs a command whose output the user should see. All of it goes to standard error, since
/// standard output belongs to the one document that `--json` prints.
pub(crate) fn loud(command: &mut Command) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::from(io::stderr()))
        .status()
        .with_context(|| format!("cannot start {}", describe(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", describe(command));
    }
    Ok(())
}

/// Runs a command whose output matters only when it fails; then the error carries it.
pub(crate) fn quiet(command: &mut Command) -> Result<()> {
    let (reader, writer) = io::pipe()?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer)
        .spawn()
        .with_context(|| format!("cannot start {}", describe(command)))?;
    let text = describe(command);
    close_our_ends(command);
    let output = io::read_to_string(reader)?;
    let status = child.wait()?;
    if !status.success() {
        bail!("{text} failed ({status})\n{}", output.trim_end());
    }
    Ok(())
}

/// Runs a command and gives back its standard output; its standard error passes through only when
/// the command fails.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {}", describe(command)))?;
    if !output.status.success() {
        bail!(
            "{} failed ({})\n{}",
            describe(command),
            output.status,
            String::from_utf8_lossy(&output.stderr).trim_end()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a command, passes each line of its output on to standard error, and shows the line to
/// `look` without colours. Says whether the command succeeded.
pub(crate) fn watched(command: &mut Command, mut look: impl FnMut(&str)) -> Result<bool> {
    let (reader, writer) = io::pipe()?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer)
        .spawn()
        .with_context(|| format!("cannot start {}", describe(command)))?;
    close_our_ends(command);
    let mut err = io::stderr().lock();
    for line in BufReader::new(reader).split(b'\n') {
        let line = line?;
        err.write_all(&line)?;
        err.write_all(b"\n")?;
        look(&strip_colours(&String::from_utf8_lossy(&line)));
    }
    Ok(child.wait()?.success())
}

/// Does this command start and succeed? For probing what a machine has.
pub(crate) fn succeeds(program: &str, args: &[&str]) -> bool {
    Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// A command as the user would type it, shortened.
pub(crate) fn describe(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    if let Some((_, name)) = text.rsplit_once('/') {
        text = name.to_owned();
    }
    for arg in command.get_args() {
        text.push(' ');
        text.push_str(&arg.to_string_lossy());
    }
    if text.chars().count() > 120 {
        text = text.chars().take(119).collect();
        text.push('…');
    }
    format!("`{text}`")
}

/// `Command` holds the write ends of its pipes until it is dropped or given others; reading would
/// then never end.
fn close_our_ends(command: &mut Command) {
    command.stdout(Stdio::null()).stderr(Stdio::null());
}

/// The line without ANSI escape sequences.
fn strip_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        if c != '\u{1b}' {
            plain.push(c);
            continue;
        }
        if rest.next() == Some('[') {
            for c in rest.by_ref() {
                if c.is_ascii_alphabetic() {
                    break;
                }
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_go_and_text_stays() {
        assert_eq!(strip_colours("\u{1b}[32m✓\u{1b}[0m 3 passed"), "✓ 3 passed");
    }

    #[test]
    fn a_failing_command_names_itself_and_carries_its_output() {
        let error = quiet(Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"]))
            .expect_err("exit 3 is a failure");
        let text = format!("{error:#}");
        assert!(text.contains("sh -c"), "{text}");
        assert!(text.contains("out\nerr"), "{text}");
    }

    #[test]
    fn watched_sees_both_streams_and_the_status() {
        let mut lines = Vec::new();
        let ok = watched(
            Command::new("sh").args(["-c", "echo one; echo two >&2; exit 1"]),
            |line| lines.push(line.to_owned()),
        )
        .expect("sh starts");
        assert!(!ok);
        assert_eq!(lines, ["one", "two"]);
    }
}
