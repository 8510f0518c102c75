//! Which nodes a view shows.

use super::options::GraphOptions;
use super::outline::Outline;

/// A branch less likely than this is pruned, unless a guideline refers to something in it.
const BRANCH_MIN: f64 = 0.05;

/// Which nodes are drawn, and what became of the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct View {
    /// Nodes that are drawn.
    pub(crate) shown: Vec<bool>,
    /// Nodes whose inputs are drawn; of others the inputs are only counted.
    pub(crate) opened: Vec<bool>,
    /// The node that each merged node is told with.
    pub(crate) merged_into: Vec<Option<usize>>,
    /// Nodes left out as too unlikely.
    pub(crate) pruned: usize,
    /// Nodes left out to keep the bound.
    pub(crate) hidden: usize,
    /// Where the view begins.
    pub(crate) top: usize,
}

impl View {
    /// Nodes told with another one.
    pub(crate) fn merged(&self) -> usize {
        self.merged_into.iter().flatten().count()
    }
}

/// Everything.
pub(crate) fn whole(outline: &Outline) -> View {
    let count = outline.spots.len();
    View {
        shown: vec![true; count],
        opened: vec![true; count],
        merged_into: vec![None; count],
        pruned: 0,
        hidden: 0,
        top: outline.top,
    }
}

/// A node with `depth` levels below it, complete.
pub(crate) fn below(outline: &Outline, start: usize, depth: usize) -> View {
    let count = outline.spots.len();
    let (mut shown, mut opened) = (vec![false; count], vec![false; count]);
    let mut level = vec![start];
    for left in (0..=depth).rev() {
        let mut next = Vec::new();
        for at in level {
            let Some(slot @ false) = shown.get_mut(at) else {
                continue;
            };
            *slot = true;
            if left > 0 {
                if let Some(slot) = opened.get_mut(at) {
                    *slot = true;
                }
                next.extend(outline.children(at));
            }
        }
        level = next;
    }
    let drawn = shown.iter().filter(|shown| **shown).count();
    View {
        hidden: outline.count_below(start) + 1 - drawn,
        shown,
        opened,
        merged_into: vec![None; count],
        pruned: 0,
        top: start,
    }
}

/// The first view: prune, then merge, then hide, each only as far as needed.
pub(crate) fn compress(outline: &Outline, options: &GraphOptions) -> View {
    if outline.spots.is_empty() {
        return View::default();
    }
    let mut work = Work::new(outline, options);
    work.prune();
    work.merge();
    work.hide();
    View {
        opened: work.shown.clone(),
        shown: work.shown,
        merged_into: work.merged_into,
        pruned: work.pruned,
        hidden: work.hidden,
        top: outline.top,
    }
}

struct Work<'a> {
    outline: &'a Outline,
    options: &'a GraphOptions,
    weights: Vec<f64>,
    in_degrees: Vec<usize>,
    /// The top, the most probable cut set and a way to each of its events: drawn whatever happens.
    is_kept: Vec<bool>,
    shown: Vec<bool>,
    merged_into: Vec<Option<usize>>,
    pruned: usize,
    hidden: usize,
}

impl<'a> Work<'a> {
    fn new(outline: &'a Outline, options: &'a GraphOptions) -> Self {
        let count = outline.spots.len();
        let mut is_kept = vec![false; count];
        let best = (0..count).filter(|spot| outline.spots[*spot].is_best);
        for spot in best
            .flat_map(|spot| outline.way_to(spot))
            .chain([outline.top])
        {
            is_kept[spot] = true;
        }
        Self {
            outline,
            options,
            weights: outline
                .spots
                .iter()
                .map(super::outline::Spot::weight)
                .collect(),
            in_degrees: outline.in_degrees(),
            is_kept,
            shown: vec![true; count],
            merged_into: vec![None; count],
            pruned: 0,
            hidden: 0,
        }
    }

    fn count(&self) -> usize {
        self.shown.iter().filter(|shown| **shown).count()
    }

    /// What is observed or explains best goes last.
    fn rank(&self, spot: usize) -> f64 {
        let known = self.outline.spots[spot].is_observed;
        self.weights[spot] + if known { 1.0 } else { 0.0 }
    }

