//! The native form: TOML.
//!
//! ```toml
//! name = "pump"
//! top = ["no_flow"]
//! mission_time = 8760.0
//!
//! [events.valve_stuck]
//! probability = 0.01
//! label = "Valve is stuck"
//! label_zh = "阀门卡死"
//!
//! [events.pump_fails]
//! probability = { exponential = { rate = 1e-6, time = "mission-time" } }
//!
//! [gates.no_flow]
//! formula = "OR(valve_stuck, pump_fails)"
//! ```
use super::error::{FormatError, TextLimits, check_size};
use super::quantity;
use crate::model::{EventKind, FaultTree, FaultTreeBuilder, Formula, ModelError, Note};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Reads a tree from native TOML.
///
/// # Errors
/// On malformed TOML, unknown keys and invalid trees, with line and column.
pub fn read_toml(text: &str, limits: &TextLimits) -> Result<FaultTree, FormatError> {
    check_size(text, limits)?;
    let root = DeTable::parse(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        FormatError::at(text, offset, "bad_toml", error.message())
    })?;
    let mut builder = FaultTreeBuilder::new();
    builder.limits(limits.tree);
    let mut reader = Reader {
        text,
        builder,
        offsets: HashMap::new(),
    };
    reader.root(root.get_ref())?;
    let Reader {
        builder, offsets, ..
    } = reader;
    builder
        .build()
        .map_err(|error| FormatError::model(text, &offsets, &error))
}

pub(super) struct Reader<'a> {
    text: &'a str,
    builder: FaultTreeBuilder,
    offsets: HashMap<String, usize>,
}

pub(super) type Value<'a> = Spanned<DeValue<'a>>;

impl<'a> Reader<'a> {
    pub(super) fn fail<T>(
        &self,
        at: &Value<'_>,
        reason: &'static str,
        message: impl Into<String>,
    ) -> Result<T, FormatError> {
        Err(FormatError::at(self.text, at.span().start, reason, message))
    }

    pub(super) fn number(&self, value: &Value<'_>) -> Result<f64, FormatError> {
        let number = match value.get_ref() {
            DeValue::Float(float) => float.as_str().replace('_', "").parse::<f64>().ok(),
            DeValue::Integer(int) if int.radix() == 10 => {
                int.as_str().replace('_', "").parse().ok()
            }
            _ => None,
        };
        match number.filter(|n| n.is_finite()) {
            Some(number) => Ok(number),
            None => self.fail(value, "bad_value", "expected a finite number"),
        }
    }

    fn string(&self, value: &Value<'_>) -> Result<String, FormatError> {
        match value.get_ref() {
            DeValue::String(text) => Ok(text.to_string()),
            _ => self.fail(value, "bad_value", "expected a string"),
        }
    }

    fn truth(&self, value: &Value<'_>) -> Result<bool, FormatError> {
        match value.get_ref() {
            DeValue::Boolean(value) => Ok(*value),
            _ => self.fail(value, "bad_value", "expected true or false"),
        }
    }

