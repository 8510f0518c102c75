//! Other engines.

use crate::{Pairs, clock};
use faultscan_knowledge::{Catalogue, Signature};
use regex::bytes::RegexSetBuilder;
use std::{
    collections::BTreeSet,
    error::Error,
    fs,
    hint::black_box,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

/// Slow engines see only the beginning of the log.
const SET_BYTES: usize = 64 * 1024;
const GREP_PATTERNS_BYTES: usize = 256 * 1024;
const GREP_SECONDS: u32 = 120;
/// The system counts a child's time in hundredths of a second.
const GREP_SECONDS_MIN: f64 = 0.5;
const GREP_TIMES_MAX: usize = 256;
/// Ends of figures' names, and the locale: in `C` a byte is a character, in the other UTF-8 is read.
const LOCALES: [(&str, &str); 2] = [("", "C"), ("_utf8", "C.UTF-8")];

/// The signatures that stand in one line, without guesses; engines that know no events can do these.
pub(crate) fn signatures(catalogue: &Catalogue) -> Vec<&Signature> {
    let all = catalogue.codes().iter().flat_map(|code| &code.signatures);
    all.filter(|signature| !signature.multiline && !signature.is_guess())
        .collect()
}

/// Figures of every engine that is there.
pub(crate) fn all(
    signatures: &[&Signature],
    log: &[u8],
    hyperscan: Option<&str>,
) -> Result<Pairs, Box<dyn Error>> {
    let mut figures = vec![("regex_set_mb_per_s".to_owned(), regex_set(signatures, log)?)];
    let folder = Folder::new()?;
    let log_file = folder.file("log", log)?;
    if let Some(program) = hyperscan {
        figures.extend(hyperscan_figures(program, signatures, &folder, &log_file)?);
    }
    figures.extend(grep_fixed(signatures, log, &folder, &log_file)?);
    figures.extend(grep_patterns(signatures, log, &folder)?);
    Ok(figures)
}

fn regex_set(signatures: &[&Signature], log: &[u8]) -> Result<f64, Box<dyn Error>> {
    let patterns = signatures.iter().map(|one| {
        if one.ignore_case {
            format!("(?i:{})", one.pattern)
        } else {
            one.pattern.clone()
        }
    });
    let set = RegexSetBuilder::new(patterns)
        .unicode(false)
        .multi_line(true)
        .size_limit(1 << 30)
        .build()?;
    let part = &log[..SET_BYTES];
    let took = clock::seconds(1, || {
        for line in part.split(|byte| *byte == b'\n') {
            black_box(set.matches(line).iter().count());
        }
    });
    Ok(part.len() as f64 / 1e6 / took)
}

/// A folder of our own that goes when we go.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Result<Self, Box<dyn Error>> {
        let path =
            std::env::temp_dir().join(format!("faultscan-bench-match-{}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, Box<dyn Error>> {
        let path = self.0.join(name);
        fs::write(&path, bytes)?;
        Ok(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays is temporary.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Patterns and literals as the program reads them: each with a flag before it and a zero after it.
fn hyperscan_figures(
    program: &str,
    signatures: &[&Signature],
    folder: &Folder,
    log: &Path,
) -> Result<Pairs, Box<dyn Error>> {
    let mut patterns = Vec::new();
    let mut literals = Vec::new();
    for signature in signatures {
        let flag = if signature.ignore_case { b'i' } else { b'-' };
        patterns.push(flag);
        patterns.extend_from_slice(signature.pattern.as_bytes());
        patterns.push(0);
        for literal in &signature.literals {
            literals.push(flag);
            literals.extend_from_slice(literal.as_bytes());
            literals.push(0);
        }
    }
    let patterns = folder.file("patterns", &patterns)?;
    let literals = folder.file("literals", &literals)?;
    let output = Command::new(program)
        .args([&patterns, &literals])
        .arg(log)
        .stderr(Stdio::inherit())
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    if !output.status.success() {
        return Err(format!("the Hyperscan side failed: {text}").into());
    }
    let mut figures = Pairs::new();
    for line in text.lines() {
        if let Some((name, value)) = line.split_once(' ') {
            figures.push((format!("hyperscan_{name}"), value.parse()?));
        }
    }
    Ok(figures)
}

/// `grep -F -f`: the literals only, as they are written.
fn grep_fixed(
    signatures: &[&Signature],
    log: &[u8],
    folder: &Folder,
    file: &Path,
) -> Result<Pairs, Box<dyn Error>> {
    let literals = signatures.iter().flat_map(|one| &one.literals);
    let list: BTreeSet<&str> = literals.map(String::as_str).collect();
    let mut figures = vec![("grep_fixed_literals".to_owned(), list.len() as f64)];
    let list: Vec<&str> = list.into_iter().collect();
    let list = folder.file("fixed", list.join("\n").as_bytes())?;
    for (end, locale) in LOCALES {
        if let Some(took) = grep("-F", locale, &list, file) {
            let speed = log.len() as f64 / 1e6 / took;
            figures.push((format!("grep_fixed{end}_mb_per_s"), speed));
        }
    }
    Ok(figures)
}

/// `grep -E -f`: the patterns that can be spelled for it.
fn grep_patterns(
    signatures: &[&Signature],
    log: &[u8],
    folder: &Folder,
) -> Result<Pairs, Box<dyn Error>> {
    let spelled = signatures.iter().filter_map(|one| extended(&one.pattern));
    let usable: Vec<String> = spelled.filter(|pattern| grep_takes(pattern)).collect();
    let list = folder.file("extended", usable.join("\n").as_bytes())?;
    let part = folder.file("part", &log[..GREP_PATTERNS_BYTES])?;
    let mut figures = vec![("grep_extended_patterns".to_owned(), usable.len() as f64)];
    for (end, locale) in LOCALES {
        if let Some(took) = grep("-E", locale, &list, &part) {
            let speed = GREP_PATTERNS_BYTES as f64 / 1e6 / took;
            figures.push((format!("grep_extended{end}_mb_per_s"), speed));
        }
    }
    Ok(figures)
}

/// Seconds that one core of grep takes for a file once it has started and seen it; nothing where
/// there is no grep or it does not end in time. It counts lines, so that little is written, and into
/// a pipe: before /dev/null, GNU grep stops at the first match. The file is named once and many times,
/// and the difference counts.
fn grep(kind: &str, locale: &str, list: &Path, file: &Path) -> Option<f64> {
    let run = |times: usize| {
        let from = (Instant::now(), children_seconds());
        let status = Command::new("timeout")
            .arg(GREP_SECONDS.to_string())
            .args(["grep", "-c", kind, "-f"])
            .arg(list)
            .args(std::iter::repeat_n(file, times))
            .env("LC_ALL", locale)
            .stderr(Stdio::null())
            .output()
            .ok()?
            .status;
        let wall = from.0.elapsed().as_secs_f64();
        let took = match (from.1, children_seconds()) {
            (Some(before), Some(after)) => after - before,
            _ => wall,
        };
        if !matches!(status.code(), Some(0 | 1)) {
            eprintln!("grep {kind} in {locale} ended with {status} after {took:.1} s");
            return None;
        }
        Some(took)
    };
    let once = run(1)?;
    let mut times = 4;
    while times <= GREP_TIMES_MAX {
        let more = run(times)? - once;
        if more >= GREP_SECONDS_MIN {
            return Some(more / (times - 1) as f64);
        }
        times *= 4;
    }
    eprintln!("grep {kind} in {locale} is too quick for the clock");
    None
}

/// Seconds that finished children have computed; the system counts them in hundredths.
fn children_seconds() -> Option<f64> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = fields.get(13)?.parse::<f64>().ok()? + fields.get(14)?.parse::<f64>().ok()?;
    Some(ticks / 100.0)
}

fn grep_takes(pattern: &str) -> bool {
    Command::new("grep")
        .args(["-E", "-e", pattern, "/dev/null"])
        .env("LC_ALL", "C")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.code() == Some(1))
}

/// A pattern in POSIX extended syntax, if it can be said there.
fn extended(pattern: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = pattern;
    let mut in_class = false;
    while let Some(c) = rest.chars().next() {
        if !in_class && (rest.starts_with("(?:") || rest.starts_with("(?P<")) {
            let end = if rest.starts_with("(?:") {
                3
            } else {
                rest.find('>')? + 1
            };
            out.push('(');
            rest = &rest[end..];
            continue;
        }
        if rest.starts_with("(?") && !in_class {
            return None;
        }
        if c == '\\' {
            let escaped = rest.chars().nth(1)?;
            rest = &rest[1 + escaped.len_utf8()..];
            match (escaped, in_class) {
                ('d', false) => out.push_str("[0-9]"),
                ('s', false) => out.push_str("[[:space:]]"),
                ('S', false) => out.push_str("[^[:space:]]"),
                ('w' | 'W' | 'b' | 'B', false) => out.extend(['\\', escaped]),
                // Lines hold no line feed, so a class may leave it out.
                ('n', true) => {}
                (c, _) if c.is_ascii_alphanumeric() => return None,
                (c, true) => out.push(c),
                (c, false) => out.extend(['\\', c]),
            }
            continue;
        }
        match c {
            '[' if !in_class => in_class = true,
            ']' if in_class => in_class = false,
            _ => {}
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
        let lazy = !in_class && matches!(c, '*' | '+' | '?' | '}') && rest.starts_with('?');
        if lazy {
            rest = &rest[1..];
        }
    }
    // An excluded line feed may have been all that a class held.
    (!out.contains("[^]")).then_some(out)
}
