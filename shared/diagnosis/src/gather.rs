//! From an input to findings: what the matcher found, what the ticket says, what a person answered,
//! and what is missing.

use faultscan_faulttree::SortedMap;
use faultscan_faulttree::SortedSet;
use faultscan_faulttree::one_by_one;

use faultscan_evidence::{self as evidence, CodeMatch, Matcher, Owner, Speaker, Witness};
use faultscan_faulttree::EventId;
use faultscan_knowledge::{Code, Signature, Text};

use crate::error::DiagnosisError;
use crate::findings::{Findings, Found, Piece, Source};
use crate::input::Input;
use crate::likelihood;
use crate::model::Model;
use crate::report::{Answer, MetricNote, Note};
use crate::wording::unknown_code_note;

/// Evidence with what the report says of it.
pub(crate) struct Gathered {
    pub(crate) findings: Findings,
    pub(crate) metrics: Vec<MetricNote>,
    pub(crate) notes: Vec<Note>,
}

/// Gathers all evidence of an input.
pub(crate) fn gather(
    model: &Model,
    matcher: &Matcher,
    input: &Input,
) -> Result<Gathered, DiagnosisError> {
    let lines = input.all_lines();
    let seen = evidence::gather(
        &model.catalogue,
        matcher,
        &evidence::Input {
            lines: &lines,
            metrics: input.metrics,
            context: &input.context,
        },
    );
    let mut findings = Findings::default();
    let mut notes = Vec::new();
    for found in &seen.report.codes {
        add_match(model, &mut findings, found);
    }
    add_ticket(model, &mut findings, &mut notes, input);
    add_witnesses(model, &mut findings, &seen.witnesses);
    add_absences(model, &mut findings, &seen.report.codes);
    add_answers(model, &mut findings, input)?;
    let metrics = seen.metrics.into_iter().map(|metric| MetricNote {
        name: metric.name.to_owned(),
        text: metric.text.en,
        text_zh: metric.text.zh,
    });
    Ok(Gathered {
        findings,
        metrics: metrics.collect(),
        notes,
    })
}

fn add_match(model: &Model, findings: &mut Findings, found: &CodeMatch) {
    let (Some(node), Some(code)) = (model.code(&found.code), model.catalogue.code(&found.code))
    else {
        return;
    };
    findings.found.push(Found {
        code: found.code.clone(),
        node,
        score: found.score,
        primary: found.primary,
        counts: found.primary,
        reason: Text {
            en: found.reason.to_string(),
            zh: found.reason.to_chinese(),
        },
        lines: found.lines.clone(),
        captures: found.captures.clone(),
    });
    if !found.primary {
        return;
    }
    // Signatures of one code are not independent witnesses; the best one speaks.
    let matched = code
        .signatures
        .iter()
        .filter(|signature| found.signatures.contains(&signature.id));
    let ratio = |signature: &Signature| signature.sensitivity / signature.false_alarm;
    let Some(best) = matched.max_by(|a, b| ratio(a).total_cmp(&ratio(b))) else {
        return;
    };
    let prior = model.prior.posterior(node);
    let (if_true, if_false) = likelihood::of_message(prior, best.sensitivity, best.false_alarm);
    let source = Source::Code {
        code: found.code.clone(),
        lines: found.lines.clone(),
    };
    findings.pieces.push(Piece {
        node,
        if_true,
        if_false,
        source,
    });
    for cause in model.developed_by(&found.code) {
        let source = Source::Develops {
            code: found.code.clone(),
        };
        findings.pieces.push(Piece::ratio(
            cause.into(),
            likelihood::DEVELOPS_RATIO,
            source,
        ));
    }
}

/// Codes that the ticket names and the matcher did not find by itself: a person or another version
/// of the catalogue knows more than the lines show.
fn add_ticket(model: &Model, findings: &mut Findings, notes: &mut Vec<Note>, input: &Input) {
    let of_lines = (1_u32..)
        .zip(&input.ticket_evidence)
        .filter_map(|(number, evidence)| Some((evidence.code.as_deref()?, vec![number])));
    let named = input.ticket_code.as_deref().map(|code| (code, Vec::new()));
    let mut unknown = SortedSet::new();
    for (code, lines) in of_lines.chain(named) {
        let Some(node) = model.code(code) else {
            if unknown.insert(code) {
                notes.push(unknown_code_note(code, model.catalogue.version()));
            }
            continue;
        };
        if findings.found.iter().any(|found| found.code == code) {
            continue;
        }
        findings.found.push(Found {
            code: code.to_owned(),
            node,
            score: 1.0,
            primary: true,
            counts: true,
            reason: Text {
                en: "named by the ticket".into(),
                zh: "由票据指明".into(),
            },
            lines,
            captures: std::collections::BTreeMap::new(),
        });
        let (if_true, if_false) = likelihood::of_ticket(model.prior.posterior(node));
        let source = Source::Ticket {
            code: code.to_owned(),
        };
        findings.pieces.push(Piece {
            node,
            if_true,
            if_false,
            source,
        });
    }
}

