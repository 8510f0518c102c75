//! Quantities that give an event its probability: constants, laws of failure over time, named
//! parameters, distributions.
use super::random::Random;
use std::collections::BTreeMap;

/// A numeric expression (Open-PSA MEF, stochastic layer).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Expression {
    /// A constant.
    Number(f64),
    /// A named parameter of the tree.
    Parameter(String),
    /// The mission time that the analysis is made for.
    MissionTime,
    /// Negation.
    Neg(Box<Expression>),
    /// Sum.
    Add(Vec<Expression>),
    /// First operand less the others.
    Sub(Vec<Expression>),
    /// Product.
    Mul(Vec<Expression>),
    /// First operand divided by the others.
    Div(Vec<Expression>),
    /// First operand to the power of the second.
    Pow(Box<Expression>, Box<Expression>),
    /// e to the power of the operand.
    Exp(Box<Expression>),
    /// Natural logarithm.
    Ln(Box<Expression>),
    /// Logarithm to base 10.
    Log10(Box<Expression>),
    /// Square root.
    Sqrt(Box<Expression>),
    /// Absolute value.
    Abs(Box<Expression>),
    /// Least operand.
    Min(Vec<Expression>),
    /// Greatest operand.
    Max(Vec<Expression>),
    /// Arithmetic mean of the operands.
    Mean(Vec<Expression>),
    /// `1 − exp(−rate · time)`: constant failure rate, no repair.
    Exponential {
        /// Failures per unit of time.
        rate: Box<Expression>,
        /// Exposure.
        time: Box<Expression>,
    },
    /// Failure on demand `gamma`, failure rate `lambda`, repair rate `mu`.
    Glm {
        /// Probability of failure at time 0.
        gamma: Box<Expression>,
        /// Failure rate.
        lambda: Box<Expression>,
        /// Repair rate.
        mu: Box<Expression>,
        /// Exposure.
        time: Box<Expression>,
    },
    /// `1 − exp(−((time − start) / scale) ^ shape)`.
    Weibull {
        /// Scale (characteristic life).
        scale: Box<Expression>,
        /// Shape.
        shape: Box<Expression>,
        /// Time before which nothing fails.
        start: Box<Expression>,
        /// Exposure.
        time: Box<Expression>,
    },
    /// Constant failure rate, found and repaired at tests: the first at `first`, then every
    /// `interval`; a test and repair takes no time.
    PeriodicTest {
        /// Failure rate.
        rate: Box<Expression>,
        /// Time between tests.
        interval: Box<Expression>,
        /// Time of the first test.
        first: Box<Expression>,
        /// Exposure.
        time: Box<Expression>,
    },
    /// Uniform between two bounds.
    Uniform(Box<Expression>, Box<Expression>),
    /// Normal: mean and standard deviation.
    Normal(Box<Expression>, Box<Expression>),
    /// Lognormal: mean, error factor (ratio of the 95th percentile to the median at `level`
    /// 0.95), level of confidence.
    Lognormal {
        /// Mean of the variable itself.
        mean: Box<Expression>,
        /// Error factor.
        factor: Box<Expression>,
        /// Level of confidence of the error factor, e.g. 0.95.
        level: Box<Expression>,
    },
    /// Gamma: shape and scale.
    Gamma(Box<Expression>, Box<Expression>),
    /// Beta: alpha and beta.
    Beta(Box<Expression>, Box<Expression>),
    /// Histogram: lower bound, then (upper bound, weight) of each bin.
    Histogram {
        /// Lower bound of the first bin.
        lower: Box<Expression>,
        /// Upper bound and weight of each bin.
        bins: Vec<(Expression, Expression)>,
    },
}

/// Why an expression has no value, or a value that is no probability.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ValueError {
    /// A parameter that the tree does not define.
    #[error("parameter '{0}' is not defined")]
    UndefinedParameter(String),
    /// The mission time is used but was not given.
    #[error("the mission time is used but not given")]
    NoMissionTime,
    /// The value is not finite, or an operand is outside the operator's domain.
    #[error("{0}")]
    Domain(String),
    /// A probability outside [0, 1].
    #[error("probability {0} is outside [0, 1]")]
    OutOfRange(f64),
}

impl ValueError {
    /// A stable name for this kind of error.
    pub fn reason(&self) -> &'static str {
        match self {
            ValueError::UndefinedParameter(_) => "undefined_parameter",
            ValueError::NoMissionTime => "no_mission_time",
            ValueError::Domain(_) => "value_out_of_domain",
            ValueError::OutOfRange(_) => "probability_out_of_range",
        }
    }
}

