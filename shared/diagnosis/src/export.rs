//! A graph as text for other tools: Mermaid, DOT, Open-PSA XML.

use crate::report::{GateKind, Graph, GraphNode, NodeKind};

/// A form that a graph can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GraphFormat {
    /// A Mermaid flow chart.
    Mermaid,
    /// Graphviz.
    Dot,
    /// Open-PSA Model Exchange Format, XML: gates with their formulas, basic events with their
    /// probabilities *before* the evidence. Of the whole graph it is an exact model; of a compressed
    /// view, a model of that view.
    OpenPsa,
}

impl GraphFormat {
    /// The format of a name: `mermaid`, `dot` or `open-psa`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "mermaid" => Some(Self::Mermaid),
            "dot" => Some(Self::Dot),
            "open-psa" => Some(Self::OpenPsa),
            _ => None,
        }
    }

    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Mermaid => "text/vnd.mermaid; charset=utf-8",
            Self::Dot => "text/vnd.graphviz; charset=utf-8",
            Self::OpenPsa => "application/xml; charset=utf-8",
        }
    }
}

impl Graph {
    /// The graph as text. Titles are Chinese where `is_chinese`, else English.
    #[must_use]
    pub fn export(&self, format: GraphFormat, is_chinese: bool) -> String {
        match format {
            GraphFormat::Mermaid => self.mermaid(is_chinese),
            GraphFormat::Dot => self.dot(is_chinese),
            GraphFormat::OpenPsa => self.open_psa(is_chinese),
        }
    }

    fn mermaid(&self, is_chinese: bool) -> String {
        let mut out = String::from("flowchart TD\n");
        for (at, node) in self.nodes.iter().enumerate() {
            let (open, close) = match node.kind {
                NodeKind::Basic => ("([", "])"),
                NodeKind::Undeveloped => ("{{", "}}"),
                NodeKind::House => ("[/", "\\]"),
                NodeKind::Gate | NodeKind::Code => ("[", "]"),
            };
            add(
                &mut out,
                &[
                    "  n",
                    &number(at),
                    open,
                    "\"",
                    &label(node, is_chinese, mermaid_escape, "<br/>"),
                    "\"",
                    close,
                    "\n",
                ],
            );
        }
        for (from, to) in self.numbered_edges() {
            add(
                &mut out,
                &["  n", &number(from), " --> n", &number(to), "\n"],
            );
        }
        out.push_str("  classDef best stroke-width:3px\n");
        let best = self
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| node.in_best_cut_set);
        for (at, _) in best {
            add(&mut out, &["  class n", &number(at), " best\n"]);
        }
        out
    }

    fn dot(&self, is_chinese: bool) -> String {
        let mut out =
            String::from("digraph fault_tree {\n  node [shape=box, fontname=\"sans-serif\"];\n");
        for node in &self.nodes {
            let shape = match node.kind {
                NodeKind::Basic => "circle",
                NodeKind::Undeveloped => "diamond",
                NodeKind::House => "house",
                NodeKind::Gate | NodeKind::Code => "box",
            };
            let style = if node.in_best_cut_set {
                ", penwidth=3"
            } else {
                ""
            };
            add(
                &mut out,
                &[
                    "  \"",
                    &dot_escape(&node.id),
                    "\" [shape=",
                    shape,
                    ", label=\"",
                    &label(node, is_chinese, dot_escape, "\\n"),
                    "\"",
                    style,
                    "];\n",
                ],
            );
        }
        for edge in &self.edges {
            add(
                &mut out,
                &[
                    "  \"",
                    &dot_escape(&edge.from),
                    "\" -> \"",
                    &dot_escape(&edge.to),
                    "\";\n",
                ],
            );
        }
        out.push_str("}\n");
        out
    }

    fn open_psa(&self, is_chinese: bool) -> String {
        let mut out = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opsa-mef>\n  <define-fault-tree name=\"faultscan\">\n",
        );
        for node in self.nodes.iter().filter(|node| self.is_gate(node)) {
            add(
                &mut out,
                &[
                    "    <define-gate name=\"",
                    &name(&node.id),
                    "\">\n      <label>",
                    &xml_escape(title(node, is_chinese)),
                    "</label>\n",
                ],
            );
            self.formula(node, &mut out);
            out.push_str("    </define-gate>\n");
        }
        out.push_str("  </define-fault-tree>\n  <model-data>\n");
        for node in self.nodes.iter().filter(|node| !self.is_gate(node)) {
            add(
                &mut out,
                &[
                    "    <define-basic-event name=\"",
                    &name(&node.id),
                    "\">\n      <label>",
                    &xml_escape(title(node, is_chinese)),
                    "</label>\n      <float value=\"",
                    ryu::Buffer::new().format_finite(node.prior),
                    "\"/>\n    </define-basic-event>\n",
                ],
            );
        }
        out.push_str("  </model-data>\n</opsa-mef>\n");
        out
    }

    /// A node whose inputs are drawn is a gate; one whose inputs are not stands for itself.
    fn is_gate(&self, node: &GraphNode) -> bool {
        self.edges.iter().any(|edge| edge.from == node.id)
    }

    fn formula(&self, node: &GraphNode, out: &mut String) {
        let of: Vec<&str> = self
            .edges
            .iter()
            .filter(|edge| edge.from == node.id)
            .map(|edge| edge.to.as_str())
            .collect();
        let operator = match (node.gate, of.len()) {
            (Some(GateKind::Not), _) => Some("not"),
            // These are what they are of, where there is one input.
            (_, 0 | 1) | (Some(GateKind::Null) | None, _) => None,
            (Some(GateKind::Or), _) => Some("or"),
            (Some(GateKind::Xor), _) => Some("xor"),
            (Some(GateKind::Atleast), _) => Some("atleast"),
            (Some(GateKind::And | GateKind::Inhibit), _) => Some("and"),
        };
        let min = match node.k {
            Some(k) if operator == Some("atleast") => [" min=\"", &k.to_string(), "\""].concat(),
            _ => String::new(),
        };
        if let Some(operator) = operator {
            add(out, &["      <", operator, &min, ">\n"]);
        }
        for id in of {
            let input = self.nodes.iter().find(|node| node.id == id);
            let element = match input {
                Some(input) if self.is_gate(input) => "gate",
                _ => "basic-event",
            };
            add(
                out,
                &["        <", element, " name=\"", &name(id), "\"/>\n"],
            );
        }
        if let Some(operator) = operator {
            add(out, &["      </", operator, ">\n"]);
        }
    }

    fn numbered_edges(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let place = |id: &str| self.nodes.iter().position(|node| node.id == id);
        self.edges
            .iter()
            .filter_map(move |edge| Some((place(&edge.from)?, place(&edge.to)?)))
    }
}

