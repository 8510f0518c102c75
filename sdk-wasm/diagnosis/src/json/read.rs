//! Reading.

/// Lists and objects may stand in each other this deep.
const DEPTH_MAX: usize = 16;

/// A text that is not the JSON that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, exact to one unit in the last place.
    Number(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// An object, its fields in the order they stand in.
    Object(Vec<(String, Self)>),
}

type Read<T> = Result<T, Malformed>;

impl Value {
    /// Reads a whole text.
    ///
    /// # Errors
    /// If it is not JSON.
    pub fn read(bytes: &[u8]) -> Read<Self> {
        let text = std::str::from_utf8(bytes).map_err(|_| Malformed)?;
        let mut reader = Reader { text, at: 0 };
        let value = reader.value(0)?;
        if reader.peek().is_some() {
            return Err(Malformed);
        }
        Ok(value)
    }

    /// Takes a field out of an object; the last of that name, or null where there is none.
    ///
    /// # Errors
    /// If this is no object.
    pub fn take(&mut self, name: &str) -> Read<Self> {
        let Self::Object(fields) = self else {
            return Err(Malformed);
        };
        let place = fields.iter().rposition(|(key, _)| key == name);
        Ok(place.map_or(Self::Null, |place| fields.swap_remove(place).1))
    }

    /// The value, or nothing where it is null.
    #[must_use]
    pub fn optional(self) -> Option<Self> {
        (self != Self::Null).then_some(self)
    }

    /// The text that this is.
    ///
    /// # Errors
    /// If it is none.
    pub fn text(self) -> Read<String> {
        match self {
            Self::Text(text) => Ok(text),
            _ => Err(Malformed),
        }
    }

    /// The number that this is.
    ///
    /// # Errors
    /// If it is none.
    pub fn number(self) -> Read<f64> {
        match self {
            Self::Number(number) => Ok(number),
            _ => Err(Malformed),
        }
    }

    /// The items of the list that this is; none of null.
    ///
    /// # Errors
    /// If it is neither.
    pub fn list<T>(self, item: impl FnMut(Self) -> Read<T>) -> Read<Vec<T>> {
        match self {
            Self::Null => Ok(Vec::new()),
            Self::List(items) => items.into_iter().map(item).collect(),
            _ => Err(Malformed),
        }
    }

    /// The fields of the object that this is; none of null.
    ///
    /// # Errors
    /// If it is neither.
    pub fn fields(self) -> Read<Vec<(String, Self)>> {
        match self {
            Self::Null => Ok(Vec::new()),
            Self::Object(fields) => Ok(fields),
            _ => Err(Malformed),
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                next => return next.copied(),
            }
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == Some(byte);
        self.at += usize::from(is_there);
        is_there
    }

    fn word(&mut self, word: &str, value: Value) -> Read<Value> {
        if self.text[self.at..].starts_with(word) {
            self.at += word.len();
            Ok(value)
        } else {
            Err(Malformed)
        }
    }

    fn value(&mut self, depth: usize) -> Read<Value> {
        if depth > DEPTH_MAX {
            return Err(Malformed);
        }
        match self.peek().ok_or(Malformed)? {
            b'n' => self.word("null", Value::Null),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'"' => self.text().map(Value::Text),
            b'[' => {
                let mut items = Vec::new();
                self.members(b']', |reader| {
                    items.push(reader.value(depth + 1)?);
                    Ok(())
                })?;
                Ok(Value::List(items))
            }
            b'{' => {
                let mut fields = Vec::new();
                self.members(b'}', |reader| {
                    let key = reader.text()?;
                    if !reader.eat(b':') {
                        return Err(Malformed);
                    }
                    fields.push((key, reader.value(depth + 1)?));
                    Ok(())
                })?;
                Ok(Value::Object(fields))
            }
            _ => self.number(),
        }
    }

    /// What stands between brackets, with commas between.
    fn members(&mut self, close: u8, mut member: impl FnMut(&mut Self) -> Read<()>) -> Read<()> {
        self.at += 1;
        if self.eat(close) {
            return Ok(());
        }
        loop {
            member(self)?;
            if self.eat(close) {
                return Ok(());
            }
            if !self.eat(b',') {
                return Err(Malformed);
            }
        }
    }

    fn text(&mut self) -> Read<String> {
        if !self.eat(b'"') {
            return Err(Malformed);
        }
        let mut out = String::new();
        loop {
            let rest = self.text.get(self.at..).ok_or(Malformed)?;
            let plain = rest
                .bytes()
                .position(|byte| byte < b' ' || byte == b'"' || byte == b'\\')
                .ok_or(Malformed)?;
            out.push_str(&rest[..plain]);
            self.at += plain + 1;
            match rest.as_bytes()[plain] {
                b'"' => return Ok(out),
                b'\\' => out.push(self.escape()?),
                _ => return Err(Malformed),
            }
        }
    }

