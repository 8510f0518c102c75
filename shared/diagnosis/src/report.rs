//! What a diagnosis says. These types are the JSON that the command line prints, the server sends
//! and the pages draw, so they carry serde and nothing else. Texts come in pairs: `x` in English,
//! `x_zh` in Chinese.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A whole diagnosis: everything that can be said from one [`Input`](crate::Input).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// The catalogue that it was made with.
    pub catalogue_version: String,
    /// Whether anything in the catalogue explains the evidence.
    pub status: Status,
    /// One sentence that says what is wrong, and how sure that is.
    pub verdict: Verdict,
    /// Codes found, best first.
    pub codes: Vec<FoundCode>,
    /// Root causes, most probable first.
    pub causes: Vec<RankedCause>,
    /// Minimal cut sets of what was observed, most probable first.
    pub cut_sets: Vec<RankedCutSet>,
    /// What moved the verdict, in the order in which it was weighed; the bits add up to the change
    /// from the prior log-odds to the posterior's. The verdict is its cause's, else its code's.
    #[serde(default)]
    pub influence: Vec<Influence>,
    /// How far a prior would have to be off to change the verdict; none where there is no verdict.
    #[serde(default)]
    pub sensitivity: Option<Sensitivity>,
    /// The most probable explanation: the likeliest joint state of the causes, those that are true.
    #[serde(default)]
    pub explanation: Vec<String>,
    /// What to check next, most information for its cost first.
    pub next_checks: Vec<NextCheck>,
    /// Answers that were given, as given.
    pub answers: Vec<GivenAnswer>,
    /// What else is likely to fail, most probable first.
    pub forward: Vec<Consequence>,
    /// What mends it, best chance for its cost first.
    pub fixes: Vec<Fix>,
    /// The part of the fault tree that matters here.
    pub graph: Graph,
    /// Metrics that say something.
    pub metrics: Vec<MetricNote>,
    /// What the reader should know about this diagnosis, such as a code that the catalogue lacks.
    #[serde(default)]
    pub notes: Vec<Note>,
}

/// Whether the catalogue explains the evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// At least one known failure fits what was seen.
    Explained,
    /// Nothing in the catalogue fits; no cause is claimed.
    Unexplained,
}

/// How much weight the verdict bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// A guess among several; do the next check.
    Low,
    /// More likely than not.
    Medium,
    /// Act on it.
    High,
}

/// The answer in one sentence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The sentence in English.
    pub text: String,
    /// The sentence in Chinese.
    pub text_zh: String,
    /// The code that it speaks of.
    pub code: Option<String>,
    /// The most probable cause.
    pub cause: Option<String>,
    /// That cause's posterior probability; 0 where there is none.
    pub probability: f64,
    /// How sure that is.
    pub confidence: Confidence,
}

/// A code that the evidence shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundCode {
    /// The code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// Its title in Chinese.
    pub title_zh: String,
    /// Its family.
    pub family: String,
    /// How bad it is.
    pub severity: String,
    /// How well the evidence fits it, 0 to 1.
    pub score: f64,
    /// Whether it counts as an observation of its own; a code that a better match explains does not.
    pub primary: bool,
    /// Why it was found, or why it gives way.
    pub reason: String,
    /// The same in Chinese.
    #[serde(default)]
    pub reason_zh: String,
    /// 1-based numbers of the lines that show it.
    pub lines: Vec<u32>,
    /// Values taken from those lines: host, port, version, pod.
    pub captures: BTreeMap<String, String>,
    /// P(this failure is real | evidence); the chance that it was no false alarm.
    #[serde(default)]
    pub probability: f64,
}

/// A root cause with its probability before and after the evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RankedCause {
    /// The basic event.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its title in Chinese.
    pub title_zh: String,
    /// P(cause).
    pub prior: f64,
    /// P(cause | evidence).
    pub posterior: f64,
    /// Observed codes that it can bring about.
    pub codes: Vec<String>,
    /// What moved it, for a person to read.
    pub evidence: Vec<String>,
    /// The same in Chinese.
    #[serde(default)]
    pub evidence_zh: Vec<String>,
    /// What moved it by how much, in the order in which it was weighed. The bits add up to the
    /// change from the prior log-odds to the posterior's.
    #[serde(default)]
    pub influence: Vec<Influence>,
}

