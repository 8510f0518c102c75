//! Looking things up in the catalogue.

use faultscan_knowledge::{Catalogue, Code, Formula};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::Core;
use super::refusal::{Class, Refusal};
use super::search::{self, Why};

/// Bytes of a search: a pasted line or a short trace.
const SEARCH_BYTES_MAX: usize = 4096;

/// The catalogue's codes.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listing {
    /// Version of the catalogue.
    pub version: String,
    /// Its codes.
    pub items: Vec<Listed>,
}

/// A code in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listed {
    /// The code.
    pub code: String,
    /// Its family.
    pub family: &'static str,
    /// How bad it is.
    #[schema(value_type = String)]
    pub severity: Value,
    /// Its name, English.
    pub title: String,
    /// Its name, Chinese.
    pub title_zh: String,
    /// `live`: real software was seen to print it; `quoted`: from logs and sources; `defined` by
    /// this project; `memory`: not yet proven.
    pub proof: &'static str,
    /// Why a search found it: `name`, `message` or `words`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found_by: Option<&'static str>,
}

/// Lists the codes of one family or of all; where there is a text, those that it means, the best
/// first: a code's name, a pasted message, or words in either language.
///
/// # Errors
/// `bad_query` where the text is too long.
pub fn list(core: &Core, text: Option<&str>, family: Option<&str>) -> Result<Listing, Refusal> {
    if text.is_some_and(|text| text.len() > SEARCH_BYTES_MAX) {
        let detail = format!("a search is at most {SEARCH_BYTES_MAX} bytes");
        return Err(Refusal::new(Class::Malformed, "bad_query", detail));
    }
    let catalogue = core.engine.catalogue();
    let found: Vec<(&Code, Option<Why>)> = match text.map(str::trim).filter(|text| !text.is_empty())
    {
        None => catalogue.codes().iter().map(|code| (code, None)).collect(),
        Some(text) => search::search(catalogue, core.engine.matcher(), &core.index, text)
            .into_iter()
            .map(|(code, why)| (code, Some(why)))
            .collect(),
    };
    let family = family.filter(|family| !family.is_empty());
    let fits = |code: &Code| family.is_none_or(|family| code.family.as_str() == family);
    let items = found
        .into_iter()
        .filter(|(code, _)| fits(code))
        .map(|(code, why)| {
            Ok(Listed {
                code: code.code.clone(),
                family: code.family.as_str(),
                severity: to_json(&code.severity)?,
                title: code.title.en.clone(),
                title_zh: code.title.zh.clone(),
                proof: code.proof.as_str(),
                found_by: why.map(Why::as_str),
            })
        })
        .collect::<Result<_, Refusal>>()?;
    Ok(Listing {
        version: catalogue.version().to_owned(),
        items,
    })
}

/// Nodes of a gate that are drawn; no code's gate comes near.
const NODES_MAX: usize = 400;

/// A code's gate as a graph of nodes and edges, as in a diagnosis, with the causes' own
/// probabilities.
fn graph(catalogue: &Catalogue, code: &Code) -> Value {
    let mut drawing = Drawing {
        catalogue,
        nodes: Vec::new(),
        edges: Vec::new(),
    };
    drawing.nodes.push(json!({
        "id": code.code, "kind": "code", "gate": operator(&code.formula), "k": least(&code.formula),
        "title": code.title.en, "title_zh": code.title.zh, "probability": null,
    }));
    drawing.below(&code.code, &code.formula);
    json!({ "top": code.code, "nodes": drawing.nodes, "edges": drawing.edges })
}

struct Drawing<'a> {
    catalogue: &'a Catalogue,
    nodes: Vec<Value>,
    edges: Vec<Value>,
}

