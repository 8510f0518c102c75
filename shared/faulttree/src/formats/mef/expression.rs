use super::read::Reader;
use crate::formats::error::FormatError;
use crate::formats::xml::Element;
use crate::model::Expression as E;

/// Reads an expression. Recursion is bounded by the depth of the XML.
pub(super) fn read<'a>(
    reader: &Reader<'a>,
    element: &'a Element,
    scope: &[String],
) -> Result<E, FormatError> {
    let name = element.name.as_str();
    match name {
        "float" | "int" => return number(reader, element),
        "bool" => return Ok(E::Number(if reader.truth(element)? { 1.0 } else { 0.0 })),
        "pi" => return Ok(E::Number(std::f64::consts::PI)),
        "parameter" => return Ok(E::Parameter(reader.parameter_name(element, scope)?)),
        "system-mission-time" => return Ok(E::MissionTime),
        "histogram" => return histogram(reader, element, scope),
        _ => {}
    }
    let mut of = Vec::with_capacity(element.children.len());
    for child in &element.children {
        of.push(read(reader, child, scope)?);
    }
    if let "add" | "sub" | "mul" | "div" | "min" | "max" | "mean" = name {
        if of.is_empty() {
            return reader.fail(element, "bad_arity", format!("<{name}> of no operands"));
        }
        return Ok(match name {
            "add" => E::Add(of),
            "sub" => E::Sub(of),
            "mul" => E::Mul(of),
            "div" => E::Div(of),
            "min" => E::Min(of),
            "max" => E::Max(of),
            _ => E::Mean(of),
        });
    }
    let count = of.len();
    let mut of = of.into_iter().map(Box::new);
    let mut next = || of.next().unwrap_or_else(|| Box::new(E::Number(0.0)));
    let (expression, arity) = match name {
        "neg" => (E::Neg(next()), 1),
        "exp" => (E::Exp(next()), 1),
        "log" => (E::Ln(next()), 1),
        "log10" => (E::Log10(next()), 1),
        "sqrt" => (E::Sqrt(next()), 1),
        "abs" => (E::Abs(next()), 1),
        "pow" => (E::Pow(next(), next()), 2),
        "exponential" => (
            E::Exponential {
                rate: next(),
                time: next(),
            },
            2,
        ),
        "GLM" => (
            E::Glm {
                gamma: next(),
                lambda: next(),
                mu: next(),
                time: next(),
            },
            4,
        ),
        "Weibull" => (
            E::Weibull {
                scale: next(),
                shape: next(),
                start: next(),
                time: next(),
            },
            4,
        ),
        "periodic-test" => (
            E::PeriodicTest {
                rate: next(),
                interval: next(),
                first: next(),
                time: next(),
            },
            4,
        ),
        "uniform-deviate" => (E::Uniform(next(), next()), 2),
        "normal-deviate" => (E::Normal(next(), next()), 2),
        "lognormal-deviate" => (
            E::Lognormal {
                mean: next(),
                factor: next(),
                level: next(),
            },
            3,
        ),
        "gamma-deviate" => (E::Gamma(next(), next()), 2),
        "beta-deviate" => (E::Beta(next(), next()), 2),
        _ => return reader.unknown(element),
    };
    if count != arity {
        let message = format!("<{name}> takes {arity} operands, found {count}");
        return reader.fail(element, "bad_arity", message);
    }
    Ok(expression)
}

fn number(reader: &Reader<'_>, element: &Element) -> Result<E, FormatError> {
    let text = reader.required(element, "value")?;
    match text.trim().parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(E::Number(value)),
        _ => reader.fail(element, "bad_value", format!("'{text}' is no number")),
    }
}

fn histogram<'a>(
    reader: &Reader<'a>,
    element: &'a Element,
    scope: &[String],
) -> Result<E, FormatError> {
    let Some((lower, bins)) = element.children.split_first() else {
        return reader.fail(
            element,
            "bad_arity",
            "<histogram> needs a lower bound and bins",
        );
    };
    let lower = Box::new(read(reader, lower, scope)?);
    let mut read_bins = Vec::with_capacity(bins.len());
    for bin in bins {
        if bin.name != "bin" {
            return reader.unknown(bin);
        }
        let [upper, weight] = reader.operands::<2>(bin)?;
        read_bins.push((read(reader, upper, scope)?, read(reader, weight, scope)?));
    }
    Ok(E::Histogram {
        lower,
        bins: read_bins,
    })
}