    fn table<'v>(&self, value: &'v Value<'a>) -> Result<&'v DeTable<'a>, FormatError> {
        match value.get_ref() {
            DeValue::Table(table) => Ok(table),
            _ => self.fail(value, "bad_value", "expected a table"),
        }
    }

    fn added(&self, at: usize, result: Result<(), ModelError>) -> Result<(), FormatError> {
        result.map_err(|e| FormatError::at(self.text, at, e.reason(), e.to_string()))
    }

    /// Entries of a table in the order in which they are written.
    fn entries<'v>(table: &'v DeTable<'a>) -> Vec<(String, usize, &'v Value<'a>)> {
        let entry = |(key, value): (&'v Spanned<std::borrow::Cow<'a, str>>, &'v Value<'a>)| {
            (key.get_ref().to_string(), key.span().start, value)
        };
        let mut entries: Vec<_> = table.iter().map(entry).collect();
        entries.sort_by_key(|(_, at, _)| *at);
        entries
    }

    fn root(&mut self, root: &DeTable<'a>) -> Result<(), FormatError> {
        let mut note = Note::default();
        for (key, at, value) in Self::entries(root) {
            match key.as_str() {
                "name" => {
                    let name = self.string(value)?;
                    self.builder.name(name);
                }
                "label" | "label_zh" | "attributes" => self.note(&key, value, &mut note)?,
                "mission_time" => {
                    let time = self.number(value)?;
                    let set = self.builder.mission_time(time);
                    self.added(at, set)?;
                }
                "top" => {
                    let DeValue::Array(tops) = value.get_ref() else {
                        return self.fail(value, "bad_value", "expected a list of gates");
                    };
                    for top in tops.iter() {
                        let name = self.string(top)?;
                        self.builder.top(name);
                    }
                }
                "parameters" => {
                    for (name, at, value) in Self::entries(self.table(value)?) {
                        self.offsets.insert(name.clone(), at);
                        let expression = quantity::read(self, value, 0)?;
                        let added = self.builder.parameter(&name, expression);
                        self.added(at, added)?;
                    }
                }
                "events" => {
                    for (name, at, value) in Self::entries(self.table(value)?) {
                        self.event(&name, at, value)?;
                    }
                }
                "gates" => {
                    for (name, at, value) in Self::entries(self.table(value)?) {
                        self.gate(&name, at, value)?;
                    }
                }
                _ => return Err(self.unknown(&key, at)),
            }
        }
        self.builder.note(note);
        Ok(())
    }

    fn unknown(&self, key: &str, at: usize) -> FormatError {
        FormatError::at(self.text, at, "unknown_key", format!("unknown key '{key}'"))
    }

    fn note(&self, key: &str, value: &Value<'a>, note: &mut Note) -> Result<(), FormatError> {
        match key {
            "label" => note.label = Some(self.string(value)?),
            "label_zh" => note.label_zh = Some(self.string(value)?),
            _ => {
                for (name, _, value) in Self::entries(self.table(value)?) {
                    note.attributes.insert(name, self.string(value)?);
                }
            }
        }
        Ok(())
    }

    fn event(&mut self, name: &str, at: usize, value: &Value<'a>) -> Result<(), FormatError> {
        self.offsets.insert(name.into(), at);
        let (mut note, mut kind, mut expression) = (Note::default(), EventKind::Basic, None);
        for (key, at, value) in Self::entries(self.table(value)?) {
            match key.as_str() {
                "label" | "label_zh" | "attributes" => self.note(&key, value, &mut note)?,
                "probability" => expression = Some(quantity::read(self, value, 0)?),
                "state" => kind = EventKind::House(self.truth(value)?),
                "kind" => {
                    kind = match self.string(value)?.as_str() {
                        "basic" => EventKind::Basic,
                        "undeveloped" => EventKind::Undeveloped,
                        "conditioning" => EventKind::Conditioning,
                        other => {
                            let message = format!("unknown kind of event '{other}'");
                            return self.fail(value, "bad_value", message);
                        }
                    }
                }
                _ => return Err(self.unknown(&key, at)),
            }
        }
        let added = self.builder.event(name, kind, expression, note);
        self.added(at, added)
    }

    fn gate(&mut self, name: &str, at: usize, value: &Value<'a>) -> Result<(), FormatError> {
        self.offsets.insert(name.into(), at);
        let (mut note, mut formula, mut transfer) = (Note::default(), None, false);
        for (key, at, value) in Self::entries(self.table(value)?) {
            match key.as_str() {
                "label" | "label_zh" | "attributes" => self.note(&key, value, &mut note)?,
                "formula" | "transfer" => {
                    transfer = key == "transfer";
                    let text = self.string(value)?;
                    let parsed = Formula::parse(&text).map_err(|error| {
                        let at = value.span().start;
                        FormatError::at(self.text, at, error.reason(), error.to_string())
                    })?;
                    formula = Some(parsed);
                }
                _ => return Err(self.unknown(&key, at)),
            }
        }
        let added = match formula {
            None => return self.fail(value, "missing_key", "a gate needs a formula"),
            Some(Formula::Ref(target)) if transfer => self.builder.transfer(name, &target),
            Some(formula) => self.builder.gate_with(name, formula, note),
        };
        self.added(at, added)
    }
}

/// Writes a tree as native TOML, which [`read_toml`] reads back as an equal tree.
pub fn write_toml(tree: &FaultTree) -> String {
    let mut out = String::new();
    let list = |names: Vec<&str>| names.into_iter().map(quote).collect::<Vec<_>>().join(", ");
    if !tree.name().is_empty() {
        let _ = writeln!(out, "name = {}", quote(tree.name()));
    }
    let tops = tree
        .tops()
        .iter()
        .map(|id| tree.gates()[id.index()].name())
        .collect();
    let _ = writeln!(out, "top = [{}]", list(tops));
    if let Some(time) = tree.mission_time() {
        let _ = writeln!(out, "mission_time = {time:?}");
    }
    write_note(&mut out, tree.note());
    if !tree.parameters().is_empty() {
        out.push_str("\n[parameters]\n");
        for (name, expression) in tree.parameters() {
            let _ = writeln!(out, "{} = {}", quote(name), quantity::write(expression));
        }
    }
    for event in tree.events() {
        let _ = writeln!(out, "\n[events.{}]", quote(event.name()));
        match event.kind() {
            EventKind::House(on) => {
                let _ = writeln!(out, "state = {on}");
            }
            EventKind::Undeveloped => out.push_str("kind = \"undeveloped\"\n"),
            EventKind::Conditioning => out.push_str("kind = \"conditioning\"\n"),
            EventKind::Basic => {}
        }
        if let Some(expression) = event.expression() {
            let _ = writeln!(out, "probability = {}", quantity::write(expression));
        }
        write_note(&mut out, event.note());
    }
    for gate in tree.gates() {
        let _ = writeln!(out, "\n[gates.{}]", quote(gate.name()));
        let key = if gate.is_transfer() {
            "transfer"
        } else {
            "formula"
        };
        let text = crate::model::formula_text(tree, gate.formula());
        let _ = writeln!(out, "{key} = {}", quote(&text));
        write_note(&mut out, gate.note());
    }
    out
}

fn write_note(out: &mut String, note: &Note) {
    for (key, value) in [("label", &note.label), ("label_zh", &note.label_zh)] {
        if let Some(value) = value {
            let _ = writeln!(out, "{key} = {}", quote(value));
        }
    }
    let pairs: &BTreeMap<String, String> = &note.attributes;
    if !pairs.is_empty() {
        let pair = |(key, value): (&String, &String)| format!("{} = {}", quote(key), quote(value));
        let pairs: Vec<String> = pairs.iter().map(pair).collect();
        let _ = writeln!(out, "attributes = {{ {} }}", pairs.join(", "));
    }
}

/// A TOML basic string.
pub(super) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
