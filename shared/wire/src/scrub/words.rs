//! Lists of words as one text each: a table of slices costs eight bytes for each word, and a loop of
//! the library for each list.

/// How a word of a list is to be found in a text.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum At {
    /// It is the whole text, whatever its case.
    Whole,
    /// The text starts with it, in this case.
    Start,
    /// The text ends with it, whatever its case.
    End,
}

/// The number of the first word that is found. The words stand one after another, a space after each.
#[cfg_attr(target_family = "wasm", inline(never))]
pub(super) fn find(list: &str, text: &[u8], at: At) -> Option<usize> {
    let mut number = 0;
    let mut rest = list.as_bytes();
    while let Some(len) = rest.iter().position(|&byte| byte == b' ') {
        let word = rest.get(..len).unwrap_or_default();
        let window = match at {
            At::Whole => Some(text),
            At::Start => text.get(..len),
            At::End => text.get(text.len().wrapping_sub(len)..),
        };
        if window.is_some_and(|window| same(window, word, at)) {
            return Some(number);
        }
        number += 1;
        rest = rest.get(len + 1..).unwrap_or_default();
    }
    None
}

fn same(text: &[u8], word: &[u8], at: At) -> bool {
    if at == At::Start {
        text == word
    } else {
        text.eq_ignore_ascii_case(word)
    }
}

/// A word of a list by its number.
#[cfg_attr(target_family = "wasm", inline(never))]
pub(super) fn nth(list: &'static str, number: usize) -> &'static str {
    let mut rest = list;
    let mut left = number;
    loop {
        let space = rest
            .bytes()
            .position(|byte| byte == b' ')
            .unwrap_or_default();
        if left == 0 {
            return rest.get(..space).unwrap_or_default();
        }
        left -= 1;
        rest = rest.get(space + 1..).unwrap_or_default();
        if rest.is_empty() {
            return rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_that_fits_is_found() {
        const LIST: &str = "one two three ";
        assert_eq!(find(LIST, b"TWO", At::Whole), Some(1));
        assert_eq!(find(LIST, b"twos", At::Whole), None);
        assert_eq!(find(LIST, b"threefold", At::Start), Some(2));
        assert_eq!(find(LIST, b"Threefold", At::Start), None);
        assert_eq!(find(LIST, b"twenty-ONE", At::End), Some(0));
        for at in [At::Whole, At::Start, At::End] {
            assert_eq!(find(LIST, b"", at), None);
            assert_eq!(find(LIST, b"on", at), None);
        }
        assert_eq!(nth(LIST, 2), "three");
    }
}
