//! The rows of a pack: which fields stand in the core, and which in the reference section.

use super::{
    mp::RowFault,
    row::{Row, RowReader, RowWriter, choice, record},
};
use crate::{
    action::{Check, Fix, Instruction, Risk},
    cause::{Cause, CauseKind},
    code::{
        ClientNote, Code, Condition, EvidenceLevel, Family, Guideline, Indicator, MetricName,
        NearMiss, Probability, ProbabilityClass, Provenance, Runbook, Sample, Severity, Signature,
        VersionRange,
    },
    pattern,
    priors::{Priors, Thresholds},
    proof::{Proof, ProofLevel},
    text::{Text, capture_names},
    tree::{Axis, Tree, TreeEvent, TreeGate},
};
use faultscan_faulttree::Formula;

choice!(Family { 0 => Db, 1 => Tls, 2 => K8s, 3 => Sb, 4 => Net, 5 => Go, 6 => Platform, 7 => Extra });
choice!(Severity { 0 => Low, 1 => Medium, 2 => High, 3 => Critical });
choice!(EvidenceLevel { 0 => A, 1 => B, 2 => C });
choice!(ProbabilityClass { 0 => Common, 1 => Occasional, 2 => Rare });
choice!(ProofLevel { 0 => Live, 1 => Quoted, 2 => Defined, 3 => Memory });
choice!(CauseKind { 0 => Basic, 1 => Undeveloped });
choice!(Risk { 0 => Low, 1 => Medium, 2 => High });
choice!(MetricName { 0 => Fps, 1 => RttMs, 2 => LossRatio, 3 => MemoryMb, 4 => MemoryRatio });

record!(Signature {
    id, software, since, pattern, literals, ignore_case, multiline, sensitivity, false_alarm, rare;
    captures = captures(pattern)
});
record!(Indicator {
    cause,
    when,
    likelihood_ratio,
    note
});
record!(Check {
    id, question, command, cost_min, test, hit, false_alarm, yes, no;
    formula = parse(test)
});
record!(Fix {
    cause,
    title,
    command,
    dry_run,
    undo,
    side_effects,
    idempotent,
    risk
});
record!(Sample {
    text,
    source,
    signature,
    captures
});
record!(NearMiss {
    text,
    why,
    source,
    expect
});
record!(Runbook {
    level1,
    level2,
    level3
});
record!(VersionRange { range, reason });
record!(Provenance {
    project,
    file,
    since,
    note
});
record!(ClientNote { client, note });
record!(Guideline { title, url });
record!(Proof {
    case,
    software,
    line
});
record!(Axis { id, title });
record!(TreeGate { id, axis, title, gate; formula = parse(gate) });
record!(TreeEvent { id, axis });
record!(Tree {
    id,
    title,
    top,
    axes,
    gates,
    events
});
record!(Thresholds {
    fps_below,
    rtt_ms_above,
    loss_ratio_above,
    memory_mb_above,
    memory_ratio_above
});
record!(Priors {
    basis,
    common,
    occasional,
    rare,
    signature_sensitivity,
    signature_false_alarm,
    check_hit,
    check_false_alarm,
    thresholds
});

fn captures(_: &mut RowReader<'_>, pattern: &str) -> Vec<String> {
    capture_names(pattern)
}

fn parse(from: &mut RowReader<'_>, formula: &str) -> Formula {
    Formula::parse(formula).unwrap_or_else(|_| {
        from.fail(RowFault::BadFormula);
        Formula::Constant(false)
    })
}

/// A command is a string, a sentence is a text.
impl Row for Instruction {
    fn put(&self, out: &mut RowWriter) {
        match self {
            Self::Command(command) => command.put(out),
            Self::Words(words) => words.put(out),
        }
    }

    fn take(from: &mut RowReader<'_>) -> Self {
        if from.is_str() {
            Self::Command(Row::take(from))
        } else {
            Self::Words(Row::take(from))
        }
    }
}

