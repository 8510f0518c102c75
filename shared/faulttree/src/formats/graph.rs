//! Pictures: DOT, Mermaid, JSON.
use crate::model::{EventKind, FaultTree, Formula, NodeId, Note};
use serde::Serialize;
use std::fmt::Write as _;

/// A node of the graph. Operators inside formulas become nodes of their own, named after the gate.
struct Shape {
    id: String,
    /// `basic`, `undeveloped`, `conditioning`, `house` or `gate`.
    kind: &'static str,
    /// The operator of a gate.
    operator: Option<&'static str>,
    k: Option<u32>,
    label: Option<String>,
    label_zh: Option<String>,
}

struct Graph {
    nodes: Vec<Shape>,
    /// (from, to), from a gate to its operand.
    edges: Vec<(String, String)>,
}

impl Graph {
    fn of(tree: &FaultTree) -> Self {
        let mut graph = Graph {
            nodes: Vec::new(),
            edges: Vec::new(),
        };
        for gate in tree.gates() {
            graph.gate(tree, gate.name().to_owned(), gate.formula(), gate.note());
        }
        for event in tree.events() {
            let kind = match event.kind() {
                EventKind::Basic => "basic",
                EventKind::Undeveloped => "undeveloped",
                EventKind::Conditioning => "conditioning",
                EventKind::House(_) => "house",
            };
            graph.push(event.name().to_owned(), kind, None, event.note());
        }
        graph
    }

    fn push(
        &mut self,
        id: String,
        kind: &'static str,
        formula: Option<&Formula<NodeId>>,
        note: &Note,
    ) {
        let operator = formula.map(|formula| match formula {
            Formula::Ref(_) => "transfer",
            other => other.operator(),
        });
        let k = formula.and_then(|formula| match formula {
            Formula::AtLeast { k, .. } => Some(*k),
            _ => None,
        });
        let (label, label_zh) = (note.label.clone(), note.label_zh.clone());
        self.nodes.push(Shape {
            id,
            kind,
            operator,
            k,
            label,
            label_zh,
        });
    }

    /// Recursion is bounded by the nesting that the builder allows.
    fn gate(&mut self, tree: &FaultTree, id: String, formula: &Formula<NodeId>, note: &Note) {
        self.push(id.clone(), "gate", Some(formula), note);
        if let Formula::Ref(node) = formula {
            self.edges.push((id, tree.name_of(*node).to_owned()));
            return;
        }
        for (at, operand) in formula.operands().into_iter().enumerate() {
            if let Formula::Ref(node) = operand {
                self.edges
                    .push((id.clone(), tree.name_of(*node).to_owned()));
            } else {
                // A bracket can be in no name, so this is unique.
                let inner = format!("{id}({at})");
                self.edges.push((id.clone(), inner.clone()));
                self.gate(tree, inner, operand, &Note::default());
            }
        }
    }
}

impl Shape {
    fn caption(&self) -> String {
        let name = self.label.as_deref().unwrap_or(&self.id);
        match (self.operator, self.k) {
            (None, _) => name.to_owned(),
            (Some(operator), Some(k)) => format!("{name}\n{operator} {k}"),
            (Some(operator), None) => format!("{name}\n{operator}"),
        }
    }
}

/// A graph in Graphviz's language.
pub fn write_dot(tree: &FaultTree) -> String {
    let graph = Graph::of(tree);
    let mut out = String::from("digraph fault_tree {\n  node [fontname=\"sans-serif\"];\n");
    let escape = |text: &str| {
        text.replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n")
            .replace('\r', " ")
    };
    for node in &graph.nodes {
        let shape = match node.kind {
            "basic" => "circle",
            "undeveloped" => "diamond",
            "conditioning" => "ellipse",
            "house" => "house",
            _ => "box",
        };
        let caption = escape(&node.caption());
        let _ = writeln!(
            out,
            "  \"{}\" [shape={shape}, label=\"{caption}\"];",
            escape(&node.id)
        );
    }
    for (from, to) in &graph.edges {
        let _ = writeln!(out, "  \"{}\" -> \"{}\";", escape(from), escape(to));
    }
    out.push_str("}\n");
    out
}

/// A graph in Mermaid's language. Nodes are numbered, since names may be no Mermaid ids.
pub fn write_mermaid(tree: &FaultTree) -> String {
    let graph = Graph::of(tree);
    let mut out = String::from("flowchart TD\n");
    let escape = |text: &str| {
        let mut safe = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '\n' => safe.push_str("<br>"),
                '"' | '<' | '>' | '&' | '#' | ';' | '`' | '\r' => {
                    let _ = write!(safe, "#{};", u32::from(c));
                }
                c => safe.push(c),
            }
        }
        safe
    };
    let number: std::collections::HashMap<&str, usize> = graph
        .nodes
        .iter()
        .enumerate()
        .map(|(i, node)| (node.id.as_str(), i))
        .collect();
    for (at, node) in graph.nodes.iter().enumerate() {
        let (open, close) = match node.kind {
            "basic" => ("((", "))"),
            "undeveloped" => ("{", "}"),
            "conditioning" => ("([", "])"),
            "house" => ("[/", "\\]"),
            _ => ("[", "]"),
        };
        let _ = writeln!(out, "  n{at}{open}\"{}\"{close}", escape(&node.caption()));
    }
    for (from, to) in &graph.edges {
        if let (Some(from), Some(to)) = (number.get(from.as_str()), number.get(to.as_str())) {
            let _ = writeln!(out, "  n{from} --> n{to}");
        }
    }
    out
}

#[derive(Serialize)]
struct JsonNode<'a> {
    id: &'a str,
    kind: &'a str,
    gate: Option<&'a str>,
    k: Option<u32>,
    label: Option<&'a str>,
    label_zh: Option<&'a str>,
    probability: Option<f64>,
}

#[derive(Serialize)]
struct JsonEdge<'a> {
    from: &'a str,
    to: &'a str,
}

#[derive(Serialize)]
struct JsonGraph<'a> {
    name: &'a str,
    tops: Vec<&'a str>,
    nodes: Vec<JsonNode<'a>>,
    edges: Vec<JsonEdge<'a>>,
}

/// A graph as JSON: `{"name", "tops", "nodes": [{"id", "kind", "gate", "k", "label", "label_zh",
/// "probability"}], "edges": [{"from", "to"}]}`; edges lead from a gate to its operands.
pub fn write_json_graph(tree: &FaultTree) -> String {
    let graph = Graph::of(tree);
    let values = tree.probabilities().unwrap_or_default();
    let probability = |id: &str| {
        tree.event(id)
            .and_then(|event| values.get(event.index()).copied().flatten())
    };
    let node = |node: &'_ Shape| -> Option<f64> { probability(&node.id) };
    let json = JsonGraph {
        name: tree.name(),
        tops: tree
            .tops()
            .iter()
            .map(|id| tree.gates()[id.index()].name())
            .collect(),
        nodes: graph
            .nodes
            .iter()
            .map(|shape| JsonNode {
                id: &shape.id,
                kind: shape.kind,
                gate: shape.operator,
                k: shape.k,
                label: shape.label.as_deref(),
                label_zh: shape.label_zh.as_deref(),
                probability: node(shape),
            })
            .collect(),
        edges: graph
            .edges
            .iter()
            .map(|(from, to)| JsonEdge { from, to })
            .collect(),
    };
    let mut text = serde_json::to_string_pretty(&json).unwrap_or_default();
    text.push('\n');
    text
}
