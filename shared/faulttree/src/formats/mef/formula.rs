use super::read::Reader;
use crate::formats::error::FormatError;
use crate::formats::xml::Element;
use crate::model::Formula;

/// Reads a formula. Recursion is bounded by the depth of the XML.
pub(super) fn read<'a>(
    reader: &mut Reader<'a>,
    element: &'a Element,
    scope: &[String],
) -> Result<Formula, FormatError> {
    let name = element.name.as_str();
    match name {
        "gate" | "basic-event" | "house-event" | "event" => {
            return Ok(Formula::Ref(reader.node_name(element, scope)?));
        }
        "constant" => return Ok(Formula::Constant(reader.truth(element)?)),
        "and" | "or" | "not" | "xor" | "nand" | "nor" | "iff" | "imply" | "null" | "atleast"
        | "cardinality" => {}
        _ => return reader.unknown(element),
    }
    let mut of = Vec::with_capacity(element.children.len());
    for child in &element.children {
        of.push(read(reader, child, scope)?);
    }
    Ok(match name {
        "and" => Formula::And(of),
        "or" => Formula::Or(of),
        "xor" => Formula::Xor(of),
        "nand" => Formula::Nand(of),
        "nor" => Formula::Nor(of),
        "atleast" => Formula::AtLeast {
            k: number(reader, element, "min")?,
            of,
        },
        "cardinality" => {
            let (min, max) = (
                number(reader, element, "min")?,
                number(reader, element, "max")?,
            );
            cardinality(min, max, of)
        }
        "iff" => Formula::Not(Box::new(Formula::Xor(of))),
        "imply" => {
            reader.operands::<2>(element)?;
            let mut of = of.into_iter();
            let (Some(from), Some(to)) = (of.next(), of.next()) else {
                return reader.unknown(element);
            };
            Formula::Or(vec![Formula::Not(Box::new(from)), to])
        }
        _ => {
            reader.operands::<1>(element)?;
            match of.pop() {
                Some(of) if name == "not" => Formula::Not(Box::new(of)),
                Some(of) => of,
                None => return reader.unknown(element),
            }
        }
    })
}

/// Between `min` and `max` of the operands are true.
fn cardinality(min: u32, max: u32, of: Vec<Formula>) -> Formula {
    let count = u32::try_from(of.len()).unwrap_or(u32::MAX);
    let at_least = |k: u32, of: Vec<Formula>| match k {
        0 => Formula::Constant(true),
        k if k > count => Formula::Constant(false),
        k => Formula::AtLeast { k, of },
    };
    let too_many = at_least(max.saturating_add(1), of.clone());
    Formula::And(vec![at_least(min, of), Formula::Not(Box::new(too_many))])
}

fn number(reader: &Reader<'_>, element: &Element, name: &str) -> Result<u32, FormatError> {
    let text = reader.required(element, name)?;
    match text.trim().parse() {
        Ok(number) => Ok(number),
        Err(_) => reader.fail(
            element,
            "bad_value",
            format!("{name}=\"{text}\" is no number"),
        ),
    }
}
