//! The finished diagram of one module: only what its root needs, children before parents.
use crate::Arrange as _;
use crate::bdd::{Bdd, Edge, Nodes};
use crate::budget::{Budget, Spent};
use crate::order::{self, PORTFOLIO, Strategy, Walk};
use crate::prep::{Module, Source};

pub(super) struct Diagram {
    /// (level, hi, lo); the first stands for the terminal.
    nodes: Vec<(u32, Edge, Edge)>,
    pub(super) root: Edge,
    /// What each level stands for.
    pub(super) sources: Vec<Source>,
}

impl Nodes for Diagram {
    fn split(&self, edge: Edge) -> (u32, Edge, Edge) {
        let (level, hi, lo) = self.nodes[edge.index() as usize];
        (
            level,
            hi.negate_if(edge.is_negated()),
            lo.negate_if(edge.is_negated()),
        )
    }
}

/// Nodes that each order may make in a round of the race, and how many orders go on to the next.
const ROUNDS: [(usize, usize); 3] = [(1 << 15, 5), (160_000, 3), (320_000, 2)];
/// Nodes for each order after that; the first to get through wins.
const FINAL_NODES: usize = 3_000_000;
/// These go on in any case: they have got large diagrams done when others ran far ahead at first.
const STEADY: [Strategy; 2] = [
    Strategy::Depth(Walk::LeavesLast),
    Strategy::Depth(Walk::Heavy),
];

struct Runner {
    by: Strategy,
    order: Vec<u32>,
    /// Circuit nodes done in the last round.
    done: usize,
}

impl Diagram {
    /// Races the orders of the portfolio: all with a small budget of nodes; if none gets through,
    /// those that got furthest with a larger one, and so on to the caller's whole budget. Of
    /// several that get through in one of the first rounds, the smallest diagram wins. No clock is
    /// involved, so the outcome is the same everywhere.
    pub(super) fn build(module: &Module, budget: &Budget) -> Result<Self, Spent> {
        let mut runners = Self::line_up(module);
        for (nodes_max, survivors) in ROUNDS {
            if nodes_max >= budget.nodes_max {
                break;
            }
            let round = budget.capped(nodes_max);
            let mut best: Option<Diagram> = None;
            for runner in &mut runners {
                match Self::attempt(module, &runner.order, &round) {
                    Ok(found) if best.as_ref().is_none_or(|b| found.len() < b.len()) => {
                        best = Some(found);
                    }
                    Ok(_) => {}
                    Err((Spent::Stopped, _)) => return Err(Spent::Stopped),
                    Err((Spent::Nodes, done)) => runner.done = done,
                }
            }
            if let Some(best) = best {
                return Ok(best);
            }
            runners.arrange_by_key(|runner| std::cmp::Reverse(runner.done));
            let mut place = 0;
            runners.retain(|runner| {
                place += 1;
                place <= survivors || STEADY.contains(&runner.by)
            });
        }
        Self::finals(module, runners, budget)
    }

    fn line_up(module: &Module) -> Vec<Runner> {
        let leaves = module.leaves.len();
        let mut runners: Vec<Runner> = Vec::new();
        for by in PORTFOLIO {
            let order = order::order(&module.circuit, module.root, leaves, by);
            if !runners.iter().any(|runner| runner.order == order) {
                runners.push(Runner { by, order, done: 0 });
            }
            // With few leaves or one gate any order will do.
            if leaves <= 3 || module.circuit.nodes.len() <= leaves + 2 {
                break;
            }
        }
        runners
    }

    fn finals(module: &Module, mut runners: Vec<Runner>, budget: &Budget) -> Result<Self, Spent> {
        let mut rounds = vec![budget.capped(FINAL_NODES), budget.clone()];
        if let [first, second, ..] = runners.as_slice()
            && first.done >= second.done + second.done / 10
        {
            // One is far ahead: all to it.
            runners.truncate(1);
            rounds.remove(0);
        }
        runners.arrange_by_key(|runner| !STEADY.contains(&runner.by));
        for round in rounds {
            for runner in &runners {
                match Self::attempt(module, &runner.order, &round) {
                    Ok(found) => return Ok(found),
                    Err((Spent::Stopped, _)) => return Err(Spent::Stopped),
                    Err((Spent::Nodes, _)) => {}
                }
            }
        }
        Err(Spent::Nodes)
    }

    fn attempt(module: &Module, order: &[u32], budget: &Budget) -> Result<Self, (Spent, usize)> {
        let mut levels = vec![0; order.len()];
        for (level, leaf) in (0u32..).zip(order) {
            levels[*leaf as usize] = level;
        }
        let mut bdd = Bdd::new(budget);
        let edges = order::build(&mut bdd, &module.circuit, &[module.root], &levels)?;
        let root = edges[module.root.node()].negate_if(module.root.is_negated());
        Ok(Self::keep(&bdd, root, order, &module.leaves))
    }

    /// Copies what the root needs out of the kernel, whose memory then goes.
    fn keep(bdd: &Bdd, root: Edge, order: &[u32], leaves: &[Source]) -> Self {
        let reachable = bdd.reachable(&[root]);
        let mut new = vec![0u32; root.index() as usize + 1];
        let mut nodes = Vec::with_capacity(reachable.len() + 1);
        nodes.push((u32::MAX, Edge::TRUE, Edge::TRUE));
        for (at, index) in (1u32..).zip(reachable) {
            let (level, hi, lo) = bdd.node(index);
            new[index as usize] = at;
            let image = |edge: Edge| Edge::new(new[edge.index() as usize], edge.is_negated());
            nodes.push((level, image(hi), image(lo)));
        }
        let root = Edge::new(new[root.index() as usize], root.is_negated());
        let sources = order.iter().map(|leaf| leaves[*leaf as usize]).collect();
        Diagram {
            nodes,
            root,
            sources,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Every node but the terminal with its index, children first.
    pub(super) fn nodes(&self) -> impl DoubleEndedIterator<Item = (usize, (u32, Edge, Edge))> + '_ {
        self.nodes.iter().copied().enumerate().skip(1)
    }
}
