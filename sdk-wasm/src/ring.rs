//! A ring that forgets its oldest entry.

use alloc::vec::Vec;
/// Keeps the newest entries, at most a fixed number. For short rings: forgetting moves the rest.
pub struct Ring<T> {
    entries: Vec<T>,
    entries_max: usize,
}

impl<T> Ring<T> {
    /// A ring of at most `entries_max` entries; nothing is allocated before the first.
    pub fn new(entries_max: usize) -> Self {
        Self {
            entries: Vec::new(),
            entries_max,
        }
    }

    /// Adds an entry; true where the oldest had to go for it.
    pub fn push(&mut self, entry: T) -> bool {
        let full = self.entries.len() >= self.entries_max;
        if full {
            self.entries.remove(0);
        }
        self.entries.push(entry);
        full
    }

    /// Entries, oldest first.
    pub fn entries(&self) -> &[T] {
        &self.entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_first() {
        let mut ring = Ring::new(2);
        assert_eq!(
            [ring.push(1), ring.push(2), ring.push(3)],
            [false, false, true]
        );
        assert_eq!(ring.entries(), [2, 3]);
    }
}
