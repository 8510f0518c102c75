//! Rules for the parts that codes, causes and trees are made of.

use super::{Context, bad, prose, schema};
use crate::{
    CatalogueError,
    action::{Check, Fix, Instruction},
    cause::{Cause, CauseKind},
    code::{Condition, Indicator, NearMiss, Sample, Signature},
    pattern,
    proof::Proof,
    schema::{
        CauseFile, ProofFile, RawCause, RawCheck, RawCondition, RawFix, RawIndicator, RawSignature,
    },
    text::{self, Text},
};
use faultscan_faulttree::Formula;
use std::collections::{BTreeMap, BTreeSet};

type Result<T> = std::result::Result<T, CatalogueError>;

/// Likelihood ratios beyond this say more than any single line can.
const LIKELIHOOD_RATIO_MAX: f64 = 100.0;
/// How a source note starts.
const SOURCES: [&str; 6] = ["run:", "bin:", "src:", "seen:", "def:", "mem:"];

pub(crate) fn probability(file: &str, field: &str, value: f64) -> Result<()> {
    if value > 0.0 && value < 1.0 {
        Ok(())
    } else {
        Err(bad(
            file,
            field,
            format!("is {value}; want more than 0 and less than 1"),
        ))
    }
}

/// One line of text that says something.
pub(crate) fn line(file: &str, field: &str, value: &str) -> Result<()> {
    if value.trim().is_empty() {
        return Err(bad(file, field, "is empty"));
    }
    Ok(())
}

/// Both languages are there and each is what it claims to be.
pub(crate) fn text(context: &Context<'_>, field: &str, value: &Text) -> Result<()> {
    line(context.file, &format!("{field}.en"), &value.en)?;
    line(context.file, &format!("{field}.zh"), &value.zh)?;
    if text::has_chinese(&value.en) {
        return Err(context.bad(format!("{field}.en"), "holds Chinese characters"));
    }
    if !text::has_chinese(&value.zh) {
        return Err(context.bad(format!("{field}.zh"), "holds no Chinese characters"));
    }
    Ok(())
}

/// A sentence that reads well when nothing was captured: each place has words of its own or goes
/// with those around it, and what is left has no gap.
pub(crate) fn whole(context: &Context<'_>, field: &str, template: &str) -> Result<()> {
    if let Some((name, _)) = text::places(template).into_iter().find(|(_, told)| !told) {
        let reason = format!("{name:?} needs default words, or words around $");
        return Err(context.bad(field, reason));
    }
    let bare = text::render(template, &BTreeMap::new());
    let gaps = ["{{", "  ", " ,", " 。", " ，", " ()", "（）", "“”", "''"];
    if bare.trim_end().ends_with(" .") {
        return Err(context.bad(field, "ends with \" .\" when nothing was captured"));
    }
    match gaps.into_iter().find(|gap| bare.contains(gap)) {
        Some(gap) => Err(context.bad(field, format!("has {gap:?} when nothing was captured"))),
        None => Ok(()),
    }
}

/// A title: both languages, one line, short.
pub(crate) fn title(context: &Context<'_>, field: &str, value: &Text) -> Result<()> {
    text(context, field, value)?;
    for (language, value) in [("en", &value.en), ("zh", &value.zh)] {
        if value.contains('\n') || value.chars().count() > 100 {
            let field = format!("{field}.{language}");
            return Err(context.bad(field, "is not one line of at most 100 characters"));
        }
    }
    Ok(())
}

/// A command as it is, or a sentence in both languages.
fn instruction(context: &Context<'_>, field: &str, value: &Instruction) -> Result<()> {
    let command = match value {
        Instruction::Words(words) => return text(context, field, words),
        Instruction::Command(command) => command,
    };
    line(context.file, field, command)?;
    if text::has_chinese(command) {
        return Err(context.bad(field, "holds Chinese characters; want { en, zh }"));
    }
    match prose::telling_word(command) {
        Some(word) => Err(context.bad(
            field,
            format!("is a sentence, as {word:?} tells; want {{ en, zh }}"),
        )),
        None => Ok(()),
    }
}

/// Where a quoted text comes from.
fn source(context: &Context<'_>, field: &str, value: &str) -> Result<()> {
    if SOURCES.iter().any(|start| {
        value
            .strip_prefix(start)
            .is_some_and(|rest| !rest.trim().is_empty())
    }) {
        return Ok(());
    }
    Err(context.bad(
        field,
        format!("{value:?} does not start with one of {SOURCES:?} and a place"),
    ))
}