/// What an expression is evaluated in.
pub(crate) struct Scope<'a> {
    pub(crate) time: Option<f64>,
    pub(crate) parameters: &'a BTreeMap<String, f64>,
    /// Draws from distributions; without it a distribution stands for its mean.
    pub(crate) random: Option<&'a mut Random>,
}

impl Expression {
    /// Expressions that nest deeper are refused. (Parameters may refer to parameters to any depth.)
    pub const NESTING_MAX: usize = 128;

    /// The direct operands.
    pub fn operands(&self) -> Vec<&Expression> {
        use Expression as E;
        match self {
            E::Number(_) | E::Parameter(_) | E::MissionTime => Vec::new(),
            E::Neg(a) | E::Exp(a) | E::Ln(a) | E::Log10(a) | E::Sqrt(a) | E::Abs(a) => vec![a],
            E::Add(of) | E::Sub(of) | E::Mul(of) | E::Div(of) => of.iter().collect(),
            E::Min(of) | E::Max(of) | E::Mean(of) => of.iter().collect(),
            E::Pow(a, b) | E::Uniform(a, b) | E::Normal(a, b) => vec![a, b],
            E::Gamma(a, b) | E::Beta(a, b) => vec![a, b],
            E::Exponential { rate, time } => vec![rate, time],
            E::Glm {
                gamma,
                lambda,
                mu,
                time,
            } => vec![gamma, lambda, mu, time],
            E::Weibull {
                scale,
                shape,
                start,
                time,
            } => vec![scale, shape, start, time],
            E::PeriodicTest {
                rate,
                interval,
                first,
                time,
            } => vec![rate, interval, first, time],
            E::Lognormal {
                mean,
                factor,
                level,
            } => vec![mean, factor, level],
            E::Histogram { lower, bins } => {
                let mut all: Vec<&Expression> = vec![lower];
                all.extend(bins.iter().flat_map(|(upper, weight)| [upper, weight]));
                all
            }
        }
    }

    /// The expression and everything inside it, with its depth (1 for the outermost).
    fn walk(&self) -> Vec<(&Expression, usize)> {
        let mut found = Vec::new();
        let mut open = vec![(self, 1)];
        while let Some((expression, depth)) = open.pop() {
            found.push((expression, depth));
            open.extend(
                expression
                    .operands()
                    .into_iter()
                    .map(|child| (child, depth + 1)),
            );
        }
        found
    }

    /// How deep the expression nests.
    pub fn depth(&self) -> usize {
        self.walk()
            .into_iter()
            .map(|(_, depth)| depth)
            .max()
            .unwrap_or(0)
    }

    /// The parameters that the expression names directly.
    pub fn parameters(&self) -> Vec<&str> {
        let names = self.walk().into_iter().filter_map(|(e, _)| match e {
            Expression::Parameter(name) => Some(name.as_str()),
            _ => None,
        });
        names.collect()
    }

    /// Whether the expression holds a probability distribution.
    pub fn is_random(&self) -> bool {
        use Expression as E;
        self.walk().into_iter().any(|(e, _)| {
            matches!(
                e,
                E::Uniform(..)
                    | E::Normal(..)
                    | E::Lognormal { .. }
                    | E::Gamma(..)
                    | E::Beta(..)
                    | E::Histogram { .. }
            )
        })
    }

    /// Whether the expression uses the mission time directly.
    pub fn uses_time(&self) -> bool {
        self.walk()
            .into_iter()
            .any(|(e, _)| matches!(e, Expression::MissionTime))
    }

    /// The value. Recursion is bounded by [`Expression::NESTING_MAX`], which the builder checks.
    #[cfg(feature = "quantities")]
    pub(crate) fn value(&self, scope: &mut Scope<'_>) -> Result<f64, ValueError> {
        use Expression as E;
        if self.is_distribution() {
            return self.draw(scope);
        }
        let value = match self {
            E::Number(value) => *value,
            E::Parameter(name) => *scope
                .parameters
                .get(name)
                .ok_or_else(|| ValueError::UndefinedParameter(name.clone()))?,
            E::MissionTime => scope.time.ok_or(ValueError::NoMissionTime)?,
            E::Exponential { rate, time } => {
                let exposure = non_negative("rate", rate.value(scope)?)?
                    * non_negative("time", time.value(scope)?)?;
                -f64::exp_m1(-exposure)
            }
            E::Glm { .. } | E::Weibull { .. } | E::PeriodicTest { .. } => self.law(scope)?,
            E::Exp(a) => a.value(scope)?.exp(),
            E::Ln(a) => a.value(scope)?.ln(),
            E::Log10(a) => a.value(scope)?.log10(),
            E::Sqrt(a) => a.value(scope)?.sqrt(),
            E::Abs(a) => a.value(scope)?.abs(),
            E::Neg(a) => -a.value(scope)?,
            E::Pow(a, b) => a.value(scope)?.powf(b.value(scope)?),
            _ => self.fold(scope)?,
        };
        if value.is_finite() {
            Ok(value)
        } else {
            Err(ValueError::Domain(format!("an expression gives {value}")))
        }
    }

