//! Durations as people write them: `90s`, `10m`, `2h`, `1d`, or several together.

/// Parses a duration into seconds. A number alone means seconds.
pub(crate) fn parse_seconds(text: &str) -> Result<u32, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("a duration such as 90s, 10m or 2h is needed".into());
    }
    let mut total: u64 = 0;
    let mut number: Option<u64> = None;
    for c in text.chars() {
        if let Some(digit) = c.to_digit(10) {
            let grown = number
                .unwrap_or(0)
                .checked_mul(10)
                .and_then(|n| n.checked_add(u64::from(digit)));
            number = Some(grown.ok_or_else(|| format!("`{text}` is too long a time"))?);
            continue;
        }
        let unit_s: u64 = match c.to_ascii_lowercase() {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => return Err(format!("`{text}` is no duration; write 90s, 10m, 2h or 1d")),
        };
        let Some(count) = number.take() else {
            return Err(format!("`{text}` is no duration; write 90s, 10m, 2h or 1d"));
        };
        total = count
            .checked_mul(unit_s)
            .and_then(|s| total.checked_add(s))
            .ok_or_else(|| format!("`{text}` is too long a time"))?;
    }
    total = total
        .checked_add(number.unwrap_or(0))
        .ok_or_else(|| format!("`{text}` is too long a time"))?;
    u32::try_from(total).map_err(|_| format!("`{text}` is too long a time"))
}

/// A duration for people: the two largest units, as in `2h 5m`.
pub(crate) fn human(seconds: u64) -> String {
    let units = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (unit_s, name) in units {
        if rest >= unit_s {
            parts.push(format!("{}{name}", rest / unit_s));
            rest %= unit_s;
        }
    }
    parts.truncate(2);
    if parts.is_empty() {
        "0s".into()
    } else {
        parts.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, seconds) in [
            ("600", 600),
            ("90s", 90),
            ("10m", 600),
            ("2h", 7_200),
            ("1d", 86_400),
            ("1h30m", 5_400),
            (" 5M ", 300),
        ] {
            assert_eq!(parse_seconds(text), Ok(seconds), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_duration() {
        for text in [
            "",
            "m",
            "10x",
            "-5m",
            "1.5h",
            "99999999999999999999",
            "99999999d",
        ] {
            assert!(parse_seconds(text).is_err(), "{text}");
        }
    }

    #[test]
    fn shows_two_units() {
        assert_eq!(human(0), "0s");
        assert_eq!(human(59), "59s");
        assert_eq!(human(600), "10m");
        assert_eq!(human(93_784), "1d 2h");
    }
}
