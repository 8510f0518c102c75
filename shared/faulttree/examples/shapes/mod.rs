//! Generated trees of several shapes, the same on every machine.
use faultscan_faulttree::{FaultTree, FaultTreeBuilder, Formula, ModelError};

/// What to generate.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// No event occurs twice: modules all the way.
    Disjoint,
    /// Trains of components with shared supports, in pairs that back each other up.
    Redundant,
    /// Gates that take their operands from anywhere below: many shared events.
    Tangled,
    /// 2-of-3 votes over channels that share power supplies.
    Voting,
    /// An OR over accident sequences, each an AND with negated branches.
    Sequences,
}

pub(crate) const SHAPES: [Shape; 5] = [
    Shape::Disjoint,
    Shape::Redundant,
    Shape::Tangled,
    Shape::Voting,
    Shape::Sequences,
];

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let high = usize::try_from(self.0 >> 33).unwrap_or(0);
        high % limit.max(1)
    }
}

fn named(prefix: &str, at: usize) -> Formula {
    Formula::named(format!("{prefix}{at}"))
}

/// A tree of about `events` basic events.
pub(crate) fn generate(shape: Shape, events: usize) -> Result<FaultTree, ModelError> {
    let mut builder = FaultTreeBuilder::new();
    for at in 0..events {
        let p = 0.001 * f64::from(u32::try_from(at % 50 + 1).unwrap_or(1));
        builder.basic_event(&format!("e{at}"), p)?;
    }
    match shape {
        Shape::Disjoint => disjoint(&mut builder, events)?,
        Shape::Redundant => redundant(&mut builder, events)?,
        Shape::Tangled => tangled(&mut builder, events)?,
        Shape::Voting => voting(&mut builder, events)?,
        Shape::Sequences => sequences(&mut builder, events)?,
    }
    builder.top("top");
    builder.build()
}

fn disjoint(builder: &mut FaultTreeBuilder, events: usize) -> Result<(), ModelError> {
    let mut layer: Vec<Formula> = (0..events).map(|at| named("e", at)).collect();
    let (mut depth, mut count) = (0, 0);
    while layer.len() > 1 {
        let mut next = Vec::new();
        for group in layer.chunks(3) {
            let formula = match depth % 2 {
                0 => Formula::And(group.to_vec()),
                _ => Formula::Or(group.to_vec()),
            };
            builder.gate(&format!("g{count}"), formula)?;
            next.push(named("g", count));
            count += 1;
        }
        layer = next;
        depth += 1;
    }
    builder.gate("top", Formula::Or(layer))
}

fn redundant(builder: &mut FaultTreeBuilder, events: usize) -> Result<(), ModelError> {
    let trains = events / 6;
    let mut pairs = Vec::new();
    for train in 0..trains {
        let shared = named("e", (train / 4) * 24 % events);
        let of = (0..5)
            .map(|i| named("e", train * 6 + i))
            .chain([shared])
            .collect();
        builder.gate(&format!("train{train}"), Formula::Or(of))?;
        if train % 2 == 1 {
            pairs.push(Formula::And(vec![
                named("train", train - 1),
                named("train", train),
            ]));
        }
    }
    builder.gate("top", Formula::Or(pairs))
}

fn tangled(builder: &mut FaultTreeBuilder, events: usize) -> Result<(), ModelError> {
    let mut random = Random(7);
    let gates = events / 3;
    for gate in 0..gates {
        let mut near = || named("e", (gate * 3 + random.below(16)) % events);
        let of: Vec<Formula> = (0..4).map(|_| near()).collect();
        let below = match gate {
            0 => near(),
            _ => named("g", gate - 1 - (gate * 7 % 3).min(gate - 1)),
        };
        let formula = match gate % 3 {
            0 => Formula::AtLeast {
                k: 2,
                of: of.into_iter().chain([below]).collect(),
            },
            1 => Formula::And(vec![
                Formula::Or(of[..2].to_vec()),
                Formula::Or(vec![of[2].clone(), below]),
            ]),
            _ => Formula::Or(vec![
                Formula::And(of[..3].to_vec()),
                Formula::And(vec![of[3].clone(), below]),
            ]),
        };
        builder.gate(&format!("g{gate}"), formula)?;
    }
    let last = (gates.saturating_sub(6)..gates)
        .map(|gate| named("g", gate))
        .collect();
    builder.gate("top", Formula::Or(last))
}

fn voting(builder: &mut FaultTreeBuilder, events: usize) -> Result<(), ModelError> {
    let votes = events / 8;
    for vote in 0..votes {
        let channel = |i: usize| {
            let supply = named("e", (vote / 3 * 24 + i) % events);
            Formula::Or(vec![
                named("e", vote * 8 + i),
                named("e", vote * 8 + 3 + i),
                supply,
            ])
        };
        let of = (0..3).map(channel).collect();
        builder.gate(&format!("vote{vote}"), Formula::AtLeast { k: 2, of })?;
    }
    builder.gate(
        "top",
        Formula::Or((0..votes).map(|vote| named("vote", vote)).collect()),
    )
}

fn sequences(builder: &mut FaultTreeBuilder, events: usize) -> Result<(), ModelError> {
    let mut random = Random(11);
    let systems = events / 5;
    for system in 0..systems {
        let of = (0..5)
            .map(|i| named("e", (system * 5 + i + random.below(3)) % events))
            .collect();
        builder.gate(&format!("system{system}"), Formula::Or(of))?;
    }
    let sequence = |start: usize| {
        let at = |i: usize| named("system", (start + i) % systems);
        let fine = |i: usize| Formula::Not(Box::new(at(i)));
        Formula::And(vec![at(0), fine(1), at(2), fine(3)])
    };
    builder.gate("top", Formula::Or((0..systems).map(sequence).collect()))
}
