//! Draws from distributions, from a seed and nothing else.
use super::expression::{Expression, Scope, ValueError, non_negative, positive};

/// `SplitMix64` (Steele, Lea and Flood 2014): small, and the same on every machine.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    state: u64,
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Random { state: seed }
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in the open interval (0, 1).
    #[allow(clippy::cast_precision_loss)] // 53 bits fit
    pub(crate) fn unit(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Standard normal, by Box and Muller.
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.unit().ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Gamma with scale 1, by Marsaglia and Tsang (2000).
    pub(crate) fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let boost = self.unit().powf(1.0 / shape);
            return self.gamma(shape + 1.0) * boost;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && self.unit().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }
}

impl Expression {
    pub(crate) fn is_distribution(&self) -> bool {
        use Expression as E;
        matches!(
            self,
            E::Uniform(..)
                | E::Normal(..)
                | E::Lognormal { .. }
                | E::Gamma(..)
                | E::Beta(..)
                | E::Histogram { .. }
        )
    }

    /// A draw from the distribution, or its mean where the scope has no random source.
    pub(crate) fn draw(&self, scope: &mut Scope<'_>) -> Result<f64, ValueError> {
        use Expression as E;
        match self {
            E::Uniform(low, high) => {
                let (low, high) = (low.value(scope)?, high.value(scope)?);
                let at = scope.random.as_mut().map_or(0.5, |random| random.unit());
                Ok(low + non_negative("width", high - low)? * at)
            }
            E::Normal(mean, deviation) => {
                let mean = mean.value(scope)?;
                let deviation = positive("deviation", deviation.value(scope)?)?;
                Ok(mean
                    + scope
                        .random
                        .as_mut()
                        .map_or(0.0, |random| random.normal() * deviation))
            }
            E::Lognormal {
                mean,
                factor,
                level,
            } => {
                let mean = positive("mean", mean.value(scope)?)?;
                let factor = factor.value(scope)?;
                let level = level.value(scope)?;
                if factor <= 1.0 || level <= 0.5 || level >= 1.0 {
                    let message = format!("lognormal error factor {factor} at level {level}");
                    return Err(ValueError::Domain(message));
                }
                let sigma = factor.ln() / normal_quantile(level);
                let mu = mean.ln() - sigma * sigma / 2.0;
                Ok(scope
                    .random
                    .as_mut()
                    .map_or(mean, |r| (mu + sigma * r.normal()).exp()))
            }
            E::Gamma(shape, scale) => {
                let shape = positive("shape", shape.value(scope)?)?;
                let scale = positive("scale", scale.value(scope)?)?;
                Ok(scale
                    * scope
                        .random
                        .as_mut()
                        .map_or(shape, |random| random.gamma(shape)))
            }
            E::Beta(alpha, beta) => {
                let alpha = positive("alpha", alpha.value(scope)?)?;
                let beta = positive("beta", beta.value(scope)?)?;
                let Some(random) = scope.random.as_mut() else {
                    return Ok(alpha / (alpha + beta));
                };
                let (a, b) = (random.gamma(alpha), random.gamma(beta));
                Ok(a / (a + b))
            }
            E::Histogram { lower, bins } => histogram(lower, bins, scope),
            _ => Err(ValueError::Domain("not a distribution".into())),
        }
    }
}

fn histogram(
    lower: &Expression,
    bins: &[(Expression, Expression)],
    scope: &mut Scope<'_>,
) -> Result<f64, ValueError> {
    let mut from = lower.value(scope)?;
    let mut edges = Vec::with_capacity(bins.len());
    for (upper, weight) in bins {
        let to = upper.value(scope)?;
        let width = positive("histogram bin width", to - from)?;
        edges.push((from, width, non_negative("weight", weight.value(scope)?)?));
        from = to;
    }
    let total = positive("histogram weight", edges.iter().map(|(_, _, w)| w).sum())?;
    let Some(random) = scope.random.as_mut() else {
        let mean = edges
            .iter()
            .map(|(from, width, weight)| (from + width / 2.0) * weight);
        return Ok(mean.sum::<f64>() / total);
    };
    let mut left = random.unit() * total;
    let at = random.unit();
    for &(from, width, weight) in &edges {
        if left < weight {
            return Ok(from + width * at);
        }
        left -= weight;
    }
    Ok(from)
}

/// Quantile of the standard normal: Newton's method on the distribution function, whose integral
/// is taken by its power series. Exact to about 1e-14 for levels met in error factors.
fn normal_quantile(level: f64) -> f64 {
    let density = |x: f64| (-x * x / 2.0).exp() / std::f64::consts::TAU.sqrt();
    let distribution = |x: f64| {
        let (mut term, mut sum, mut n) = (x, x, 1.0);
        while term.abs() > 1e-18 * sum.abs() && n < 1e4 {
            n += 2.0;
            term *= x * x / n;
            sum += term;
        }
        0.5 + sum * density(x)
    };
    let mut x: f64 = 0.0;
    for _ in 0..100 {
        let step = (distribution(x) - level) / density(x);
        x -= step.clamp(-1.0, 1.0);
        if step.abs() < 1e-15 {
            break;
        }
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn number(value: f64) -> Box<Expression> {
        Box::new(Expression::Number(value))
    }

    #[test]
    fn quantile_of_the_normal() {
        assert!((normal_quantile(0.95) - 1.644_853_626_951_472_2).abs() < 1e-12);
        assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-12);
    }

    /// Every distribution's sample mean must come near the mean that stands for it.
    #[test]
    fn draws_average_to_the_mean() {
        let none = BTreeMap::new();
        let bins = vec![
            (Expression::Number(2.0), Expression::Number(1.0)),
            (Expression::Number(4.0), Expression::Number(3.0)),
        ];
        for law in [
            Expression::Uniform(number(1.0), number(3.0)),
            Expression::Normal(number(2.0), number(0.5)),
            Expression::Lognormal {
                mean: number(0.01),
                factor: number(3.0),
                level: number(0.95),
            },
            Expression::Gamma(number(0.5), number(2.0)),
            Expression::Gamma(number(3.0), number(0.1)),
            Expression::Beta(number(2.0), number(5.0)),
            Expression::Histogram {
                lower: number(0.0),
                bins,
            },
        ] {
            let mean = law
                .value(&mut Scope {
                    time: None,
                    parameters: &none,
                    random: None,
                })
                .unwrap();
            let mut random = Random::new(7);
            let mut sum = 0.0;
            for _ in 0..20_000 {
                let random = Some(&mut random);
                sum += law
                    .value(&mut Scope {
                        time: None,
                        parameters: &none,
                        random,
                    })
                    .unwrap();
            }
            assert!(
                (sum / 20_000.0 / mean - 1.0).abs() < 0.03,
                "{law:?}: {}",
                sum / 20_000.0
            );
        }
    }
}
