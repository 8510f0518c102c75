//! Rules for a code file.

use super::{Context, code_name, item, schema};
use crate::{
    CatalogueError,
    code::{ClientNote, Code, Family, Provenance, Runbook, Signature, VersionRange},
    proof::ProofLevel,
    schema::{CodeFile, RawSignature},
    text::{Text, places},
};

type Result<T> = std::result::Result<T, CatalogueError>;

/// Samples that a code of one of the five families needs at least.
const SAMPLES_MIN: usize = 3;
/// Near misses that a code of one of the five families needs at least.
const NEAR_MISSES_MIN: usize = 2;

pub(super) fn code(context: &Context<'_>, folder: &str, stem: &str, raw: CodeFile) -> Result<Code> {
    schema(context.file, raw.schema)?;
    code_name(raw.family, &raw.code).map_err(|reason| context.bad("code", reason))?;
    if raw.code != stem {
        return Err(context.bad(
            "code",
            format!("is {:?} in a file named {stem:?}", raw.code),
        ));
    }
    if raw.family.as_str() != folder || raw.family == Family::Go {
        let reason = format!("is {:?} in folder {folder:?}", raw.family.as_str());
        return Err(context.bad("family", reason));
    }
    item::title(context, "title", &raw.title)?;
    item::text(context, "explanation", &raw.explanation)?;
    item::line(context.file, "probability.basis", &raw.probability.basis)?;
    let signatures = signatures(context, "signatures", raw.signatures)?;
    verdict(context, "verdict", &raw.verdict, &signatures)?;
    item::samples(context, "samples", &raw.samples, &signatures)?;
    item::near_misses(context, "near_misses", &raw.near_misses)?;
    counts(
        context,
        raw.family,
        raw.samples.len(),
        raw.near_misses.len(),
    )?;
    let (formula, causes) = item::formula(context, "gate", &raw.gate)?;
    let indicators = item::indicators(context, "indicators", raw.indicators, None)?;
    let checks = item::checks(context, "checks", raw.checks)?;
    let fixes = item::fixes(context, "fixes", raw.fixes, None)?;
    surroundings(
        context,
        &raw.runbook,
        &raw.prevention,
        &raw.versions,
        &raw.client_notes,
    )?;
    provenance(context, "provenance", &raw.provenance)?;
    Ok(Code {
        code: raw.code,
        family: raw.family,
        severity: raw.severity,
        title: raw.title,
        explanation: raw.explanation,
        verdict: raw.verdict,
        signatures: rare_last(signatures),
        samples: raw.samples,
        near_misses: raw.near_misses,
        gate: raw.gate,
        formula,
        causes,
        probability: raw.probability,
        indicators,
        checks,
        fixes,
        runbook: raw.runbook,
        prevention: raw.prevention,
        versions: raw.versions,
        provenance: raw.provenance,
        client_notes: raw.client_notes,
        guideline: raw.guideline,
        evidence_level: raw.evidence_level,
        // Set once the proofs are known.
        proof: ProofLevel::Memory,
        proofs: Vec::new(),
        related: raw.related,
        wraps: raw.wraps,
        yields_to: raw.yields_to,
    })
}

pub(super) fn signatures(
    context: &Context<'_>,
    field: &str,
    raw: Vec<RawSignature>,
) -> Result<Vec<Signature>> {
    item::unique(
        context,
        field,
        raw.iter().map(|signature| signature.id.as_str()),
    )?;
    if raw.iter().all(|signature| signature.rare) {
        return Err(context.bad(field, "has no entry that phones know"));
    }
    let named = raw.into_iter().enumerate();
    named
        .map(|(i, raw)| item::signature(context, &format!("{field}[{i}]"), raw))
        .collect()
}

/// In the order in which a pack gives them back.
pub(super) fn rare_last(mut signatures: Vec<Signature>) -> Vec<Signature> {
    signatures.sort_by_key(|signature| signature.rare);
    signatures
}

/// Every place of the verdict is captured by some signature, and the sentence is whole without it.
pub(super) fn verdict(
    context: &Context<'_>,
    field: &str,
    verdict: &Text,
    signatures: &[Signature],
) -> Result<()> {
    item::text(context, field, verdict)?;
    for (language, template) in [("en", &verdict.en), ("zh", &verdict.zh)] {
        let field = format!("{field}.{language}");
        item::whole(context, &field, template)?;
        for (name, _) in places(template) {
            let field = field.as_str();
            let captured = signatures
                .iter()
                .any(|s| s.captures.iter().any(|c| c == name));
            if !captured {
                return Err(context.bad(field, format!("no signature captures {name:?}")));
            }
        }
    }
    Ok(())
}

fn counts(context: &Context<'_>, family: Family, samples: usize, misses: usize) -> Result<()> {
    let defined_by_us = matches!(family, Family::Platform | Family::Extra);
    let (samples_min, misses_min) = if defined_by_us {
        (2, 1)
    } else {
        (SAMPLES_MIN, NEAR_MISSES_MIN)
    };
    if samples < samples_min {
        return Err(context.bad(
            "samples",
            format!("has {samples} entries; want {samples_min}"),
        ));
    }
    if misses < misses_min {
        return Err(context.bad(
            "near_misses",
            format!("has {misses} entries; want {misses_min}"),
        ));
    }
    Ok(())
}

/// What stands around the diagnosis itself; trees share it among their symptoms.
pub(super) fn surroundings(
    context: &Context<'_>,
    runbook: &Runbook,
    prevention: &Text,
    versions: &[VersionRange],
    client_notes: &[ClientNote],
) -> Result<()> {
    item::text(context, "runbook.level1", &runbook.level1)?;
    item::text(context, "runbook.level2", &runbook.level2)?;
    item::text(context, "runbook.level3", &runbook.level3)?;
    item::text(context, "prevention", prevention)?;
    if versions.is_empty() {
        return Err(context.bad("versions", "has no entry"));
    }
    for (index, version) in versions.iter().enumerate() {
        item::line(
            context.file,
            &format!("versions[{index}].range"),
            &version.range,
        )?;
        item::text(
            context,
            &format!("versions[{index}].reason"),
            &version.reason,
        )?;
    }
    if client_notes.is_empty() {
        return Err(context.bad("client_notes", "has no entry"));
    }
    for (index, note) in client_notes.iter().enumerate() {
        item::line(
            context.file,
            &format!("client_notes[{index}].client"),
            &note.client,
        )?;
        item::text(context, &format!("client_notes[{index}].note"), &note.note)?;
    }
    Ok(())
}

pub(super) fn provenance(context: &Context<'_>, field: &str, entries: &[Provenance]) -> Result<()> {
    if entries.is_empty() {
        return Err(context.bad(field, "has no entry"));
    }
    for (index, entry) in entries.iter().enumerate() {
        item::line(
            context.file,
            &format!("{field}[{index}].project"),
            &entry.project,
        )?;
        item::line(context.file, &format!("{field}[{index}].file"), &entry.file)?;
    }
    Ok(())
}
