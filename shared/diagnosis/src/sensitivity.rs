//! How far a prior would have to be off to change the verdict.
//!
//! Multiplying the prior odds of one cause i by k multiplies the weight of every state with i by k.
//! With all evidence held fixed, numerator and denominator of every posterior are linear in k:
//!
//! ```text
//! P_k(v | E) = (k · P(v, i | E) + P(v, not i | E)) / (k · P(i | E) + P(not i | E))
//! ```
//!
//! So each way in which the verdict can change, one cause overtaking another or a code's gate
//! falling below one half, is a linear equation in k, and one conditioning on i solves them all.

use faultscan_faulttree::Arrange as _;
use faultscan_faulttree::{EventId, GateId, NodeId, Observation, Posterior};
use faultscan_knowledge::Text;

use crate::error::DiagnosisError;
use crate::findings::{Findings, Found, Leaks};
use crate::model::Model;
use crate::report::{PriorSensitivity, RankedCause, Sensitivity, Verdict};
use crate::wording::{LIKELY, rounded};

/// Causes whose priors are tried, and which may overtake: those that come first.
const CAUSES_MAX: usize = 8;
/// Beyond this factor a prior cannot be that wrong.
const FACTOR_MAX: f64 = 1e6;

/// A function of k, a + b·k, that is positive while the verdict stands, and what comes after.
struct Line<'a> {
    a: f64,
    b: f64,
    becomes: Option<&'a RankedCause>,
}

impl Line<'_> {
    /// Where the line crosses zero, if at a factor that can be.
    fn crossing(&self) -> Option<f64> {
        let k = -self.a / self.b;
        (1.0 / FACTOR_MAX..=FACTOR_MAX).contains(&k).then_some(k)
    }
}

/// Closer than this the first cause is no firmer than the second.
const LEVEL_FACTOR: f64 = 1.05;

/// What the verdict rests on.
struct Standing<'a> {
    model: &'a Model,
    posterior: &'a Posterior,
    /// The cause of the verdict first, then its rivals.
    causes: Vec<(&'a RankedCause, EventId)>,
    /// The leading code's gate; none where a cause speaks for itself.
    gate: Option<NodeId>,
}

/// The sensitivity of a verdict that names a cause.
pub(crate) fn of(
    model: &Model,
    findings: &Findings,
    lead: Option<&Found>,
    causes: &[RankedCause],
    verdict: &Verdict,
    posterior: &Posterior,
) -> Result<Option<Sensitivity>, DiagnosisError> {
    let Some(id) = &verdict.cause else {
        return Ok(None);
    };
    let is_rival =
        |cause: &&RankedCause| lead.is_none_or(|found| cause.codes.contains(&found.code));
    let first = causes.iter().filter(|cause| cause.id == *id);
    let rivals = causes
        .iter()
        .filter(is_rival)
        .filter(|cause| cause.id != *id);
    let standing = Standing {
        model,
        posterior,
        causes: first
            .chain(rivals)
            .take(CAUSES_MAX)
            .filter_map(|cause| Some((cause, model.cause(&cause.id)?)))
            .collect(),
        gate: lead.map(|found| found.node),
    };
    let gates: Vec<GateId> = match standing.gate {
        Some(NodeId::Gate(gate)) => vec![gate],
        _ => Vec::new(),
    };
    let observations = findings.observations(model, Leaks::Summed);
    let mut priors: Vec<PriorSensitivity> = Vec::new();
    for (cause, event) in &standing.causes {
        if posterior.posterior(*event) <= 0.0 {
            continue;
        }
        let mut given = observations.clone();
        given.push(Observation::Is((*event).into(), true));
        let given = model.engine.condition_for(&given, &gates)?;
        priors.extend(standing.prior(cause, *event, &given));
    }
    priors.arrange_by(|a, b| {
        let by_factor = distance(a.factor).total_cmp(&distance(b.factor));
        by_factor.then_with(|| a.cause.cmp(&b.cause))
    });
    let title = |id: &str| causes.iter().find(|cause| cause.id == id);
    let text = sentence(priors.first(), title);
    Ok(Some(Sensitivity {
        cause: id.clone(),
        factor: priors.first().map(|prior| distance(prior.factor).exp()),
        text: text.en,
        text_zh: text.zh,
        priors,
    }))
}

