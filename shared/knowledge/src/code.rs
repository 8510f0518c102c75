//! What the catalogue knows of one error code.

use crate::{
    action::{Check, Fix},
    proof::{Proof, ProofLevel},
    text::Text,
};
use faultscan_faulttree::Formula;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The family a code belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Family {
    /// Database connections, `ERR-DB-*`.
    Db,
    /// TLS and certificate chains, `ERR-TLS-*`.
    Tls,
    /// Kubernetes scheduling and pods, `ERR-K8S-*`.
    K8s,
    /// Spring transactions, `ERR-SB-*`.
    Sb,
    /// Networks and network policy, `ERR-NET-*`.
    Net,
    /// Symptoms of the Go environment tree; the code is the id of an event or gate.
    Go,
    /// Platform codes 101-137.
    Platform,
    /// Neighbours that the families refer to, and business codes.
    Extra,
}

impl Family {
    /// Every family, in the order lists show them.
    pub const ALL: [Self; 8] = [
        Self::Db,
        Self::Tls,
        Self::K8s,
        Self::Sb,
        Self::Net,
        Self::Go,
        Self::Platform,
        Self::Extra,
    ];

    /// Name as it stands in data files and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Db => "db",
            Self::Tls => "tls",
            Self::K8s => "k8s",
            Self::Sb => "sb",
            Self::Net => "net",
            Self::Go => "go",
            Self::Platform => "platform",
            Self::Extra => "extra",
        }
    }

    /// What every code of the family starts with; empty where there is no such rule.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Db => "ERR-DB-",
            Self::Tls => "ERR-TLS-",
            Self::K8s => "ERR-K8S-",
            Self::Sb => "ERR-SB-",
            Self::Net => "ERR-NET-",
            Self::Go | Self::Platform | Self::Extra => "",
        }
    }
}

/// How bad it is when the code appears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Severity {
    /// A nuisance.
    Low,
    /// Something does not work, and there is a way round.
    Medium,
    /// A service or a build does not work.
    High,
    /// Many services do not work, or data is in danger.
    Critical,
}

/// How well a code's signatures are proven. Displays weigh a code's evidence by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[non_exhaustive]
pub enum EvidenceLevel {
    /// Printed by the real software when run, or read in its source.
    A,
    /// Quoted from public logs and threads.
    B,
    /// Defined by us or written from memory.
    C,
}

impl EvidenceLevel {
    /// Weight for display: 1.0, 0.7, 0.4.
    #[must_use]
    pub fn decay(self) -> f64 {
        match self {
            Self::A => 1.0,
            Self::B => 0.7,
            Self::C => 0.4,
        }
    }
}

/// How often something happens, as a class; `priors.toml` maps the class to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ProbabilityClass {
    /// Seen in any week.
    Common,
    /// Seen a few times a year.
    Occasional,
    /// Seen once in a career.
    Rare,
}

/// A probability class and why it is that one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Probability {
    /// The class.
    pub class: ProbabilityClass,
    /// Where the class comes from.
    pub basis: String,
}

/// A text that real software prints when the code applies.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Signature {
    /// Name, unique within the code.
    pub id: String,
    /// Who prints it.
    pub software: Vec<String>,
    /// The release that first printed this text, where known.
    pub since: Option<String>,
    /// Regular expression with named captures; bytes, ASCII classes, linear time.
    pub pattern: String,
    /// One of these stands in every text that the pattern matches. None in a pack without its reference
    /// section where [`obvious_literals`](crate::pattern::obvious_literals) finds some.
    pub literals: Vec<String>,
    /// Whether letters match in either case.
    pub ignore_case: bool,
    /// Whether the pattern sees a whole multi-line trace instead of one line.
    pub multiline: bool,
    /// P(this text is there | the code applies and the software is in use).
    pub sensitivity: f64,
    /// P(this text is there | the code does not apply).
    pub false_alarm: f64,
    /// Whether few people meet this text. Phones do without: it stands in a pack's reference section,
    /// behind the other signatures of its code.
    pub rare: bool,
    /// Names of the captures of `pattern`.
    pub captures: Vec<String>,
}

/// From this false alarm probability on a signature is a guess.
const GUESS_FALSE_ALARM: f64 = 0.2;

impl Signature {
    /// Whether its words stand in so many other texts that it is tried only on a short log in which
    /// nothing else was found.
    #[must_use]
    pub fn is_guess(&self) -> bool {
        self.false_alarm >= GUESS_FALSE_ALARM
    }
}

/// A real text that must hit the code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Sample {
    /// The text; several lines for a trace.
    pub text: String,
    /// Where it comes from, see the spec for the grades (`run:`, `src:`, `seen:`, `def:`).
    pub source: String,
    /// The signature that must match.
    pub signature: String,
    /// Captures that must come out, and no others are checked.
    #[serde(default)]
    pub captures: BTreeMap<String, String>,
}

/// A real text that must not hit the code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct NearMiss {
    /// The text; several lines for a trace.
    pub text: String,
    /// Why it looks like the code and is not.
    pub why: String,
    /// Where it comes from.
    pub source: String,
    /// The code that must be named first instead; `none` where no code may be named at all.
    /// Without it this code may not be named, and others may.
    pub expect: Option<String>,
}