/// One step from prior to posterior: a piece of evidence, and what it did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Influence {
    /// What kind of evidence it is.
    pub kind: InfluenceKind,
    /// The code that it speaks of.
    pub code: Option<String>,
    /// The check that was answered.
    pub check: Option<String>,
    /// 1-based numbers of the lines that show it.
    pub lines: Vec<u32>,
    /// The piece in a sentence.
    pub text: String,
    /// The same in Chinese.
    pub text_zh: String,
    /// Change of the log-odds, in bits: +1 doubles the odds, -1 halves them.
    pub bits: f64,
    /// The probability after this step.
    pub after: f64,
}

/// Kinds of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum InfluenceKind {
    /// A code's message in the log.
    Code,
    /// A code that the ticket names.
    Ticket,
    /// An indicator: a line, a metric, a pair of the context.
    Indicator,
    /// A code that develops the event was found.
    Develops,
    /// Messages that are missing although they would have been logged.
    Absence,
    /// The answer to a check.
    Answer,
}

/// How far a prior would have to be off to change the verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sensitivity {
    /// The cause of the verdict.
    pub cause: String,
    /// The least factor, above 1, by which the odds of one prior would have to be wrong; none:
    /// whatever any single prior is, the verdict stands.
    pub factor: Option<f64>,
    /// The sentence in English.
    pub text: String,
    /// The sentence in Chinese.
    pub text_zh: String,
    /// Each prior that can change the verdict, the most delicate first.
    pub priors: Vec<PriorSensitivity>,
}

/// What one prior can do to the verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PriorSensitivity {
    /// The cause whose prior it is.
    pub cause: String,
    /// Its title.
    pub title: String,
    /// Its title in Chinese.
    pub title_zh: String,
    /// What the odds of the prior would have to be multiplied by; below 1: it is thought too likely.
    pub factor: f64,
    /// The prior that this makes.
    pub prior: f64,
    /// The cause that would then come first; none: nothing known would explain the evidence.
    pub becomes: Option<String>,
}

/// A smallest set of causes that together bring about what was observed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RankedCutSet {
    /// The causes.
    pub events: Vec<String>,
    /// P(all of them | evidence).
    pub posterior: f64,
    /// The observed codes that it explains.
    #[serde(default)]
    pub codes: Vec<String>,
}

/// A question whose answer would tell most.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NextCheck {
    /// The check's id; an answer names it.
    pub id: String,
    /// The question.
    pub question: String,
    /// The question in Chinese.
    pub question_zh: String,
    /// A command that finds the answer, or a sentence that says how to.
    pub command: Option<String>,
    /// The sentence in Chinese; none where it is a command.
    #[serde(default)]
    pub command_zh: Option<String>,
    /// Minutes that it takes.
    pub cost_min: f64,
    /// Expected information about the causes, in bits.
    pub gain_bits: f64,
    /// P(the answer will be yes | evidence).
    #[serde(default)]
    pub probability_yes: f64,
    /// What "yes" means.
    pub yes: String,
    /// What "yes" means, in Chinese.
    pub yes_zh: String,
    /// What "no" means.
    pub no: String,
    /// What "no" means, in Chinese.
    pub no_zh: String,
}

/// What a person answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is so.
    Yes,
    /// It is not so.
    No,
    /// Could not tell. Moves nothing; the check is not proposed again.
    Unsure,
}

impl std::str::FromStr for Answer {
    type Err = UnknownAnswer;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().to_ascii_lowercase().as_str() {
            "yes" | "y" | "true" => Ok(Self::Yes),
            "no" | "n" | "false" => Ok(Self::No),
            "unsure" | "?" => Ok(Self::Unsure),
            _ => Err(UnknownAnswer),
        }
    }
}

/// Something other than yes, no or unsure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an answer is yes, no or unsure")]
pub struct UnknownAnswer;

/// A check with its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenAnswer {
    /// The check's id.
    pub check: String,
    /// The answer.
    pub answer: Answer,
}

/// A failure that follows from the same causes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Consequence {
    /// The code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// Its title in Chinese.
    pub title_zh: String,
    /// P(failure | evidence).
    pub probability: f64,
    /// P(failure) before the evidence.
    #[serde(default)]
    pub prior: f64,
}

