//! The cut sets of one module within a limit, gate by gate, without a diagram of the module.
use super::cut_sets::Family;
use crate::bdd::{EMPTY, Families, Tails, UNIT};
use crate::budget::{Budget, Spent};
use crate::circuit::{Lit, Node};
use crate::order::{self, Strategy, Walk};
use crate::prep::{Module, Source};

/// Nodes below which nothing is dropped.
const COMPACT_NODES: usize = 1 << 20;

/// What is wanted of a module.
pub(super) struct Request<'a> {
    pub(super) module: &'a Module,
    /// Weight of each leaf.
    pub(super) weights: &'a [u32],
    /// Greatest weight of a cut set.
    pub(super) limit: u32,
    /// The same for each node, where it is known to be less; `None` for nodes that are part of no
    /// cut set within the limit.
    pub(super) limits: Option<&'a [Option<u32>]>,
    /// Whether negation occurs.
    pub(super) signed: bool,
    /// Probability of each leaf, where what is left out has to be bounded.
    pub(super) probabilities: Option<&'a [f64]>,
}

pub(super) struct Answer {
    pub(super) family: Family,
    /// Least weight of its sets, beyond the limit if there are none.
    pub(super) least: u32,
    /// A bound on the probability that anything left out happens.
    pub(super) left_out: f64,
}

/// Families of the two signs of each node; `EMPTY` where not (yet) needed.
struct Work<'a> {
    request: &'a Request<'a>,
    families: Families,
    tails: Option<Tails>,
    values: Vec<[u32; 2]>,
    left_out: f64,
}

pub(super) fn run(request: &Request<'_>, budget: &Budget) -> Result<Answer, Spent> {
    let module = request.module;
    let order = order::order(
        &module.circuit,
        module.root,
        module.leaves.len(),
        Strategy::Depth(Walk::Written),
    );
    let mut levels = vec![0u32; order.len()];
    for (level, leaf) in (0u32..).zip(&order) {
        levels[*leaf as usize] = if request.signed { level * 2 } else { level };
    }
    let weight = |leaf: &u32| request.weights[*leaf as usize];
    let weights = match request.signed {
        true => order.iter().flat_map(|leaf| [weight(leaf), 0]).collect(),
        false => order.iter().map(weight).collect(),
    };
    let tails = request
        .probabilities
        .map(|p| Tails::new(order.iter().map(|leaf| p[*leaf as usize]).collect()));
    let mut work = Work {
        request,
        families: Families::new(weights, request.signed, budget),
        tails,
        values: vec![[EMPTY; 2]; module.circuit.nodes.len()],
        left_out: 0.0,
    };
    work.values[0][0] = UNIT;
    let mut root = work.all(&levels)?;
    if request.signed {
        root = work.families.positive(root)?;
    }
    let sources: Vec<Source> = order
        .iter()
        .map(|leaf| module.leaves[*leaf as usize])
        .collect();
    Ok(Answer {
        least: work.families.least(root),
        family: keep(&work.families, root, sources, request.signed),
        left_out: work.left_out,
    })
}

/// Copies what `root` needs out of the kernel.
fn keep(families: &Families, root: u32, sources: Vec<Source>, signed: bool) -> Family {
    let reachable = families.reachable(&[root]);
    let mut new = vec![EMPTY; root as usize + 2];
    new[UNIT as usize] = UNIT;
    let mut nodes = Vec::with_capacity(reachable.len() + 2);
    nodes.resize(2, (u32::MAX, EMPTY, EMPTY));
    for (at, index) in (2u32..).zip(reachable) {
        let (level, hi, lo) = families.node(index);
        new[index as usize] = at;
        let level = if signed { level / 2 } else { level };
        nodes.push((level, new[hi as usize], new[lo as usize]));
    }
    Family {
        nodes,
        root: new[root as usize],
        sources,
    }
}

