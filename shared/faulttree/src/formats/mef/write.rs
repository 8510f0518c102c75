use crate::model::{Event, EventKind, Expression, FaultTree, Formula, Gate, NodeId, Note};
use std::fmt::Write as _;

/// Writes a tree as Open-PSA XML that [`read_open_psa`](super::read_open_psa) reads back as an
/// equal tree. Kinds that the format does not know travel as the attribute `flavor`, a Chinese
/// label as the attribute `label-zh`; the mission time is not part of the format.
pub fn write_open_psa(tree: &FaultTree) -> String {
    let mut writer = Writer {
        out: String::new(),
        depth: 0,
    };
    writer
        .out
        .push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    writer.open("opsa-mef", &[]);
    let name = if tree.name().is_empty() {
        "fault-tree"
    } else {
        tree.name()
    };
    writer.open("define-fault-tree", &[("name", name)]);
    writer.note(tree.note(), None);
    for gate in tree.gates() {
        writer.gate(tree, gate);
    }
    writer.close("define-fault-tree");
    writer.open("model-data", &[]);
    for (name, expression) in tree.parameters() {
        writer.open("define-parameter", &[("name", name)]);
        writer.expression(expression);
        writer.close("define-parameter");
    }
    for event in tree.events() {
        writer.event(event);
    }
    writer.close("model-data");
    writer.close("opsa-mef");
    writer.out
}

struct Writer {
    out: String,
    depth: usize,
}

impl Writer {
    fn tag(&mut self, name: &str, attributes: &[(&str, &str)], end: &str) {
        let _ = write!(self.out, "{:1$}<{name}", "", self.depth * 2);
        for (key, value) in attributes {
            let _ = write!(self.out, " {key}=\"{}\"", escape(value));
        }
        self.out.push_str(end);
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes, ">\n");
        self.depth += 1;
    }

    fn close(&mut self, name: &str) {
        self.depth = self.depth.saturating_sub(1);
        let _ = writeln!(self.out, "{:1$}</{name}>", "", self.depth * 2);
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.tag(name, attributes, "/>\n");
    }

    fn note(&mut self, note: &Note, flavor: Option<&str>) {
        if let Some(label) = &note.label {
            self.tag("label", &[], ">");
            let _ = writeln!(self.out, "{}</label>", escape(label));
        }
        if note.attributes.is_empty() && note.label_zh.is_none() && flavor.is_none() {
            return;
        }
        self.open("attributes", &[]);
        let extra = [("label-zh", note.label_zh.as_deref()), ("flavor", flavor)];
        let extra = extra
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        let own = note
            .attributes
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in extra.chain(own) {
            self.empty("attribute", &[("name", name), ("value", value)]);
        }
        self.close("attributes");
    }

    fn gate(&mut self, tree: &FaultTree, gate: &Gate) {
        self.open("define-gate", &[("name", gate.name())]);
        let flavor = match gate.formula() {
            _ if gate.is_transfer() => Some("transfer"),
            Formula::Inhibit { .. } => Some("inhibit"),
            _ => None,
        };
        self.note(gate.note(), flavor);
        self.formula(tree, gate.formula());
        self.close("define-gate");
    }

    /// Recursion is bounded by the nesting that the builder allows.
    fn formula(&mut self, tree: &FaultTree, formula: &Formula<NodeId>) {
        let name = match formula {
            Formula::Ref(node) => {
                let kind = match node {
                    NodeId::Gate(_) => "gate",
                    NodeId::Event(id) => match tree.events()[id.index()].kind() {
                        EventKind::House(_) => "house-event",
                        _ => "basic-event",
                    },
                };
                return self.empty(kind, &[("name", tree.name_of(*node))]);
            }
            Formula::Constant(value) => {
                return self.empty("constant", &[("value", &value.to_string())]);
            }
            Formula::Inhibit { .. } => "and",
            other => other.operator(),
        };
        if let Formula::AtLeast { k, .. } = formula {
            self.open(name, &[("min", &k.to_string())]);
        } else {
            self.open(name, &[]);
        }
        for operand in formula.operands() {
            self.formula(tree, operand);
        }
        self.close(name);
    }

    fn event(&mut self, event: &Event) {
        let (tag, flavor) = match event.kind() {
            EventKind::House(_) => ("define-house-event", None),
            EventKind::Undeveloped => ("define-basic-event", Some("undeveloped")),
            EventKind::Conditioning => ("define-basic-event", Some("conditioning")),
            EventKind::Basic => ("define-basic-event", None),
        };
        self.open(tag, &[("name", event.name())]);
        self.note(event.note(), flavor);
        if let EventKind::House(on) = event.kind() {
            self.empty("constant", &[("value", &on.to_string())]);
        } else if let Some(expression) = event.expression() {
            self.expression(expression);
        }
        self.close(tag);
    }

    /// Recursion is bounded by the nesting that the builder allows.
    fn expression(&mut self, expression: &Expression) {
        let name = match expression {
            Expression::Number(value) => {
                return self.empty("float", &[("value", &format!("{value:?}"))]);
            }
            Expression::Parameter(name) => return self.empty("parameter", &[("name", name)]),
            Expression::MissionTime => return self.empty("system-mission-time", &[]),
            Expression::Histogram { lower, bins } => {
                self.open("histogram", &[]);
                self.expression(lower);
                for (upper, weight) in bins {
                    self.open("bin", &[]);
                    self.expression(upper);
                    self.expression(weight);
                    self.close("bin");
                }
                return self.close("histogram");
            }
            other => tag_of(other),
        };
        self.open(name, &[]);
        for operand in expression.operands() {
            self.expression(operand);
        }
        self.close(name);
    }
}

fn tag_of(expression: &Expression) -> &'static str {
    use Expression as E;
    match expression {
        E::Neg(_) => "neg",
        E::Add(_) => "add",
        E::Sub(_) => "sub",
        E::Mul(_) => "mul",
        E::Div(_) => "div",
        E::Pow(..) => "pow",
        E::Exp(_) => "exp",
        E::Ln(_) => "log",
        E::Log10(_) => "log10",
        E::Sqrt(_) => "sqrt",
        E::Abs(_) => "abs",
        E::Min(_) => "min",
        E::Max(_) => "max",
        E::Mean(_) => "mean",
        E::Exponential { .. } => "exponential",
        E::Glm { .. } => "GLM",
        E::Weibull { .. } => "Weibull",
        E::PeriodicTest { .. } => "periodic-test",
        E::Uniform(..) => "uniform-deviate",
        E::Normal(..) => "normal-deviate",
        E::Lognormal { .. } => "lognormal-deviate",
        E::Gamma(..) => "gamma-deviate",
        E::Beta(..) => "beta-deviate",
        // The last arm of what has operands; leaves never come here.
        _ => "histogram",
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\r' | '\t' => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}
