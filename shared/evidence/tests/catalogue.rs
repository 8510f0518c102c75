//! Every sample of the built-in catalogue hits its code first, every near miss does not.

use faultscan_evidence::{MatchReport, Matcher};
use faultscan_knowledge::pack::{Compression, Sections};
use faultscan_knowledge::{Catalogue, Code, NearMiss, Pack, Sample};

fn match_text(matcher: &Matcher, text: &str) -> MatchReport {
    matcher.match_lines(text.trim_start_matches('\n').lines())
}

fn describe(report: &MatchReport) -> String {
    let found = report.codes.iter();
    found
        .map(|m| format!("{} ({}, {})", m.code, m.primary, m.reason))
        .collect::<Vec<_>>()
        .join("; ")
}

fn sample_fault(matcher: &Matcher, code: &Code, sample: &Sample) -> Option<String> {
    let report = match_text(matcher, &sample.text);
    let best = report.best().map(|found| found.code.as_str());
    if best != Some(code.code.as_str()) {
        return Some(format!("got {}", describe(&report)));
    }
    let found = report.code(&code.code)?;
    if !found.signatures.contains(&sample.signature) {
        return Some(format!(
            "hit by {:?}, not by {}",
            found.signatures, sample.signature
        ));
    }
    let wrong = sample
        .captures
        .iter()
        .find(|(name, value)| found.captures.get(*name) != Some(value));
    wrong.map(|(name, value)| {
        format!(
            "capture {name} is {:?}, want {value:?}",
            found.captures.get(name)
        )
    })
}

fn near_miss_fault(matcher: &Matcher, code: &Code, miss: &NearMiss) -> Option<String> {
    let report = match_text(matcher, &miss.text);
    let best = report.best().map(|found| found.code.as_str());
    let fault = match miss.expect.as_deref() {
        None => report.code(&code.code).is_some(),
        Some("none") => best.is_some(),
        Some(expect) => best != Some(expect),
    };
    fault.then(|| format!("want {:?}, got {}", miss.expect, describe(&report)))
}

#[test]
fn samples_hit_and_near_misses_do_not() {
    let catalogue = Catalogue::builtin().unwrap();
    let matcher = Matcher::new(&catalogue).unwrap();
    let mut faults = Vec::new();
    for code in catalogue.codes() {
        for sample in &code.samples {
            if let Some(fault) = sample_fault(&matcher, code, sample) {
                faults.push(format!(
                    "{} sample {:?}\n    {fault}",
                    code.code, sample.text
                ));
            }
        }
        for miss in &code.near_misses {
            if let Some(fault) = near_miss_fault(&matcher, code, miss) {
                faults.push(format!(
                    "{} near miss {:?}\n    {fault}",
                    code.code, miss.text
                ));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// What a phone downloads leaves out the literals that its matcher can read off the patterns, and the
/// signatures that few people meet.
#[test]
fn a_pack_of_the_core_alone_finds_what_the_whole_finds() {
    let whole = Catalogue::builtin().unwrap();
    let pack = Pack::builtin().unwrap();
    let bytes = pack.to_bytes(Compression::Lz4, Sections::CORE_EN).unwrap();
    let core = Pack::open_trusted(&bytes).unwrap().catalogue().unwrap();
    let literals = |catalogue: &Catalogue| -> usize {
        let codes = catalogue.codes().iter();
        let signatures = codes.flat_map(|code| &code.signatures);
        signatures.map(|signature| signature.literals.len()).sum()
    };
    assert!(literals(&core) * 4 < literals(&whole));
    let matchers = [&whole, &core].map(|catalogue| Matcher::new(catalogue).unwrap());
    let rare = |code: &str, signature: &str| {
        let code = whole.code(code).unwrap();
        let mut signatures = code.signatures.iter();
        signatures.any(|one| one.id == signature && one.rare)
    };
    let mut same = 0;
    for code in whole.codes() {
        let samples = code.samples.iter().map(|sample| &sample.text);
        let near_misses = code.near_misses.iter().map(|near_miss| &near_miss.text);
        for text in samples.chain(near_misses) {
            let [want, got] = matchers
                .each_ref()
                .map(|matcher| matcher.match_bytes(text.as_bytes()));
            let is_rare = want.codes.iter().any(|found| {
                let mut signatures = found.signatures.iter();
                signatures.any(|signature| rare(&found.code, signature))
            });
            if !is_rare {
                assert_eq!(got, want, "{text}");
                same += 1;
            }
        }
    }
    assert!(same > 2_200, "{same} texts");
}