/// Indicators of causes. Several that rest on the same lines are one witness, the strongest.
fn add_witnesses(model: &Model, findings: &mut Findings, witnesses: &[Witness]) {
    let strength = |witness: &Witness| witness.likelihood_ratio.ln().abs();
    let mut strongest: SortedMap<(String, Basis), &Witness> = SortedMap::new();
    for witness in witnesses {
        // A code that gives way to another has no say of its own.
        let speaks = match &witness.owner {
            Owner::Code(code) => findings.observed().any(|found| found.code == *code),
            _ => true,
        };
        if !speaks {
            continue;
        }
        let kept =
            strongest.get_or_insert_with((witness.cause.clone(), Basis::of(witness)), || witness);
        if strength(witness) > strength(kept) {
            *kept = witness;
        }
    }
    for witness in strongest.into_iter().map(|(_, witness)| witness) {
        if let Some(event) = model.cause(&witness.cause) {
            let source = Source::Indicator {
                note: witness.note.clone(),
            };
            findings
                .pieces
                .push(Piece::ratio(event.into(), witness.likelihood_ratio, source));
        }
    }
}

/// What an indicator rests on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Basis {
    /// These lines, whatever was seen in them.
    Lines(Vec<u32>),
    /// A metric or a pair of the context, told apart by what it means.
    Fact(String),
}

impl Basis {
    fn of(witness: &Witness) -> Self {
        match witness.speaker {
            Speaker::Metric | Speaker::Context => Self::Fact(witness.note.en.clone()),
            _ => Self::Lines(witness.lines.clone()),
        }
    }
}

/// Messages that are missing. Absence counts only where the message would have been logged: the
/// code shares a cause with one that was found, the same software that wrote a matched line prints
/// it, and it is no alternative form of a code that was found.
fn add_absences(model: &Model, findings: &mut Findings, matches: &[CodeMatch]) {
    let mut writers: SortedSet<&str> = SortedSet::new();
    let mut alternatives: SortedSet<&str> = SortedSet::new();
    let mut causes: SortedSet<EventId> = SortedSet::new();
    for found in matches {
        let Some(code) = model.catalogue.code(&found.code) else {
            continue;
        };
        alternatives.insert(&code.code);
        alternatives.extend(related(code));
        if found.primary {
            let signatures = code
                .signatures
                .iter()
                .filter(|one| found.signatures.contains(&one.id));
            writers.extend(signatures.flat_map(|one| &one.software).map(String::as_str));
            causes.extend(
                model
                    .code(&code.code)
                    .map(|node| model.leaves(node))
                    .unwrap_or_default(),
            );
        }
    }
    let neighbours: SortedSet<&str> =
        one_by_one(causes.iter().flat_map(|cause| model.codes_above(*cause)));
    for name in neighbours.difference(&alternatives) {
        let (Some(code), Some(node)) = (model.catalogue.code(name), model.code(name)) else {
            continue;
        };
        let is_alternative =
            related(code).any(|other| matches.iter().any(|found| found.code == other));
        let would_log = |signature: &&Signature| {
            signature
                .software
                .iter()
                .any(|software| writers.contains(software.as_str()))
        };
        let signatures = code.signatures.iter().filter(would_log);
        let surest = signatures.max_by(|a, b| a.sensitivity.total_cmp(&b.sensitivity));
        if let (false, Some(signature)) = (is_alternative, surest) {
            let (if_true, if_false) = likelihood::of_absence(signature);
            let source = Source::Absent {
                code: code.code.clone(),
            };
            findings.pieces.push(Piece {
                node,
                if_true,
                if_false,
                source,
            });
        }
    }
}

/// Codes that a line may show instead of this one.
fn related(code: &Code) -> impl Iterator<Item = &str> {
    code.related
        .iter()
        .chain(&code.wraps)
        .chain(&code.yields_to)
        .map(String::as_str)
}

fn add_answers(
    model: &Model,
    findings: &mut Findings,
    input: &Input,
) -> Result<(), DiagnosisError> {
    for given in input.last_answers() {
        let tested = model
            .check(&given.check)
            .ok_or_else(|| DiagnosisError::UnknownCheck {
                check: given.check.clone(),
                catalogue_version: model.catalogue.version().to_owned(),
            })?;
        let yes = match given.answer {
            Answer::Yes => true,
            Answer::No => false,
            Answer::Unsure => continue,
        };
        let check = &tested.check;
        let (if_true, if_false) = likelihood::of_answer(yes, check.hit, check.false_alarm);
        let source = Source::Answer {
            check: check.id.clone(),
            question: check.question.clone(),
            answer: given.answer,
        };
        findings.pieces.push(Piece {
            node: tested.node,
            if_true,
            if_false,
            source,
        });
    }
    Ok(())
}