/// A number measured on the device or sent along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MetricName {
    /// Mean frames per second.
    Fps,
    /// Median round-trip time in milliseconds.
    RttMs,
    /// Share of round-trip probes that got no answer, 0 to 1.
    LossRatio,
    /// Memory in use in megabytes.
    MemoryMb,
    /// Memory in use as a share of the limit, 0 to 1.
    MemoryRatio,
}

/// What must be there for an indicator to speak.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Condition {
    /// A line anywhere in the report matches.
    Line {
        /// Regular expression, as in a signature.
        pattern: String,
        /// One of these stands in every line that matches.
        literals: Vec<String>,
        /// Whether letters match in either case.
        ignore_case: bool,
    },
    /// A metric is below a bound.
    MetricBelow {
        /// Which metric.
        metric: MetricName,
        /// The bound.
        bound: f64,
    },
    /// A metric is above a bound.
    MetricAbove {
        /// Which metric.
        metric: MetricName,
        /// The bound.
        bound: f64,
    },
    /// The ticket's context has a value that matches.
    Context {
        /// The context's key.
        key: String,
        /// Regular expression over the value.
        pattern: String,
    },
    /// A signature of this code captured a value that matches.
    Capture {
        /// The capture's name.
        name: String,
        /// Regular expression over the value.
        pattern: String,
    },
    /// Another code was matched in the same report.
    Code(String),
}

/// Something that makes one cause more or less likely than the others.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Indicator {
    /// The cause it speaks for or against.
    pub cause: String,
    /// When it speaks.
    pub when: Condition,
    /// P(seen | cause) / P(seen | no such cause); below 1 speaks against the cause.
    pub likelihood_ratio: f64,
    /// What it means, as a sentence a report can show.
    pub note: Text,
}

/// What to do in an emergency, three levels deep.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Runbook {
    /// Five minutes, whoever is on call, nothing that can make it worse.
    pub level1: Text,
    /// Half an hour, the service's owner: find the cause and change what is wrong.
    pub level2: Text,
    /// Hand over: to whom, and with which facts.
    pub level3: Text,
}

/// Versions for which the entry holds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct VersionRange {
    /// For example `HikariCP >= 5.0.0`.
    pub range: String,
    /// Why the bound is there.
    pub reason: Text,
}

/// Where a text comes from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Provenance {
    /// The project whose software prints it.
    pub project: String,
    /// The source file, class or message catalogue.
    pub file: String,
    /// Since which release, where known.
    pub since: Option<String>,
    /// What else matters, for example a correction of an older claim.
    pub note: Option<String>,
}

/// What is different with another client or language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ClientNote {
    /// The client, library or language.
    pub client: String,
    /// What it prints or does.
    pub note: Text,
}

/// A public guideline that supports the entry.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Guideline {
    /// Title of the document.
    pub title: String,
    /// Its address.
    pub url: String,
}

/// An error code, or a symptom of a fault tree.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Code {
    /// The code, unique in the catalogue.
    pub code: String,
    /// Its family.
    pub family: Family,
    /// How bad it is.
    pub severity: Severity,
    /// Name, one line.
    pub title: Text,
    /// What happened and why, for the person who has the problem.
    pub explanation: Text,
    /// One sentence for the top of a report; a template over captures.
    pub verdict: Text,
    /// What software prints.
    pub signatures: Vec<Signature>,
    /// Texts that must hit.
    pub samples: Vec<Sample>,
    /// Texts that must not hit.
    pub near_misses: Vec<NearMiss>,
    /// The gate over causes (or over nodes of the code's tree), as written.
    pub gate: String,
    /// The gate, parsed.
    #[serde(skip)]
    pub formula: Formula,
    /// The causes below the gate, each once, in the order they stand in it.
    pub causes: Vec<String>,
    /// How often the code is met.
    pub probability: Probability,
    /// What tells the causes apart.
    pub indicators: Vec<Indicator>,
    /// Questions that tell the causes apart.
    pub checks: Vec<Check>,
    /// What repairs each cause.
    pub fixes: Vec<Fix>,
    /// What to do in an emergency.
    pub runbook: Runbook,
    /// What keeps it from happening again.
    pub prevention: Text,
    /// For which versions it holds.
    pub versions: Vec<VersionRange>,
    /// Where its texts come from.
    pub provenance: Vec<Provenance>,
    /// What other clients and languages print or do.
    pub client_notes: Vec<ClientNote>,
    /// A public guideline, where one exists.
    pub guideline: Option<Guideline>,
    /// How well its texts are proven.
    pub evidence_level: EvidenceLevel,
    /// Whether real software was seen to print it, follows from samples and proofs.
    pub proof: ProofLevel,
    /// Runs of real software that printed it.
    pub proofs: Vec<Proof>,
    /// Codes worth reading next.
    pub related: Vec<String>,
    /// Codes to which this one gives way when both stand in one line or trace; `ERR-DB-*` means a
    /// whole family, `*` means any.
    pub wraps: Vec<String>,
    /// Codes to which this one gives way when both stand in one report about the same object.
    pub yields_to: Vec<String>,
}
