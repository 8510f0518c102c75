use super::assume::assume;
use super::factor::factor;
use super::simplify::simplify;
use super::{modules, twins};
use crate::circuit::{Circuit, Lit, Node};
use crate::sorted::LookupMap;

/// What a module's leaf stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// An event, by index.
    Event(u32),
    /// An earlier module, by index.
    Module(usize),
}

/// A part of the tree with leaves of its own.
pub(crate) struct Module {
    pub(crate) circuit: Circuit,
    pub(crate) root: Lit,
    /// What each leaf of `circuit` stands for.
    pub(crate) leaves: Vec<Source>,
}

/// A function as modules, each after those it uses; the last is the whole.
///
/// Every module but the last is false while all its leaves are: where a gate is not, its negation
/// is the module. Then the minimal solutions of the whole are those of the last module with each
/// module's own put in its place, coherent or not.
pub(crate) struct Plan {
    pub(crate) modules: Vec<Module>,
    /// Whether negation occurs anywhere (as NOT, XOR or a negated gate).
    pub(crate) coherent: bool,
    /// Gates after simplification.
    pub(crate) gates: usize,
    /// Whether common factors are taken out.
    factored: bool,
}

/// More rounds than this never paid, and each nests in the one before.
const ROUNDS_MAX: usize = 16;
/// Rounds of factoring; what is left after these has not been seen to shrink.
const FACTOR_ROUNDS: usize = 8;

impl Plan {
    /// Leaves of `circuit` are events.
    pub(crate) fn new(circuit: &Circuit, root: Lit) -> Self {
        Self::with(circuit, root, false)
    }

    /// Like [`Plan::new`], with common factors taken out of sums and products, which makes
    /// products of families much smaller.
    pub(crate) fn factored(circuit: &Circuit, root: Lit) -> Self {
        Self::with(circuit, root, true)
    }

    fn with(circuit: &Circuit, root: Lit, factored: bool) -> Self {
        let (circuit, root) = simplify(circuit, root);
        let gates = circuit
            .nodes
            .iter()
            .filter(|node| !node.operands().is_empty())
            .count();
        let coherent = !root.is_negated()
            && circuit.nodes.iter().all(|node| {
                !matches!(node, Node::Xor(_)) && !node.operands().iter().any(|l| l.is_negated())
            });
        let mut plan = Plan {
            modules: Vec::new(),
            coherent,
            gates,
            factored,
        };
        let events = circuit.nodes.iter().filter_map(|node| match node {
            Node::Leaf(event) => Some(*event + 1),
            _ => None,
        });
        let count = events.max().unwrap_or(0);
        let sources: Vec<Source> = (0..count).map(Source::Event).collect();
        plan.split(&circuit, root, &sources, 0);
        plan
    }

    /// Adds the modules of a part of the tree, itself the last.
    fn split(&mut self, circuit: &Circuit, root: Lit, sources: &[Source], round: usize) {
        let merged = twins::merge(circuit, root);
        let (circuit, root) = merged
            .as_ref()
            .map_or((circuit, root), |(c, root)| (c, *root));
        let (mut circuit, mut root) = simplify(circuit, root);
        if self.factored {
            (circuit, root) = factored(circuit, root);
        }
        let (circuit, root) = modules::group(&circuit, root);
        let is_module = modules::modules(&circuit, root);
        let at_rest = at_rest(&circuit);
        let mut number = vec![usize::MAX; circuit.nodes.len()];
        let needed = needed(&circuit, root);
        for index in (0..=root.node()).filter(|index| needed[*index]) {
            let top = index == root.node();
            if !top && !is_module[index] {
                continue;
            }
            let negated = if top {
                root.is_negated()
            } else {
                at_rest[index]
            };
            let mut module = extract(&circuit, index, negated, &number, &at_rest);
            for leaf in &mut module.leaves {
                if let Source::Event(local) = leaf {
                    *leaf = sources[*local as usize];
                }
            }
            // With its own modules as leaves, a part may have more leaves that go together. Each
            // round has fewer leaves, so this ends.
            if round < ROUNDS_MAX && twins::merge(&module.circuit, module.root).is_some() {
                self.split(&module.circuit, module.root, &module.leaves, round + 1);
            } else {
                self.modules.push(module);
            }
            number[index] = self.modules.len() - 1;
        }
    }
}

