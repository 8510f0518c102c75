//! A small, strict XML tree: no document types, no entities of one's own, no processing
//! instructions, bounded depth and size.
use super::error::{FormatError, TextLimits, check_size};
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

const ATTRIBUTES_MAX: usize = 64;

pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Element>,
    pub(crate) text: String,
    /// Where its tag starts.
    pub(crate) offset: usize,
}

impl Element {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

pub(crate) fn parse(text: &str, limits: &TextLimits) -> Result<Element, FormatError> {
    check_size(text, limits)?;
    let mut reader = quick_xml::Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut root: Option<Element> = None;
    let mut count = 0;
    loop {
        let offset = position(reader.buffer_position());
        let event = reader.read_event().map_err(|error| {
            let at = position(reader.error_position()).max(offset);
            FormatError::at(text, at, "bad_xml", error.to_string())
        })?;
        let fail = |reason, message: &str| Err(FormatError::at(text, offset, reason, message));
        let finished = match event {
            Event::Start(tag) | Event::Empty(tag) if root.is_some() => {
                let name = tag.name();
                return fail(
                    "bad_xml",
                    &format!("element <{}> after the root", name.as_ref()),
                );
            }
            Event::Start(tag) => {
                count += 1;
                if open.len() >= limits.depth_max {
                    return fail("nesting_too_deep", "elements nest too deep");
                }
                open.push(element(text, offset, &tag)?);
                None
            }
            Event::Empty(tag) => {
                count += 1;
                Some(element(text, offset, &tag)?)
            }
            Event::End(_) => open.pop(),
            Event::Text(content) => {
                push_text(text, offset, &mut open, &content.xml10_content())?;
                None
            }
            Event::CData(content) => {
                push_text(text, offset, &mut open, &content.xml10_content())?;
                None
            }
            Event::GeneralRef(entity) => {
                let known = match entity.resolve_char_ref() {
                    Ok(Some(c)) => Some(c.to_string()),
                    Ok(None) => predefined(&entity.xml10_content()).map(str::to_owned),
                    Err(_) => None,
                };
                let Some(known) = known else {
                    return fail(
                        "xml_entity",
                        "entities other than the five of XML are refused",
                    );
                };
                push_text(text, offset, &mut open, &known)?;
                None
            }
            Event::DocType(_) => return fail("xml_doctype", "document types are refused"),
            Event::PI(_) => return fail("xml_instruction", "processing instructions are refused"),
            Event::Comment(_) | Event::Decl(_) => None,
            Event::Eof => break,
        };
        if count > limits.elements_max {
            return fail("too_many_elements", "too many elements");
        }
        if let Some(element) = finished {
            match open.last_mut() {
                Some(parent) => parent.children.push(element),
                None => root = Some(element),
            }
        }
    }
    if let Some(unclosed) = open.last() {
        let message = format!("<{}> is not closed", unclosed.name);
        return Err(FormatError::at(text, unclosed.offset, "bad_xml", message));
    }
    root.ok_or_else(|| FormatError::at(text, text.len(), "bad_xml", "no element"))
}

fn position(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

fn predefined(name: &str) -> Option<&'static str> {
    Some(match name {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "quot" => "\"",
        "apos" => "'",
        _ => return None,
    })
}

fn push_text(
    text: &str,
    offset: usize,
    open: &mut [Element],
    content: &str,
) -> Result<(), FormatError> {
    match open.last_mut() {
        Some(element) => element.text.push_str(content),
        None if content.trim().trim_start_matches('\u{feff}').is_empty() => {}
        None => {
            return Err(FormatError::at(
                text,
                offset,
                "bad_xml",
                "text outside the root",
            ));
        }
    }
    Ok(())
}

fn element(text: &str, offset: usize, tag: &BytesStart<'_>) -> Result<Element, FormatError> {
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        // The parser compares each attribute with all before it.
        if attributes.len() >= ATTRIBUTES_MAX {
            return Err(FormatError::at(
                text,
                offset,
                "too_many_elements",
                "too many attributes",
            ));
        }
        let attribute = attribute
            .map_err(|error| FormatError::at(text, offset, "bad_xml", error.to_string()))?;
        // Without a table of entities, only the five of XML and numbers are resolved.
        let value = attribute
            .normalized_value(XmlVersion::Explicit1_0)
            .map_err(|error| FormatError::at(text, offset, "xml_entity", error.to_string()))?;
        attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Ok(Element {
        name: tag.name().as_ref().to_owned(),
        attributes,
        children: Vec::new(),
        text: String::new(),
        offset,
    })
}
