use super::expression;
use super::formula;
use crate::formats::error::{FormatError, TextLimits};
use crate::formats::xml::{self, Element};
use crate::model::{EventKind, FaultTree, FaultTreeBuilder, Formula, ModelError, Note};
use std::collections::{HashMap, HashSet};

/// Reads a tree from Open-PSA XML.
///
/// Fault trees, components, public and private roles, all gate types, house events, parameters
/// and expressions are understood; layers above (event trees, common-cause groups and so on) are
/// refused by name. Basic events may be left undefined only where the file defines none at all.
///
/// # Errors
/// On malformed or hostile XML, unknown elements and invalid trees, with line and column.
pub fn read_open_psa(text: &str, limits: &TextLimits) -> Result<FaultTree, FormatError> {
    let root = xml::parse(text, limits)?;
    if root.name != "opsa-mef" {
        let message = format!("expected <opsa-mef>, found <{}>", root.name);
        return Err(FormatError::at(
            text,
            root.offset,
            "unknown_element",
            message,
        ));
    }
    let mut reader = Reader::new(text, limits);
    reader.model(&root)?;
    reader.finish()
}

/// A definition found in the first pass, resolved in the second.
struct Definition<'a> {
    element: &'a Element,
    name: String,
    scope: Vec<String>,
}

pub(super) struct Reader<'a> {
    text: &'a str,
    builder: FaultTreeBuilder,
    offsets: HashMap<String, usize>,
    nodes: Names,
    parameters: Names,
    gates: Vec<Definition<'a>>,
    events: Vec<Definition<'a>>,
    quantities: Vec<Definition<'a>>,
    /// Events that are only referred to; allowed where the file defines none.
    implicit: Vec<String>,
    events_defined: bool,
    named: bool,
}

/// How names in one name space resolve.
#[derive(Default)]
struct Names {
    public: HashSet<String>,
    /// Full path to the name that the tree uses.
    full: HashMap<String, String>,
}

impl Names {
    fn define(&mut self, scope: &[String], name: &str, private: bool) -> String {
        let path = path(scope, name);
        let unique = if private {
            path.clone()
        } else {
            name.to_owned()
        };
        self.full.entry(path).or_insert_with(|| unique.clone());
        if !private {
            self.public.insert(unique.clone());
        }
        unique
    }

    /// Innermost scope first, then public names, then full paths.
    fn resolve(&self, scope: &[String], name: &str) -> Option<String> {
        for depth in (1..=scope.len()).rev() {
            if let Some(found) = self.full.get(&path(&scope[..depth], name)) {
                return Some(found.clone());
            }
        }
        if self.public.contains(name) {
            Some(name.to_owned())
        } else {
            self.full.get(name).cloned()
        }
    }
}