impl Drawing<'_> {
    /// Draws the operands of a gate that has this id.
    fn below(&mut self, id: &str, formula: &Formula) {
        if let Formula::Ref(name) = formula {
            let below = self.name(name);
            return self.edges.push(json!({ "from": id, "to": below }));
        }
        for operand in formula.operands() {
            if self.nodes.len() >= NODES_MAX {
                return;
            }
            let below = match operand {
                Formula::Ref(name) => self.name(name),
                _ => {
                    let below = format!("{id}.{}", self.nodes.len());
                    self.nodes.push(json!({
                        "id": below, "kind": "gate", "gate": operator(operand), "k": least(operand),
                        "title": "", "title_zh": "", "probability": null,
                    }));
                    self.below(&below, operand);
                    below
                }
            };
            self.edges.push(json!({ "from": id, "to": below }));
        }
    }

    /// Draws a cause, or a gate of a tree with all below it; gives its id.
    fn name(&mut self, name: &str) -> String {
        if self.nodes.iter().any(|node| node["id"] == name) {
            return name.to_owned();
        }
        if let Some(cause) = self.catalogue.cause(name) {
            let kind = if cause.develops.is_some() {
                "undeveloped"
            } else {
                "basic"
            };
            self.nodes.push(json!({
                "id": name, "kind": kind, "title": cause.title.en, "title_zh": cause.title.zh,
                "probability": cause.probability, "prior": cause.probability,
            }));
            return name.to_owned();
        }
        let gates = self.catalogue.trees().iter().flat_map(|tree| &tree.gates);
        if let Some(gate) = gates.into_iter().find(|gate| gate.id == name) {
            self.nodes.push(json!({
                "id": name, "kind": "gate", "gate": operator(&gate.formula), "k": least(&gate.formula),
                "title": gate.title.en, "title_zh": gate.title.zh, "probability": null,
            }));
            self.below(name, &gate.formula);
        }
        name.to_owned()
    }
}

fn operator(formula: &Formula) -> &'static str {
    match formula {
        Formula::And(_) => "and",
        Formula::AtLeast { .. } => "atleast",
        Formula::Not(_) => "not",
        Formula::Xor(_) => "xor",
        Formula::Ref(_) => "null",
        _ => "or",
    }
}

fn least(formula: &Formula) -> Option<u32> {
    match formula {
        Formula::AtLeast { k, .. } => Some(*k),
        _ => None,
    }
}

/// One code with everything the catalogue knows of it: its causes' names are beside it, and among its
/// checks and fixes are those that stand with its causes.
///
/// # Errors
/// `not_found`.
pub fn one(core: &Core, code: &str) -> Result<Value, Refusal> {
    let catalogue = core.engine.catalogue();
    let entry = catalogue
        .code(code)
        .ok_or_else(|| Refusal::missing("code"))?;
    let mut causes = Map::new();
    let mut facts = Vec::new();
    for cause in entry.causes.iter().filter_map(|id| catalogue.cause(id)) {
        causes.insert(cause.id.clone(), to_json(&cause.title)?);
        facts.push(json!({
            "id": cause.id, "title": cause.title, "class": cause.prior.class,
            "basis": cause.prior.basis, "evidence": cause.evidence,
            "probability": cause.probability, "develops": cause.develops,
        }));
    }
    let Value::Object(mut view) = to_json(entry)? else {
        return Err(Refusal::internal("catalogue_entry"));
    };
    view.insert("cause_titles".to_owned(), Value::Object(causes));
    view.insert("cause_facts".to_owned(), Value::Array(facts));
    view.insert("graph".to_owned(), graph(catalogue, entry));
    let related: Map<String, Value> = (entry.related.iter())
        .filter_map(|name| catalogue.code(name))
        .map(|code| Ok((code.code.clone(), to_json(&code.title)?)))
        .collect::<Result<_, Refusal>>()?;
    view.insert("related_titles".to_owned(), Value::Object(related));
    let checks: Vec<_> = catalogue.checks(entry).collect();
    view.insert("checks".to_owned(), to_json(&checks)?);
    let fixes: Vec<_> = (entry.causes.iter())
        .flat_map(|cause| catalogue.fixes(entry, cause))
        .collect();
    view.insert("fixes".to_owned(), to_json(&fixes)?);
    view.insert(
        "catalogue_version".to_owned(),
        Value::from(catalogue.version()),
    );
    Ok(Value::Object(view))
}

fn to_json(value: &impl Serialize) -> Result<Value, Refusal> {
    serde_json::to_value(value).map_err(|error| {
        tracing::error!(%error, "a catalogue entry cannot be written as JSON");
        Refusal::internal("catalogue_entry")
    })
}
