//! Each broken rule is refused with one line that names file, field and reason.

mod support;

use faultscan_knowledge::{Catalogue, CatalogueError, ProofLevel};

const CODE: &str = "codes/net/ERR-NET-003.toml";

fn load_changed(file: &str, change: impl Fn(&str) -> String) -> Result<Catalogue, CatalogueError> {
    support::load(&support::changed(file, change))
}

fn check(file: &str, from: &str, to: &str, want: &str) {
    let changed = load_changed(file, |text| {
        assert!(text.contains(from), "{file} does not hold {from:?}");
        text.replacen(from, to, 1)
    });
    let error = changed
        .err()
        .map_or_else(String::new, |error| error.to_string());
    assert!(error.starts_with(file), "{error}");
    assert!(error.contains(want), "{from:?} -> {to:?}: {error}");
    assert!(!error.contains('\n'), "{error}");
}

#[test]
fn broken_code_files_are_refused() {
    for (from, to, want) in [
        ("schema = 1", "schema = 2", "schema: is 2"),
        ("schema = 1", "schema = ", "not valid TOML: line 1"),
        (
            "schema = 1",
            "schema = 1\ncolour = \"red\"",
            "unknown field",
        ),
        (
            "code = \"ERR-NET-003\"",
            "code = \"ERR-NET-3\"",
            "code: \"ERR-NET-3\" is not a code of family net",
        ),
        (
            "code = \"ERR-NET-003\"",
            "code = \"ERR-NET-004\"",
            "in a file named",
        ),
        (
            "family = \"net\"",
            "family = \"db\"",
            "is not a code of family db",
        ),
        (
            "severity = \"high\"",
            "severity = \"awful\"",
            "severity: unknown variant",
        ),
        ("gate = \"OR(", "gate = \"OR((", "gate: "),
        (
            "gate = \"OR(service_process_down",
            "gate = \"OR(no_such_cause",
            "gate: \"no_such_cause\"",
        ),
        (
            "zh = \"连接被拒绝(ECONNREFUSED)\"",
            "zh = \"refused\"",
            "title.zh: holds no Chinese",
        ),
        (
            "en = \"Connection refused\"",
            "en = \"Connection 拒绝\"",
            "title.en: holds Chinese",
        ),
        (
            "en = \"Connection refused\"",
            "en = \" \"",
            "title.en: is empty",
        ),
        (
            "{{host|the target}}",
            "{{nobody|The target}}",
            "verdict.en: no signature captures \"nobody\"",
        ),
        (
            "{{host|the target}}",
            "{{host|}}",
            "verdict.en: \"host\" needs default words, or words around $",
        ),
        (
            "{{host|the target}}",
            "{{host?at it}}",
            "verdict.en: \"host\" needs default words, or words around $",
        ),
        (
            "{{host|the target}}",
            "{{host}}",
            "verdict.en: has \"{{\" when nothing was captured",
        ),
        (
            "{{host|the target}}",
            "{{host?$}} ",
            "verdict.en: has \"  \" when nothing was captured",
        ),
        (
            "port {{port|in question}}",
            "port {{port}}",
            "checks[0].question.en: has \"{{\" when nothing was captured",
        ),
        (
            "id = \"go_dial\"",
            "id = \"Go Dial\"",
            "signatures[0].id: \"Go Dial\" is not snake_case",
        ),
        (
            "literals = [\": connect: connection refused\"]",
            "literals = [\"no such text\"]",
            "signatures[0].pattern: none of",
        ),
        (
            "literals = [\": connect: connection refused\"]",
            "literals = [\"ref\"]",
            "shorter than 4 bytes",
        ),
        (
            "literals = [\": connect: connection refused\"]",
            "literals = []",
            "needs at least one required literal",
        ),
        (
            "(?P<host>[0-9A-Za-z._:%-]+?)",
            "(?P<host>[0-9A-Za-z._:%-]+?",
            "signatures[0].pattern: regex parse error",
        ),
        (
            "(?P<port>[0-9]{1,5}): connect",
            "(?P<port>(?:[a-z]{1,999}){1,999}): connect",
            "size limit",
        ),
        (
            "false_alarm = 0.02",
            "false_alarm = 1.5",
            "false_alarm: is 1.5",
        ),
        (
            "source = \"run: go 1.22, address substituted\"",
            "source = \"somewhere\"",
            "].source",
        ),
        (
            "signature = \"go_dial\"",
            "signature = \"go_dail\"",
            "].signature: no signature has the id",
        ),
        (
            "captures = { host = \"10.96.12.7\", port = \"8080\" }",
            "captures = { hots = \"x\" }",
            "].captures",
        ),
        (
            "expect = \"ERR-DB-003\"",
            "expect = \"ERR-DB-999\"",
            "expect: code \"ERR-DB-999\" is not in the catalogue",
        ),
        (
            "likelihood_ratio = 4.0",
            "likelihood_ratio = 1000.0",
            "likelihood_ratio: is 1000",
        ),
        (
            "when = { capture = \"host\",",
            "when = { metric = \"fps\", capture = \"host\",",
            "wants exactly one of",
        ),
        (
            "when = { capture = \"host\",",
            "when = { capture = \"hots\",",
            "no signature captures \"hots\"",
        ),
        ("cost_min = 1.0", "cost_min = 0.0", "cost_min: is 0"),
        (
            "test = \"listen_address_restricted\"",
            "test = \"AND()\"",
            "checks[0].test: ",
        ),
        (
            "id = \"net_003_process\"",
            "id = \"net_003_listening\"",
            "stands twice",
        ),
        (
            "related = [\"ERR-DB-003\"]",
            "related = [\"ERR-DB-000\"]",
            "related: code \"ERR-DB-000\"",
        ),
        ("level3.en = ", "level4.en = ", "runbook"),
    ] {
        check(CODE, from, to, want);
    }
}

