//! Sets of bytes.

/// A set of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ByteSet([u32; 8]);

impl ByteSet {
    pub(crate) const ALL: Self = Self([u32::MAX; 8]);

    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut set = Self::default();
        bytes.iter().for_each(|byte| set.add(*byte, *byte));
        set
    }

    /// Adds a range, both ends included.
    pub(crate) fn add(&mut self, first: u8, last: u8) {
        for byte in first..=last {
            self.0[usize::from(byte >> 5)] |= 1 << (byte & 31);
        }
    }

    #[inline]
    pub(crate) fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 5)] & 1 << (byte & 31) != 0
    }

    #[must_use]
    pub(crate) fn not(self) -> Self {
        Self(self.0.map(|word| !word))
    }

    #[must_use]
    pub(crate) fn or(mut self, other: &Self) -> Self {
        for (word, other) in self.0.iter_mut().zip(other.0) {
            *word |= other;
        }
        self
    }

    /// Whether no byte is in both.
    pub(crate) fn is_apart(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).all(|(a, b)| a & b == 0)
    }

    /// With every ASCII letter also the other case of it.
    #[must_use]
    pub(crate) fn in_both_cases(mut self) -> Self {
        for lower in b'a'..=b'z' {
            let upper = lower.to_ascii_uppercase();
            if self.has(lower) || self.has(upper) {
                self.add(lower, lower);
                self.add(upper, upper);
            }
        }
        self
    }

    pub(crate) fn bytes(&self) -> impl Iterator<Item = u8> {
        (0..=u8::MAX).filter(|byte| self.has(*byte))
    }
}
