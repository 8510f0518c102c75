//! Text for people: language, colours where a terminal shows them, alignment that knows that a
//! Chinese character takes two columns.

use std::io::IsTerminal as _;

use clap::ValueEnum;
use unicode_width::UnicodeWidthStr;

/// The language of what people read. Machine output (`--json`) carries both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// English.
    En,
    /// Chinese.
    Zh,
}

impl Lang {
    /// The language asked for, or that of the locale variables in their usual order.
    pub(crate) fn detect(asked: Option<Self>) -> Self {
        asked.unwrap_or_else(|| {
            let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
                .into_iter()
                .filter_map(|name| std::env::var(name).ok())
                .find(|value| !value.is_empty());
            Self::of_locale(locale.as_deref().unwrap_or(""))
        })
    }

    fn of_locale(locale: &str) -> Self {
        if locale.to_ascii_lowercase().starts_with("zh") {
            Self::Zh
        } else {
            Self::En
        }
    }

    /// Chooses between two texts that were made for this.
    pub(crate) fn say(self, en: String, zh: String) -> String {
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }

    /// Chooses between the two texts; falls back to the one that is there.
    pub(crate) fn pick<'a>(self, en: &'a str, zh: &'a str) -> &'a str {
        match self {
            Self::Zh if !zh.is_empty() => zh,
            _ if en.is_empty() => zh,
            _ => en,
        }
    }
}

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Where text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// How text is shown: language and colours of one stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Term {
    /// The reader's language.
    pub(crate) lang: Lang,
    colors: bool,
    stream: Stream,
}

impl Term {
    /// Decides language and colours for a stream.
    pub(crate) fn new(lang: Lang, choice: ColorChoice, stream: Stream) -> Self {
        let mut term = Self {
            lang,
            colors: false,
            stream,
        };
        term.colors = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                let unset = |name| std::env::var_os(name).is_none_or(|value| value.is_empty());
                let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
                unset("NO_COLOR") && !dumb && term.is_terminal()
            }
        };
        term
    }

    /// Whether the stream is a terminal.
    pub(crate) fn is_terminal(&self) -> bool {
        match self.stream {
            Stream::Stdout => std::io::stdout().is_terminal(),
            Stream::Stderr => std::io::stderr().is_terminal(),
        }
    }

    /// Whether escape codes are written.
    pub(crate) fn colors(&self) -> bool {
        self.colors
    }

    /// Columns and rows, where the stream is a terminal.
    pub(crate) fn size(&self) -> Option<(usize, usize)> {
        let size = match self.stream {
            Stream::Stdout => terminal_size::terminal_size_of(std::io::stdout()),
            Stream::Stderr => terminal_size::terminal_size_of(std::io::stderr()),
        };
        size.map(|(columns, rows)| (usize::from(columns.0), usize::from(rows.0)))
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colors && !text.is_empty() {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    /// Strong.
    pub(crate) fn bold(&self, text: &str) -> String {
        self.paint("1", text)
    }

    /// Of lesser weight.
    pub(crate) fn dim(&self, text: &str) -> String {
        self.paint("2", text)
    }

    /// Something is wrong.
    pub(crate) fn red(&self, text: &str) -> String {
        self.paint("31", text)
    }

    /// Something is right.
    pub(crate) fn green(&self, text: &str) -> String {
        self.paint("32", text)
    }

    /// Something needs care.
    pub(crate) fn yellow(&self, text: &str) -> String {
        self.paint("33", text)
    }

    /// A name or a command to copy.
    pub(crate) fn cyan(&self, text: &str) -> String {
        self.paint("36", text)
    }

    /// A heading.
    pub(crate) fn heading(&self, en: &str, zh: &str) -> String {
        self.bold(self.lang.pick(en, zh))
    }
}

/// Pads with spaces on the right to a number of columns; longer text stays whole.
pub(crate) fn pad(text: &str, columns: usize) -> String {
    let fill = columns.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(fill))
}

/// The columns that the widest text takes.
pub(crate) fn widest<'a>(texts: impl IntoIterator<Item = &'a str>) -> usize {
    texts
        .into_iter()
        .map(UnicodeWidthStr::width)
        .max()
        .unwrap_or(0)
}

/// A bar of eighths of a block for a share of 0 to 1.
pub(crate) fn bar(share: f64, columns: usize) -> String {
    const EIGHTHS: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];
    // The product is within 0..=8*columns, so the conversion cannot overflow.
    let eighths = (share.clamp(0.0, 1.0) * (columns * 8) as f64).round() as usize;
    let mut text = "█".repeat(eighths / 8);
    if let Some(part) = (eighths % 8)
        .checked_sub(1)
        .and_then(|index| EIGHTHS.get(index))
    {
        text.push(*part);
    }
    pad(&text, columns)
}

/// A probability for people: never "100 %" or "0 %" for what is not certain.
pub(crate) fn percent(probability: f64) -> String {
    let percent = probability * 100.0;
    if probability >= 1.0 {
        "100%".into()
    } else if percent > 99.0 {
        ">99%".into()
    } else if percent >= 1.0 {
        format!("{percent:.0}%")
    } else if probability > 0.0 {
        "<1%".into()
    } else {
        "0%".into()
    }
}

/// Makes text from outside safe to print: control characters other than tab are shown, not obeyed.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() && c != '\t' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locale_decides_language() {
        assert_eq!(Lang::of_locale("zh_CN.UTF-8"), Lang::Zh);
        assert_eq!(Lang::of_locale("en_GB.UTF-8"), Lang::En);
        assert_eq!(Lang::of_locale(""), Lang::En);
        assert_eq!(Lang::Zh.pick("only english", ""), "only english");
    }

    #[test]
    fn chinese_takes_two_columns() {
        assert_eq!(pad("端口", 6), "端口  ");
        assert_eq!(widest(["port", "端口号"]), 6);
    }

    #[test]
    fn bars_are_as_wide_as_asked() {
        for share in [0.0, 0.01, 0.49, 0.5, 0.99, 1.0, 7.0] {
            assert_eq!(bar(share, 10).width(), 10, "{share}");
        }
        assert_eq!(bar(0.5, 4), "██  ");
    }

    #[test]
    fn percentages_do_not_claim_certainty() {
        assert_eq!(percent(0.9999), ">99%");
        assert_eq!(percent(0.0001), "<1%");
        assert_eq!(percent(0.624), "62%");
        assert_eq!(percent(1.0), "100%");
        assert_eq!(percent(0.0), "0%");
    }

    #[test]
    fn escape_codes_from_logs_are_not_obeyed() {
        assert_eq!(printable("a\x1b[2Jb\tc"), "a\u{fffd}[2Jb\tc");
    }
}
