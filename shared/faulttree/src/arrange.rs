//! Sorting in few bytes.
//!
//! The standard library's sort is compiled anew, in two to five kilobytes, for every type that is
//! sorted; forty types made a tenth of the diagnosis module that phones load. There one small merge
//! sort finds the order of places for all types. Elsewhere the standard library sorts.

use std::cmp::Ordering;

/// Sorts slices: equal items stay in their order.
pub trait Arrange<T> {
    /// Sorts by a comparison.
    fn arrange_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering);

    /// Sorts by the items' own order.
    fn arrange(&mut self)
    where
        T: Ord,
    {
        self.arrange_by(T::cmp);
    }

    /// Sorts by a key, which is asked for often.
    fn arrange_by_key<K: Ord>(&mut self, mut key: impl FnMut(&T) -> K) {
        self.arrange_by(|a, b| key(a).cmp(&key(b)));
    }
}

impl<T> Arrange<T> for [T] {
    fn arrange_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering) {
        if cfg!(target_family = "wasm") {
            in_few_bytes(self, compare);
        } else {
            self.sort_by(compare);
        }
    }
}

fn in_few_bytes<T>(items: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    let mut order = order(items.len(), &mut |a, b| {
        compare(&items[a], &items[b]) == Ordering::Greater
    });
    // Each place takes its item by a swap, which moves the item there one step on its way.
    for start in 0..order.len() {
        let mut at = start;
        loop {
            let from = std::mem::replace(&mut order[at], at);
            if from == start {
                break;
            }
            items.swap(at, from);
            at = from;
        }
    }
}

/// Collects one item after the other. A tree's own way to be collected sorts its items first, again
/// by a sort for every type.
pub fn one_by_one<C: Default + Extend<T>, T>(items: impl IntoIterator<Item = T>) -> C {
    let mut all = C::default();
    all.extend(items);
    all
}

/// The places of `len` items in sorted order, by merging ever longer runs.
fn order(len: usize, is_after: &mut dyn FnMut(usize, usize) -> bool) -> Vec<usize> {
    let mut from: Vec<usize> = (0..len).collect();
    let mut into = Vec::with_capacity(len);
    let mut width = 1;
    while width < len {
        into.clear();
        for pair in from.chunks(2 * width) {
            let (mut left, mut right) = pair.split_at(width.min(pair.len()));
            while let ([a, left_rest @ ..], [b, right_rest @ ..]) = (left, right) {
                if is_after(*a, *b) {
                    into.push(*b);
                    right = right_rest;
                } else {
                    into.push(*a);
                    left = left_rest;
                }
            }
            into.extend_from_slice(left);
            into.extend_from_slice(right);
        }
        std::mem::swap(&mut from, &mut into);
        width *= 2;
    }
    from
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equals_the_standard_sort(keys in prop::collection::vec(0..9_u8, 0..200)) {
            let items: Vec<(u8, usize)> = keys.into_iter().zip(0..).collect();
            let mut want = items.clone();
            want.sort_by_key(|(key, _)| *key);
            let mut found = items;
            in_few_bytes(&mut found, |(a, _), (b, _)| a.cmp(b));
            prop_assert_eq!(found, want);
        }
    }
}