fn path(scope: &[String], name: &str) -> String {
    scope
        .iter()
        .map(String::as_str)
        .chain([name])
        .collect::<Vec<_>>()
        .join(".")
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, limits: &TextLimits) -> Self {
        let mut builder = FaultTreeBuilder::new();
        builder.limits(limits.tree);
        Reader {
            text,
            builder,
            offsets: HashMap::new(),
            nodes: Names::default(),
            parameters: Names::default(),
            gates: Vec::new(),
            events: Vec::new(),
            quantities: Vec::new(),
            implicit: Vec::new(),
            events_defined: false,
            named: false,
        }
    }

    pub(super) fn fail<T>(
        &self,
        element: &Element,
        reason: &'static str,
        message: impl Into<String>,
    ) -> Result<T, FormatError> {
        Err(FormatError::at(self.text, element.offset, reason, message))
    }

    pub(super) fn unknown<T>(&self, element: &Element) -> Result<T, FormatError> {
        self.fail(
            element,
            "unknown_element",
            format!("unsupported element <{}>", element.name),
        )
    }

    pub(super) fn required<'e>(
        &self,
        element: &'e Element,
        name: &str,
    ) -> Result<&'e str, FormatError> {
        match element.attribute(name) {
            Some(value) => Ok(value),
            None => {
                let message = format!("<{}> needs the attribute '{name}'", element.name);
                self.fail(element, "missing_attribute", message)
            }
        }
    }

    pub(super) fn operands<const N: usize>(
        &self,
        element: &'a Element,
    ) -> Result<&'a [Element; N], FormatError> {
        match <&[Element; N]>::try_from(element.children.as_slice()) {
            Ok(children) => Ok(children),
            Err(_) => {
                let found = element.children.len();
                let message = format!("<{}> takes {N} operands, found {found}", element.name);
                self.fail(element, "bad_arity", message)
            }
        }
    }

    fn model(&mut self, root: &'a Element) -> Result<(), FormatError> {
        let mut tree_note = None;
        for child in &root.children {
            match child.name.as_str() {
                "label" | "attributes" => {}
                "model-data" => self.container(child, &[], false)?,
                "define-fault-tree" => {
                    let name = self.required(child, "name")?.to_owned();
                    if !std::mem::replace(&mut self.named, true) {
                        self.builder.name(name.clone());
                        tree_note = Some(self.note(child)?);
                    }
                    let private = child.attribute("role") == Some("private");
                    self.container(child, &[name], private)?;
                }
                _ => return self.unknown(child),
            }
        }
        if !self.named
            && let Some(name) = root.attribute("name")
        {
            self.builder.name(name);
        }
        self.builder.note(tree_note.unwrap_or_default());
        Ok(())
    }

    /// First pass: collects definitions. Recursion is bounded by the depth of the XML.
    fn container(
        &mut self,
        container: &'a Element,
        scope: &[String],
        private: bool,
    ) -> Result<(), FormatError> {
        for element in &container.children {
            let is_private = element
                .attribute("role")
                .map_or(private, |role| role == "private");
            match element.name.as_str() {
                "label" | "attributes" => continue,
                "define-component" => {
                    let name = self.required(element, "name")?.to_owned();
                    let scope: Vec<String> = scope.iter().cloned().chain([name]).collect();
                    self.container(element, &scope, is_private)?;
                    continue;
                }
                "define-gate" | "define-basic-event" | "define-house-event"
                | "define-parameter" => {}
                _ => return self.unknown(element),
            }
            let name = self.required(element, "name")?;
            // Only fault trees have a scope to be private in.
            let is_private = is_private && !scope.is_empty();
            let is_parameter = element.name == "define-parameter";
            let names = if is_parameter {
                &mut self.parameters
            } else {
                &mut self.nodes
            };
            let name = names.define(scope, name, is_private);
            self.offsets.entry(name.clone()).or_insert(element.offset);
            let definition = Definition {
                element,
                name,
                scope: scope.to_vec(),
            };
            match element.name.as_str() {
                "define-gate" => self.gates.push(definition),
                "define-parameter" => self.quantities.push(definition),
                _ => self.events.push(definition),
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<FaultTree, FormatError> {
        self.events_defined = !self.events.is_empty();
        for definition in std::mem::take(&mut self.quantities) {
            self.parameter(&definition)?;
        }
        for definition in std::mem::take(&mut self.events) {
            self.event(&definition)?;
        }
        for definition in std::mem::take(&mut self.gates) {
            self.gate(&definition)?;
        }
        for name in std::mem::take(&mut self.implicit) {
            if !self.builder.contains(&name) {
                let added = self
                    .builder
                    .event(&name, EventKind::Basic, None, Note::default());
                self.model_result(added, 0)?;
            }
        }
        let (text, offsets) = (self.text, self.offsets);
        self.builder
            .build()
            .map_err(|error| FormatError::model(text, &offsets, &error))
    }

    /// A model error that came up while an element was added is at that element.
    fn model_result(
        &self,
        result: Result<(), ModelError>,
        offset: usize,
    ) -> Result<(), FormatError> {
        result.map_err(|e| FormatError::at(self.text, offset, e.reason(), e.to_string()))
    }

    fn body<'e>(&self, element: &'e Element) -> Result<Option<&'e Element>, FormatError> {
        let mut body = None;
        for child in &element.children {
            if matches!(child.name.as_str(), "label" | "attributes") {
                continue;
            }
            if body.replace(child).is_some() {
                let message = format!("<{}> holds more than one formula", element.name);
                return self.fail(child, "bad_arity", message);
            }
        }
        Ok(body)
    }

    fn parameter(&mut self, definition: &Definition<'a>) -> Result<(), FormatError> {
        let element = definition.element;
        let Some(body) = self.body(element)? else {
            return self.fail(element, "bad_arity", "a parameter needs an expression");
        };
        let value = expression::read(self, body, &definition.scope)?;
        let added = self.builder.parameter(&definition.name, value);
        self.model_result(added, element.offset)
    }

    fn event(&mut self, definition: &Definition<'a>) -> Result<(), FormatError> {
        let element = definition.element;
        let note = self.note(element)?;
        let body = self.body(element)?;
        let (kind, expression) = if element.name == "define-house-event" {
            let on = match body {
                None => false,
                Some(body) if body.name == "constant" => self.truth(body)?,
                Some(body) => return self.unknown(body),
            };
            (EventKind::House(on), None)
        } else {
            let kind = match note.attributes.get("flavor").map(String::as_str) {
                Some("undeveloped") => EventKind::Undeveloped,
                Some("conditional" | "conditioning") => EventKind::Conditioning,
                _ => EventKind::Basic,
            };
            let expression = body.map(|b| expression::read(self, b, &definition.scope));
            (kind, expression.transpose()?)
        };
        let note = without_flavor(note, kind);
        let added = self.builder.event(&definition.name, kind, expression, note);
        self.model_result(added, element.offset)
    }

    fn gate(&mut self, definition: &Definition<'a>) -> Result<(), FormatError> {
        let element = definition.element;
        let Some(body) = self.body(element)? else {
            return self.fail(element, "bad_arity", "a gate needs a formula");
        };
        let mut note = self.note(element)?;
        let mut formula = formula::read(self, body, &definition.scope)?;
        let flavor = note.attributes.get("flavor").map(String::as_str);
        let added = match (flavor, formula) {
            (Some("transfer"), Formula::Ref(target)) => {
                self.builder.transfer(&definition.name, &target)
            }
            (Some("inhibit"), Formula::And(of)) => {
                note.attributes.remove("flavor");
                formula = match <[Formula; 2]>::try_from(of) {
                    Ok([of, condition]) => Formula::Inhibit {
                        of: Box::new(of),
                        condition: Box::new(condition),
                    },
                    Err(of) => Formula::And(of),
                };
                self.builder.gate_with(&definition.name, formula, note)
            }
            (_, formula) => self.builder.gate_with(&definition.name, formula, note),
        };
        self.model_result(added, element.offset)
    }

    pub(super) fn truth(&self, element: &Element) -> Result<bool, FormatError> {
        match self.required(element, "value")? {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            other => self.fail(
                element,
                "bad_value",
                format!("'{other}' is neither true nor false"),
            ),
        }
    }

    /// The tree's name for an event or gate that is referred to.
    pub(super) fn node_name(
        &mut self,
        element: &Element,
        scope: &[String],
    ) -> Result<String, FormatError> {
        let name = self.required(element, "name")?;
        if let Some(found) = self.nodes.resolve(scope, name) {
            return Ok(found);
        }
        let is_event = element.name == "basic-event"
            || element
                .attribute("type")
                .is_some_and(|kind| kind == "basic-event");
        if is_event && !self.events_defined {
            self.implicit.push(name.to_owned());
            return Ok(name.to_owned());
        }
        self.fail(
            element,
            "undefined_name",
            format!("'{name}' is not defined"),
        )
    }

    pub(super) fn parameter_name(
        &self,
        element: &Element,
        scope: &[String],
    ) -> Result<String, FormatError> {
        let name = self.required(element, "name")?;
        match self.parameters.resolve(scope, name) {
            Some(found) => Ok(found),
            None => {
                let message = format!("parameter '{name}' is not defined");
                self.fail(element, "undefined_parameter", message)
            }
        }
    }

    fn note(&self, element: &Element) -> Result<Note, FormatError> {
        let mut note = Note::default();
        for child in &element.children {
            match child.name.as_str() {
                "label" if child.attribute("lang") == Some("zh") => {
                    note.label_zh = Some(child.text.trim().to_owned());
                }
                "label" => note.label = Some(child.text.trim().to_owned()),
                "attributes" => {
                    for attribute in &child.children {
                        let name = self.required(attribute, "name")?.to_owned();
                        let value = self.required(attribute, "value")?.to_owned();
                        // A second language's label travels as an attribute, as the format has
                        // one label only.
                        if name == "label-zh" {
                            note.label_zh = Some(value);
                        } else {
                            note.attributes.insert(name, value);
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(note)
    }
}

/// The flavour of an event is its kind; the writer puts it back.
fn without_flavor(mut note: Note, kind: EventKind) -> Note {
    if matches!(kind, EventKind::Undeveloped | EventKind::Conditioning) {
        note.attributes.remove("flavor");
    }
    note
}
