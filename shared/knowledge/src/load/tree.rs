//! Rules for a tree file: gates and events, and the codes that their symptoms are.

use super::{Context, Files, code, item, schema};
use crate::{
    CatalogueError,
    action::{Check, Fix},
    cause::{Cause, CauseKind},
    code::{Code, Indicator, Probability, ProbabilityClass},
    proof::ProofLevel,
    schema::{RawEvent, RawSymptom, TreeFile},
    text::Text,
    tree::{Axis, Tree, TreeEvent, TreeGate},
};
use faultscan_faulttree::Formula;
use std::collections::{BTreeMap, BTreeSet};

type Result<T> = std::result::Result<T, CatalogueError>;

pub(super) fn tree(
    context: &Context<'_>,
    stem: &str,
    mut raw: TreeFile,
    files: &mut Files,
) -> Result<()> {
    schema(context.file, raw.schema)?;
    if raw.tree != stem {
        return Err(context.bad(
            "tree",
            format!("is {:?} in a file named {stem:?}", raw.tree),
        ));
    }
    item::title(context, "title", &raw.title)?;
    code::surroundings(
        context,
        &raw.runbook,
        &raw.prevention,
        &raw.versions,
        &raw.client_notes,
    )?;
    item::unique(
        context,
        "axes",
        raw.axes.iter().map(|axis| axis.id.as_str()),
    )?;
    item::unique(
        context,
        "gates",
        raw.gates.iter().map(|gate| gate.id.as_str()),
    )?;
    item::unique(
        context,
        "events",
        raw.events.iter().map(|event| event.id.as_str()),
    )?;
    for (index, axis) in raw.axes.iter().enumerate() {
        item::title(context, &format!("axes[{index}].title"), &axis.title)?;
    }
    let gates = gates(context, &raw)?;
    let events = structure(context, &raw, &gates)?;
    let mut symptoms = Vec::new();
    for (index, gate) in raw.gates.iter_mut().enumerate() {
        let checks = std::mem::take(&mut gate.checks);
        let checks = item::checks(context, &format!("gates[{index}].checks"), checks)?;
        if let Some(symptom) = gate.symptom.take() {
            symptoms.push((
                format!("gates[{index}].symptom"),
                gate.id.clone(),
                gate.title.clone(),
                symptom,
                checks,
            ));
        } else if !checks.is_empty() {
            let reason = "stand with a symptom or with an event";
            return Err(context.bad(format!("gates[{index}].checks"), reason));
        }
    }
    for (index, event) in std::mem::take(&mut raw.events).into_iter().enumerate() {
        let field = format!("events[{index}]");
        let (cause, symptom) = event_cause(context, &field, &raw.tree, event)?;
        if let Some(symptom) = symptom {
            symptoms.push((
                format!("{field}.symptom"),
                cause.id.clone(),
                cause.title.clone(),
                symptom,
                Vec::new(),
            ));
        }
        files.causes.push((context.file.to_owned(), cause));
    }
    let reach = reachable(&gates);
    for (field, id, title, symptom, checks) in symptoms {
        let causes = reach.get(&id).cloned().unwrap_or_else(|| vec![id.clone()]);
        let code = symptom_code(
            context,
            &field,
            &raw,
            Named { id, title, causes },
            symptom,
            checks,
        )?;
        files.codes.push((context.file.to_owned(), code));
    }
    files.trees.push((
        context.file.to_owned(),
        Tree {
            id: raw.tree,
            title: raw.title,
            top: raw.top.id,
            axes: raw
                .axes
                .into_iter()
                .map(|a| Axis {
                    id: a.id,
                    title: a.title,
                })
                .collect(),
            gates,
            events,
        },
    ));
    Ok(())
}

