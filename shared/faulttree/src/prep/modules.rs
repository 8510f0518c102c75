//! Modules by the linear algorithm of Dutuit and Rauzy (1996), and the grouping of a gate's
//! private operands into modules of their own.
use crate::Arrange as _;
use crate::circuit::{Circuit, Lit, Node};

/// For each node under `root`: when a depth-first walk first and last met it, when it left it for
/// the first time, and the span of all meetings with it and anything below.
struct Visits {
    first: Vec<u32>,
    left: Vec<u32>,
    low: Vec<u32>,
    high: Vec<u32>,
}

fn visits(circuit: &Circuit, root: Lit) -> Visits {
    let count = circuit.nodes.len();
    let mut last = vec![0u32; count];
    let mut visits = Visits {
        first: vec![0; count],
        left: vec![0; count],
        low: vec![0; count],
        high: vec![0; count],
    };
    let mut time = 0;
    let mut path: Vec<(usize, usize)> = Vec::new();
    let mut order = Vec::new();
    let mut next = Some(root.node());
    loop {
        if let Some(node) = next.take() {
            time += 1;
            last[node] = time;
            if visits.first[node] == 0 {
                visits.first[node] = time;
                path.push((node, 0));
            }
        }
        let Some((node, at)) = path.last_mut() else {
            break;
        };
        if let Some(operand) = circuit.nodes[*node].operands().get(*at) {
            *at += 1;
            next = Some(operand.node());
        } else {
            time += 1;
            visits.left[*node] = time;
            last[*node] = last[*node].max(time);
            order.push(*node);
            path.pop();
        }
    }
    // Operands leave before what uses them.
    for node in order {
        let (mut low, mut high) = (visits.first[node], last[node]);
        for operand in circuit.nodes[node].operands() {
            low = low.min(visits.low[operand.node()]);
            high = high.max(visits.high[operand.node()]);
        }
        (visits.low[node], visits.high[node]) = (low, high);
    }
    visits
}

/// Which nodes are gates whose events nothing outside refers to but through them.
pub(super) fn modules(circuit: &Circuit, root: Lit) -> Vec<bool> {
    let visits = visits(circuit, root);
    let is_module = |node: usize| {
        visits.first[node] > 0
            && !circuit.nodes[node].operands().is_empty()
            && circuit.nodes[node].operands().iter().all(|operand| {
                visits.low[operand.node()] > visits.first[node]
                    && visits.high[operand.node()] < visits.left[node]
            })
    };
    (0..circuit.nodes.len()).map(is_module).collect()
}

/// Puts operands of AND and OR gates that share events only with each other into gates of their
/// own, which then are modules.
pub(super) fn group(circuit: &Circuit, root: Lit) -> (Circuit, Lit) {
    let visits = visits(circuit, root);
    let mut grouped = Circuit::new();
    let mut new = vec![Lit::TRUE; circuit.nodes.len()];
    for (index, node) in circuit.nodes.iter().enumerate().skip(1) {
        let image = |lit: &Lit| new[lit.node()].negate_if(lit.is_negated());
        new[index] = match node {
            Node::Constant => Lit::TRUE,
            Node::Leaf(leaf) => grouped.add(Node::Leaf(*leaf)),
            Node::Xor(of) => {
                let of = of.iter().map(image).collect();
                grouped.add(Node::Xor(of))
            }
            Node::AtLeast(k, of) => {
                let of = of.iter().map(image).collect();
                grouped.add(Node::AtLeast(*k, of))
            }
            Node::And(of) | Node::Or(of) => {
                let and = matches!(node, Node::And(_));
                let span = |lit: &Lit| (visits.low[lit.node()], visits.high[lit.node()]);
                let within = (visits.first[index], visits.left[index]);
                let operands: Vec<_> = of.iter().map(|lit| (image(lit), span(lit))).collect();
                junction(&mut grouped, and, operands, within)
            }
        };
    }
    (grouped, new[root.node()].negate_if(root.is_negated()))
}

type Spanned = (Lit, (u32, u32));

fn junction(circuit: &mut Circuit, and: bool, operands: Vec<Spanned>, within: (u32, u32)) -> Lit {
    let mut make = |of: Vec<Lit>| match of.as_slice() {
        [only] => *only,
        _ => circuit.add(if and { Node::And(of) } else { Node::Or(of) }),
    };
    let private = |(_, (low, high)): &Spanned| *low > within.0 && *high < within.1;
    let (mut own, shared): (Vec<Spanned>, Vec<Spanned>) = operands.into_iter().partition(private);
    own.arrange_by_key(|(_, span)| *span);
    let mut groups: Vec<(Vec<Lit>, u32)> = Vec::new();
    for (lit, (low, high)) in own {
        match groups.last_mut() {
            Some((group, end)) if low <= *end => {
                group.push(lit);
                *end = high.max(*end);
            }
            _ => groups.push((vec![lit], high)),
        }
    }
    if shared.is_empty() && groups.len() == 1 {
        return make(groups.into_iter().flat_map(|(group, _)| group).collect());
    }
    let mut own: Vec<Lit> = groups.into_iter().map(|(group, _)| make(group)).collect();
    if shared.is_empty() {
        return make(own);
    }
    if own.len() > 1 {
        own = vec![make(own)];
    }
    own.extend(shared.into_iter().map(|(lit, _)| lit));
    make(own)
}
