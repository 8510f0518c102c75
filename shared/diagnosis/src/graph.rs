//! The fault tree at hand: what was observed, the larger trees that it belongs to, and everything
//! below. Views of it are what is drawn; the computation never asks here.

use faultscan_faulttree::Arrange as _;
use faultscan_faulttree::SortedMap;
use faultscan_faulttree::SortedSet;
use faultscan_faulttree::one_by_one;

use faultscan_faulttree::{Formula, Gate, GateId, NodeId, Posterior};
use faultscan_knowledge::{CauseKind, EvidenceLevel, Text};

use crate::display::{Outline, Spot, View};
use crate::findings::{Findings, Found, Source};
use crate::model::Model;
use crate::report::{
    Answer, GateKind, Graph, GraphEdge, GraphNode, MergedNode, NodeKind, RankedCutSet,
};

/// Observed codes that the tree is made of.
const CODES_MAX: usize = 8;
/// The id of the node that joins several observed codes.
const OBSERVED_ID: &str = "observed";

/// The whole tree at hand, from which views are drawn.
pub(crate) struct Drawing<'a> {
    model: &'a Model,
    posterior: &'a Posterior,
    best: SortedSet<&'a str>,
    observed: SortedMap<NodeId, bool>,
    /// The nodes of the outline; none is the one that joins several roots.
    nodes: Vec<Option<NodeId>>,
    pub(crate) outline: Outline,
}

/// Lays out the observed codes, the larger trees above them, and all that is below.
pub(crate) fn lay_out<'a>(
    model: &'a Model,
    findings: &Findings,
    groups: &[Vec<&'a Found>],
    cut_sets: &'a [RankedCutSet],
    posterior: &'a Posterior,
) -> Drawing<'a> {
    let codes: Vec<&Found> = groups.iter().flatten().copied().take(CODES_MAX).collect();
    let lead = codes.first().map(|found| found.code.as_str());
    let best = cut_sets
        .iter()
        .find(|set| lead.is_none_or(|code| set.codes.iter().any(|c| c == code)));
    let mut drawing = Drawing {
        model,
        posterior,
        best: one_by_one(best.iter().flat_map(|set| &set.events).map(String::as_str)),
        observed: observed(model, findings),
        nodes: Vec::new(),
        outline: Outline::default(),
    };
    let mut roots: Vec<NodeId> = Vec::new();
    for found in &codes {
        let root = drawing.uppermost(found.node);
        if !roots.contains(&root) {
            roots.push(root);
        }
    }
    drawing.build(&roots);
    drawing
}

/// What is known for certain of nodes: codes that were found, causes that a person confirmed or
/// ruled out.
fn observed(model: &Model, findings: &Findings) -> SortedMap<NodeId, bool> {
    let mut observed: SortedMap<NodeId, bool> =
        one_by_one(findings.observed().map(|found| (found.node, true)));
    for piece in &findings.pieces {
        let Source::Answer { answer, .. } = &piece.source else {
            continue;
        };
        let NodeId::Gate(test) = piece.node else {
            continue;
        };
        let test = model.tree.gates().get(test.index());
        // A test over several causes says nothing certain of any one of them.
        if let Some(Formula::Ref(cause)) = test.map(Gate::formula) {
            observed.insert(*cause, *answer == Answer::Yes);
        }
    }
    observed
}