    /// The value of a plain number.
    #[cfg(not(feature = "quantities"))]
    pub(crate) fn value(&self, _: &mut Scope<'_>) -> Result<f64, ValueError> {
        match self {
            Expression::Number(value) if value.is_finite() => Ok(*value),
            _ => Err(ValueError::Domain(
                "this program reads plain numbers only".into(),
            )),
        }
    }

    #[cfg(feature = "quantities")]
    fn fold(&self, scope: &mut Scope<'_>) -> Result<f64, ValueError> {
        use Expression as E;
        let operands = self.operands();
        let mut values = Vec::with_capacity(operands.len());
        for operand in operands {
            values.push(operand.value(scope)?);
        }
        let Some((&first, rest)) = values.split_first() else {
            return Err(ValueError::Domain("an expression without operands".into()));
        };
        Ok(match self {
            E::Add(_) | E::Mean(_) => {
                let sum = values.iter().sum::<f64>();
                if matches!(self, E::Mean(_)) {
                    sum / count(values.len())
                } else {
                    sum
                }
            }
            E::Sub(_) => rest.iter().fold(first, |a, b| a - b),
            E::Mul(_) => values.iter().product(),
            E::Div(_) => rest.iter().fold(first, |a, b| a / b),
            E::Min(_) => rest.iter().fold(first, |a, b| a.min(*b)),
            _ => rest.iter().fold(first, |a, b| a.max(*b)),
        })
    }

    #[cfg(feature = "quantities")]
    fn law(&self, scope: &mut Scope<'_>) -> Result<f64, ValueError> {
        use Expression as E;
        match self {
            E::Glm {
                gamma,
                lambda,
                mu,
                time,
            } => {
                let gamma = gamma.value(scope)?;
                let lambda = non_negative("lambda", lambda.value(scope)?)?;
                let mu = non_negative("mu", mu.value(scope)?)?;
                let time = non_negative("time", time.value(scope)?)?;
                let total = lambda + mu;
                if total == 0.0 {
                    return Ok(gamma);
                }
                Ok((lambda - (lambda - gamma * total) * (-total * time).exp()) / total)
            }
            E::Weibull {
                scale,
                shape,
                start,
                time,
            } => {
                let scale = positive("scale", scale.value(scope)?)?;
                let shape = positive("shape", shape.value(scope)?)?;
                let start = non_negative("start", start.value(scope)?)?;
                let time = non_negative("time", time.value(scope)?)?;
                let exposure = (time - start).max(0.0) / scale;
                Ok(-f64::exp_m1(-exposure.powf(shape)))
            }
            E::PeriodicTest {
                rate,
                interval,
                first,
                time,
            } => {
                let rate = non_negative("rate", rate.value(scope)?)?;
                let interval = positive("interval", interval.value(scope)?)?;
                let first = non_negative("first test", first.value(scope)?)?;
                let time = non_negative("time", time.value(scope)?)?;
                let exposure = if time <= first {
                    time
                } else {
                    (time - first) % interval
                };
                Ok(-f64::exp_m1(-rate * exposure))
            }
            _ => Err(ValueError::Domain("not a law of failure".into())),
        }
    }
}

fn count(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::MAX, f64::from)
}

pub(crate) fn non_negative(what: &str, value: f64) -> Result<f64, ValueError> {
    if value >= 0.0 {
        Ok(value)
    } else {
        Err(ValueError::Domain(format!("{what} {value} < 0")))
    }
}

pub(crate) fn positive(what: &str, value: f64) -> Result<f64, ValueError> {
    if value > 0.0 {
        Ok(value)
    } else {
        Err(ValueError::Domain(format!("{what} {value} <= 0")))
    }
}