pub(crate) fn formula(
    context: &Context<'_>,
    field: &str,
    value: &str,
) -> Result<(Formula, Vec<String>)> {
    let formula = Formula::parse(value).map_err(|error| context.bad(field, error.to_string()))?;
    let mut names: Vec<String> = Vec::new();
    for name in formula.references() {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    if names.is_empty() {
        return Err(context.bad(field, "names no cause"));
    }
    Ok((formula, names))
}

pub(crate) fn unique<'a>(
    context: &Context<'_>,
    field: &str,
    ids: impl Iterator<Item = &'a str>,
) -> Result<()> {
    let mut seen = BTreeSet::new();
    for (index, id) in ids.enumerate() {
        if !text::is_identifier(id) {
            return Err(context.bad(
                format!("{field}[{index}].id"),
                format!("{id:?} is not snake_case"),
            ));
        }
        if !seen.insert(id) {
            return Err(context.bad(
                format!("{field}[{index}].id"),
                format!("{id:?} stands twice"),
            ));
        }
    }
    Ok(())
}

pub(crate) fn signature(
    context: &Context<'_>,
    field: &str,
    raw: RawSignature,
) -> Result<Signature> {
    let captures = pattern::check(&raw.pattern, &raw.literals, raw.ignore_case)
        .map_err(|reason| context.bad(format!("{field}.pattern"), reason))?;
    if captures != text::capture_names(&raw.pattern) {
        let reason = "names captures in another way than (?P<name>...)";
        return Err(context.bad(format!("{field}.pattern"), reason));
    }
    if raw.software.is_empty() {
        return Err(context.bad(format!("{field}.software"), "names no software"));
    }
    let sensitivity = raw
        .sensitivity
        .unwrap_or(context.priors.signature_sensitivity);
    let false_alarm = raw
        .false_alarm
        .unwrap_or(context.priors.signature_false_alarm);
    probability(context.file, &format!("{field}.sensitivity"), sensitivity)?;
    probability(context.file, &format!("{field}.false_alarm"), false_alarm)?;
    if sensitivity <= false_alarm {
        return Err(context.bad(format!("{field}.sensitivity"), "is not above false_alarm"));
    }
    Ok(Signature {
        id: raw.id,
        software: raw.software,
        since: raw.since,
        pattern: raw.pattern,
        literals: raw.literals,
        ignore_case: raw.ignore_case,
        multiline: raw.multiline,
        sensitivity,
        false_alarm,
        rare: raw.rare,
        captures,
    })
}

pub(crate) fn samples(
    context: &Context<'_>,
    field: &str,
    samples: &[Sample],
    signatures: &[Signature],
) -> Result<()> {
    for (index, sample) in samples.iter().enumerate() {
        let field = format!("{field}[{index}]");
        line(context.file, &format!("{field}.text"), &sample.text)?;
        source(context, &format!("{field}.source"), &sample.source)?;
        let Some(signature) = signatures.iter().find(|s| s.id == sample.signature) else {
            let reason = format!("no signature has the id {:?}", sample.signature);
            return Err(context.bad(format!("{field}.signature"), reason));
        };
        if let Some(name) = sample
            .captures
            .keys()
            .find(|name| !signature.captures.contains(name))
        {
            let reason = format!("signature {:?} has no capture {name:?}", signature.id);
            return Err(context.bad(format!("{field}.captures"), reason));
        }
    }
    for (index, signature) in signatures.iter().enumerate() {
        if !samples
            .iter()
            .any(|sample| sample.signature == signature.id)
        {
            let reason = format!("no sample proves {:?}", signature.id);
            return Err(context.bad(format!("signatures[{index}]"), reason));
        }
    }
    Ok(())
}

pub(crate) fn near_misses(context: &Context<'_>, field: &str, misses: &[NearMiss]) -> Result<()> {
    for (index, miss) in misses.iter().enumerate() {
        let field = format!("{field}[{index}]");
        line(context.file, &format!("{field}.text"), &miss.text)?;
        line(context.file, &format!("{field}.why"), &miss.why)?;
        source(context, &format!("{field}.source"), &miss.source)?;
    }
    Ok(())
}

