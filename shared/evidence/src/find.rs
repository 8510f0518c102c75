//! Searching a short text for a few words.

/// Whether `words` stand in `text`. For texts of a line or a trace: what `memmem` prepares for long
/// ones takes longer than the search here.
pub(crate) fn holds(text: &[u8], words: &[u8]) -> bool {
    // The byte that is likely the rarest.
    let rank = |byte: u8| match byte {
        b' ' => 0,
        b'a'..=b'z' => 1,
        _ => 2,
    };
    let mut anchor = 0;
    for (at, byte) in words.iter().enumerate() {
        if rank(*byte) > rank(words[anchor]) {
            anchor = at;
        }
    }
    let Some(byte) = words.get(anchor) else {
        return true;
    };
    memchr::memchr_iter(*byte, text).any(|at| {
        at.checked_sub(anchor)
            .is_some_and(|from| text[from..].starts_with(words))
    })
}

#[cfg(test)]
mod tests {
    use super::holds;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equals_a_look_at_every_place(text in "[ab A:]{0,30}", words in "[ab A:]{0,4}") {
            prop_assert_eq!(holds(text.as_bytes(), words.as_bytes()), text.contains(&words));
        }
    }
}