fn factored(mut circuit: Circuit, mut root: Lit) -> (Circuit, Lit) {
    for _ in 0..FACTOR_ROUNDS {
        let mut changed = false;
        for step in [assume, factor] {
            if let Some((next, top)) = step(&circuit, root) {
                (circuit, root) = simplify(&next, top);
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    (circuit, root)
}

fn needed(circuit: &Circuit, root: Lit) -> Vec<bool> {
    let mut needed = vec![false; circuit.nodes.len()];
    needed[root.node()] = true;
    for index in (0..=root.node()).rev() {
        if needed[index] {
            for operand in circuit.nodes[index].operands() {
                needed[operand.node()] = true;
            }
        }
    }
    needed
}

/// Each node's value while every event is false.
fn at_rest(circuit: &Circuit) -> Vec<bool> {
    let mut values = vec![true; circuit.nodes.len()];
    for (index, node) in circuit.nodes.iter().enumerate() {
        let on = |lit: &Lit| values[lit.node()] != lit.is_negated();
        values[index] = match node {
            Node::Constant => true,
            Node::Leaf(_) => false,
            Node::And(of) => of.iter().all(on),
            Node::Or(of) => of.iter().any(on),
            Node::Xor(of) => of.iter().filter(|lit| on(lit)).count() % 2 == 1,
            Node::AtLeast(k, of) => of.iter().filter(|lit| on(lit)).count() >= *k as usize,
        };
    }
    values
}

/// The literal that stands for a node that was looked at.
fn literal(found: &LookupMap<usize, Lit>, node: usize) -> Lit {
    found.get(&node).copied().unwrap_or(Lit::TRUE)
}

/// The module rooted at `root`, down to events and to the modules that have a number already.
fn extract(
    circuit: &Circuit,
    root: usize,
    negated: bool,
    number: &[usize],
    at_rest: &[bool],
) -> Module {
    let mut local = Circuit::new();
    let mut leaves = Vec::new();
    let mut found = LookupMap::default();
    found.insert(0, Lit::TRUE);
    let mut open = vec![root];
    while let Some(&index) = open.last() {
        if found.contains_key(&index) {
            open.pop();
            continue;
        }
        let source = match &circuit.nodes[index] {
            Node::Leaf(event) => Some((Source::Event(*event), false)),
            _ if index != root && number[index] != usize::MAX => {
                Some((Source::Module(number[index]), at_rest[index]))
            }
            _ => None,
        };
        if let Some((source, negated)) = source {
            let leaf = u32::try_from(leaves.len()).unwrap_or(u32::MAX);
            leaves.push(source);
            found.insert(index, local.add(Node::Leaf(leaf)).negate_if(negated));
            continue;
        }
        let operands = circuit.nodes[index].operands();
        let missing = operands
            .iter()
            .rev()
            .map(|lit| lit.node())
            .filter(|n| !found.contains_key(n));
        let before = open.len();
        open.extend(missing);
        if open.len() > before {
            continue;
        }
        let image = |lit: &Lit| literal(&found, lit.node()).negate_if(lit.is_negated());
        let of: Vec<Lit> = operands.iter().map(image).collect();
        let lit = match &circuit.nodes[index] {
            Node::Constant | Node::Leaf(_) => Lit::TRUE,
            Node::And(_) => local.add(Node::And(of)),
            Node::Or(_) => local.add(Node::Or(of)),
            Node::Xor(_) => local.add(Node::Xor(of)),
            Node::AtLeast(k, _) => local.add(Node::AtLeast(*k, of)),
        };
        found.insert(index, lit);
    }
    Module {
        root: literal(&found, root).negate_if(negated),
        circuit: local,
        leaves,
    }
}