    fn escape(&mut self) -> Read<char> {
        let byte = *self.text.as_bytes().get(self.at).ok_or(Malformed)?;
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let high = self.unit()?;
                if high & 0xfc00 != 0xd800 {
                    return char::from_u32(high).ok_or(Malformed);
                }
                if !self.text[self.at..].starts_with("\\u") {
                    return Err(Malformed);
                }
                self.at += 2;
                let low = self.unit()?;
                if low & 0xfc00 != 0xdc00 {
                    return Err(Malformed);
                }
                let c = 0x1_0000 + ((high & 0x3ff) << 10 | low & 0x3ff);
                return char::from_u32(c).ok_or(Malformed);
            }
            _ => return Err(Malformed),
        })
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Read<u32> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(Malformed)?;
        self.at += 4;
        digits.chars().try_fold(
            0,
            |unit, c| Ok(unit << 4 | c.to_digit(16).ok_or(Malformed)?),
        )
    }

    /// Digits from here on, joined to a number as far as it has room; gives how many did not fit and
    /// how many there were.
    fn digits(&mut self, value: &mut u64) -> (i32, i32) {
        let (mut over, mut count) = (0, 0);
        while let Some(digit @ b'0'..=b'9') = self.text.as_bytes().get(self.at) {
            self.at += 1;
            count += 1;
            if *value < 1 << 59 {
                *value = *value * 10 + u64::from(digit - b'0');
            } else {
                over += 1;
            }
        }
        (over, count)
    }

    fn number(&mut self) -> Read<Value> {
        let is_negative = self.eat(b'-');
        let mut value = 0;
        let from = self.at;
        let (mut exponent, count) = self.digits(&mut value);
        if count == 0 || count > 1 && self.text.as_bytes()[from] == b'0' {
            return Err(Malformed);
        }
        if self.text[self.at..].starts_with('.') {
            self.at += 1;
            let (over, count) = self.digits(&mut value);
            if count == 0 {
                return Err(Malformed);
            }
            exponent += over - count;
        }
        if self.text[self.at..].starts_with(['e', 'E']) {
            self.at += 1;
            let rest = &self.text[self.at..];
            let is_small = rest.starts_with('-');
            self.at += usize::from(rest.starts_with(['+', '-']));
            let mut power = 0;
            if self.digits(&mut power).1 == 0 {
                return Err(Malformed);
            }
            let power = power.min(9999) as i32;
            exponent += if is_small { -power } else { power };
        }
        let value = scaled(value as f64, exponent);
        if !value.is_finite() {
            return Err(Malformed);
        }
        Ok(Value::Number(if is_negative { -value } else { value }))
    }
}

/// A number times a power of ten. Up to the 22nd the powers are exact, so that one rounding is made.
fn scaled(mut value: f64, mut exponent: i32) -> f64 {
    while exponent != 0 && value != 0.0 && value.is_finite() {
        let step = exponent.clamp(-22, 22);
        let power = (0..step.abs()).fold(1.0, |power, _| power * 10.0);
        value = if step < 0 {
            value / power
        } else {
            value * power
        };
        exponent -= step;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn as_serde(value: &Value) -> serde_json::Value {
        match value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Number(value) => (*value).into(),
            Value::Text(text) => text.as_str().into(),
            Value::List(items) => items.iter().map(as_serde).collect(),
            Value::Object(fields) => fields
                .iter()
                .map(|(key, value)| (key.clone(), as_serde(value)))
                .collect(),
        }
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            (-1e15..1e15_f64).prop_map(|x| x.round().into()),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                prop::collection::btree_map(any::<String>(), inner, 0..4)
                    .prop_map(|map| map.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn reads_what_others_write(value in json(), pretty in any::<bool>()) {
            let text = if pretty { format!("{value:#}") } else { value.to_string() };
            prop_assert_eq!(as_serde(&Value::read(text.as_bytes()).unwrap()), value);
        }

        #[test]
        fn numbers_are_exact_to_one_unit(value in any::<f64>()) {
            prop_assume!(value.is_normal() && value.abs() < 1e300 && value.abs() > 1e-280);
            let got = Value::read(format!("{value:?}").as_bytes()).unwrap().number().unwrap();
            // Each step of 22 powers rounds once.
            prop_assert!((got / value - 1.0).abs() < 1e-14, "{value:?} {got:?}");
        }

        #[test]
        fn short_numbers_are_exact(whole in 0..1_000_000_u32, part in 0..1000_u32) {
            let text = format!("{whole}.{part:03}");
            let want: f64 = text.parse().unwrap();
            prop_assert_eq!(Value::read(text.as_bytes()), Ok(Value::Number(want)));
        }

        #[test]
        fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..60), text in "[\\[\\]{}:,\"\\\\u0-9a-fe.+-]{0,40}") {
            let _ = Value::read(&bytes);
            let ours = Value::read(text.as_bytes());
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{}", text);
        }
    }

    #[test]
    fn refuses_what_is_too_deep() {
        assert_eq!(Value::read("[".repeat(99).as_bytes()), Err(Malformed));
    }
}