/// `owner` is the cause that an indicator of a cause or event speaks for.
pub(crate) fn indicators(
    context: &Context<'_>,
    field: &str,
    raw: Vec<RawIndicator>,
    owner: Option<&str>,
) -> Result<Vec<Indicator>> {
    let mut out = Vec::new();
    for (index, raw) in raw.into_iter().enumerate() {
        let field = format!("{field}[{index}]");
        text(context, &format!("{field}.note"), &raw.note)?;
        let ratio = raw.likelihood_ratio;
        if !(1.0 / LIKELIHOOD_RATIO_MAX..=LIKELIHOOD_RATIO_MAX).contains(&ratio) || ratio == 1.0 {
            let reason = format!("is {ratio}; want 0.01 to 100 and not 1");
            return Err(context.bad(format!("{field}.likelihood_ratio"), reason));
        }
        let cause = owned(context, &field, raw.cause, owner)?;
        let when = condition(context, &format!("{field}.when"), raw.when)?;
        out.push(Indicator {
            cause,
            when,
            likelihood_ratio: ratio,
            note: raw.note,
        });
    }
    Ok(out)
}

/// The cause a part names, or its owner.
fn owned(
    context: &Context<'_>,
    field: &str,
    named: Option<String>,
    owner: Option<&str>,
) -> Result<String> {
    match (named, owner) {
        (Some(cause), None) => Ok(cause),
        (None, Some(owner)) => Ok(owner.to_owned()),
        (None, None) => Err(context.bad(format!("{field}.cause"), "is missing")),
        (Some(_), Some(_)) => Err(context.bad(
            format!("{field}.cause"),
            "is given by the place it stands in",
        )),
    }
}

fn condition(context: &Context<'_>, field: &str, raw: RawCondition) -> Result<Condition> {
    let regex = |field: String, pattern: &str| {
        pattern::compile(pattern, false).map_err(|reason| context.bad(field, reason))
    };
    let want = |value: Option<String>, what: &str| {
        value.ok_or_else(|| context.bad(format!("{field}.{what}"), "is missing"))
    };
    let only_line = raw.line.is_some() || (raw.literals.is_empty() && !raw.ignore_case);
    match (raw.line, raw.metric, raw.context, raw.capture, raw.code) {
        (Some(line), None, None, None, None) => {
            pattern::check(&line, &raw.literals, raw.ignore_case)
                .map_err(|reason| context.bad(format!("{field}.line"), reason))?;
            Ok(Condition::Line {
                pattern: line,
                literals: raw.literals,
                ignore_case: raw.ignore_case,
            })
        }
        (None, Some(metric), None, None, None) if only_line => match (raw.below, raw.above) {
            (Some(bound), None) => Ok(Condition::MetricBelow { metric, bound }),
            (None, Some(bound)) => Ok(Condition::MetricAbove { metric, bound }),
            _ => Err(context.bad(field, "a metric needs one of below, above")),
        },
        (None, None, Some(key), None, None) if only_line => {
            let pattern = want(raw.matches, "matches")?;
            regex(format!("{field}.matches"), &pattern)?;
            Ok(Condition::Context { key, pattern })
        }
        (None, None, None, Some(name), None) if only_line => {
            let pattern = want(raw.matches, "matches")?;
            regex(format!("{field}.matches"), &pattern)?;
            Ok(Condition::Capture { name, pattern })
        }
        (None, None, None, None, Some(code)) if only_line => Ok(Condition::Code(code)),
        _ => Err(context.bad(
            field,
            "wants exactly one of line, metric, context, capture, code",
        )),
    }
}

pub(crate) fn checks(context: &Context<'_>, field: &str, raw: Vec<RawCheck>) -> Result<Vec<Check>> {
    unique(context, field, raw.iter().map(|check| check.id.as_str()))?;
    let mut out = Vec::new();
    for (index, raw) in raw.into_iter().enumerate() {
        let field = format!("{field}[{index}]");
        for (name, value) in [
            ("question", &raw.question),
            ("yes", &raw.yes),
            ("no", &raw.no),
        ] {
            text(context, &format!("{field}.{name}"), value)?;
            whole(context, &format!("{field}.{name}.en"), &value.en)?;
            whole(context, &format!("{field}.{name}.zh"), &value.zh)?;
        }
        instruction(context, &format!("{field}.command"), &raw.command)?;
        if !(raw.cost_min > 0.0 && raw.cost_min <= 240.0) {
            let reason = format!(
                "is {}; want minutes, more than 0 and at most 240",
                raw.cost_min
            );
            return Err(context.bad(format!("{field}.cost_min"), reason));
        }
        let (formula, _) = formula(context, &format!("{field}.test"), &raw.test)?;
        let hit = raw.hit.unwrap_or(context.priors.check_hit);
        let false_alarm = raw.false_alarm.unwrap_or(context.priors.check_false_alarm);
        probability(context.file, &format!("{field}.hit"), hit)?;
        probability(context.file, &format!("{field}.false_alarm"), false_alarm)?;
        if hit <= false_alarm {
            return Err(context.bad(format!("{field}.hit"), "is not above false_alarm"));
        }
        out.push(Check {
            id: raw.id,
            question: raw.question,
            command: raw.command,
            cost_min: raw.cost_min,
            test: raw.test,
            formula,
            hit,
            false_alarm,
            yes: raw.yes,
            no: raw.no,
        });
    }
    Ok(out)
}