#[test]
fn broken_cause_tree_and_prior_files_are_refused() {
    for (file, from, to, want) in [
        (
            "causes/net.toml",
            "domain = \"net\"",
            "domain = \"web\"",
            "domain: is \"web\" in a file named \"net\"",
        ),
        (
            "causes/net.toml",
            "risk = \"low\"",
            "risk = \"none\"",
            "risk: unknown variant",
        ),
        (
            "causes/net.toml",
            "undo = \"sudo systemctl stop SERVICE; ",
            "undo = \"Stop the service again. ",
            "undo: is a sentence, as \"the\" tells; want { en, zh }",
        ),
        (
            "causes/net.toml",
            "undo.zh = \"改回原来的地址并重启服务。\"",
            "undo.zh = \"Set it again.\"",
            "undo.zh: holds no Chinese characters",
        ),
        (
            "causes/net.toml",
            "undo.zh = \"改回原来的地址并重启服务。\"",
            "",
            "wanted a command, or a sentence as { en = ..., zh = ... }",
        ),
        (
            "trees/go_env.toml",
            "gate = \"OR(g_exec_path, ",
            "gate = \"OR(g_nowhere, ",
            "names \"g_nowhere\"",
        ),
        (
            "trees/go_env.toml",
            "gate = \"OR(goroot_dir_missing, ",
            "gate = \"OR(g_exec_path, ",
            "is its own input",
        ),
        (
            "trees/go_env.toml",
            "OR(goroot_dir_missing, goroot_version_mismatch)",
            "goroot_dir_missing",
            "is not reached from the top",
        ),
        (
            "trees/go_env.toml",
            "axis = \"exec_path\"",
            "axis = \"elsewhere\"",
            "axis: is not one of axes",
        ),
        (
            "trees/go_env.toml",
            "silent = \"",
            "quiet = \"",
            "unknown field",
        ),
        (
            "priors.toml",
            "probability = 0.05",
            "probability = 0.0001",
            "common > occasional",
        ),
        ("priors.toml", "hit = 0.95", "hit = 2", "check.hit: is 2"),
    ] {
        check(file, from, to, want);
    }
}

#[test]
fn a_name_is_defined_once() {
    check(
        "causes/tls.toml",
        "id = \"ca_bundle_outdated\"",
        "id = \"service_process_down\"",
        "is also defined in",
    );
}