impl Work<'_> {
    fn all(&mut self, levels: &[u32]) -> Result<u32, Spent> {
        let module = self.request.module;
        let nodes = &module.circuit.nodes;
        let wanted = wanted(nodes, module.root);
        let mut last_use = vec![0usize; nodes.len()];
        for (index, node) in nodes.iter().enumerate() {
            for lit in node.operands() {
                last_use[lit.node()] = index;
            }
        }
        last_use[module.root.node()] = usize::MAX;
        let mut compact_at = COMPACT_NODES;
        for (index, node) in nodes.iter().enumerate().skip(1) {
            let limit = match self.request.limits {
                None => Some(self.request.limit),
                Some(limits) => limits[index],
            };
            let Some(limit) = limit else { continue };
            for negated in [false, true] {
                if !wanted[index][usize::from(negated)] {
                    continue;
                }
                let made = match node {
                    Node::Leaf(leaf) => {
                        let level = levels[*leaf as usize] + u32::from(negated);
                        self.families.variable(level, limit)?
                    }
                    _ => self.gate(node, negated, limit)?,
                };
                self.values[index][usize::from(negated)] = made;
            }
            if self.families.len() > compact_at {
                self.compact(|node| last_use[node] > index)?;
                compact_at = (self.families.len() * 2).max(COMPACT_NODES);
            }
        }
        Ok(self.value(module.root, false))
    }

    fn value(&self, lit: Lit, negated: bool) -> u32 {
        self.values[lit.node()][usize::from(lit.is_negated() != negated)]
    }

    fn compact(&mut self, alive: impl Fn(usize) -> bool) -> Result<(), Spent> {
        let mut roots = Vec::with_capacity(self.values.len() * 2);
        for (node, pair) in self.values.iter_mut().enumerate().skip(1) {
            if !alive(node) {
                *pair = [EMPTY; 2];
            }
            roots.extend(*pair);
        }
        self.families.compact(&mut roots)?;
        for (pair, new) in self.values.iter_mut().skip(1).zip(roots.chunks_exact(2)) {
            pair.copy_from_slice(new);
        }
        if let Some(tails) = &mut self.tails {
            tails.forget();
        }
        Ok(())
    }

    fn gate(&mut self, node: &Node, negated: bool, limit: u32) -> Result<u32, Spent> {
        let mut of: Vec<u32> = node
            .operands()
            .iter()
            .map(|lit| self.value(*lit, negated))
            .collect();
        match node {
            Node::Constant | Node::Leaf(_) => Ok(EMPTY),
            Node::And(_) | Node::Or(_) => {
                of.sort_unstable();
                if matches!(node, Node::And(_)) != negated {
                    self.join_all(&of, limit)
                } else {
                    of.into_iter()
                        .try_fold(EMPTY, |all, f| self.either(all, f, limit))
                }
            }
            Node::AtLeast(k, _) => {
                let k = *k as usize;
                let k = if negated {
                    (of.len() + 1).saturating_sub(k)
                } else {
                    k
                };
                self.at_least(k, &of, limit)
            }
            Node::Xor(operands) => {
                let [mut even, mut odd] = [UNIT, EMPTY];
                for lit in operands {
                    let (on, off) = (self.value(*lit, false), self.value(*lit, true));
                    let stay = [self.join(even, off, limit)?, self.join(odd, off, limit)?];
                    let flip = [self.join(odd, on, limit)?, self.join(even, on, limit)?];
                    even = self.either(stay[0], flip[0], limit)?;
                    odd = self.either(stay[1], flip[1], limit)?;
                }
                Ok(if negated { even } else { odd })
            }
        }
    }

    fn join_all(&mut self, of: &[u32], limit: u32) -> Result<u32, Spent> {
        of.iter().try_fold(UNIT, |all, f| self.join(all, *f, limit))
    }

    fn join(&mut self, f: u32, g: u32, limit: u32) -> Result<u32, Spent> {
        if let Some(tails) = &mut self.tails {
            self.left_out += tails.product(&mut self.families, f, g, limit)?;
        }
        self.families.product(f, g, limit)
    }

    fn either(&mut self, f: u32, g: u32, limit: u32) -> Result<u32, Spent> {
        let (f, g) = (self.families.cut(f, limit)?, self.families.cut(g, limit)?);
        self.families.union(f, g)
    }

    fn at_least(&mut self, k: usize, of: &[u32], limit: u32) -> Result<u32, Spent> {
        let mut row = vec![EMPTY; k + 1];
        row[0] = UNIT;
        for (seen, &operand) in of.iter().enumerate() {
            let left = of.len() - seen - 1;
            for j in (k.saturating_sub(left).max(1)..=k.min(seen + 1)).rev() {
                let with = self.join(row[j - 1], operand, limit)?;
                row[j] = self.either(row[j], with, limit)?;
            }
        }
        Ok(row[k])
    }
}

/// Which signs of each node the root needs.
fn wanted(nodes: &[Node], root: Lit) -> Vec<[bool; 2]> {
    let mut wanted = vec![[false; 2]; nodes.len()];
    wanted[root.node()][usize::from(root.is_negated())] = true;
    for index in (1..nodes.len()).rev() {
        let [plain, negated] = wanted[index];
        for lit in nodes[index].operands() {
            let of = &mut wanted[lit.node()];
            if matches!(nodes[index], Node::Xor(_)) && (plain || negated) {
                *of = [true; 2];
            }
            of[usize::from(lit.is_negated())] |= plain;
            of[usize::from(!lit.is_negated())] |= negated;
        }
    }
    wanted
}
