//! Constant propagation, coalescing of nested gates, merging of equal gates.
use crate::Arrange as _;
use crate::circuit::{Circuit, Lit, Node};
use crate::sorted::{LookupMap, LookupSet};

/// An equivalent circuit, usually smaller, with only what `root` needs.
pub(crate) fn simplify(circuit: &Circuit, root: Lit) -> (Circuit, Lit) {
    let mut current = (circuit.clone(), root);
    loop {
        let (next, root) = pass(&current.0, current.1);
        let stable = next.nodes.len() == current.0.nodes.len();
        current = (next, root);
        if stable {
            return current;
        }
    }
}

fn pass(circuit: &Circuit, root: Lit) -> (Circuit, Lit) {
    let uses = uses(circuit, root);
    let absorbed = absorbed(circuit, &uses);
    let mut builder = Builder {
        circuit: Circuit::new(),
        known: LookupMap::default(),
        absorbed: &absorbed,
    };
    let mut new = vec![Lit::TRUE; circuit.nodes.len()];
    for (index, node) in circuit.nodes.iter().enumerate() {
        if uses[index] > 0 && !absorbed[index] {
            new[index] = builder.rebuild(circuit, node, &new);
        }
    }
    let root = new[root.node()].negate_if(root.is_negated());
    prune(&builder.circuit, root)
}

/// How many operands refer to each node that `root` needs; 0 for all others.
fn uses(circuit: &Circuit, root: Lit) -> Vec<u32> {
    let mut uses = vec![0u32; circuit.nodes.len()];
    uses[root.node()] = 1;
    for index in (0..circuit.nodes.len()).rev() {
        if uses[index] > 0 {
            for operand in circuit.nodes[index].operands() {
                uses[operand.node()] += 1;
            }
        }
    }
    uses
}

/// Conjunctions that only one other conjunction refers to, and the like: they vanish in it.
fn absorbed(circuit: &Circuit, uses: &[u32]) -> Vec<bool> {
    let mut absorbed = vec![false; circuit.nodes.len()];
    for (node, _) in circuit
        .nodes
        .iter()
        .zip(uses)
        .filter(|(_, uses)| **uses > 0)
    {
        let and = match node {
            Node::And(_) => true,
            Node::Or(_) => false,
            _ => continue,
        };
        for lit in node.operands().iter().filter(|lit| uses[lit.node()] == 1) {
            absorbed[lit.node()] = match &circuit.nodes[lit.node()] {
                Node::And(_) => and != lit.is_negated(),
                Node::Or(_) => and == lit.is_negated(),
                _ => false,
            };
        }
    }
    absorbed
}

/// Drops nodes that coalescing has made useless.
fn prune(circuit: &Circuit, root: Lit) -> (Circuit, Lit) {
    let uses = uses(circuit, root);
    let mut kept = Circuit::new();
    let mut new = vec![Lit::TRUE; circuit.nodes.len()];
    for (index, node) in circuit.nodes.iter().enumerate().skip(1) {
        if uses[index] == 0 {
            continue;
        }
        let map = |of: &[Lit]| -> Vec<Lit> {
            of.iter()
                .map(|lit| new[lit.node()].negate_if(lit.is_negated()))
                .collect()
        };
        new[index] = kept.add(match node {
            Node::Constant => Node::Constant,
            Node::Leaf(leaf) => Node::Leaf(*leaf),
            Node::And(of) => Node::And(map(of)),
            Node::Or(of) => Node::Or(map(of)),
            Node::Xor(of) => Node::Xor(map(of)),
            Node::AtLeast(k, of) => Node::AtLeast(*k, map(of)),
        });
    }
    (kept, new[root.node()].negate_if(root.is_negated()))
}

struct Builder<'a> {
    circuit: Circuit,
    /// Nodes by their operands in sorted order.
    known: LookupMap<Node, Lit>,
    absorbed: &'a [bool],
}

