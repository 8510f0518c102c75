//! The part of the fault tree that matters to a diagnosis: what was observed, the gates below it,
//! and the causes that are worth a look. What is left out is left out of the drawing only.

use std::collections::{BTreeMap, BTreeSet};

use faultscan_faulttree::{Formula, GateId, NodeId, Posterior};
use faultscan_knowledge::{CauseKind, Text};

use crate::findings::{Findings, Found, Source};
use crate::model::Model;
use crate::report::{Answer, GateKind, Graph, GraphEdge, GraphNode, NodeKind, RankedCutSet};

/// Causes less likely than this are not drawn, unless they are all that a gate has.
const PRUNE_THRESHOLD: f64 = 0.03;
/// Observed codes that are drawn.
const CODES_MAX: usize = 4;
/// Inputs of one OR that are drawn.
const INPUTS_MAX: usize = 8;
/// The id of the node that joins several observed codes.
const OBSERVED_ID: &str = "observed";

struct Drawing<'a> {
    model: &'a Model,
    posterior: &'a Posterior,
    best: BTreeSet<&'a str>,
    observed: BTreeMap<NodeId, bool>,
    graph: Graph,
    drawn: BTreeSet<String>,
    edges: BTreeSet<(String, String)>,
}

/// Draws the observed codes, what is above them in a larger tree, and what is below them.
pub(crate) fn draw(
    model: &Model,
    findings: &Findings,
    groups: &[Vec<&Found>],
    cut_sets: &[RankedCutSet],
    posterior: &Posterior,
) -> Graph {
    let codes: Vec<&Found> = groups.iter().flatten().copied().take(CODES_MAX).collect();
    let lead = codes.first().map(|found| found.code.as_str());
    let best = cut_sets
        .iter()
        .find(|set| lead.is_none_or(|code| set.codes.iter().any(|c| c == code)));
    let mut drawing = Drawing {
        model,
        posterior,
        best: best
            .iter()
            .flat_map(|set| &set.events)
            .map(String::as_str)
            .collect(),
        observed: observed(model, findings),
        graph: Graph::default(),
        drawn: BTreeSet::new(),
        edges: BTreeSet::new(),
    };
    let mut roots: Vec<NodeId> = Vec::new();
    for found in &codes {
        let root = drawing.path_to_top(found.node);
        if !roots.contains(&root) {
            roots.push(root);
        }
    }
    match roots.as_slice() {
        [] => {}
        [root] => drawing.graph.top = drawing.model.name(*root).to_owned(),
        _ => drawing.join(&roots),
    }
    for found in &codes {
        drawing.below(found.node);
    }
    drawing.graph
}

/// What is known for certain of nodes: codes that were found, causes that a person confirmed or
/// ruled out.
fn observed(model: &Model, findings: &Findings) -> BTreeMap<NodeId, bool> {
    let mut observed: BTreeMap<NodeId, bool> = findings
        .observed()
        .map(|found| (found.node, true))
        .collect();
    for piece in &findings.pieces {
        let Source::Answer { answer, .. } = &piece.source else {
            continue;
        };
        let NodeId::Gate(test) = piece.node else {
            continue;
        };
        let test = model.tree.gates().get(test.index());
        // A test over several causes says nothing certain of any one of them.
        if let Some(Formula::Ref(cause)) = test.map(faultscan_faulttree::Gate::formula) {
            observed.insert(*cause, *answer == Answer::Yes);
        }
    }
    observed
}