pub(crate) fn fixes(
    context: &Context<'_>,
    field: &str,
    raw: Vec<RawFix>,
    owner: Option<&str>,
) -> Result<Vec<Fix>> {
    let mut out = Vec::new();
    for (index, raw) in raw.into_iter().enumerate() {
        let field = format!("{field}[{index}]");
        title(context, &format!("{field}.title"), &raw.title)?;
        text(context, &format!("{field}.side_effects"), &raw.side_effects)?;
        for (name, value) in [
            ("command", &raw.command),
            ("dry_run", &raw.dry_run),
            ("undo", &raw.undo),
        ] {
            instruction(context, &format!("{field}.{name}"), value)?;
        }
        out.push(Fix {
            cause: owned(context, &field, raw.cause, owner)?,
            title: raw.title,
            command: raw.command,
            dry_run: raw.dry_run,
            undo: raw.undo,
            side_effects: raw.side_effects,
            idempotent: raw.idempotent,
            risk: raw.risk,
        });
    }
    Ok(out)
}

pub(crate) fn causes(context: &Context<'_>, stem: &str, raw: CauseFile) -> Result<Vec<Cause>> {
    schema(context.file, raw.schema)?;
    if raw.domain != stem {
        return Err(context.bad(
            "domain",
            format!("is {:?} in a file named {stem:?}", raw.domain),
        ));
    }
    unique(
        context,
        "causes",
        raw.causes.iter().map(|cause| cause.id.as_str()),
    )?;
    let mut out = Vec::new();
    for (index, cause) in raw.causes.into_iter().enumerate() {
        out.push(one_cause(
            context,
            &format!("causes[{index}]"),
            &raw.domain,
            cause,
        )?);
    }
    Ok(out)
}

fn one_cause(context: &Context<'_>, field: &str, domain: &str, raw: RawCause) -> Result<Cause> {
    title(context, &format!("{field}.title"), &raw.title)?;
    text(context, &format!("{field}.evidence"), &raw.evidence)?;
    line(
        context.file,
        &format!("{field}.prior.basis"),
        &raw.prior.basis,
    )?;
    if (raw.kind == CauseKind::Undeveloped) != raw.develops.is_some() {
        let reason = "goes together with kind = \"undeveloped\"";
        return Err(context.bad(format!("{field}.develops"), reason));
    }
    let owner = Some(raw.id.as_str());
    Ok(Cause {
        domain: domain.to_owned(),
        kind: raw.kind,
        develops: raw.develops,
        title: raw.title,
        probability: context.priors.probability(raw.prior.class),
        prior: raw.prior,
        evidence: raw.evidence,
        indicators: indicators(
            context,
            &format!("{field}.indicators"),
            raw.indicators,
            owner,
        )?,
        checks: checks(context, &format!("{field}.checks"), raw.checks)?,
        fixes: fixes(context, &format!("{field}.fixes"), raw.fixes, owner)?,
        id: raw.id,
    })
}

/// Proofs by code.
pub(crate) fn proofs(
    context: &Context<'_>,
    raw: ProofFile,
) -> Result<BTreeMap<String, Vec<Proof>>> {
    schema(context.file, raw.schema)?;
    let mut out: BTreeMap<String, Vec<Proof>> = BTreeMap::new();
    for (index, raw) in raw.proof.into_iter().enumerate() {
        for (name, value) in [
            ("code", &raw.code),
            ("case", &raw.case),
            ("software", &raw.software),
            ("line", &raw.line),
        ] {
            line(context.file, &format!("proof[{index}].{name}"), value)?;
        }
        let of_code = out.entry(raw.code).or_default();
        if of_code.iter().any(|proof| proof.case == raw.case) {
            let reason = format!("{:?} stands twice for one code", raw.case);
            return Err(context.bad(format!("proof[{index}].case"), reason));
        }
        of_code.push(Proof {
            case: raw.case,
            software: raw.software,
            line: raw.line,
        });
    }
    Ok(out)
}
