//! How the program ends: 0 success, 2 bad input, 1 anything else that went wrong.

use std::fmt;

/// What the caller gave cannot be used. Ends the program with code 2 and one line on stderr.
#[derive(Debug)]
pub(crate) struct BadInput(String);

impl fmt::Display for BadInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadInput {}

/// An error that ends the program with code 2.
pub(crate) fn bad_input(message: impl fmt::Display) -> anyhow::Error {
    anyhow::Error::new(BadInput(message.to_string()))
}

/// Turns an error of a library into bad input, with what was being read in front.
pub(crate) trait OrBadInput<T> {
    /// `what` names the thing that was being read, as in "ticket".
    fn or_bad_input(self, what: impl fmt::Display) -> anyhow::Result<T>;
}

impl<T, E: fmt::Display> OrBadInput<T> for Result<T, E> {
    fn or_bad_input(self, what: impl fmt::Display) -> anyhow::Result<T> {
        self.map_err(|error| bad_input(format_args!("{what}: {error}")))
    }
}

/// The exit code of an error.
pub(crate) fn code_of(error: &anyhow::Error) -> u8 {
    if error.chain().any(<dyn std::error::Error>::is::<BadInput>) {
        2
    } else {
        1
    }
}

/// An error with its causes on one line, so that a log shows it whole.
pub(crate) fn one_line(error: &anyhow::Error) -> String {
    format!("{error:#}").replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context as _;

    #[test]
    fn bad_input_keeps_its_code_under_context() {
        let error = Err::<(), _>(bad_input("no such code"))
            .context("reading")
            .unwrap_err();
        assert_eq!(code_of(&error), 2);
        assert_eq!(code_of(&anyhow::anyhow!("disk full")), 1);
    }

    #[test]
    fn an_error_is_one_line() {
        assert_eq!(one_line(&bad_input("a\nb")), "a b");
    }
}
