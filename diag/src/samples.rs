//! Whether every sample and proof of a catalogue hits its code, and no near miss hits what it must
//! not.

use faultscan_evidence::{MatchReport, Matcher};
use faultscan_knowledge::{Catalogue, Code, NearMiss, Sample};

/// The faults, one line each: `<code>: samples[<place>]: <what is wrong>`.
pub(crate) fn faults(catalogue: &Catalogue, matcher: &Matcher) -> Vec<String> {
    let mut faults = Vec::new();
    for code in catalogue.codes() {
        for (place, sample) in code.samples.iter().enumerate() {
            if let Some(fault) = sample_fault(code, sample, &find(matcher, &sample.text)) {
                faults.push(format!("{}: samples[{place}]: {fault}", code.code));
            }
        }
        for proof in &code.proofs {
            let report = find(matcher, &proof.line);
            if report.best().is_none_or(|best| best.code != code.code) {
                let fault = format!("finds {} first", named(&report));
                faults.push(format!("{}: proof {}: {fault}", code.code, proof.case));
            }
        }
        for (place, miss) in code.near_misses.iter().enumerate() {
            if let Some(fault) = miss_fault(code, miss, &find(matcher, &miss.text)) {
                faults.push(format!("{}: near_misses[{place}]: {fault}", code.code));
            }
        }
    }
    faults
}

fn find(matcher: &Matcher, text: &str) -> MatchReport {
    matcher.match_bytes(text.trim_matches('\n').as_bytes())
}

fn sample_fault(code: &Code, sample: &Sample, report: &MatchReport) -> Option<String> {
    let Some(found) = report.code(&code.code) else {
        return Some(format!("finds {}", named(report)));
    };
    if report.best().is_none_or(|best| best.code != code.code) {
        return Some(format!("finds {} first", named(report)));
    }
    if !found.signatures.contains(&sample.signature) {
        return Some(format!(
            "hits {} instead of {}",
            found.signatures.join(", "),
            sample.signature
        ));
    }
    sample
        .captures
        .iter()
        .find_map(|(name, want)| match found.captures.get(name) {
            Some(got) if got == want => None,
            Some(got) => Some(format!("captures {name} = {got:?} instead of {want:?}")),
            None => Some(format!("does not capture {name}")),
        })
}

fn miss_fault(code: &Code, miss: &NearMiss, report: &MatchReport) -> Option<String> {
    let first = report.best().map(|best| best.code.as_str());
    let good = match miss.expect.as_deref() {
        None => report.code(&code.code).is_none(),
        Some("none") => report.codes.is_empty(),
        Some(expected) => first == Some(expected),
    };
    (!good).then(|| format!("finds {}", named(report)))
}

fn named(report: &MatchReport) -> String {
    if report.codes.is_empty() {
        return "nothing".into();
    }
    let names: Vec<&str> = report
        .codes
        .iter()
        .map(|found| found.code.as_str())
        .collect();
    names.join(", ")
}
