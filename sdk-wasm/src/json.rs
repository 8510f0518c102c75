//! Just enough JSON to hand a decoded ticket to JavaScript.

use alloc::borrow::ToOwned;
use alloc::string::String;
/// Builds one JSON object, field by field.
pub struct Object {
    text: String,
}

impl Default for Object {
    fn default() -> Self {
        Self {
            text: "{".to_owned(),
        }
    }
}

impl Object {
    fn name(&mut self, name: &str) {
        if !self.text.ends_with(['{', '[']) {
            self.text.push(',');
        }
        quote(&mut self.text, name);
        self.text.push(':');
    }

    /// Adds a text.
    pub fn text(mut self, name: &str, value: &str) -> Self {
        self.name(name);
        quote(&mut self.text, value);
        self
    }

    /// Adds a whole number.
    pub fn number(mut self, name: &str, value: u64) -> Self {
        self.name(name);
        // Not by `to_string`: see `with` in `bindings.rs`.
        let mut divisor = 1;
        while value / divisor >= 10 {
            divisor *= 10;
        }
        while divisor > 0 {
            self.text
                .push((b'0' + (value / divisor % 10) as u8) as char);
            divisor /= 10;
        }
        self
    }

    /// Adds what is already JSON.
    pub fn json(mut self, name: &str, json: &str) -> Self {
        self.name(name);
        self.text.push_str(json);
        self
    }

    /// The finished object.
    pub fn finish(mut self) -> String {
        self.text.push('}');
        self.text
    }
}

fn quote(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            '\0'..='\x1f' => {
                out.push_str("\\u00");
                for digit in [character as u32 >> 4, character as u32 & 15] {
                    out.extend(char::from_digit(digit, 16));
                }
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_and_their_escapes() {
        assert_eq!(Object::default().finish(), "{}");
        let object = Object::default()
            .text("a\"b", "\\ \n\x1f é")
            .number("n", 7)
            .json("o", &Object::default().text("k", "").finish());
        assert_eq!(
            object.finish(),
            r#"{"a\"b":"\\ \u000a\u001f é","n":7,"o":{"k":""}}"#
        );
    }
}