    /// Cuts unlikely inputs off ORs, from the top down. Other gates keep all their inputs: without
    /// one of them an AND would say something else. An OR keeps its weightiest input, so that no
    /// gate stands empty.
    fn prune(&mut self) {
        let referenced = referenced(self.outline);
        let is_unlikely = |spot: usize| {
            let at = &self.outline.spots[spot];
            let is_rare_branch = at.probability < BRANCH_MIN && !referenced[spot];
            let is_light = self.weights[spot] < self.options.prune_threshold;
            (is_rare_branch || is_light) && !at.is_observed && !self.is_kept[spot]
        };
        let mut seen = vec![false; self.shown.len()];
        let mut open = vec![self.outline.top];
        while let Some(at) = open.pop() {
            if std::mem::replace(&mut seen[at], true) {
                continue;
            }
            let children = self.outline.children(at);
            let heaviest = children
                .iter()
                .copied()
                .reduce(|a, b| if self.rank(b) > self.rank(a) { b } else { a });
            let stays = |child: &usize| {
                !self.outline.spots[at].is_or || Some(*child) == heaviest || !is_unlikely(*child)
            };
            open.extend(children.iter().copied().filter(stays));
        }
        self.pruned = seen.iter().filter(|seen| !**seen).count();
        self.shown = seen;
    }

    fn shown_children(&self, spot: usize) -> impl Iterator<Item = usize> + '_ {
        let children = self.outline.children(spot).iter().copied();
        children.filter(|child| self.shown[*child])
    }

    /// Whether everything drawn below a node hangs on another drawn gate too.
    fn is_dispensable(&self, spot: usize) -> bool {
        let has_other_parent = |child: usize| {
            (0..self.shown.len()).any(|other| {
                other != spot && self.shown[other] && self.outline.children(other).contains(&child)
            })
        };
        self.shown_children(spot).all(has_other_parent)
    }

    /// The lightest drawn node that `may` go.
    fn lightest(&self, may: impl Fn(usize) -> bool) -> Option<usize> {
        (0..self.shown.len())
            .filter(|spot| self.shown[*spot] && !self.is_kept[*spot] && may(*spot))
            .min_by(|a, b| self.rank(*a).total_cmp(&self.rank(*b)).then(b.cmp(a)))
    }

    /// Tells nodes without inputs that only one gate uses with that gate, the lightest first, until
    /// the view fits.
    fn merge(&mut self) {
        while self.count() > self.options.max_visible_nodes {
            let Some(spot) = self.lightest(|spot| {
                self.in_degrees[spot] < 2 && self.shown_children(spot).next().is_none()
            }) else {
                return;
            };
            let parent = (0..self.shown.len()).find(|parent| {
                self.shown[*parent] && self.outline.children(*parent).contains(&spot)
            });
            self.shown[spot] = false;
            self.merged_into[spot] = parent;
            // What was told with this node goes up with it.
            for merged in &mut self.merged_into {
                if *merged == Some(spot) {
                    *merged = parent;
                }
            }
        }
    }

    /// Leaves out what is still too much: nodes that several gates share, and gates whose inputs all
    /// stand below another gate. There is always one of them: of the last gate that is not kept, all
    /// drawn inputs are kept, and so is a way to each that does not lead over it.
    fn hide(&mut self) {
        while self.count() > self.options.max_visible_nodes {
            let Some(spot) = self.lightest(|spot| self.is_dispensable(spot)) else {
                return;
            };
            self.shown[spot] = false;
            self.hidden += 1;
            for merged in &mut self.merged_into {
                if *merged == Some(spot) {
                    *merged = None;
                    self.hidden += 1;
                }
            }
        }
    }
}

/// Which branches hold a guideline reference: nodes that have one, and all nodes above them.
fn referenced(outline: &Outline) -> Vec<bool> {
    let mut referenced: Vec<bool> = outline
        .spots
        .iter()
        .map(|spot| spot.is_referenced)
        .collect();
    let mut has_changed = true;
    // A pass for each level at most; the graph has no cycle.
    while has_changed {
        has_changed = false;
        for spot in 0..referenced.len() {
            let mut children = outline.children(spot).iter();
            if !referenced[spot] && children.any(|child| referenced[*child]) {
                referenced[spot] = true;
                has_changed = true;
            }
        }
    }
    referenced
}

