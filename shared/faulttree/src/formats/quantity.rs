//! Expressions in native TOML: a number, `"mission-time"`, a parameter's name, or a table with
//! one key, the operator.
use super::error::FormatError;
use super::native::{Reader, Value, quote};
use crate::model::Expression as E;
use toml::de::DeValue;

const MISSION_TIME: &str = "mission-time";

/// Reads an expression. Recursion is bounded here.
pub(super) fn read(reader: &Reader<'_>, value: &Value<'_>, depth: usize) -> Result<E, FormatError> {
    if depth >= E::NESTING_MAX {
        return reader.fail(value, "nesting_too_deep", "expressions nest too deep");
    }
    match value.get_ref() {
        DeValue::String(name) if name == MISSION_TIME => return Ok(E::MissionTime),
        DeValue::String(name) => return Ok(E::Parameter(name.to_string())),
        DeValue::Table(_) => {}
        _ => return Ok(E::Number(reader.number(value)?)),
    }
    let DeValue::Table(table) = value.get_ref() else {
        return reader.fail(value, "bad_value", "expected an expression");
    };
    let mut entries = table.iter();
    let (Some((operator, operand)), None) = (entries.next(), entries.next()) else {
        return reader.fail(value, "bad_value", "an expression has one operator");
    };
    let operator = operator.get_ref().as_ref();
    let one = |value: &Value<'_>| read(reader, value, depth + 1).map(Box::new);
    let named = |names: &[&str]| -> Result<Vec<Box<E>>, FormatError> {
        let DeValue::Table(table) = operand.get_ref() else {
            return reader.fail(operand, "bad_value", format!("{operator} takes a table"));
        };
        if let Some((key, value)) = table
            .iter()
            .find(|(k, _)| !names.contains(&k.get_ref().as_ref()))
        {
            let message = format!("{operator} has no operand '{}'", key.get_ref());
            return reader.fail(value, "unknown_key", message);
        }
        let operand = |name: &&str| match table.iter().find(|(k, _)| k.get_ref().as_ref() == *name)
        {
            Some((_, value)) => one(value),
            None => reader.fail(operand, "missing_key", format!("{operator} needs '{name}'")),
        };
        names.iter().map(operand).collect()
    };
    let list = || -> Result<Vec<E>, FormatError> {
        match operand.get_ref() {
            DeValue::Array(of) if !of.is_empty() => of
                .iter()
                .map(|value| read(reader, value, depth + 1))
                .collect(),
            _ => reader.fail(operand, "bad_value", format!("{operator} takes a list")),
        }
    };
    let mut fields = Vec::new();
    if let Some(names) = fields_of(operator) {
        fields = named(names)?;
    }
    let mut fields = fields.into_iter();
    let mut next = || fields.next().unwrap_or_else(|| Box::new(E::Number(0.0)));
    Ok(match operator {
        "neg" => E::Neg(one(operand)?),
        "exp" => E::Exp(one(operand)?),
        "ln" => E::Ln(one(operand)?),
        "log10" => E::Log10(one(operand)?),
        "sqrt" => E::Sqrt(one(operand)?),
        "abs" => E::Abs(one(operand)?),
        "add" => E::Add(list()?),
        "sub" => E::Sub(list()?),
        "mul" => E::Mul(list()?),
        "div" => E::Div(list()?),
        "min" => E::Min(list()?),
        "max" => E::Max(list()?),
        "mean" => E::Mean(list()?),
        "pow" => E::Pow(next(), next()),
        "exponential" => E::Exponential {
            rate: next(),
            time: next(),
        },
        "glm" => E::Glm {
            gamma: next(),
            lambda: next(),
            mu: next(),
            time: next(),
        },
        "weibull" => E::Weibull {
            scale: next(),
            shape: next(),
            start: next(),
            time: next(),
        },
        "periodic_test" => E::PeriodicTest {
            rate: next(),
            interval: next(),
            first: next(),
            time: next(),
        },
        "uniform" => E::Uniform(next(), next()),
        "normal" => E::Normal(next(), next()),
        "lognormal" => E::Lognormal {
            mean: next(),
            factor: next(),
            level: next(),
        },
        "gamma" => E::Gamma(next(), next()),
        "beta" => E::Beta(next(), next()),
        "histogram" => histogram(reader, operand, list()?)?,
        _ => {
            let message = format!("unknown operator '{operator}'");
            return reader.fail(value, "unknown_key", message);
        }
    })
}

/// Names of the operands, in the order of the expression's own.
fn fields_of(operator: &str) -> Option<&'static [&'static str]> {
    Some(match operator {
        "pow" => &["base", "exponent"],
        "exponential" => &["rate", "time"],
        "glm" => &["gamma", "lambda", "mu", "time"],
        "weibull" => &["scale", "shape", "start", "time"],
        "periodic_test" => &["rate", "interval", "first", "time"],
        "uniform" => &["low", "high"],
        "normal" => &["mean", "deviation"],
        "lognormal" => &["mean", "factor", "level"],
        "gamma" => &["shape", "scale"],
        "beta" => &["alpha", "beta"],
        _ => return None,
    })
}

/// `[lower, upper, weight, upper, weight, …]`.
fn histogram(reader: &Reader<'_>, at: &Value<'_>, of: Vec<E>) -> Result<E, FormatError> {
    let mut of = of.into_iter();
    let Some(lower) = of.next() else {
        return reader.fail(at, "bad_arity", "histogram needs a lower bound");
    };
    let mut bins = Vec::new();
    while let Some(upper) = of.next() {
        let Some(weight) = of.next() else {
            return reader.fail(at, "bad_arity", "histogram needs a weight for each bound");
        };
        bins.push((upper, weight));
    }
    Ok(E::Histogram {
        lower: Box::new(lower),
        bins,
    })
}

/// Writes an expression as [`read`] reads it.
pub(super) fn write(expression: &E) -> String {
    let operator = match expression {
        E::Number(value) => return format!("{value:?}"),
        E::Parameter(name) => return quote(name),
        E::MissionTime => return quote(MISSION_TIME),
        E::Neg(_) => "neg",
        E::Add(_) => "add",
        E::Sub(_) => "sub",
        E::Mul(_) => "mul",
        E::Div(_) => "div",
        E::Pow(..) => "pow",
        E::Exp(_) => "exp",
        E::Ln(_) => "ln",
        E::Log10(_) => "log10",
        E::Sqrt(_) => "sqrt",
        E::Abs(_) => "abs",
        E::Min(_) => "min",
        E::Max(_) => "max",
        E::Mean(_) => "mean",
        E::Exponential { .. } => "exponential",
        E::Glm { .. } => "glm",
        E::Weibull { .. } => "weibull",
        E::PeriodicTest { .. } => "periodic_test",
        E::Uniform(..) => "uniform",
        E::Normal(..) => "normal",
        E::Lognormal { .. } => "lognormal",
        E::Gamma(..) => "gamma",
        E::Beta(..) => "beta",
        E::Histogram { .. } => "histogram",
    };
    let operands: Vec<String> = expression.operands().into_iter().map(write).collect();
    let body = match (fields_of(operator), operands.as_slice()) {
        (Some(names), operands) => {
            let pairs = names
                .iter()
                .zip(operands)
                .map(|(name, value)| format!("{name} = {value}"));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
        (None, [only]) if is_unary(operator) => only.clone(),
        (None, operands) => format!("[{}]", operands.join(", ")),
    };
    format!("{{ {operator} = {body} }}")
}

fn is_unary(operator: &str) -> bool {
    matches!(operator, "neg" | "exp" | "ln" | "log10" | "sqrt" | "abs")
}
