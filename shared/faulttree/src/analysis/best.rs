//! The k best cut sets by lists: each node keeps the k best sets below it, made from the lists of
//! its two branches. (A best-first search drowns in ties, which catalogues are full of.)
use super::cut_sets::{Family, stop_check};
use crate::Arrange as _;
use crate::bdd::{EMPTY, UNIT};
use crate::budget::{Budget, Spent};
use crate::inference::CutSet;
use crate::model::EventId;
use crate::prep::Source;
use std::collections::BinaryHeap;

/// Place of a set in a node's lists: (list, position).
type At = (u32, u32);

#[derive(Clone, Copy)]
struct Entry {
    p: f64,
    /// The set below `hi`, and in the module the node stands for; or the set below `lo`.
    from: From,
}

#[derive(Clone, Copy)]
enum From {
    End,
    Without(At),
    With(At, At),
}

/// A node's sets, best first. With a limit on the order there is a list for each order, since a
/// worse but smaller set may be what fits in the end; without one there is a single list.
type Lists = Vec<Vec<Entry>>;

struct Search<'a> {
    families: &'a [Family],
    k: usize,
    lists: usize,
    /// For each module, each node's lists.
    known: Vec<Vec<Lists>>,
}

pub(crate) fn best(
    families: &[Family],
    k: usize,
    order_max: usize,
    probabilities: &[f64],
    budget: &Budget,
) -> Result<Vec<CutSet>, Spent> {
    let limited = order_max < probabilities.len();
    let lists = if limited { order_max + 1 } else { 1 };
    let mut search = Search {
        families,
        k,
        lists,
        known: Vec::with_capacity(families.len()),
    };
    let mut spent = 0;
    for family in families {
        let mut nodes: Vec<Lists> = Vec::with_capacity(family.nodes.len());
        nodes.push(vec![Vec::new(); lists]);
        let mut unit = vec![Vec::new(); lists];
        unit[0].push(Entry {
            p: 1.0,
            from: From::End,
        });
        nodes.push(unit);
        for &(level, hi, lo) in &family.nodes[2..] {
            let source = family.sources[level as usize];
            let made = search.node(
                source,
                &nodes[hi as usize],
                &nodes[lo as usize],
                probabilities,
            );
            spent += made.iter().map(Vec::len).sum::<usize>().max(1);
            stop_check(budget, spent)?;
            nodes.push(made);
        }
        search.known.push(nodes);
    }
    let Some(top) = families.len().checked_sub(1) else {
        return Ok(Vec::new());
    };
    let root = families[top].root;
    let mut found = Vec::new();
    for (list, entries) in (0u32..).zip(&search.known[top][root as usize]) {
        for (position, entry) in (0u32..).zip(entries) {
            let mut events = search.events(top, (list, position));
            events.arrange();
            found.push(CutSet::new(
                events.into_iter().map(EventId).collect(),
                entry.p,
            ));
        }
    }
    found.arrange_by(|a: &CutSet, b| {
        b.probability
            .total_cmp(&a.probability)
            .then(a.events.len().cmp(&b.events.len()))
            .then_with(|| a.events.cmp(&b.events))
    });
    found.truncate(k);
    Ok(found)
}

impl Search<'_> {
    fn node(&self, source: Source, hi: &Lists, lo: &Lists, probabilities: &[f64]) -> Lists {
        let mut made: Lists = Vec::with_capacity(self.lists);
        let limited = self.lists > 1;
        for (list, below) in lo.iter().enumerate() {
            let with = match source {
                Source::Event(event) => {
                    let p = probabilities[event as usize];
                    let from = if limited {
                        list.checked_sub(1)
                    } else {
                        Some(0)
                    };
                    from.map_or(Vec::new(), |from| {
                        let one = |(at, entry): (u32, &Entry)| Entry {
                            p: p * entry.p,
                            from: From::With((index(from), at), (0, 0)),
                        };
                        (0u32..).zip(&hi[from]).map(one).collect()
                    })
                }
                Source::Module(module) => {
                    let root = self.families[module].root;
                    self.product(hi, &self.known[module][root as usize], list)
                }
            };
            made.push(self.merge(with, below, list));
        }
        made
    }

    /// The better of both, up to k; of equals, those without the leaf.
    fn merge(&self, with: Vec<Entry>, without: &[Entry], list: usize) -> Vec<Entry> {
        let mut merged = Vec::with_capacity((with.len() + without.len()).min(self.k));
        let mut with = with.into_iter().peekable();
        let mut without = (0u32..).zip(without).peekable();
        while merged.len() < self.k {
            let take_with = match (with.peek(), without.peek()) {
                (Some(a), Some((_, b))) => a.p > b.p,
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (None, None) => break,
            };
            if take_with {
                merged.extend(with.next());
            } else if let Some((at, entry)) = without.next() {
                merged.push(Entry {
                    p: entry.p,
                    from: From::Without((index(list), at)),
                });
            }
        }
        merged
    }

    /// The k best pairs of one set of `a` and one of `b` whose orders add up to `list`.
    fn product(&self, a: &Lists, b: &Lists, list: usize) -> Vec<Entry> {
        struct Pair {
            p: f64,
            at: [u32; 4],
        }
        impl PartialEq for Pair {
            fn eq(&self, other: &Self) -> bool {
                self.cmp(other).is_eq()
            }
        }
        impl Eq for Pair {}
        impl PartialOrd for Pair {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }
        impl Ord for Pair {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.p
                    .total_cmp(&other.p)
                    .then_with(|| other.at.cmp(&self.at))
            }
        }
        let pair = |at: [u32; 4]| {
            let x = a[at[0] as usize].get(at[1] as usize)?;
            let y = b[at[2] as usize].get(at[3] as usize)?;
            Some(Pair { p: x.p * y.p, at })
        };
        let mut open = BinaryHeap::new();
        for from in 0..=list {
            open.extend(pair([index(from), 0, index(list - from), 0]));
        }
        let mut made = Vec::new();
        while made.len() < self.k {
            let Some(Pair { p, at }) = open.pop() else {
                break;
            };
            made.push(Entry {
                p,
                from: From::With((at[0], at[1]), (at[2], at[3])),
            });
            open.extend(pair([at[0], at[1], at[2], at[3] + 1]));
            // Each pair is reached one way only: along `b`, but along `a` from the first of `b`.
            if at[3] == 0 {
                open.extend(pair([at[0], at[1] + 1, at[2], 0]));
            }
        }
        made
    }

    fn events(&self, top: usize, at: At) -> Vec<u32> {
        let mut events = Vec::new();
        let mut open = vec![(top, self.families[top].root, at)];
        while let Some((module, node, at)) = open.pop() {
            if node == EMPTY || node == UNIT {
                continue;
            }
            let (level, hi, lo) = self.families[module].nodes[node as usize];
            match self.known[module][node as usize][at.0 as usize][at.1 as usize].from {
                From::End => {}
                From::Without(at) => open.push((module, lo, at)),
                From::With(below, inner) => {
                    open.push((module, hi, below));
                    match self.families[module].sources[level as usize] {
                        Source::Event(event) => events.push(event),
                        Source::Module(m) => open.push((m, self.families[m].root, inner)),
                    }
                }
            }
        }
        events
    }
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
