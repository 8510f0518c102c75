//! Texts of which one stands in everything that a pattern matches: the proof for those that an
//! author names, and a search for those that serve the matcher best.
//!
//! Both read the pattern as written, without regard to case.

use super::syntax::{Node, Repeat, Syntax};

/// Texts listed for one run of a pattern; beyond that the proof goes on without them.
const PROOF_LISTED_MAX: usize = 64;
/// Texts in one set, and texts that one part of a pattern may stand for.
const SET_MAX: usize = 64;
const PART_LISTED_MAX: usize = 16;
/// A text longer than this is not made longer.
const LONG_ENOUGH: usize = 40;

type Texts = Vec<Vec<u8>>;

impl Syntax {
    /// The set of literals, of which one stands in every text that the pattern matches, with the
    /// least `cost`; literals that span lines or are shorter than `length_min` are left out.
    pub fn best_literals(
        &self,
        length_min: usize,
        mut cost: impl FnMut(&[Vec<u8>]) -> f64,
    ) -> Option<Texts> {
        let mut search = Search {
            length_min,
            cost: &mut cost,
        };
        search.best(&self.root)
    }

    /// Whether every match contains one of `literals`. May say no where the answer is yes, never
    /// the reverse.
    #[must_use]
    pub fn requires(&self, literals: &[String]) -> bool {
        requires(&self.root, literals)
    }
}

fn requires(node: &Node, literals: &[String]) -> bool {
    match node {
        Node::Look(_) | Node::Set(_) => false,
        Node::Text(text) => holds(text, literals),
        Node::Repeat(repeat) => repeat.min > 0 && requires(&repeat.node, literals),
        Node::Capture(_, node) => requires(node, literals),
        Node::Either(branches) => branches.iter().all(|branch| requires(branch, literals)),
        Node::Concat(parts) => concat_requires(&[Vec::new()], parts, literals),
    }
}

/// Joins neighbouring parts whose texts can be listed, after texts that `before` lists. Every
/// match holds one text of each list.
fn concat_requires(before: &[Vec<u8>], parts: &[Node], literals: &[String]) -> bool {
    let mut runs = before.to_vec();
    let mut flat = Vec::new();
    flatten(parts, &mut flat);
    for part in flat {
        if let Some(texts) = listed(part, PROOF_LISTED_MAX)
            && texts.len() * runs.len() <= PROOF_LISTED_MAX
        {
            runs = product(&runs, &texts);
            continue;
        }
        let held = runs.iter().all(|run| holds(run, literals));
        if held || requires(part, literals) || branches_require(&runs, part, literals) {
            return true;
        }
        runs = vec![Vec::new()];
    }
    runs.iter().all(|run| holds(run, literals))
}

/// Whether each branch of an alternation, read on from what stands before it, has a literal.
fn branches_require(before: &[Vec<u8>], part: &Node, literals: &[String]) -> bool {
    let Node::Either(branches) = part else {
        return false;
    };
    branches
        .iter()
        .all(|branch| concat_requires(before, std::slice::from_ref(branch), literals))
}

fn holds(text: &[u8], literals: &[String]) -> bool {
    literals.iter().any(|literal| {
        let literal = literal.as_bytes();
        text.len() >= literal.len() && text.windows(literal.len()).any(|window| window == literal)
    })
}

/// Parts of nested concatenations and captures, in order.
fn flatten<'a>(parts: &'a [Node], out: &mut Vec<&'a Node>) {
    for part in parts {
        match part {
            Node::Capture(_, node) => flatten(std::slice::from_ref(node), out),
            Node::Concat(inner) => flatten(inner, out),
            _ => out.push(part),
        }
    }
}

/// All texts that a part matches, if there are at most `max`.
fn listed(node: &Node, max: usize) -> Option<Texts> {
    let texts = match node {
        Node::Look(_) => vec![Vec::new()],
        Node::Text(text) => vec![text.clone()],
        Node::Capture(_, node) => listed(node, max)?,
        Node::Set(set) => set.bytes().take(max + 1).map(|byte| vec![byte]).collect(),
        Node::Repeat(repeat) => {
            if repeat.max != Some(1) || repeat.min != 0 {
                return None;
            }
            let mut texts = listed(&repeat.node, max)?;
            texts.push(Vec::new());
            texts
        }
        Node::Either(branches) => {
            let mut texts = Vec::new();
            for branch in branches {
                texts.extend(listed(branch, max)?);
            }
            texts
        }
        Node::Concat(parts) => {
            let mut texts = vec![Vec::new()];
            for part in parts {
                let next = listed(part, max)?;
                if next.len() * texts.len() > max {
                    return None;
                }
                texts = product(&texts, &next);
            }
            texts
        }
    };
    (texts.len() <= max).then_some(texts)
}

fn product(heads: &[Vec<u8>], tails: &[Vec<u8>]) -> Texts {
    let mut out = Vec::with_capacity(heads.len() * tails.len());
    for head in heads {
        out.extend(tails.iter().map(|tail| [head.as_slice(), tail].concat()));
    }
    out
}

struct Search<'c> {
    length_min: usize,
    cost: &'c mut dyn FnMut(&[Vec<u8>]) -> f64,
}

impl Search<'_> {
    fn best(&mut self, node: &Node) -> Option<Texts> {
        let sets = match node {
            Node::Look(_) | Node::Set(_) => return None,
            Node::Text(text) => vec![vec![text.clone()]],
            Node::Capture(_, node) => return self.best(node),
            Node::Repeat(repeat) if repeat.min > 0 => return self.best(&repeat.node),
            Node::Repeat(_) => return None,
            Node::Either(branches) => {
                let mut all = Vec::new();
                for branch in branches {
                    all.extend(self.best(branch)?);
                }
                vec![all]
            }
            Node::Concat(parts) => self.runs(parts),
        };
        let mut best: Option<(f64, Texts)> = None;
        for set in sets {
            let is_usable = set.len() <= SET_MAX
                && set
                    .iter()
                    .all(|text| text.len() >= self.length_min && !text.contains(&b'\n'));
            if is_usable {
                let cost = (self.cost)(&set);
                if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                    best = Some((cost, set));
                }
            }
        }
        best.map(|(_, set)| set)
    }

    /// The sets that neighbouring parts give: each run of parts whose texts can be listed, and the
    /// best set of each other part.
    fn runs(&mut self, parts: &[Node]) -> Vec<Texts> {
        let mut flat = Vec::new();
        flatten(parts, &mut flat);
        let mut sets = Vec::new();
        let mut run: Texts = vec![Vec::new()];
        for part in flat {
            let (texts, goes_on) = match part {
                // One round of a repetition follows what is before it; another precedes what is
                // after.
                Node::Repeat(repeat) if repeat.min > 0 => {
                    let Repeat { node, .. } = &**repeat;
                    (listed(node, PART_LISTED_MAX), false)
                }
                _ => (listed(part, PART_LISTED_MAX), true),
            };
            let Some(texts) = texts else {
                sets.push(std::mem::replace(&mut run, vec![Vec::new()]));
                sets.extend(self.best(part));
                continue;
            };
            let is_full = texts.len() * run.len() > SET_MAX
                || run.iter().any(|text| text.len() > LONG_ENOUGH);
            if is_full {
                sets.push(std::mem::replace(&mut run, vec![Vec::new()]));
            } else if texts.len() > 1 {
                sets.push(run.clone());
            }
            run = product(&run, &texts);
            if !goes_on {
                sets.push(std::mem::replace(&mut run, texts));
            }
        }
        sets.push(run);
        sets
    }
}
