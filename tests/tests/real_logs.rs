//! `diag` against real logs: excerpts from public threads, and near misses.
//!
//! `tests/logs/*.jsonl` holds one item a line: `{ id, source, text, code, also, cause, note }`. `code` is what
//! a careful expert names (nothing for a near miss), `also` what that expert would accept instead,
//! `cause` the root cause that the thread ended with, or, where the note says so, the one that its text
//! leaves no doubt about (read and written down before any diagnosis was made of it). The sets `held-*` were first run when the
//! catalogue stood as written against `dev-*`; their misses were mended afterwards, so that all sets now
//! guard what was reached.
//!
//! The set `dev-c` is four batches and `held-c` four later ones, each labelled from public threads before
//! `diag` saw it and each run once before its misses were mended. Right code first, and false names,
//! in those first runs: `c1` 59 of 74, 1 of 17; `c2` 24 of 27, 0 of 14; `c3` 21 of 30, 0 of 16; `c4` 25 of 36,
//! 1 of 16; `c5` 38 of 48, 0 of 14; `c6` 40 of 52, 1 of 14; `c7` 23 of 27, 0 of 8; `c8` 15 of 17, 0 of 14.
//! They were gathered for spread, so each looks for clients, languages and old versions not seen before.
//!
//! The set `held-d` is five batches of the common case, gathered the same way: for each code, what people paste
//! most often. First runs: `d1` 50 of 55, 0 of 16; `d2` 38 of 44, 0 of 18; `d3` 48 of 52, 1 of 21; `d4` 42 of 50,
//! 0 of 14; `d5` 31 of 34, 0 of 12 (`d1` to `d3` before any of their misses was mended). Three items were
//! left out afterwards, as the catalogue says more or less there than their label did.
//!
//! The sets `dev-e` (databases), `dev-f` (TLS and network), `dev-g` (Kubernetes and Spring) and `dev-h` (Go, and
//! near misses of every family) are 39 further batches, which went looking for codes with few logs so far and for
//! clients not met before. First runs: 183 of 237, 1 of 65; 170 of 257, 4 of 71; 164 of 217, 2 of 64; 297 of 380,
//! 8 of 320. In `dev-h` what has a source `def:` was written after the tool's own texts, as are most of its near
//! misses; some labels were put right after the first run, and texts whose code stayed in doubt were left out.
//!
//! The sets `dev-i` (databases), `dev-j` (TLS and network), `dev-k` (Kubernetes and Spring) and `dev-l` (Go and the
//! platform's codes) are 34 more batches, in part uniform over the codes, in part of corners on purpose; what a plain
//! search gave and a set had already was left out, so the easy texts are missing. First runs: 252 of 319, 3 of 81;
//! 237 of 341, 2 of 76; 151 of 184, 6 of 53; 297 of 385, 5 of 144. Guesses came in while the last of them ran.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what is unexpected here is a failed test"
)]

use faultscan_tests::binaries;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Least share of items whose code stands first.
const RIGHT_FIRST_MIN: f64 = 0.95;
/// Greatest share of near misses in which a code is named.
const FALSE_MAX: f64 = 0.02;
/// Least share of labelled causes that stand first after at most [`CHECKS_MAX`] answers.
const CAUSE_FIRST_MIN: f64 = 0.80;
const CHECKS_MAX: usize = 2;
/// Items with a labelled cause, over all sets.
const LABELLED_MIN: usize = 120;

#[derive(Debug, Deserialize)]
struct Item {
    id: String,
    text: String,
    code: Option<String>,
    #[serde(default)]
    also: Vec<String>,
    cause: Option<String>,
}

impl Item {
    fn accepts(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code) || self.also.iter().any(|also| also == code)
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The sets, by name.
fn sets() -> BTreeMap<String, Vec<Item>> {
    let folder = root().join("tests/logs");
    let mut sets = BTreeMap::new();
    for entry in fs::read_dir(&folder).expect("tests/logs") {
        let path = entry.expect("an entry").path();
        if path
            .extension()
            .is_none_or(|extension| extension != "jsonl")
        {
            continue;
        }
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let items = fs::read_to_string(&path).expect("a set of logs");
        let items: Vec<Item> = items
            .lines()
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
            })
            .collect();
        sets.insert(name, items);
    }
    sets
}