impl Drawing<'_> {
    /// The top of the larger tree that a node belongs to; the node itself where it belongs to none.
    /// Of several gates above, the likeliest tells the story.
    fn uppermost(&self, node: NodeId) -> NodeId {
        let mut at = node;
        // Gates form no cycle, so every step goes up and the walk ends.
        while let Some(parent) = self.likeliest_parent(at) {
            at = parent;
        }
        at
    }

    fn likeliest_parent(&self, node: NodeId) -> Option<NodeId> {
        let parents = self
            .model
            .parents(node)
            .iter()
            .map(|gate| NodeId::Gate(*gate));
        parents.reduce(|best, other| {
            if self.posterior.posterior(other) > self.posterior.posterior(best) {
                other
            } else {
                best
            }
        })
    }

    fn build(&mut self, roots: &[NodeId]) {
        let mut place: SortedMap<NodeId, usize> = SortedMap::new();
        if roots.len() > 1 {
            self.nodes.push(None);
        }
        let mut open: Vec<NodeId> = roots.to_vec();
        while let Some(node) = open.pop() {
            if place.contains_key(&node) {
                continue;
            }
            place.insert(node, self.nodes.len());
            self.nodes.push(Some(node));
            open.extend(self.inputs(node));
        }
        let number = |node: &NodeId| place.get(node).copied();
        let mut spots = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let children = match node {
                Some(node) => self.inputs(*node).iter().filter_map(number).collect(),
                None => roots.iter().filter_map(number).collect(),
            };
            spots.push(self.spot(*node, roots, children));
        }
        self.outline = Outline { spots, top: 0 };
        self.inherit();
    }

    /// Inputs of a gate, each once, in the order written.
    fn inputs(&self, node: NodeId) -> Vec<NodeId> {
        let mut seen = SortedSet::new();
        self.formula(node)
            .map(Formula::references)
            .unwrap_or_default()
            .into_iter()
            .copied()
            .filter(|input| seen.insert(*input))
            .collect()
    }

    fn formula(&self, node: NodeId) -> Option<&Formula<NodeId>> {
        let NodeId::Gate(gate) = node else {
            return None;
        };
        self.model.tree.gates().get(gate.index()).map(Gate::formula)
    }

    fn spot(&self, node: Option<NodeId>, roots: &[NodeId], children: Vec<usize>) -> Spot {
        let Some(node) = node else {
            let least = roots
                .iter()
                .map(|root| self.posterior.posterior(*root))
                .fold(1.0, f64::min);
            return Spot {
                probability: least,
                is_or: false,
                is_referenced: false,
                is_supported: false,
                level: EvidenceLevel::A,
                is_observed: false,
                is_best: false,
                children,
            };
        };
        let name = self.model.name(node);
        let code = self.model.catalogue.code(name);
        let is_referenced = code.is_some_and(|code| code.guideline.is_some());
        Spot {
            probability: self.posterior.posterior(node),
            is_or: matches!(self.formula(node), Some(Formula::Or(_))),
            is_referenced,
            is_supported: is_referenced,
            level: code.map_or(EvidenceLevel::C, |code| code.evidence_level),
            is_observed: self.observed.contains_key(&node),
            is_best: self.best.contains(name),
            children,
        }
    }

    /// Gates and causes are as well supported as the best code that they belong to: one above them,
    /// or, for a gate of a larger tree, one below.
    fn inherit(&mut self) {
        let is_code = |node: &Option<NodeId>| {
            node.is_some_and(|node| self.model.code(self.model.name(node)).is_some())
        };
        let codes: Vec<usize> = (0..self.nodes.len())
            .filter(|at| self.nodes.get(*at).is_some_and(is_code))
            .collect();
        let mut gained: Vec<(usize, bool, EvidenceLevel)> = Vec::new();
        for code in codes {
            let Some(own) = self.outline.spots.get(code) else {
                continue;
            };
            let (is_supported, level) = (own.is_supported, own.level);
            let reached = self.outline.reach(code, |_| true);
            let above = self.outline.way_to(code);
            let below = (0..reached.len()).filter(|at| reached.get(*at) == Some(&true));
            gained.extend(below.chain(above).map(|at| (at, is_supported, level)));
        }
        for (at, is_supported, level) in gained {
            if let Some(spot) = self.outline.spots.get_mut(at) {
                spot.is_supported |= is_supported;
                spot.level = spot.level.min(level);
            }
        }
    }

    /// The outline's number of a node, by its id.
    pub(crate) fn find(&self, id: &str) -> Option<usize> {
        (0..self.nodes.len()).find(|at| self.id(*at) == id)
    }

    fn id(&self, at: usize) -> &str {
        match self.nodes.get(at) {
            Some(Some(node)) => self.model.name(*node),
            _ => OBSERVED_ID,
        }
    }

    /// A view as it is sent.
    pub(crate) fn render(&self, view: &View) -> Graph {
        if self.nodes.is_empty() {
            let mut empty = Graph::default();
            empty.settle();
            return empty;
        }
        let mut graph = Graph {
            top: self.id(view.top).to_owned(),
            merged: count(view.merged()),
            pruned: count(view.pruned),
            hidden: count(view.hidden),
            ..Graph::default()
        };
        for (at, shown) in view.shown.iter().enumerate() {
            if !shown {
                continue;
            }
            let mut node = self.node(at);
            node.merged = self.merged(view, at);
            if view.opened.get(at) == Some(&true) {
                let drawn = |child: &&usize| view.shown.get(**child) == Some(&true);
                for child in self.outline.children(at).iter().filter(drawn) {
                    graph.edges.push(GraphEdge {
                        from: node.id.clone(),
                        to: self.id(*child).to_owned(),
                    });
                }
            }
            graph.nodes.push(node);
        }
        graph.total = count(graph.nodes.len()) + graph.merged + graph.pruned + graph.hidden;
        graph.settle();
        graph
    }

    fn merged(&self, view: &View, into: usize) -> Vec<MergedNode> {
        let members = view.merged_into.iter().enumerate();
        let mut merged: Vec<MergedNode> = members
            .filter(|(_, gate)| **gate == Some(into))
            .map(|(at, _)| {
                let node = self.node(at);
                MergedNode {
                    id: node.id,
                    title: node.title,
                    title_zh: node.title_zh,
                    probability: node.probability,
                }
            })
            .collect();
        merged.arrange_by(|a, b| {
            let by_probability = b.probability.total_cmp(&a.probability);
            by_probability.then_with(|| a.id.cmp(&b.id))
        });
        merged
    }

    fn node(&self, at: usize) -> GraphNode {
        let id = self.id(at).to_owned();
        let known = self.nodes.get(at).copied().flatten();
        let (gate, k) = match known {
            Some(NodeId::Gate(gate)) => self.gate(gate),
            Some(NodeId::Event(_)) => (None, None),
            None => (Some(GateKind::And), None),
        };
        let title = match known {
            Some(_) => self.title(&id, gate),
            None => Text {
                en: "What was observed".into(),
                zh: "观察到的现象".into(),
            },
        };
        let prior = match known {
            Some(node) => self.model.prior.posterior(node),
            None => self
                .outline
                .children(at)
                .iter()
                .filter_map(|child| self.nodes.get(*child).copied().flatten())
                .map(|root| self.model.prior.posterior(root))
                .fold(1.0, f64::min),
        };
        let spot = self.outline.spots.get(at);
        GraphNode {
            kind: known.map_or(NodeKind::Gate, |node| self.kind(&id, node)),
            gate,
            k,
            title: title.en,
            title_zh: title.zh,
            probability: spot.map_or(0.0, |spot| spot.probability),
            prior,
            observed: known.and_then(|node| self.observed.get(&node).copied()),
            in_best_cut_set: spot.is_some_and(|spot| spot.is_best),
            weight: spot.map_or(0.0, Spot::weight),
            guideline: spot.is_some_and(|spot| spot.is_supported),
            inputs: count(self.outline.children(at).len()),
            below: count(self.outline.count_below(at)),
            merged: Vec::new(),
            id,
        }
    }

    fn gate(&self, gate: GateId) -> (Option<GateKind>, Option<u32>) {
        let Some(formula) = self.formula(gate.into()) else {
            return (None, None);
        };
        let kind = match formula {
            Formula::And(_) => GateKind::And,
            Formula::Or(_) => GateKind::Or,
            Formula::Not(_) => GateKind::Not,
            Formula::Xor(_) => GateKind::Xor,
            Formula::Inhibit { .. } => GateKind::Inhibit,
            Formula::AtLeast { k, .. } => return (Some(GateKind::Atleast), Some(*k)),
            _ => GateKind::Null,
        };
        (Some(kind), None)
    }

    fn kind(&self, id: &str, node: NodeId) -> NodeKind {
        match node {
            NodeId::Event(_) => match self.model.catalogue.cause(id).map(|cause| cause.kind) {
                Some(CauseKind::Undeveloped) => NodeKind::Undeveloped,
                _ => NodeKind::Basic,
            },
            NodeId::Gate(_) if self.model.code(id).is_some() => NodeKind::Code,
            NodeId::Gate(_) => NodeKind::Gate,
        }
    }

    fn title(&self, id: &str, gate: Option<GateKind>) -> Text {
        let catalogue = &self.model.catalogue;
        if let Some(cause) = catalogue.cause(id) {
            return cause.title.clone();
        }
        if let Some(code) = catalogue.code(id) {
            return code.title.clone();
        }
        if let Some(gate) = catalogue
            .trees()
            .iter()
            .flat_map(|tree| &tree.gates)
            .find(|gate| gate.id == id)
        {
            return gate.title.clone();
        }
        let (en, zh) = match gate {
            Some(GateKind::And) => ("All of these", "同时满足"),
            Some(GateKind::Or) => ("Any of these", "任一满足"),
            Some(GateKind::Atleast) => ("Several of these", "其中若干满足"),
            Some(GateKind::Not) => ("Not this", "并非如此"),
            Some(GateKind::Xor) => ("One of these, not both", "仅其一"),
            Some(GateKind::Inhibit) => ("This, under a condition", "在条件下成立"),
            _ => (id, id),
        };
        Text {
            en: en.into(),
            zh: zh.into(),
        }
    }
}

/// A tree has far fewer nodes than this can count.
fn count(nodes: usize) -> u32 {
    u32::try_from(nodes).unwrap_or(u32::MAX)
}
