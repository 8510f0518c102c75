//! Whole numbers of any size, for counts of cut sets: an AND of a hundred ORs has 10^100 of them.
use std::fmt;

/// A count. Exact, however large.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Count {
    /// Digits in base 2^32, the lowest first, without leading zeros.
    digits: Vec<u32>,
}

impl Count {
    /// The count as a plain integer, if it fits.
    pub fn to_u128(&self) -> Option<u128> {
        if self.digits.len() > 4 {
            return None;
        }
        Some(
            self.digits
                .iter()
                .rev()
                .fold(0, |sum, digit| sum << 32 | u128::from(*digit)),
        )
    }

    /// The nearest float; infinite where none is near.
    pub fn to_f64(&self) -> f64 {
        self.digits
            .iter()
            .rev()
            .fold(0.0, |sum, digit| sum * 4_294_967_296.0 + f64::from(*digit))
    }

    /// Whether it is 0.
    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    fn trimmed(mut digits: Vec<u32>) -> Self {
        while digits.last() == Some(&0) {
            digits.pop();
        }
        Count { digits }
    }
}

impl From<u128> for Count {
    fn from(mut value: u128) -> Self {
        let mut digits = Vec::new();
        while value > 0 {
            digits.push(low(value));
            value >>= 32;
        }
        Count { digits }
    }
}

#[allow(clippy::cast_possible_truncation)] // the low half is what is wanted
fn low(value: u128) -> u32 {
    value as u32
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut left = self.digits.clone();
        let mut groups: Vec<u32> = Vec::new();
        while !left.is_empty() {
            let mut rest = 0u128;
            for digit in left.iter_mut().rev() {
                let value = rest << 32 | u128::from(*digit);
                *digit = low(value / 1_000_000_000);
                rest = value % 1_000_000_000;
            }
            groups.push(low(rest));
            left = Count::trimmed(left).digits;
        }
        let mut text = groups.pop().unwrap_or(0).to_string();
        for group in groups.iter().rev() {
            text.push_str(&format!("{group:09}"));
        }
        f.pad_integral(true, "", &text)
    }
}

/// What counting needs of a number. `None` is an overflow.
pub(super) trait Number: Clone {
    fn zero() -> Self;
    fn one() -> Self;
    fn is_zero(&self) -> bool;
    fn add(&self, other: &Self) -> Option<Self>;
    fn mul(&self, other: &Self) -> Option<Self>;
}

impl Number for u128 {
    fn zero() -> Self {
        0
    }
    fn one() -> Self {
        1
    }
    fn is_zero(&self) -> bool {
        *self == 0
    }
    fn add(&self, other: &Self) -> Option<Self> {
        self.checked_add(*other)
    }
    fn mul(&self, other: &Self) -> Option<Self> {
        self.checked_mul(*other)
    }
}

impl Number for f64 {
    fn zero() -> Self {
        0.0
    }
    fn one() -> Self {
        1.0
    }
    fn is_zero(&self) -> bool {
        *self == 0.0
    }
    fn add(&self, other: &Self) -> Option<Self> {
        Some(self + other)
    }
    fn mul(&self, other: &Self) -> Option<Self> {
        Some(self * other)
    }
}

impl Number for Count {
    fn zero() -> Self {
        Count::default()
    }
    fn one() -> Self {
        Count { digits: vec![1] }
    }
    fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }
    fn add(&self, other: &Self) -> Option<Self> {
        let mut carry = 0u128;
        let mut digits = Vec::with_capacity(self.digits.len().max(other.digits.len()) + 1);
        for at in 0..self.digits.len().max(other.digits.len()) {
            let digit = |count: &Count| u128::from(count.digits.get(at).copied().unwrap_or(0));
            let sum = digit(self) + digit(other) + carry;
            digits.push(low(sum));
            carry = sum >> 32;
        }
        digits.push(low(carry));
        Some(Count::trimmed(digits))
    }
    fn mul(&self, other: &Self) -> Option<Self> {
        let mut digits = vec![0u32; self.digits.len() + other.digits.len() + 1];
        for (i, a) in self.digits.iter().enumerate() {
            let mut carry = 0u128;
            for (j, b) in other.digits.iter().enumerate() {
                let sum = u128::from(*a) * u128::from(*b) + u128::from(digits[i + j]) + carry;
                digits[i + j] = low(sum);
                carry = sum >> 32;
            }
            digits[i + other.digits.len()] = low(carry);
        }
        Some(Count::trimmed(digits))
    }
}

/// How many sets there are of each size.
pub(super) type Tally<N> = Vec<N>;

pub(super) fn tally_sum<N: Number>(a: &[N], b: &[N]) -> Option<Tally<N>> {
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    let mut sum = long.to_vec();
    for (sum, other) in sum.iter_mut().zip(short) {
        *sum = sum.add(other)?;
    }
    Some(sum)
}

/// Every set of `a` joined with every set of `b`, up to an order; they share no event.
pub(super) fn tally_product<N: Number>(a: &[N], b: &[N], order_max: usize) -> Option<Tally<N>> {
    if a.is_empty() || b.is_empty() {
        return Some(Vec::new());
    }
    let length = (a.len() + b.len() - 1).min(order_max.saturating_add(1));
    let mut product = vec![N::zero(); length];
    for (i, x) in a.iter().enumerate().filter(|(_, x)| !x.is_zero()) {
        let fitting = b.iter().take(length.saturating_sub(i)).enumerate();
        for (j, y) in fitting.filter(|(_, y)| !y.is_zero()) {
            product[i + j] = product[i + j].add(&x.mul(y)?)?;
        }
    }
    Some(product)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_agree_with_machine_integers() {
        let numbers = [
            0u128,
            1,
            9,
            999_999_999,
            1_000_000_000,
            u128::from(u64::MAX),
            1 << 100,
        ];
        for a in numbers {
            assert_eq!(Count::from(a).to_string(), a.to_string());
            assert_eq!(Count::from(a).to_u128(), Some(a));
            for b in numbers {
                let (x, y) = (Count::from(a), Count::from(b));
                assert_eq!(Number::add(&x, &y), Some(Count::from(a + b)));
                if let Some(product) = a.checked_mul(b) {
                    assert_eq!(x.mul(&y), Some(Count::from(product)));
                }
            }
        }
        let mut power = Count::from(1);
        for _ in 0..60 {
            power = power.mul(&Count::from(10)).unwrap();
        }
        assert_eq!(power.to_string(), format!("1{}", "0".repeat(60)));
        assert_eq!(power.to_u128(), None);
        assert!((power.to_f64() / 1e60 - 1.0).abs() < 1e-12);
    }
}