impl Row for Condition {
    fn put(&self, out: &mut RowWriter) {
        let (number, count) = match self {
            Self::Line { .. } => (0, 4),
            Self::MetricBelow { .. } => (1, 3),
            Self::MetricAbove { .. } => (2, 3),
            Self::Context { .. } => (3, 3),
            Self::Capture { .. } => (4, 3),
            Self::Code(_) => (5, 2),
        };
        out.mp().array(count);
        out.mp().uint(number);
        match self {
            Self::Line {
                pattern,
                literals,
                ignore_case,
            } => {
                pattern.put(out);
                literals.put(out);
                ignore_case.put(out);
            }
            Self::MetricBelow { metric, bound } | Self::MetricAbove { metric, bound } => {
                metric.put(out);
                bound.put(out);
            }
            Self::Context { key: name, pattern } | Self::Capture { name, pattern } => {
                name.put(out);
                pattern.put(out);
            }
            Self::Code(code) => code.put(out),
        }
    }

    fn take(from: &mut RowReader<'_>) -> Self {
        let count = from.array();
        let number = from.uint();
        match (number, count) {
            (0, 4) => Self::Line {
                pattern: Row::take(from),
                literals: Row::take(from),
                ignore_case: Row::take(from),
            },
            (1, 3) => Self::MetricBelow {
                metric: Row::take(from),
                bound: Row::take(from),
            },
            (2, 3) => Self::MetricAbove {
                metric: Row::take(from),
                bound: Row::take(from),
            },
            (3, 3) => Self::Context {
                key: Row::take(from),
                pattern: Row::take(from),
            },
            (4, 3) => Self::Capture {
                name: Row::take(from),
                pattern: Row::take(from),
            },
            (5, 2) => Self::Code(Row::take(from)),
            _ => {
                from.fail(if number < 6 {
                    RowFault::WrongLength
                } else {
                    RowFault::UnknownChoice
                });
                Self::Code(String::new())
            }
        }
    }
}

/// Writes each named field; their number stands before them.
macro_rules! put_fields {
    ($out:ident, $($value:expr),+ $(,)?) => {
        $out.mp().array([$(stringify!($value)),+].len());
        $($value.put($out);)+
    };
}

const CODE_CORE_FIELDS: usize = 17;
const CODE_REFERENCE_FIELDS: usize = 12;
const CAUSE_CORE_FIELDS: usize = 8;
const CAUSE_REFERENCE_FIELDS: usize = 2;

/// What the matcher, the diagnosis and the head of a report need of a code.
pub(super) fn put_code_core(code: &Code, out: &mut RowWriter) {
    let signatures = code.signatures.iter().filter(|signature| !signature.rare);
    let signatures: Vec<Signature> = signatures.map(without_obvious).collect();
    put_fields!(
        out,
        code.family,
        code.severity,
        code.evidence_level,
        code.proof,
        code.title,
        code.verdict,
        signatures,
        code.gate,
        code.causes,
        code.probability.class,
        code.indicators,
        code.checks,
        code.fixes,
        code.guideline,
        code.related,
        code.wraps,
        code.yields_to,
    );
}

/// A signature as the core has it: a matcher can read obvious literals off the pattern, and phones
/// need not download them.
fn without_obvious(signature: &Signature) -> Signature {
    let mut signature = signature.clone();
    if pattern::obvious_literals(&signature.pattern).is_some() {
        signature.literals.clear();
    }
    signature
}

