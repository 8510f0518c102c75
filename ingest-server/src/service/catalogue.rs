//! Looking things up in the catalogue.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::Core;
use super::refusal::{Class, Refusal};

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
}

/// Lists codes that have all the words, of one family or of all.
///
/// # Errors
/// `bad_query` where the text is too long.
pub fn list(core: &Core, words: Option<&str>, family: Option<&str>) -> Result<Listing, Refusal> {
    let bytes_max = core.config.limits.search_bytes_max;
    if words.is_some_and(|words| words.len() > bytes_max) {
        let detail = format!("a search is at most {bytes_max} bytes");
        return Err(Refusal::new(Class::Malformed, "bad_query", detail));
    }
    let words = words.unwrap_or_default().to_lowercase();
    let words: Vec<&str> = words.split_whitespace().collect();
    let family = family.filter(|family| !family.is_empty());
    let catalogue = core.engine.catalogue();
    let mut items = Vec::new();
    for code in catalogue.codes() {
        if family.is_some_and(|family| code.family.as_str() != family) {
            continue;
        }
        let texts = [
            &code.code,
            &code.title.en,
            &code.title.zh,
            &code.explanation.en,
            &code.explanation.zh,
        ];
        let text = texts.map(|text| text.to_lowercase()).join("\n");
        if words.iter().all(|word| text.contains(word)) {
            items.push(Listed {
                code: code.code.clone(),
                family: code.family.as_str(),
                severity: json(&code.severity)?,
                title: code.title.en.clone(),
                title_zh: code.title.zh.clone(),
            });
        }
    }
    Ok(Listing {
        version: catalogue.version().to_owned(),
        items,
    })
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
    for cause in entry.causes.iter().filter_map(|id| catalogue.cause(id)) {
        causes.insert(cause.id.clone(), json(&cause.title)?);
    }
    let Value::Object(mut view) = json(entry)? else {
        return Err(Refusal::internal("catalogue_entry"));
    };
    view.insert("cause_titles".to_owned(), Value::Object(causes));
    let checks: Vec<_> = catalogue.checks(entry).collect();
    view.insert("checks".to_owned(), json(&checks)?);
    let fixes: Vec<_> = (entry.causes.iter())
        .flat_map(|cause| catalogue.fixes(entry, cause))
        .collect();
    view.insert("fixes".to_owned(), json(&fixes)?);
    view.insert(
        "catalogue_version".to_owned(),
        Value::from(catalogue.version()),
    );
    Ok(Value::Object(view))
}

fn json(value: &impl Serialize) -> Result<Value, Refusal> {
    serde_json::to_value(value).map_err(|error| {
        tracing::error!(%error, "a catalogue entry cannot be written as JSON");
        Refusal::internal("catalogue_entry")
    })
}