fn add(out: &mut String, parts: &[&str]) {
    for part in parts {
        out.push_str(part);
    }
}

fn number(at: usize) -> String {
    at.to_string()
}

fn title(node: &GraphNode, is_chinese: bool) -> &str {
    if is_chinese {
        &node.title_zh
    } else {
        &node.title
    }
}

/// Title, gate and probability.
fn label(node: &GraphNode, is_chinese: bool, escape: fn(&str) -> String, line: &str) -> String {
    let gate = match (node.gate, node.k) {
        (Some(GateKind::Or), _) => "OR ",
        (Some(GateKind::And), _) => "AND ",
        (Some(GateKind::Atleast), _) => "K/N ",
        (Some(GateKind::Not), _) => "NOT ",
        (Some(GateKind::Xor), _) => "XOR ",
        (Some(GateKind::Inhibit), _) => "INHIBIT ",
        _ => "",
    };
    let k = node.k.map(|k| ["k = ", &k.to_string(), " "].concat());
    let percent = tenths(node.probability);
    [
        &escape(title(node, is_chinese)),
        line,
        gate,
        k.as_deref().unwrap_or(""),
        &percent,
    ]
    .concat()
}

/// A probability in percent with one digit, without the machinery that formats any float.
fn tenths(probability: f64) -> String {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 1000"
    )]
    let tenths = (probability.clamp(0.0, 1.0) * 1000.0).round() as u32;
    [
        &(tenths / 10).to_string(),
        ".",
        &(tenths % 10).to_string(),
        "%",
    ]
    .concat()
}

fn mermaid_escape(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("#quot;"),
            '#' => out.push_str("#35;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '\n' | '\r' => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

fn dot_escape(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace(['\n', '\r'], " ")
}

fn xml_escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Open-PSA names hold letters, digits, `_` and `-`; a gate inside a formula has a `#` of its own.
fn name(id: &str) -> String {
    id.chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() || letter == '-' {
                letter
            } else {
                '_'
            }
        })
        .collect()
}