/// A step that mends a cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fix {
    /// The cause that it mends.
    pub cause: String,
    /// What to do.
    pub title: String,
    /// What to do, in Chinese.
    pub title_zh: String,
    /// The command, or a sentence that says what to do.
    pub command: Option<String>,
    /// The sentence in Chinese; none where it is a command. So for the two below.
    #[serde(default)]
    pub command_zh: Option<String>,
    /// A form of it that changes nothing.
    pub dry_run: Option<String>,
    /// The same in Chinese, where it is a sentence.
    #[serde(default)]
    pub dry_run_zh: Option<String>,
    /// How to take it back.
    pub undo: Option<String>,
    /// The same in Chinese, where it is a sentence.
    #[serde(default)]
    pub undo_zh: Option<String>,
    /// What else it does.
    pub side_effects: String,
    /// What else it does, in Chinese.
    pub side_effects_zh: String,
    /// Whether doing it twice does no more than once.
    pub idempotent: bool,
    /// low, medium or high.
    pub risk: String,
}

/// A view of the fault tree: what was observed, the gates above and below it, the causes. A directed
/// acyclic graph: a cause that two gates share stands once. `total` is the sum of the nodes drawn
/// and those merged, pruned and hidden.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Graph {
    /// Names this state of this view: 16 hexadecimal digits. The same content has the same version.
    #[serde(default)]
    pub version: String,
    /// The node at the top; empty where there is nothing to draw.
    pub top: String,
    /// Nodes, the top first, then by id.
    pub nodes: Vec<GraphNode>,
    /// Edges from parent to child.
    pub edges: Vec<GraphEdge>,
    /// Nodes of the whole tree at hand (of an expansion: below its top, itself included).
    #[serde(default)]
    pub total: u32,
    /// Nodes that are told with their gate instead of drawn.
    #[serde(default)]
    pub merged: u32,
    /// Nodes left out as too unlikely.
    #[serde(default)]
    pub pruned: u32,
    /// Nodes left out to keep the bound, or below the levels asked for.
    #[serde(default)]
    pub hidden: u32,
}

/// A node to draw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GraphNode {
    /// Its id, unique in the graph.
    pub id: String,
    /// What it is.
    pub kind: NodeKind,
    /// Its gate, for kinds that have one.
    pub gate: Option<GateKind>,
    /// The k of a k-of-n gate.
    pub k: Option<u32>,
    /// Its title.
    pub title: String,
    /// Its title in Chinese.
    pub title_zh: String,
    /// P(node | evidence).
    pub probability: f64,
    /// P(node).
    pub prior: f64,
    /// Whether it was observed, and as what.
    pub observed: Option<bool>,
    /// Whether it belongs to the most probable cut set.
    pub in_best_cut_set: bool,
    /// How much it is worth drawing, 0 to 1; no probability.
    #[serde(default)]
    pub weight: f64,
    /// Whether a guideline supports it.
    #[serde(default)]
    pub guideline: bool,
    /// Inputs that it has in the whole tree. Where fewer are drawn, it can be expanded.
    #[serde(default)]
    pub inputs: u32,
    /// Distinct nodes below it in the whole tree.
    #[serde(default)]
    pub below: u32,
    /// Inputs that are told with it instead of drawn, likeliest first.
    #[serde(default)]
    pub merged: Vec<MergedNode>,
}

/// A node that is told with its gate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MergedNode {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its title in Chinese.
    pub title_zh: String,
    /// P(node | evidence).
    pub probability: f64,
}

/// The symbol of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// An intermediate event.
    Gate,
    /// A basic event.
    Basic,
    /// An event that another tree develops.
    Undeveloped,
    /// An event that is switched on or off.
    House,
    /// A code of the catalogue.
    Code,
}

/// The logic of a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateKind {
    /// Any input.
    Or,
    /// Every input.
    And,
    /// At least k inputs.
    Atleast,
    /// Not its input.
    Not,
    /// An odd number of inputs.
    Xor,
    /// The input, under a condition.
    Inhibit,
    /// Its only input.
    Null,
}

/// An edge of the graph.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GraphEdge {
    /// The gate.
    pub from: String,
    /// Its input.
    pub to: String,
}

/// A metric that is out of the ordinary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricNote {
    /// Its stable name, such as `fps_low`.
    pub name: String,
    /// What it says.
    pub text: String,
    /// What it says, in Chinese.
    pub text_zh: String,
}

/// A remark on the diagnosis itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// A stable name.
    pub reason: String,
    /// The remark.
    pub text: String,
    /// The remark in Chinese.
    pub text_zh: String,
}