#[cfg(test)]
mod tests {
    use super::super::outline::Spot;
    use super::*;
    use faultscan_knowledge::EvidenceLevel;
    use proptest::prelude::*;

    fn spot(probability: f64, children: Vec<usize>) -> Spot {
        Spot {
            probability,
            is_or: true,
            is_referenced: false,
            is_supported: false,
            level: EvidenceLevel::A,
            is_observed: false,
            is_best: false,
            children,
        }
    }

    fn shown(view: &View) -> Vec<usize> {
        (0..view.shown.len()).filter(|at| view.shown[*at]).collect()
    }

    fn options(max_visible_nodes: usize) -> GraphOptions {
        GraphOptions {
            max_visible_nodes,
            ..GraphOptions::default()
        }
    }

    #[test]
    fn weights_are_recalibrated_as_the_design_says() {
        let weigh = |p, is_supported, level| {
            Spot {
                is_supported,
                level,
                ..spot(p, vec![])
            }
            .weight()
        };
        let close = |got: f64, want: f64| assert!((got - want).abs() < 1e-15, "{got} {want}");
        close(weigh(0.5, false, EvidenceLevel::A), 0.4);
        close(weigh(0.5, true, EvidenceLevel::A), 0.6);
        close(weigh(0.5, false, EvidenceLevel::B), 0.28);
        close(weigh(0.5, false, EvidenceLevel::C), 0.16);
        close(weigh(0.001, false, EvidenceLevel::A), 0.01);
        close(weigh(1.0, true, EvidenceLevel::A), 1.0);
    }

    #[test]
    fn a_rare_branch_goes_unless_a_guideline_refers_to_something_in_it() {
        let mut outline = Outline {
            spots: vec![
                spot(0.9, vec![1, 2]),
                spot(0.8, vec![]),
                spot(0.04, vec![3]),
                spot(0.04, vec![]),
            ],
            top: 0,
        };
        assert_eq!(shown(&compress(&outline, &options(15))), [0, 1]);
        outline.spots[3].is_referenced = true;
        assert_eq!(shown(&compress(&outline, &options(15))), [0, 1, 2, 3]);
        // The second threshold judges the weight: 0.8 · 0.03 is below 0.03, with the boost it is not.
        outline.spots[2].probability = 0.03;
        outline.spots[3].probability = 0.03;
        assert_eq!(shown(&compress(&outline, &options(15))), [0, 1]);
        outline.spots[2].is_supported = true;
        outline.spots[3].is_supported = true;
        assert_eq!(shown(&compress(&outline, &options(15))), [0, 1, 2, 3]);
    }

    #[test]
    fn only_an_or_loses_inputs() {
        let mut outline = Outline {
            spots: vec![
                spot(0.9, vec![1, 2]),
                spot(0.9, vec![]),
                spot(0.001, vec![]),
            ],
            top: 0,
        };
        assert_eq!(compress(&outline, &options(15)).pruned, 1);
        outline.spots[0].is_or = false;
        assert_eq!(compress(&outline, &options(15)).pruned, 0);
    }

    #[test]
    fn leaves_of_one_gate_merge_into_it_and_shared_ones_do_not() {
        let outline = Outline {
            spots: vec![
                spot(0.9, vec![1, 2]),
                spot(0.8, vec![3, 4]),
                spot(0.7, vec![4]),
                spot(0.5, vec![]),
                spot(0.3, vec![]),
            ],
            top: 0,
        };
        let view = compress(&outline, &options(4));
        assert_eq!(shown(&view), [0, 1, 2, 4], "the lighter leaf is shared");
        assert_eq!(view.merged_into[3], Some(1));
        assert_eq!((view.merged(), view.hidden), (1, 0));
        let view = compress(&outline, &options(3));
        assert_eq!(
            (shown(&view), view.merged(), view.hidden),
            (vec![0, 1, 2], 1, 1)
        );
    }

    /// Probability; or, referenced, supported; level; observed, best; children.
    type Drawn = (f64, [bool; 3], u8, bool, bool, Vec<prop::sample::Index>);