fn gates(context: &Context<'_>, raw: &TreeFile) -> Result<Vec<TreeGate>> {
    let mut out = Vec::new();
    item::title(context, "top.title", &raw.top.title)?;
    let (formula, _) = item::formula(context, "top.gate", &raw.top.gate)?;
    out.push(TreeGate {
        id: raw.top.id.clone(),
        axis: None,
        title: raw.top.title.clone(),
        gate: raw.top.gate.clone(),
        formula,
    });
    for (index, gate) in raw.gates.iter().enumerate() {
        let field = format!("gates[{index}]");
        item::title(context, &format!("{field}.title"), &gate.title)?;
        let (formula, _) = item::formula(context, &format!("{field}.gate"), &gate.gate)?;
        out.push(TreeGate {
            id: gate.id.clone(),
            axis: Some(gate.axis.clone()),
            title: gate.title.clone(),
            gate: gate.gate.clone(),
            formula,
        });
    }
    Ok(out)
}

/// Names are known, axes exist, nothing is cyclic, everything hangs below the top.
fn structure(context: &Context<'_>, raw: &TreeFile, gates: &[TreeGate]) -> Result<Vec<TreeEvent>> {
    let axes: BTreeSet<&str> = raw.axes.iter().map(|axis| axis.id.as_str()).collect();
    let events: BTreeSet<&str> = raw.events.iter().map(|event| event.id.as_str()).collect();
    let formulas: BTreeMap<&str, &Formula> = gates
        .iter()
        .map(|gate| (gate.id.as_str(), &gate.formula))
        .collect();
    let place = |index: usize| {
        if index == 0 {
            "top".to_owned()
        } else {
            format!("gates[{}]", index - 1)
        }
    };
    for (index, gate) in gates.iter().enumerate() {
        if events.contains(gate.id.as_str()) {
            return Err(context.bad(format!("{}.id", place(index)), "is also the id of an event"));
        }
        if gate
            .axis
            .as_deref()
            .is_some_and(|axis| !axes.contains(axis))
        {
            return Err(context.bad(format!("{}.axis", place(index)), "is not one of axes"));
        }
        for name in gate.formula.references() {
            if !events.contains(name.as_str()) && !formulas.contains_key(name.as_str()) {
                let reason = format!("names {name:?}, which is neither event nor gate");
                return Err(context.bad(format!("{}.gate", place(index)), reason));
            }
        }
    }
    let mut done = BTreeSet::new();
    walk(&raw.top.id, &formulas, &mut Vec::new(), &mut done)
        .map_err(|name| context.bad("gates", format!("gate {name:?} is its own input")))?;
    for (index, gate) in gates.iter().enumerate() {
        if !done.contains(gate.id.as_str()) {
            return Err(context.bad(
                format!("{}.id", place(index)),
                "is not reached from the top",
            ));
        }
    }
    for (index, event) in raw.events.iter().enumerate() {
        let field = format!("events[{index}]");
        if !done.contains(event.id.as_str()) {
            return Err(context.bad(format!("{field}.id"), "is not reached from the top"));
        }
        if !axes.contains(event.axis.as_str()) {
            return Err(context.bad(format!("{field}.axis"), "is not one of axes"));
        }
    }
    let place = |event: &RawEvent| TreeEvent {
        id: event.id.clone(),
        axis: event.axis.clone(),
    };
    Ok(raw.events.iter().map(place).collect())
}

/// Depth first; gives the name of a gate on a cycle.
fn walk<'a>(
    name: &'a str,
    formulas: &BTreeMap<&'a str, &'a Formula>,
    above: &mut Vec<&'a str>,
    done: &mut BTreeSet<&'a str>,
) -> std::result::Result<(), String> {
    if above.contains(&name) {
        return Err(name.to_owned());
    }
    if !done.insert(name) {
        return Ok(());
    }
    if let Some(formula) = formulas.get(name) {
        above.push(name);
        for next in formula.references() {
            walk(next, formulas, above, done)?;
        }
        above.pop();
    }
    Ok(())
}

/// The events below each gate, each once, in the order they stand.
fn reachable(gates: &[TreeGate]) -> BTreeMap<String, Vec<String>> {
    let formulas: BTreeMap<&str, &Formula> = gates
        .iter()
        .map(|gate| (gate.id.as_str(), &gate.formula))
        .collect();
    let mut out = BTreeMap::new();
    for gate in gates {
        let mut events = Vec::new();
        let mut seen = BTreeSet::new();
        let mut stack = vec![gate.id.as_str()];
        while let Some(name) = stack.pop() {
            if !seen.insert(name) {
                continue;
            }
            match formulas.get(name) {
                Some(formula) => {
                    stack.extend(formula.references().into_iter().rev().map(String::as_str));
                }
                None => events.push(name.to_owned()),
            }
        }
        out.insert(gate.id.clone(), events);
    }
    out
}