#[test]
fn files_in_unknown_places_are_refused() {
    let one = |name| Catalogue::load([("priors.toml", PRIORS), (name, "schema = 1")].into_iter());
    for name in [
        "readme.toml",
        "codes/ERR-NET-003.toml",
        "codes/net/ERR-NET-003.json",
    ] {
        assert!(
            matches!(one(name), Err(CatalogueError::UnknownFile { .. })),
            "{name}"
        );
    }
    let none = Catalogue::load(std::iter::empty());
    assert!(
        none.unwrap_err()
            .to_string()
            .contains("priors.toml: file: is missing")
    );
}

const PRIORS: &str = include_str!("../data/priors.toml");

#[test]
fn equal_data_has_equal_versions() {
    let mut files = support::data_files();
    let whole = support::load(&files).unwrap();
    files.reverse();
    assert_eq!(whole.version(), support::load(&files).unwrap().version());
    let same = load_changed(CODE, |text| format!("{text}\n# a comment\n")).unwrap();
    assert_eq!(whole.version(), same.version());
    let changed = load_changed(CODE, |text| {
        text.replace("severity = \"high\"", "severity = \"low\"")
    });
    assert_ne!(whole.version(), changed.unwrap().version());
}

fn with(name: &str, text: &str) -> Result<Catalogue, CatalogueError> {
    let mut files = support::data_files();
    files.retain(|(other, _)| other != name);
    files.push((name.to_owned(), text.to_owned()));
    support::load(&files)
}

#[test]
fn a_proof_makes_its_code_live() {
    let proof = "[[proof]]\ncode = \"ERR-NET-003\"\ncase = \"net/refused/go\"\n\
                 software = \"Go 1.24\"\nline = \"connect: connection refused\"\n";
    let catalogue = with("proofs.toml", &format!("schema = 1\n{proof}")).unwrap();
    let code = catalogue.code("ERR-NET-003").unwrap();
    assert_eq!(code.proof, ProofLevel::Live);
    assert_eq!(code.proofs[0].software, "Go 1.24");
    for (from, to, want) in [
        ("schema = 1", "schema = 2", "proofs.toml: schema: is 2"),
        (
            "ERR-NET-003",
            "ERR-NET-000",
            "proofs.toml: proof.code: code \"ERR-NET-000\"",
        ),
        (
            "\"Go 1.24\"",
            "\" \"",
            "proofs.toml: proof[0].software: is empty",
        ),
        (
            "software",
            "tool",
            "proofs.toml: proof[0].tool: unknown field",
        ),
    ] {
        let text = format!("schema = 1\n{proof}").replacen(from, to, 1);
        let error = with("proofs.toml", &text).err().unwrap().to_string();
        assert!(error.starts_with(want), "{error}");
    }
    let error = with("proofs.toml", &format!("schema = 1\n{proof}{proof}"))
        .err()
        .unwrap();
    assert!(
        error
            .to_string()
            .contains("proof[1].case: \"net/refused/go\" stands twice"),
        "{error}"
    );
}

#[test]
fn the_version_shows_the_release() {
    let text = "schema = 1\nrelease = \"2030.01.02.3\"\n";
    let catalogue = with("release.toml", text).unwrap();
    assert!(
        catalogue.version().starts_with("2030.01.02.3-"),
        "{}",
        catalogue.version()
    );
    let error = with("release.toml", &text.replace("01.02", "1.2"))
        .err()
        .unwrap();
    assert!(
        error
            .to_string()
            .starts_with("release.toml: release: is \"2030.1.2.3\"; want"),
        "{error}"
    );
}

#[test]
fn a_release_that_misses_codes_or_events_is_refused() {
    let text = |db: usize, events: usize| {
        format!(
            "schema = 1\nrelease = \"2030.01.02.3\"\n[codes]\ndb = {db}\n[events]\ngo_env = {events}\n"
        )
    };
    assert!(with("release.toml", &text(24, 47)).is_ok());
    let error = with("release.toml", &text(25, 47))
        .err()
        .unwrap()
        .to_string();
    assert_eq!(error, "release.toml: codes.db: is 25, but there are 24");
    let error = with("release.toml", &text(24, 46))
        .err()
        .unwrap()
        .to_string();
    assert_eq!(
        error,
        "release.toml: events.go_env: is 46, but there are 47"
    );
}