fn distance(factor: f64) -> f64 {
    factor.ln().abs()
}

impl Standing<'_> {
    /// The nearest change that the prior of one cause can make. `given` is what is believed if that
    /// cause is true.
    fn prior(
        &self,
        cause: &RankedCause,
        event: EventId,
        given: &Posterior,
    ) -> Option<PriorSensitivity> {
        let p = self.posterior.posterior(event);
        let with = |node: NodeId| p * given.posterior(node);
        let without = |node: NodeId| self.posterior.posterior(node) - with(node);
        let ((_, first), rivals) = self.causes.split_first()?;
        let first = NodeId::from(*first);
        let mut lines: Vec<Line<'_>> = Vec::new();
        for (rival, other) in rivals {
            let other = NodeId::from(*other);
            lines.push(Line {
                a: without(first) - without(other),
                b: with(first) - with(other),
                becomes: Some(rival),
            });
        }
        let explains = self.gate.unwrap_or(first);
        lines.push(Line {
            a: without(explains) - LIKELY * (1.0 - p),
            b: with(explains) - LIKELY * p,
            becomes: None,
        });
        let crossings = lines
            .iter()
            .filter_map(|line| Some((line.crossing()?, line.becomes)));
        let (factor, becomes) =
            crossings.min_by(|(a, _), (b, _)| distance(*a).total_cmp(&distance(*b)))?;
        let prior = self.model.prior.posterior(event);
        let odds = factor * prior / (1.0 - prior);
        Some(PriorSensitivity {
            cause: cause.id.clone(),
            title: cause.title.clone(),
            title_zh: cause.title_zh.clone(),
            factor,
            prior: odds / (1.0 + odds),
            becomes: becomes.map(|cause| cause.id.clone()),
        })
    }
}

/// A factor for people.
fn times(factor: f64) -> String {
    if factor >= 100.0 {
        rounded(factor).to_string()
    } else {
        let tenths = rounded(factor * 10.0);
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}

fn sentence<'a>(
    nearest: Option<&PriorSensitivity>,
    cause: impl Fn(&str) -> Option<&'a RankedCause>,
) -> Text {
    let Some(prior) = nearest else {
        return Text {
            en: "However wrong the prior of any single cause were, the verdict would stand.".into(),
            zh: "无论任何单个原因的先验概率偏差多大，结论都不会改变。".into(),
        };
    };
    let rival = prior.becomes.as_deref().and_then(&cause);
    if let (true, Some(rival)) = (distance(prior.factor).exp() < LEVEL_FACTOR, rival) {
        return Text {
            en: format!(
                "It is level with “{}”: the least change of a prior, or the next check, decides.",
                rival.title
            ),
            zh: format!(
                "它与“{}”不相上下：先验概率稍有变化，或再做一项检查，就会分出高下。",
                rival.title_zh
            ),
        };
    }
    let factor = times(distance(prior.factor).exp());
    let (en, zh) = if prior.factor < 1.0 {
        ("lower", "低")
    } else {
        ("higher", "高")
    };
    let (then, then_zh) = match rival {
        Some(rival) => (
            format!("“{}” would come first", rival.title),
            format!("“{}”就会排到首位", rival.title_zh),
        ),
        None => (
            "no known cause would explain the evidence".into(),
            "已知原因就都不足以解释这些证据".into(),
        ),
    };
    Text {
        en: format!(
            "If the odds of “{}” were {factor} times {en} than assumed, {then}.",
            prior.title
        ),
        zh: format!(
            "如果“{}”的先验几率比假定的{zh} {factor} 倍，{then_zh}。",
            prior.title_zh
        ),
    }
}