/// A code with an empty reference part.
pub(super) fn take_code_core(name: &str, from: &mut RowReader<'_>) -> Code {
    from.fields(CODE_CORE_FIELDS);
    let (family, severity) = (Row::take(from), Row::take(from));
    let (evidence_level, proof) = (Row::take(from), Row::take(from));
    let (title, verdict) = (Row::take(from), Row::take(from));
    let signatures = Row::take(from);
    let gate: String = Row::take(from);
    let causes = Row::take(from);
    let class = Row::take(from);
    let (indicators, checks, fixes) = (Row::take(from), Row::take(from), Row::take(from));
    let (guideline, related) = (Row::take(from), Row::take(from));
    let (wraps, yields_to) = (Row::take(from), Row::take(from));
    Code {
        code: name.to_owned(),
        family,
        severity,
        title,
        explanation: Text::default(),
        verdict,
        signatures,
        samples: Vec::new(),
        near_misses: Vec::new(),
        formula: parse(from, &gate),
        gate,
        causes,
        probability: Probability {
            class,
            basis: String::new(),
        },
        indicators,
        checks,
        fixes,
        runbook: Runbook::default(),
        prevention: Text::default(),
        versions: Vec::new(),
        provenance: Vec::new(),
        client_notes: Vec::new(),
        guideline,
        evidence_level,
        proof,
        proofs: Vec::new(),
        related,
        wraps,
        yields_to,
    }
}

/// What people read of a code, and what proves it.
pub(super) fn put_code_reference(code: &Code, out: &mut RowWriter) {
    let (rare, common): (Vec<&Signature>, Vec<&Signature>) =
        (code.signatures.iter()).partition(|signature| signature.rare);
    let rare: Vec<Signature> = rare.into_iter().cloned().collect();
    let literals: Vec<Vec<String>> = (common.iter())
        .map(|signature| signature.literals.clone())
        .collect();
    put_fields!(
        out,
        code.explanation,
        code.probability.basis,
        code.samples,
        code.near_misses,
        code.runbook,
        code.prevention,
        code.versions,
        code.provenance,
        code.client_notes,
        code.proofs,
        literals,
        rare,
    );
}

/// Fills the reference part of a code.
pub(super) fn take_code_reference(code: &mut Code, from: &mut RowReader<'_>) {
    from.fields(CODE_REFERENCE_FIELDS);
    code.explanation = Row::take(from);
    code.probability.basis = Row::take(from);
    code.samples = Row::take(from);
    code.near_misses = Row::take(from);
    code.runbook = Row::take(from);
    code.prevention = Row::take(from);
    code.versions = Row::take(from);
    code.provenance = Row::take(from);
    code.client_notes = Row::take(from);
    code.proofs = Row::take(from);
    let literals: Vec<Vec<String>> = Row::take(from);
    for (signature, literals) in code.signatures.iter_mut().zip(literals) {
        signature.literals = literals;
    }
    let rare: Vec<Signature> = Row::take(from);
    code.signatures.extend(rare);
}

/// What the diagnosis needs of a cause.
pub(super) fn put_cause_core(cause: &Cause, out: &mut RowWriter) {
    put_fields!(
        out,
        cause.domain,
        cause.kind,
        cause.develops,
        cause.title,
        cause.prior.class,
        cause.indicators,
        cause.checks,
        cause.fixes,
    );
}

/// A cause with an empty reference part.
pub(super) fn take_cause_core(id: &str, priors: &Priors, from: &mut RowReader<'_>) -> Cause {
    from.fields(CAUSE_CORE_FIELDS);
    let domain = Row::take(from);
    let (kind, develops, title) = (Row::take(from), Row::take(from), Row::take(from));
    let class = Row::take(from);
    Cause {
        id: id.to_owned(),
        domain,
        kind,
        develops,
        title,
        prior: Probability {
            class,
            basis: String::new(),
        },
        probability: priors.probability(class),
        evidence: Text::default(),
        indicators: Row::take(from),
        checks: Row::take(from),
        fixes: Row::take(from),
    }
}

/// What people read of a cause.
pub(super) fn put_cause_reference(cause: &Cause, out: &mut RowWriter) {
    put_fields!(out, cause.prior.basis, cause.evidence);
}

/// Fills the reference part of a cause.
pub(super) fn take_cause_reference(cause: &mut Cause, from: &mut RowReader<'_>) {
    from.fields(CAUSE_REFERENCE_FIELDS);
    cause.prior.basis = Row::take(from);
    cause.evidence = Row::take(from);
}