/// Runs `work` on each item, on all processors; results in the order of the items.
fn each<'i, T: Send>(items: &[&'i Item], work: impl Fn(&'i Item) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let threads = thread::available_parallelism().map_or(2, usize::from);
    let mut done: Vec<(usize, T)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut mine = Vec::new();
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(item) = items.get(at) else {
                            return mine;
                        };
                        mine.push((at, work(item)));
                    }
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("a worker"))
            .collect()
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// The answer of `diag` to a log on its standard input.
fn diag(args: &[String], text: &str) -> Value {
    let mut child = Command::new(binaries::path("diag"))
        .args(args)
        .args(["--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("diag starts");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(text.as_bytes()).expect("diag reads");
    drop(input);
    let output = child.wait_with_output().expect("diag ends");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        let told = String::from_utf8_lossy(&output.stderr);
        panic!("diag {args:?}: {error}: {told}\n{text}")
    })
}

fn names(list: &Value, key: &str) -> Vec<String> {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .filter_map(|entry| Some(entry[key].as_str()?.to_owned()))
        .collect()
}

#[derive(Debug, Default)]
struct Tally {
    items: usize,
    first: usize,
    anywhere: usize,
    near_misses: usize,
    named: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn add(&mut self, item: &Item, found: &[String]) {
        if item.code.is_none() {
            self.near_misses += 1;
            if !found.is_empty() {
                self.named += 1;
                self.wrong
                    .push(format!("{}: near miss, got {found:?}", item.id));
            }
            return;
        }
        self.items += 1;
        self.anywhere += usize::from(found.iter().any(|code| item.accepts(code)));
        if found.first().is_some_and(|code| item.accepts(code)) {
            self.first += 1;
        } else {
            let wanted = item.code.as_deref().unwrap_or_default();
            self.wrong
                .push(format!("{}: {wanted}, got {found:?}", item.id));
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of some hundred")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    part as f64 / whole as f64
}

#[test]
fn codes_of_real_logs_stand_first() {
    let mut table = format!(
        "{:<10}{:>7}{:>14}{:>17}{:>13}{:>8}\n",
        "set", "items", "right first", "right anywhere", "near misses", "false"
    );
    let mut wrong = String::new();
    let mut poor = Vec::new();
    for (name, items) in sets() {
        let items: Vec<&Item> = items.iter().collect();
        let found = each(&items, |item| {
            names(&diag(&["match".to_owned()], &item.text)["codes"], "code")
        });
        let mut tally = Tally::default();
        for (item, found) in items.iter().zip(&found) {
            tally.add(item, found);
        }
        let first = share(tally.first, tally.items);
        let named = share(tally.named, tally.near_misses);
        writeln!(
            table,
            "{name:<10}{:>7}{:>12.1} %{:>15.1} %{:>13}{:>6.1} %",
            tally.items,
            100.0 * first,
            100.0 * share(tally.anywhere, tally.items),
            tally.near_misses,
            100.0 * named,
        )
        .unwrap();
        for line in &tally.wrong {
            writeln!(wrong, "  {line}").unwrap();
        }
        if first < RIGHT_FIRST_MIN || named > FALSE_MAX {
            poor.push(name);
        }
    }
    println!("{table}{wrong}");
    assert!(poor.is_empty(), "below the mark: {poor:?}\n{table}{wrong}");
}

/// The gate expression of each check, by the check's name.
fn tests_of_checks() -> BTreeMap<String, String> {
    let mut tests = BTreeMap::new();
    let mut folders = vec![root().join("shared/knowledge/data")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the catalogue's data") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "toml")
            {
                let text = fs::read_to_string(&path).expect("a file of data");
                let value: toml::Value = toml::from_str(&text).expect("TOML");
                collect_tests(&value, &mut tests);
            }
        }
    }
    tests
}

fn collect_tests(value: &toml::Value, tests: &mut BTreeMap<String, String>) {
    match value {
        toml::Value::Array(entries) => entries.iter().for_each(|entry| collect_tests(entry, tests)),
        toml::Value::Table(table) => {
            let text = |key: &str| table.get(key)?.as_str().map(str::to_owned);
            if let (Some(id), Some(test)) = (text("id"), text("test")) {
                tests.insert(id, test);
            }
            table.values().for_each(|entry| collect_tests(entry, tests));
        }
        _ => {}
    }
}

/// Whether a gate expression is true where `cause` alone is.
fn holds(expression: &str, cause: &str) -> bool {
    let expression = expression.trim();
    let Some((gate, inner)) = expression
        .strip_suffix(')')
        .and_then(|rest| rest.split_once('('))
    else {
        return expression == cause;
    };
    let mut parts = arguments(inner).into_iter();
    match gate.trim() {
        "NOT" => !parts.any(|part| holds(part, cause)),
        "AND" => parts.all(|part| holds(part, cause)),
        "OR" => parts.any(|part| holds(part, cause)),
        other => panic!("gate {other:?} in {expression:?}"),
    }
}

/// The arguments of a gate, split at its own commas.
fn arguments(inner: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    inner
        .split(|letter: char| {
            match letter {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            letter == ',' && depth == 0
        })
        .collect()
}

/// How many true answers it takes until the labelled cause stands first; nothing where it does not.
fn answers_needed(item: &Item, tests: &BTreeMap<String, String>) -> Option<usize> {
    let cause = item.cause.as_deref()?;
    let mut args = vec!["diagnose".to_owned()];
    for answered in 0..=CHECKS_MAX {
        let diagnosis = diag(&args, &item.text);
        if names(&diagnosis["causes"], "id")
            .first()
            .map(String::as_str)
            == Some(cause)
        {
            return Some(answered);
        }
        let next = names(&diagnosis["next_checks"], "id").into_iter().next()?;
        let test = tests.get(&next).unwrap_or_else(|| panic!("check {next}"));
        let answer = if holds(test, cause) { "yes" } else { "no" };
        args.extend(["--answer".to_owned(), format!("{next}={answer}")]);
    }
    None
}

#[test]
fn labelled_causes_stand_first_after_two_answers() {
    let tests = tests_of_checks();
    let mut table = format!(
        "{:<10}{:>7}   first after at most 0, 1, 2 answers\n",
        "set", "causes"
    );
    let mut wrong = String::new();
    let mut poor = Vec::new();
    let mut labelled = 0;
    for (name, items) in sets() {
        let items: Vec<&Item> = items.iter().filter(|item| item.cause.is_some()).collect();
        if items.is_empty() {
            continue;
        }
        labelled += items.len();
        let needed = each(&items, |item| answers_needed(item, &tests));
        let within = |most: usize| {
            let count = needed.iter().flatten().filter(|count| **count <= most);
            share(count.count(), items.len())
        };
        write!(table, "{name:<10}{:>7}", items.len()).unwrap();
        for most in 0..=CHECKS_MAX {
            write!(table, "{:>9.1} %", 100.0 * within(most)).unwrap();
        }
        table.push('\n');
        for (item, needed) in items.iter().zip(&needed) {
            if needed.is_none() {
                let cause = item.cause.as_deref().unwrap_or_default();
                writeln!(wrong, "  {}: {cause} is not first", item.id).unwrap();
            }
        }
        if within(CHECKS_MAX) < CAUSE_FIRST_MIN {
            poor.push(name);
        }
    }
    println!("{table}{wrong}");
    assert!(labelled >= LABELLED_MIN, "{labelled} items have a cause");
    assert!(poor.is_empty(), "below the mark: {poor:?}\n{table}{wrong}");
}

#[test]
fn gate_expressions_are_read_as_written() {
    for (expression, cause, expected) in [
        ("a", "a", true),
        ("a", "b", false),
        ("NOT(a)", "b", true),
        ("OR(a, b)", "b", true),
        ("AND(a, NOT(b))", "a", true),
        ("NOT(OR(a, b))", "b", false),
    ] {
        assert_eq!(
            holds(expression, cause),
            expected,
            "{expression} of {cause}"
        );
    }
}

#[test]
fn every_item_is_named_once_and_labelled_with_known_codes() {
    let mut ids = BTreeMap::new();
    for (name, items) in sets() {
        for item in items {
            assert!(!item.text.trim().is_empty(), "{}", item.id);
            let before = ids.insert(item.id.clone(), name.clone());
            assert!(before.is_none(), "{} stands twice", item.id);
        }
    }
    assert!(ids.len() >= 900, "{} items", ids.len());
}
