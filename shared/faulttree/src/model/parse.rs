//! The gate-expression language: `OR(a, AND(b, c), ATLEAST(2, d, e, f), NOT(g))`.
use super::formula::Formula;

/// Why a text is no formula, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
#[non_exhaustive]
pub struct ParseError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl ParseError {
    pub(crate) fn at(text: &str, offset: usize, message: impl Into<String>) -> Self {
        let mut end = offset.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &text[..end];
        ParseError {
            line: before.matches('\n').count() + 1,
            column: before
                .rsplit('\n')
                .next()
                .map_or(0, |line| line.chars().count())
                + 1,
            message: message.into(),
        }
    }

    /// A stable name for this kind of error.
    pub fn reason(&self) -> &'static str {
        "bad_formula"
    }
}

/// Characters that end a name.
pub(crate) fn is_name_char(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !matches!(c, '(' | ')' | ',')
}

struct Open {
    operator: String,
    offset: usize,
    operands: Vec<Formula>,
    k: Option<u32>,
}

pub(crate) fn formula(text: &str) -> Result<Formula, ParseError> {
    let mut open: Vec<Open> = Vec::new();
    let mut rest = text;
    let offset_of = |rest: &str| text.len() - rest.len();
    let fail = |offset, message: String| Err(ParseError::at(text, offset, message));
    loop {
        rest = rest.trim_start();
        let start = offset_of(rest);
        let length = rest.find(|c| !is_name_char(c)).unwrap_or(rest.len());
        if length == 0 {
            return match rest.chars().next() {
                Some(found) => fail(
                    start,
                    format!("expected a name or operator, found '{found}'"),
                ),
                None => fail(start, "expected a name or operator, found the end".into()),
            };
        }
        let (word, after) = rest.split_at(length);
        rest = after.trim_start();
        let mut done = if let Some(inside) = rest.strip_prefix('(') {
            rest = inside.trim_start();
            if open.len() + 1 >= Formula::<String>::NESTING_MAX {
                return fail(start, "formula nests too deep".into());
            }
            let operator = word.to_ascii_lowercase();
            let mut frame = Open {
                operator,
                offset: start,
                operands: Vec::new(),
                k: None,
            };
            match frame.operator.as_str() {
                "and" | "or" | "not" | "xor" | "nand" | "nor" | "inhibit" => {}
                "atleast" => {
                    let digits = rest
                        .find(|c: char| !c.is_ascii_digit())
                        .unwrap_or(rest.len());
                    let number = rest[..digits].parse::<u32>();
                    let tail = rest[digits..].trim_start();
                    let (Ok(k), Some(tail)) = (number, tail.strip_prefix(',')) else {
                        return fail(offset_of(rest), "ATLEAST needs a number first".into());
                    };
                    frame.k = Some(k);
                    rest = tail;
                }
                _ => return fail(start, format!("unknown operator '{word}'")),
            }
            open.push(frame);
            continue;
        } else {
            match word {
                _ if word.eq_ignore_ascii_case("true") => Formula::Constant(true),
                _ if word.eq_ignore_ascii_case("false") => Formula::Constant(false),
                _ => Formula::Ref(word.to_owned()),
            }
        };
        // An operand is complete: give it to its operator, and close every operator that ends here.
        loop {
            rest = rest.trim_start();
            let Some(frame) = open.last_mut() else {
                return match rest.chars().next() {
                    None => Ok(done),
                    Some(c) => fail(
                        offset_of(rest),
                        format!("unexpected '{c}' after the formula"),
                    ),
                };
            };
            frame.operands.push(done);
            if let Some(tail) = rest.strip_prefix(',') {
                rest = tail;
                break;
            }
            let Some(tail) = rest.strip_prefix(')') else {
                let found = rest
                    .chars()
                    .next()
                    .map_or("the end".into(), |c| format!("'{c}'"));
                return fail(
                    offset_of(rest),
                    format!("expected ',' or ')', found {found}"),
                );
            };
            rest = tail;
            let Some(frame) = open.pop() else { break };
            let offset = frame.offset;
            done = close(frame).map_err(|message| ParseError::at(text, offset, message))?;
        }
    }
}

fn close(frame: Open) -> Result<Formula, String> {
    let of = frame.operands;
    let count = of.len();
    let formula = match frame.operator.as_str() {
        "and" => Formula::And(of),
        "or" => Formula::Or(of),
        "xor" => Formula::Xor(of),
        "nand" => Formula::Nand(of),
        "nor" => Formula::Nor(of),
        "atleast" => Formula::AtLeast {
            k: frame.k.unwrap_or(0),
            of,
        },
        "not" => match <[Formula; 1]>::try_from(of) {
            Ok([of]) => Formula::Not(Box::new(of)),
            Err(_) => return Err(format!("NOT takes one operand, found {count}")),
        },
        _ => match <[Formula; 2]>::try_from(of) {
            Ok([of, condition]) => Formula::Inhibit {
                of: Box::new(of),
                condition: Box::new(condition),
            },
            Err(_) => {
                return Err(format!(
                    "INHIBIT takes an event and a condition, found {count}"
                ));
            }
        },
    };
    // Operands were checked when they closed, so only the outermost operator can be at fault.
    formula.arity_fault().map_or(Ok(formula), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str, line: usize, column: usize, part: &str) {
        let error = formula(text).unwrap_err();
        assert_eq!(
            (error.line, error.column),
            (line, column),
            "{text}: {error}"
        );
        assert!(error.message.contains(part), "{error}");
    }

    #[test]
    fn reads_what_it_prints() {
        for text in [
            "a",
            "101",
            "OR(a, AND(b, c), ATLEAST(2, d, e, f), NOT(g))",
            "XOR(ERR-DB-001, NAND(x.y, TRUE), NOR(FALSE, b))",
            "INHIBIT(a, c)",
        ] {
            assert_eq!(formula(text).unwrap().to_string(), text);
        }
        assert_eq!(
            formula(" or ( a ,\n And(b) ) ").unwrap().to_string(),
            "OR(a, AND(b))"
        );
    }

    #[test]
    fn names_the_place_of_the_fault() {
        refused("", 1, 1, "the end");
        refused("OR(a,\n  b", 2, 4, "the end");
        refused("OR(a, FOO(b))", 1, 7, "unknown operator");
        refused("a b", 1, 3, "unexpected 'b'");
        refused("OR(a,)", 1, 6, "found ')'");
        refused("AND()", 1, 5, "found ')'");
        refused("ATLEAST(x, a)", 1, 9, "number");
        refused("OR(c, ATLEAST(3, a, b))", 1, 7, "atleast 3 of 2");
        refused("NOT(a, b)", 1, 1, "one operand");
        refused("INHIBIT(a)", 1, 1, "condition");
        let deep = format!("{}a{}", "NOT(".repeat(200), ")".repeat(200));
        refused(&deep, 1, 509, "too deep");
    }
}
