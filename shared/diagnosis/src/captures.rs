//! Values captured from logs inside commands that a person will paste into a shell.

use faultscan_faulttree::one_by_one;
use std::collections::BTreeMap;

use faultscan_knowledge::render;

/// The longest captured value that goes into a command.
const VALUE_BYTES_MAX: usize = 200;

/// Fills captures into a command; `None` for an empty command. A log is written by strangers, so a
/// value with any character that a shell could take for more than a word is left out, and the
/// template's default words stand in its place.
pub(crate) fn for_command(template: &str, captures: &BTreeMap<String, String>) -> Option<String> {
    if template.trim().is_empty() {
        return None;
    }
    let plain = captures
        .iter()
        .filter(|(_, value)| is_plain(value))
        .map(|(name, value)| (name.clone(), value.clone()));
    let plain: BTreeMap<String, String> = one_by_one(plain);
    Some(render(template, &plain))
}

/// Whether a value is one plain word for every shell, and no option.
fn is_plain(value: &str) -> bool {
    (1..=VALUE_BYTES_MAX).contains(&value.len())
        && !value.starts_with('-')
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-:/@%+=,".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(value: &str) -> String {
        let captures = BTreeMap::from([("host".to_owned(), value.to_owned())]);
        for_command("nc -vz {{host|HOST}} 22", &captures).unwrap()
    }

    #[test]
    fn plain_values_are_filled_in() {
        assert_eq!(command("db-1.prod:5432"), "nc -vz db-1.prod:5432 22");
    }

    #[test]
    fn values_that_a_shell_would_obey_are_left_out() {
        for value in [
            "x;reboot",
            "$(id)",
            "`id`",
            "a b",
            "a\nb",
            "x|y",
            "-rf",
            "",
            "数据库",
            "a'b",
            "~root",
            "*",
        ] {
            assert_eq!(command(value), "nc -vz HOST 22", "{value}");
        }
    }

    #[test]
    fn an_empty_command_is_none() {
        assert_eq!(for_command("  ", &BTreeMap::new()), None);
    }
}
