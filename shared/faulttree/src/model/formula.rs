use super::parse::{self, ParseError};
use std::fmt;

/// A Boolean formula over events and gates.
///
/// `N` is how an operand is named: a `String` while a tree is being built, a
/// [`NodeId`](crate::NodeId) once it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Formula<N = String> {
    /// An event or gate.
    Ref(N),
    /// Always true or always false.
    Constant(bool),
    /// True if all operands are.
    And(Vec<Formula<N>>),
    /// True if any operand is.
    Or(Vec<Formula<N>>),
    /// True if at least `k` of the operands are.
    AtLeast {
        /// How many must be true.
        k: u32,
        /// The operands.
        of: Vec<Formula<N>>,
    },
    /// True if the operand is not.
    Not(Box<Formula<N>>),
    /// True if an odd number of operands is.
    Xor(Vec<Formula<N>>),
    /// Negated [`Formula::And`].
    Nand(Vec<Formula<N>>),
    /// Negated [`Formula::Or`].
    Nor(Vec<Formula<N>>),
    /// `of` passes through while `condition` holds: an AND whose last operand is a condition.
    Inhibit {
        /// What is let through.
        of: Box<Formula<N>>,
        /// What must hold for it.
        condition: Box<Formula<N>>,
    },
}

impl Formula<String> {
    /// A named event or gate.
    pub fn named(name: impl Into<String>) -> Self {
        Formula::Ref(name.into())
    }

    /// Reads `OR(a, AND(b, c), ATLEAST(2, d, e, f), NOT(g))`. Operators are case-insensitive;
    /// `TRUE` and `FALSE` are constants; a bare name is an event or gate.
    ///
    /// # Errors
    /// Where the text is no formula, with the line and column.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        parse::formula(text)
    }
}

impl<N> Formula<N> {
    /// Nested formulas deeper than this are refused. (Gates may refer to gates to any depth.)
    pub const NESTING_MAX: usize = 128;

    /// The operator's stable lower-case name: `ref`, `constant`, `and`, `or`, `atleast`, `not`,
    /// `xor`, `nand`, `nor`, `inhibit`.
    pub fn operator(&self) -> &'static str {
        match self {
            Formula::Ref(_) => "ref",
            Formula::Constant(_) => "constant",
            Formula::And(_) => "and",
            Formula::Or(_) => "or",
            Formula::AtLeast { .. } => "atleast",
            Formula::Not(_) => "not",
            Formula::Xor(_) => "xor",
            Formula::Nand(_) => "nand",
            Formula::Nor(_) => "nor",
            Formula::Inhibit { .. } => "inhibit",
        }
    }

    /// The operands, in order.
    pub fn operands(&self) -> Vec<&Formula<N>> {
        match self {
            Formula::Ref(_) | Formula::Constant(_) => Vec::new(),
            Formula::And(of)
            | Formula::Or(of)
            | Formula::AtLeast { of, .. }
            | Formula::Xor(of)
            | Formula::Nand(of)
            | Formula::Nor(of) => of.iter().collect(),
            Formula::Not(of) => vec![of],
            Formula::Inhibit { of, condition } => vec![of, condition],
        }
    }

    /// Every event or gate named in the formula, in order, repeats included.
    pub fn references(&self) -> Vec<&N> {
        let mut found = Vec::new();
        let mut open = vec![self];
        while let Some(formula) = open.pop() {
            if let Formula::Ref(name) = formula {
                found.push(name);
            }
            open.extend(formula.operands().into_iter().rev());
        }
        found
    }

    /// How deep the formula nests: 1 for a name or constant.
    pub fn depth(&self) -> usize {
        let mut deepest = 0;
        let mut open = vec![(self, 1)];
        while let Some((formula, depth)) = open.pop() {
            deepest = deepest.max(depth);
            open.extend(
                formula
                    .operands()
                    .into_iter()
                    .map(|child| (child, depth + 1)),
            );
        }
        deepest
    }

    /// The first operator with too few or too many operands, as a message.
    pub(crate) fn arity_fault(&self) -> Option<String> {
        let mut open = vec![self];
        while let Some(formula) = open.pop() {
            let operands = formula.operands();
            match formula {
                Formula::AtLeast { k, .. }
                    if *k == 0 || usize::try_from(*k).is_ok_and(|k| k > operands.len()) =>
                {
                    return Some(format!("atleast {k} of {} operands", operands.len()));
                }
                Formula::Ref(_) | Formula::Constant(_) => {}
                Formula::Xor(_) if operands.len() < 2 => {
                    return Some(format!("xor of {} operands", operands.len()));
                }
                _ if operands.is_empty() => {
                    return Some(format!("{} of no operands", formula.operator()));
                }
                _ => {}
            }
            open.extend(operands);
        }
        None
    }

    /// Renames every operand. Recursion is bounded by [`Formula::NESTING_MAX`], which the builder
    /// checks first.
    pub(crate) fn try_map<M, E>(
        &self,
        rename: &mut impl FnMut(&N) -> Result<M, E>,
    ) -> Result<Formula<M>, E> {
        let mut all = |of: &[Formula<N>]| {
            of.iter()
                .map(|child| child.try_map(rename))
                .collect::<Result<Vec<_>, E>>()
        };
        Ok(match self {
            Formula::Ref(name) => Formula::Ref(rename(name)?),
            Formula::Constant(value) => Formula::Constant(*value),
            Formula::And(of) => Formula::And(all(of)?),
            Formula::Or(of) => Formula::Or(all(of)?),
            Formula::AtLeast { k, of } => Formula::AtLeast {
                k: *k,
                of: all(of)?,
            },
            Formula::Not(of) => Formula::Not(Box::new(of.try_map(rename)?)),
            Formula::Xor(of) => Formula::Xor(all(of)?),
            Formula::Nand(of) => Formula::Nand(all(of)?),
            Formula::Nor(of) => Formula::Nor(all(of)?),
            Formula::Inhibit { of, condition } => Formula::Inhibit {
                of: Box::new(of.try_map(rename)?),
                condition: Box::new(condition.try_map(rename)?),
            },
        })
    }
}

impl<N: fmt::Display> fmt::Display for Formula<N> {
    /// The text form that [`Formula::parse`] reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Formula::Ref(name) => return write!(f, "{name}"),
            Formula::Constant(value) => return f.write_str(if *value { "TRUE" } else { "FALSE" }),
            Formula::AtLeast { k, .. } => write!(f, "ATLEAST({k}, ")?,
            other => write!(f, "{}(", other.operator().to_ascii_uppercase())?,
        }
        for (index, operand) in self.operands().into_iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{operand}")?;
        }
        f.write_str(")")
    }
}

/// A formula of a tree as text, with names in place of ids.
#[cfg(feature = "formats")]
pub(crate) fn formula_text(tree: &super::FaultTree, formula: &Formula<super::NodeId>) -> String {
    let named = formula
        .try_map(&mut |id: &super::NodeId| Ok::<&str, std::convert::Infallible>(tree.name_of(*id)));
    match named {
        Ok(named) => named.to_string(),
        Err(never) => match never {},
    }
}
