//! Rules between files: every name that is used exists, every cause can be told and repaired.

use super::{Files, bad};
use crate::{
    CatalogueError,
    action::{Check, Fix},
    code::{Code, Condition, Family, Indicator},
};
use std::collections::{BTreeMap, BTreeSet};

type Result<T> = std::result::Result<T, CatalogueError>;

pub(super) fn check(files: &mut Files) -> Result<()> {
    files
        .codes
        .sort_by(|(_, a), (_, b)| (a.family, &a.code).cmp(&(b.family, &b.code)));
    files.causes.sort_by(|(_, a), (_, b)| a.id.cmp(&b.id));
    let names = Names::collect(files)?;
    unique_checks(files)?;
    for (file, code) in &files.codes {
        names.code(file, code)?;
        actions(files, file, code)?;
    }
    for code in files.proofs.keys() {
        names.code_exists("proofs.toml", "proof.code", code)?;
    }
    for (file, cause) in &files.causes {
        names.indicators(file, &cause.id, &cause.indicators)?;
        names.checks(file, &cause.id, &cause.checks)?;
        if let Some(code) = &cause.develops {
            names.code_exists(file, &format!("{}.develops", cause.id), code)?;
        }
    }
    Ok(())
}

struct Names {
    codes: BTreeSet<String>,
    causes: BTreeSet<String>,
    gates: BTreeSet<String>,
}

impl Names {
    fn collect(files: &Files) -> Result<Self> {
        let mut codes = BTreeMap::new();
        for (file, code) in &files.codes {
            once(&mut codes, file, "code", &code.code)?;
        }
        let mut nodes = BTreeMap::new();
        for (file, cause) in &files.causes {
            once(&mut nodes, file, "id", &cause.id)?;
        }
        let causes = nodes.keys().map(|name| (*name).to_owned()).collect();
        let mut gates = BTreeSet::new();
        for (file, tree) in &files.trees {
            for gate in &tree.gates {
                once(&mut nodes, file, "id", &gate.id)?;
                gates.insert(gate.id.clone());
            }
        }
        Ok(Self {
            codes: codes.keys().map(|name| (*name).to_owned()).collect(),
            causes,
            gates,
        })
    }

    fn code_exists(&self, file: &str, field: &str, code: &str) -> Result<()> {
        if self.codes.contains(code) {
            return Ok(());
        }
        Err(bad(
            file,
            field,
            format!("code {code:?} is not in the catalogue"),
        ))
    }

    fn nodes<'a>(
        &self,
        file: &str,
        field: &str,
        names: impl Iterator<Item = &'a String>,
    ) -> Result<()> {
        for name in names {
            if !self.causes.contains(name) && !self.gates.contains(name) {
                return Err(bad(
                    file,
                    field,
                    format!("{name:?} is neither a cause nor a tree's gate"),
                ));
            }
        }
        Ok(())
    }

    fn code(&self, file: &str, code: &Code) -> Result<()> {
        self.nodes(file, "gate", code.formula.references().into_iter())?;
        self.indicators(file, &code.code, &code.indicators)?;
        self.checks(file, &code.code, &code.checks)?;
        for related in &code.related {
            self.code_exists(file, "related", related)?;
        }
        for (field, list) in [("wraps", &code.wraps), ("yields_to", &code.yields_to)] {
            for other in list {
                let known = match other.strip_suffix('*') {
                    Some(prefix) => {
                        prefix.is_empty() || Family::ALL.iter().any(|f| f.prefix() == prefix)
                    }
                    None => self.codes.contains(other),
                };
                if !known {
                    return Err(bad(
                        file,
                        field,
                        format!("code {other:?} is not in the catalogue"),
                    ));
                }
            }
        }
        for (index, miss) in code.near_misses.iter().enumerate() {
            let expect = miss.expect.as_deref().filter(|expect| *expect != "none");
            if let Some(expect) = expect {
                self.code_exists(file, &format!("near_misses[{index}].expect"), expect)?;
                if expect == code.code {
                    return Err(bad(
                        file,
                        format!("near_misses[{index}].expect"),
                        "is this code",
                    ));
                }
            }
        }
        Ok(())
    }

    fn indicators(&self, file: &str, owner: &str, indicators: &[Indicator]) -> Result<()> {
        for (index, indicator) in indicators.iter().enumerate() {
            let field = format!("{owner}: indicators[{index}]");
            if !self.causes.contains(&indicator.cause) {
                let reason = format!("{:?} is not a cause", indicator.cause);
                return Err(bad(file, format!("{field}.cause"), reason));
            }
            if let Condition::Code(code) = &indicator.when {
                self.code_exists(file, &format!("{field}.when.code"), code)?;
            }
        }
        Ok(())
    }

    fn checks(&self, file: &str, owner: &str, checks: &[Check]) -> Result<()> {
        for (index, check) in checks.iter().enumerate() {
            let field = format!("{owner}: checks[{index}].test");
            self.nodes(file, &field, check.formula.references().into_iter())?;
        }
        Ok(())
    }
}