    fn outline() -> impl Strategy<Value = Outline> {
        (1..60_usize).prop_flat_map(|count| {
            let spot = (
                0.0..1.0_f64,
                any::<[bool; 3]>(),
                0..3_u8,
                proptest::bool::weighted(0.08),
                proptest::bool::weighted(0.08),
                proptest::collection::vec(any::<prop::sample::Index>(), 0..5),
            );
            proptest::collection::vec(spot, count).prop_map(move |spots| {
                let make = |(
                    at,
                    (p, [is_or, referenced, supported], level, observed, best, below),
                ): (usize, Drawn)| {
                    // Inputs stand after their gate, so there is no cycle.
                    let left = count - at - 1;
                    let mut children: Vec<usize> = below
                        .iter()
                        .filter(|_| left > 0)
                        .map(|one| at + 1 + one.index(left))
                        .collect();
                    children.sort_unstable();
                    children.dedup();
                    Spot {
                        // Squared: most of a real tree is unlikely.
                        probability: p * p,
                        is_or,
                        is_referenced: referenced && supported,
                        is_supported: supported,
                        level: [EvidenceLevel::A, EvidenceLevel::B, EvidenceLevel::C]
                            [usize::from(level)],
                        is_observed: observed,
                        is_best: best,
                        children,
                    }
                };
                let mut outline = Outline {
                    spots: spots.into_iter().enumerate().map(make).collect(),
                    top: 0,
                };
                // Only what the top reaches is part of the graph.
                let reached = outline.reach(0, |_| true);
                let place: Vec<usize> = reached
                    .iter()
                    .scan(0, |next, seen| {
                        let at = *next;
                        *next += usize::from(*seen);
                        Some(at)
                    })
                    .collect();
                let mut keep = reached.iter();
                outline.spots.retain(|_| *keep.next().unwrap());
                for spot in &mut outline.spots {
                    for child in &mut spot.children {
                        *child = place[*child];
                    }
                }
                outline
            })
        })
    }

    proptest! {
        #[test]
        fn the_best_cut_set_is_always_seen_and_the_bound_kept(
            outline in outline(), most in 1..40_usize, threshold in 0.0..0.2_f64,
        ) {
            let options = GraphOptions { max_visible_nodes: most, prune_threshold: threshold, lazy_load_depth: 2 };
            let view = compress(&outline, &options);
            let reached = outline.reach(outline.top, |spot| view.shown[spot]);
            let mut needed = vec![false; outline.spots.len()];
            needed[outline.top] = true;
            for (at, spot) in outline.spots.iter().enumerate() {
                if spot.is_best {
                    prop_assert!(view.shown[at], "best event {at} is not drawn");
                    for on_way in outline.way_to(at) {
                        needed[on_way] = true;
                    }
                }
                prop_assert!(!view.shown[at] || reached[at], "{at} hangs in the air");
                prop_assert!(!(view.shown[at] && view.merged_into[at].is_some()));
                if let Some(into) = view.merged_into[at] {
                    prop_assert!(view.shown[into], "{at} is told with {into}, which is not drawn");
                }
            }
            let count = view.shown.iter().filter(|shown| **shown).count();
            let needed = needed.iter().filter(|needed| **needed).count();
            prop_assert!(count <= most.max(needed), "{count} drawn");
            prop_assert_eq!(count + view.merged() + view.pruned + view.hidden, outline.spots.len());
        }

        #[test]
        fn expansion_restores_everything(outline in outline(), most in 1..20_usize, depth in 1..4_usize) {
            let options = GraphOptions { max_visible_nodes: most, lazy_load_depth: depth, ..GraphOptions::default() };
            let first = compress(&outline, &options);
            let mut shown = first.shown.clone();
            // An edge is drawn once both its ends are.
            let complete = |shown: &[bool], spot: usize| outline.children(spot).iter().all(|child| shown[*child]);
            while let Some(open) = (0..shown.len()).find(|at| shown[*at] && !complete(&shown, *at)) {
                for (at, more) in below(&outline, open, depth).shown.iter().enumerate() {
                    shown[at] |= more;
                }
            }
            prop_assert!(shown.iter().all(|shown| *shown));
        }

        #[test]
        fn one_expansion_adds_exactly_its_levels(outline in outline(), depth in 1..4_usize) {
            let view = below(&outline, outline.top, depth);
            for (at, shown) in view.shown.iter().enumerate() {
                let distance = outline.way_to(at).len() - 1;
                prop_assert_eq!(*shown, distance <= depth);
            }
        }
    }
}