fn event_cause(
    context: &Context<'_>,
    field: &str,
    tree: &str,
    raw: RawEvent,
) -> Result<(Cause, Option<RawSymptom>)> {
    item::title(context, &format!("{field}.title"), &raw.title)?;
    item::text(context, &format!("{field}.evidence"), &raw.evidence)?;
    item::line(
        context.file,
        &format!("{field}.prior.basis"),
        &raw.prior.basis,
    )?;
    if raw.silent.is_some() == raw.symptom.is_some() {
        let reason = "wants either a symptom or the reason why software is silent about it";
        return Err(context.bad(format!("{field}.symptom"), reason));
    }
    let owner = Some(raw.id.as_str());
    let indicators: Vec<Indicator> = item::indicators(
        context,
        &format!("{field}.indicators"),
        raw.indicators,
        owner,
    )?;
    let checks: Vec<Check> = item::checks(context, &format!("{field}.checks"), raw.checks)?;
    let fixes: Vec<Fix> = item::fixes(context, &format!("{field}.fixes"), raw.fixes, owner)?;
    if checks.is_empty() || fixes.is_empty() {
        return Err(context.bad(field, "needs at least one check and one fix"));
    }
    let cause = Cause {
        domain: tree.to_owned(),
        kind: CauseKind::Basic,
        develops: None,
        title: raw.title,
        probability: context.priors.probability(raw.prior.class),
        prior: raw.prior,
        evidence: raw.evidence,
        indicators,
        checks,
        fixes,
        id: raw.id,
    };
    Ok((cause, raw.symptom))
}

struct Named {
    id: String,
    title: Text,
    causes: Vec<String>,
}

fn symptom_code(
    context: &Context<'_>,
    field: &str,
    tree: &TreeFile,
    named: Named,
    raw: RawSymptom,
    checks: Vec<Check>,
) -> Result<Code> {
    item::text(context, &format!("{field}.explanation"), &raw.explanation)?;
    let signatures = code::signatures(context, &format!("{field}.signatures"), raw.signatures)?;
    code::verdict(
        context,
        &format!("{field}.verdict"),
        &raw.verdict,
        &signatures,
    )?;
    item::samples(
        context,
        &format!("{field}.samples"),
        &raw.samples,
        &signatures,
    )?;
    item::near_misses(context, &format!("{field}.near_misses"), &raw.near_misses)?;
    if raw.near_misses.is_empty() {
        return Err(context.bad(format!("{field}.near_misses"), "has no entry"));
    }
    code::provenance(context, &format!("{field}.provenance"), &raw.provenance)?;
    Ok(Code {
        family: tree.family,
        severity: raw.severity,
        title: named.title,
        explanation: raw.explanation,
        verdict: raw.verdict,
        signatures: code::rare_last(signatures),
        samples: raw.samples,
        near_misses: raw.near_misses,
        gate: named.id.clone(),
        formula: Formula::named(named.id.clone()),
        causes: named.causes,
        probability: Probability {
            class: ProbabilityClass::Occasional,
            basis: "follows from the tree's events; the class only sorts lists".to_owned(),
        },
        indicators: item::indicators(
            context,
            &format!("{field}.indicators"),
            raw.indicators,
            None,
        )?,
        checks,
        fixes: Vec::new(),
        runbook: tree.runbook.clone(),
        prevention: tree.prevention.clone(),
        versions: if raw.versions.is_empty() {
            tree.versions.clone()
        } else {
            raw.versions
        },
        provenance: raw.provenance,
        client_notes: tree.client_notes.clone(),
        guideline: tree.guideline.clone(),
        evidence_level: raw.evidence_level,
        // Set once the proofs are known.
        proof: ProofLevel::Memory,
        proofs: Vec::new(),
        related: raw.related,
        wraps: raw.wraps,
        yields_to: raw.yields_to,
        code: named.id,
    })
}
