//! Values captured from logs inside commands that a person will paste into a shell.

use faultscan_faulttree::one_by_one;
use std::collections::BTreeMap;

use faultscan_knowledge::{Instruction, render};

/// The longest captured value that goes into a command.
const VALUE_BYTES_MAX: usize = 200;

/// Fills captures into a command; `None` for an empty command. A log is written by strangers, so a
/// value with any character that a shell could take for more than a word is left out, and the
/// template's default words stand in its place.
fn for_command(template: &str, captures: &BTreeMap<String, String>) -> Option<String> {
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

/// An instruction with captures filled in: a command alone, or a sentence in English and in Chinese.
pub(crate) fn instruct(
    instruction: &Instruction,
    captures: &BTreeMap<String, String>,
) -> (Option<String>, Option<String>) {
    match instruction {
        Instruction::Command(command) => (for_command(command, captures), None),
        Instruction::Words(words) => (
            for_command(&words.en, captures),
            for_command(&words.zh, captures),
        ),
    }
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
    fn only_sentences_have_a_chinese_form() {
        let captures = BTreeMap::from([("host".to_owned(), "db-1".to_owned())]);
        let command = Instruction::Command("nc -vz {{host|HOST}} 22".into());
        let command = instruct(&command, &captures);
        assert_eq!(command, (Some("nc -vz db-1 22".into()), None));
        let words = Instruction::Words(faultscan_knowledge::Text {
            en: "Restart {{host|HOST}}.".into(),
            zh: "重启{{host|HOST}}。".into(),
        });
        let words = instruct(&words, &captures);
        assert_eq!(
            words,
            (Some("Restart db-1.".into()), Some("重启db-1。".into()))
        );
    }

    #[test]
    fn an_empty_command_is_none() {
        assert_eq!(for_command("  ", &BTreeMap::new()), None);
    }
}
