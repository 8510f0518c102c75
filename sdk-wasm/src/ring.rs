//! A ring that forgets its oldest entry.

use std::collections::VecDeque;

/// Keeps the newest entries, at most a fixed number.
pub struct Ring<T> {
    entries: VecDeque<T>,
    entries_max: usize,
}

impl<T> Ring<T> {
    /// A ring of at most `entries_max` entries; nothing is allocated before the first.
    pub fn new(entries_max: usize) -> Self {
        Self { entries: VecDeque::new(), entries_max }
    }

    /// Adds an entry and returns the one that had to go.
    pub fn push(&mut self, entry: T) -> Option<T> {
        let oldest = if self.entries.len() >= self.entries_max {
            self.entries.pop_front()
        } else {
            None
        };
        self.entries.push_back(entry);
        oldest
    }

    /// Entries, oldest first.
    pub fn iter(&self) -> std::collections::vec_deque::Iter<'_, T> {
        self.entries.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_first() {
        let mut ring = Ring::new(2);
        assert_eq!(ring.push(1), None);
        assert_eq!(ring.push(2), None);
        assert_eq!(ring.push(3), Some(1));
        assert_eq!(ring.iter().copied().collect::<Vec<_>>(), [2, 3]);
    }
}