impl Drawing<'_> {
    /// Draws the gates of a larger tree that lead from its top to a node; gives the uppermost.
    fn path_to_top(&mut self, node: NodeId) -> NodeId {
        let mut path = vec![node];
        let mut at = node;
        // Gates form no cycle, so every step goes up and the walk ends. Of several gates above, the
        // likeliest tells the story.
        while let Some(parent) = self.likeliest_parent(at) {
            at = parent;
            path.push(at);
        }
        path.reverse();
        for pair in path.windows(2) {
            if let [from, to] = pair {
                self.node(*from);
                self.edge(
                    self.model.name(*from).to_owned(),
                    self.model.name(*to).to_owned(),
                );
            }
        }
        self.node(node);
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

    /// A node above several roots: everything that was observed.
    fn join(&mut self, roots: &[NodeId]) {
        self.graph.top = OBSERVED_ID.to_owned();
        let title = Text {
            en: "What was observed".into(),
            zh: "观察到的现象".into(),
        };
        let probability = roots
            .iter()
            .map(|root| self.posterior.posterior(*root))
            .fold(1.0, f64::min);
        let prior = roots
            .iter()
            .map(|root| self.model.prior.posterior(*root))
            .fold(1.0, f64::min);
        self.graph.nodes.insert(
            0,
            GraphNode {
                id: OBSERVED_ID.to_owned(),
                kind: NodeKind::Gate,
                gate: Some(GateKind::And),
                k: None,
                title: title.en,
                title_zh: title.zh,
                probability,
                prior,
                observed: None,
                in_best_cut_set: false,
            },
        );
        for root in roots {
            self.edge(OBSERVED_ID.to_owned(), self.model.name(*root).to_owned());
        }
    }

    fn edge(&mut self, from: String, to: String) {
        if self.edges.insert((from.clone(), to.clone())) {
            self.graph.edges.push(GraphEdge { from, to });
        }
    }

    /// Draws everything below a node that is worth it. Depth is bounded by that of the catalogue's
    /// gates.
    fn below(&mut self, node: NodeId) {
        let NodeId::Gate(gate) = node else { return };
        let from = self.model.name(node).to_owned();
        for input in self.inputs(gate) {
            self.edge(from.clone(), self.model.name(input).to_owned());
            let is_new = self.node(input);
            if is_new {
                self.below(input);
            }
        }
    }

    /// The inputs of a gate that are drawn. Only an OR can lose inputs and keep its meaning.
    fn inputs(&self, gate: GateId) -> Vec<NodeId> {
        let Some(definition) = self.model.tree.gates().get(gate.index()) else {
            return Vec::new();
        };
        let mut inputs: Vec<NodeId> = definition
            .formula()
            .references()
            .into_iter()
            .copied()
            .collect();
        let mut seen = BTreeSet::new();
        inputs.retain(|input| seen.insert(*input));
        if !matches!(definition.formula(), Formula::Or(_)) {
            return inputs;
        }
        inputs.sort_by(|a, b| self.weight(*b).total_cmp(&self.weight(*a)));
        let worth = inputs
            .iter()
            .filter(|input| self.weight(**input) >= PRUNE_THRESHOLD)
            .count();
        inputs.truncate(worth.clamp(1, INPUTS_MAX));
        inputs
    }

    /// How much a node is worth drawing: its probability, and more if it is known or explains best.
    fn weight(&self, node: NodeId) -> f64 {
        let known = self.observed.contains_key(&node) || self.best.contains(self.model.name(node));
        self.posterior.posterior(node) + if known { 1.0 } else { 0.0 }
    }

    /// Adds a node once; says whether it is new.
    fn node(&mut self, node: NodeId) -> bool {
        let id = self.model.name(node).to_owned();
        if !self.drawn.insert(id.clone()) {
            return false;
        }
        let (gate, k) = match node {
            NodeId::Gate(gate) => self.gate(gate),
            NodeId::Event(_) => (None, None),
        };
        let title = self.title(&id, gate);
        let graph_node = GraphNode {
            kind: self.kind(&id, node),
            gate,
            k,
            title: title.en,
            title_zh: title.zh,
            probability: self.posterior.posterior(node),
            prior: self.model.prior.posterior(node),
            observed: self.observed.get(&node).copied(),
            in_best_cut_set: self.best.contains(id.as_str()),
            id,
        };
        self.graph.nodes.push(graph_node);
        true
    }

    fn gate(&self, gate: GateId) -> (Option<GateKind>, Option<u32>) {
        let definition = self.model.tree.gates().get(gate.index());
        let Some(formula) = definition.map(faultscan_faulttree::Gate::formula) else {
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