fn once<'a>(
    seen: &mut BTreeMap<&'a str, &'a str>,
    file: &'a str,
    field: &str,
    name: &'a str,
) -> Result<()> {
    match seen.insert(name, file) {
        None => Ok(()),
        Some(other) => Err(bad(
            file,
            field,
            format!("{name:?} is also defined in {other}"),
        )),
    }
}

/// A check's id is what a person's answer names, so it is unique everywhere.
fn unique_checks(files: &Files) -> Result<()> {
    let mut seen = BTreeMap::new();
    let of_codes = files.codes.iter().map(|(file, code)| (file, &code.checks));
    let of_causes = files
        .causes
        .iter()
        .map(|(file, cause)| (file, &cause.checks));
    for (file, checks) in of_codes.chain(of_causes) {
        for check in checks {
            once(&mut seen, file, "checks.id", &check.id)?;
        }
    }
    Ok(())
}

/// Every cause below a code has a fix, and something that tells it from the others.
fn actions(files: &Files, file: &str, code: &Code) -> Result<()> {
    for (index, fix) in code.fixes.iter().enumerate() {
        if !code.causes.contains(&fix.cause) {
            let reason = format!("{:?} is not below the gate", fix.cause);
            return Err(bad(file, format!("fixes[{index}].cause"), reason));
        }
    }
    for (index, indicator) in code.indicators.iter().enumerate() {
        if !code.causes.contains(&indicator.cause) {
            let reason = format!("{:?} is not below the gate", indicator.cause);
            return Err(bad(file, format!("indicators[{index}].cause"), reason));
        }
        if let Condition::Capture { name, .. } = &indicator.when
            && !code.signatures.iter().any(|s| s.captures.contains(name))
        {
            let reason = format!("no signature captures {name:?}");
            return Err(bad(
                file,
                format!("indicators[{index}].when.capture"),
                reason,
            ));
        }
    }
    if code.family == Family::Go {
        return Ok(());
    }
    for id in &code.causes {
        let cause = files
            .causes
            .binary_search_by(|(_, cause)| cause.id.as_str().cmp(id));
        let Some((_, cause)) = cause.ok().and_then(|at| files.causes.get(at)) else {
            return Err(bad(file, "gate", format!("{id:?} is not a cause")));
        };
        let fixes = |fixes: &[Fix]| fixes.iter().any(|fix| &fix.cause == id);
        if !fixes(&code.fixes) && !fixes(&cause.fixes) {
            return Err(bad(file, "fixes", format!("nothing repairs {id:?}")));
        }
        let checked = code
            .checks
            .iter()
            .any(|c| c.formula.references().into_iter().any(|n| n == id));
        let told = code
            .indicators
            .iter()
            .any(|indicator| &indicator.cause == id);
        let told_by_itself = !cause.checks.is_empty() || !cause.indicators.is_empty();
        if !checked && !told && !told_by_itself && code.causes.len() > 1 {
            return Err(bad(
                file,
                "checks",
                format!("no check or indicator concerns {id:?}"),
            ));
        }
    }
    Ok(())
}