impl Builder<'_> {
    fn rebuild(&mut self, old: &Circuit, node: &Node, new: &[Lit]) -> Lit {
        match node {
            Node::Constant => Lit::TRUE,
            Node::Leaf(leaf) => self.intern(Node::Leaf(*leaf)),
            Node::And(of) => {
                let all = self.flatten(old, of, new);
                self.junction(all, true)
            }
            Node::Or(of) => {
                let all = self.flatten(old, of, new);
                self.junction(all, false)
            }
            Node::Xor(of) => self.parity(of.iter().map(|lit| image(*lit, new))),
            Node::AtLeast(k, of) => self.at_least(*k, of.iter().map(|lit| image(*lit, new))),
        }
    }

    /// Operands of a conjunction (or disjunction), with those of nested ones that it absorbs.
    fn flatten(&self, old: &Circuit, of: &[Lit], new: &[Lit]) -> Vec<Lit> {
        let mut all = Vec::with_capacity(of.len());
        let mut open: Vec<Lit> = of.iter().rev().copied().collect();
        while let Some(lit) = open.pop() {
            if self.absorbed[lit.node()] {
                let inner = old.nodes[lit.node()].operands().iter().rev();
                open.extend(inner.map(|l| l.negate_if(lit.is_negated())));
            } else {
                all.push(image(lit, new));
            }
        }
        all
    }

    fn junction(&mut self, of: Vec<Lit>, and: bool) -> Lit {
        // What makes the whole constant, and what changes nothing.
        let (absorbing, neutral) = if and {
            (Lit::FALSE, Lit::TRUE)
        } else {
            (Lit::TRUE, Lit::FALSE)
        };
        let mut seen = LookupSet::default();
        let mut kept = Vec::with_capacity(of.len());
        for lit in of {
            if lit == absorbing || seen.contains(&!lit) {
                return absorbing;
            }
            if lit != neutral && seen.insert(lit) {
                kept.push(lit);
            }
        }
        self.absorb(&mut kept, &seen, and);
        match kept.as_slice() {
            [] => neutral,
            [only] => *only,
            _ => self.intern(if and { Node::And(kept) } else { Node::Or(kept) }),
        }
    }

    /// `a AND (a OR b)` is `a`, and its dual: an operand of the other kind that holds one of ours
    /// says nothing new.
    fn absorb(&self, kept: &mut Vec<Lit>, seen: &LookupSet<Lit>, and: bool) {
        kept.retain(|lit| {
            let dual = match &self.circuit.nodes[lit.node()] {
                Node::Or(inner) if and != lit.is_negated() => inner,
                Node::And(inner) if and == lit.is_negated() => inner,
                _ => return true,
            };
            !dual
                .iter()
                .any(|inner| seen.contains(&inner.negate_if(lit.is_negated())))
        });
    }

    fn parity(&mut self, of: impl Iterator<Item = Lit>) -> Lit {
        let mut negated = false;
        let mut kept: Vec<Lit> = Vec::new();
        for lit in of {
            negated ^= lit.is_negated();
            let plain = lit.negate_if(lit.is_negated());
            if plain == Lit::TRUE {
                negated = !negated;
            } else if let Some(at) = kept.iter().position(|other| *other == plain) {
                kept.remove(at);
            } else {
                kept.push(plain);
            }
        }
        let plain = match kept.as_slice() {
            [] => Lit::FALSE,
            [only] => *only,
            _ => self.intern(Node::Xor(kept)),
        };
        plain.negate_if(negated)
    }

    fn at_least(&mut self, mut k: u32, of: impl Iterator<Item = Lit>) -> Lit {
        let mut kept = Vec::new();
        for lit in of {
            match lit {
                Lit::TRUE => k = k.saturating_sub(1),
                Lit::FALSE => {}
                lit => kept.push(lit),
            }
        }
        match (k as usize, kept.len()) {
            (0, _) => Lit::TRUE,
            (k, count) if k > count => Lit::FALSE,
            (1, _) => self.junction(kept, false),
            (k, count) if k == count => self.junction(kept, true),
            _ => self.intern(Node::AtLeast(k, kept)),
        }
    }

    fn intern(&mut self, node: Node) -> Lit {
        let mut key = node.clone();
        if let Node::And(of) | Node::Or(of) | Node::Xor(of) | Node::AtLeast(_, of) = &mut key {
            of.arrange();
        }
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let lit = self.circuit.add(node);
        self.known.insert(key, lit);
        lit
    }
}

fn image(lit: Lit, new: &[Lit]) -> Lit {
    new[lit.node()].negate_if(lit.is_negated())
}
