//! Listing cut sets through the modules, one by one, with cut-offs.
use super::cut_sets::{Bounds, Family, NO_SET};
use crate::bdd::{EMPTY, UNIT};
use crate::inference::CutSet;
use crate::model::EventId;
use crate::prep::Source;

/// A set under way: what it holds, and the families that still have to give their part.
#[derive(Clone)]
struct Partial {
    /// Probability of the best set that this can become.
    bound: f64,
    so_far: f64,
    chosen: Vec<u32>,
    /// (module, node), the next last.
    agenda: Vec<(usize, u32)>,
}

impl Partial {
    fn first(families: &[Family], bounds: &Bounds) -> Option<Self> {
        let top = families.len().checked_sub(1)?;
        let root = families[top].root;
        let bound = bounds.best[top][root as usize];
        (root != EMPTY).then(|| Partial {
            bound,
            so_far: 1.0,
            chosen: Vec::new(),
            agenda: vec![(top, root)],
        })
    }

    /// Sets the bound from the agenda. Whether a set of at most `order_max` events can come of it.
    fn measure(&mut self, bounds: &Bounds, order_max: usize) -> bool {
        self.bound = self.so_far;
        let mut least = self.chosen.len();
        for &(module, node) in &self.agenda {
            if bounds.least[module][node as usize] >= NO_SET {
                return false;
            }
            self.bound *= bounds.best[module][node as usize];
            least += bounds.least[module][node as usize];
        }
        least <= order_max
    }

    /// Splits at the next node: the sets without its leaf, and those with it. A finished set comes
    /// back whole.
    fn split(
        mut self,
        families: &[Family],
        probabilities: &[f64],
    ) -> Result<(Option<Self>, Self), Self> {
        let (module, node) = loop {
            match self.agenda.pop() {
                None => return Err(self),
                Some((_, UNIT)) => {}
                Some(found) => break found,
            }
        };
        let family = &families[module];
        let (level, hi, lo) = family.nodes[node as usize];
        let rest = (lo != EMPTY).then(|| {
            let mut rest = self.clone();
            rest.agenda.push((module, lo));
            rest
        });
        self.agenda.push((module, hi));
        match family.sources[level as usize] {
            Source::Event(event) => {
                self.so_far *= probabilities[event as usize];
                self.chosen.push(event);
            }
            Source::Module(inner) => self.agenda.push((inner, families[inner].root)),
        }
        Ok((rest, self))
    }

    fn finish(mut self) -> CutSet {
        self.chosen.sort_unstable();
        CutSet::new(self.chosen.into_iter().map(EventId).collect(), self.so_far)
    }
}

/// Cut sets one after the other, in an order that depends on the diagram alone.
pub struct Sets<'a> {
    families: &'a [Family],
    bounds: Bounds,
    probabilities: &'a [f64],
    order_max: usize,
    probability_min: f64,
    open: Vec<Partial>,
}

impl<'a> Sets<'a> {
    pub(super) fn new(
        families: &'a [Family],
        order_max: usize,
        probability_min: f64,
        probabilities: &'a [f64],
    ) -> Self {
        let bounds = Bounds::of(families, probabilities);
        let open = Partial::first(families, &bounds).into_iter().collect();
        Sets {
            families,
            bounds,
            probabilities,
            order_max,
            probability_min,
            open,
        }
    }
}

impl Iterator for Sets<'_> {
    type Item = CutSet;

    fn next(&mut self) -> Option<CutSet> {
        while let Some(mut partial) = self.open.pop() {
            let possible = partial.measure(&self.bounds, self.order_max);
            if !possible || partial.bound < self.probability_min {
                continue;
            }
            match partial.split(self.families, self.probabilities) {
                Err(done) => return Some(done.finish()),
                Ok((rest, with)) => {
                    self.open.extend(rest);
                    self.open.push(with);
                }
            }
        }
        None
    }
}
