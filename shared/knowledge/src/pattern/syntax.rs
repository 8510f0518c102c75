//! Reading a pattern: the part of the `regex` crate's syntax that signatures may use, over bytes.
//!
//! Texts, `.`, classes of ASCII characters, `\d \s \w` and their opposites, escapes, groups with and
//! without a name, `|`, `* + ? {n} {n,} {n,m}` and their lazy forms, `^ $ \A \z \b \B`, and the flags
//! `i`, `m` and `s`. What means something else there, or nothing, is refused and never guessed.

use super::set::ByteSet;

/// Groups may stand in groups this deep.
const DEPTH_MAX: usize = 64;
/// The largest count of a repetition.
const COUNT_MAX: u32 = 1000;

/// Why a text is no pattern that every engine understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SyntaxError {
    /// A group, a class or an escape is not finished.
    #[error("a group, a class or an escape is not finished")]
    Unfinished,
    /// A closing parenthesis closes nothing.
    #[error("a closing parenthesis closes nothing")]
    Unopened,
    /// A repetition repeats nothing.
    #[error("a repetition repeats nothing")]
    NothingToRepeat,
    /// A repetition without an upper bound is of something that may be empty.
    #[error("a repetition without an upper bound is of something that may be empty")]
    RepeatsEmpty,
    /// The bounds of a repetition are not numbers in order, from 1 to 1000.
    #[error("the bounds of a repetition are not numbers in order, the last from 1 to 1000")]
    BadCount,
    /// An escape that phones do not understand.
    #[error("an escape that is not supported")]
    Escape,
    /// A class with something else than ASCII characters, ranges and escapes in it.
    #[error(
        "a class with something else in it than ASCII characters, ranges in order and escapes; \
         write `[` as `\\[` there"
    )]
    Class,
    /// A group that phones do not understand.
    #[error(
        "a group that is not supported; there are (…), (?:…), (?P<name>…) and the flags i, m, s"
    )]
    Group,
    /// Groups stand too deep in each other.
    #[error("groups stand too deep in each other")]
    TooDeep,
    /// The pattern is too long when its counts are written out.
    #[error("the pattern is too large when its repetitions are written out")]
    TooLarge,
}

/// What a place in a text must be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    TextStart,
    TextEnd,
    LineStart,
    LineEnd,
    WordBoundary,
    NoWordBoundary,
}

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    /// Exactly these bytes, perhaps none.
    Text(Vec<u8>),
    /// One byte of a set.
    Set(ByteSet),
    Look(Look),
    Repeat(Box<Repeat>),
    /// Captures under the name of this number.
    Capture(usize, Box<Node>),
    Concat(Vec<Node>),
    Either(Vec<Node>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Repeat {
    pub(crate) node: Node,
    pub(crate) min: u32,
    pub(crate) max: Option<u32>,
    pub(crate) lazy: bool,
}

impl Node {
    const EMPTY: Self = Self::Text(Vec::new());

    /// Whether it can match without a byte.
    pub(crate) fn may_be_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Set(_) => false,
            Self::Look(_) => true,
            Self::Repeat(repeat) => repeat.min == 0 || repeat.node.may_be_empty(),
            Self::Capture(_, node) => node.may_be_empty(),
            Self::Concat(parts) => parts.iter().all(Self::may_be_empty),
            Self::Either(branches) => branches.iter().any(Self::may_be_empty),
        }
    }
}

/// A pattern that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Syntax {
    pub(crate) root: Node,
    pub(crate) names: Vec<String>,
}

impl Syntax {
    /// Reads a pattern. In the whole pattern `^` and `$` mean lines; letters match in either case
    /// where `ignore_case` says so.
    ///
    /// # Errors
    /// The first thing that is not understood.
    pub fn parse(pattern: &str, ignore_case: bool) -> Result<Self, SyntaxError> {
        let mut parser = Parser {
            rest: pattern,
            names: Vec::new(),
            flags: Flags {
                ignore_case,
                lines: true,
                dot_all: false,
            },
        };
        let root = parser.either(0)?;
        if !parser.rest.is_empty() {
            return Err(SyntaxError::Unopened);
        }
        Ok(Self {
            root,
            names: parser.names,
        })
    }

    /// The names of the captures, in the order they stand in.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

#[derive(Clone, Copy)]
struct Flags {
    ignore_case: bool,
    lines: bool,
    dot_all: bool,
}

struct Parser<'a> {
    rest: &'a str,
    names: Vec<String>,
    flags: Flags,
}

type Read<T> = Result<T, SyntaxError>;

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Read<char> {
        let c = self.peek().ok_or(SyntaxError::Unfinished)?;
        self.rest = &self.rest[c.len_utf8()..];
        Ok(c)
    }

    fn eat(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Branches up to the end of the group, which is left standing.
    fn either(&mut self, depth: usize) -> Read<Node> {
        let mut branches = vec![self.concat(depth)?];
        while self.eat("|") {
            branches.push(self.concat(depth)?);
        }
        Ok(single(branches).unwrap_or_else(Node::Either))
    }

    fn concat(&mut self, depth: usize) -> Read<Node> {
        let mut parts: Vec<Node> = Vec::new();
        while !matches!(self.peek(), None | Some('|' | ')')) {
            let Some(node) = self.atom(depth)? else {
                continue;
            };
            let node = self.repeated(node)?;
            match (parts.last_mut(), node) {
                (Some(Node::Text(before)), Node::Text(text)) => before.extend(text),
                (_, Node::Concat(inner)) => parts.extend(inner),
                (_, node) => parts.push(node),
            }
        }
        Ok(single(parts).unwrap_or_else(|parts| {
            if parts.is_empty() {
                Node::EMPTY
            } else {
                Node::Concat(parts)
            }
        }))
    }

    /// One part; nothing where flags were set.
    fn atom(&mut self, depth: usize) -> Read<Option<Node>> {
        let c = self.next()?;
        Ok(Some(match c {
            '(' => return self.group(depth),
            '[' => Node::Set(self.class()?),
            '.' if self.flags.dot_all => Node::Set(ByteSet::ALL),
            '.' => Node::Set(ByteSet::of(b"\n").not()),
            '^' if self.flags.lines => Node::Look(Look::LineStart),
            '^' => Node::Look(Look::TextStart),
            '$' if self.flags.lines => Node::Look(Look::LineEnd),
            '$' => Node::Look(Look::TextEnd),
            '*' | '+' | '?' | '{' => return Err(SyntaxError::NothingToRepeat),
            '\\' => match self.next()? {
                'A' => Node::Look(Look::TextStart),
                'z' => Node::Look(Look::TextEnd),
                'b' if self.peek() == Some('{') => return Err(SyntaxError::Escape),
                'b' => Node::Look(Look::WordBoundary),
                'B' => Node::Look(Look::NoWordBoundary),
                c => match self.escape(c)? {
                    Escape::Byte(byte) => self.text(&[byte]),
                    Escape::Set(set) => Node::Set(set),
                },
            },
            c => self.text(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }))
    }

    fn text(&self, bytes: &[u8]) -> Node {
        match bytes {
            [letter] if self.flags.ignore_case && letter.is_ascii_alphabetic() => {
                Node::Set(ByteSet::of(bytes).in_both_cases())
            }
            _ => Node::Text(bytes.to_vec()),
        }
    }

    fn escape(&mut self, c: char) -> Read<Escape> {
        let byte = match c {
            'n' => b'\n',
            't' => b'\t',
            'r' => b'\r',
            'f' => 12,
            'v' => 11,
            'a' => 7,
            'x' => {
                let digit = |c: char| c.to_digit(16).ok_or(SyntaxError::Escape);
                let (high, low) = (digit(self.next()?)?, digit(self.next()?)?);
                // Above ASCII it would be a character of two bytes.
                u8::try_from(high << 4 | low)
                    .ok()
                    .filter(u8::is_ascii)
                    .ok_or(SyntaxError::Escape)?
            }
            'd' | 'D' | 's' | 'S' | 'w' | 'W' => return Ok(Escape::Set(perl(c))),
            '<' | '>' => return Err(SyntaxError::Escape),
            c if c.is_ascii_punctuation() => c as u8,
            _ => return Err(SyntaxError::Escape),
        };
        Ok(Escape::Byte(byte))
    }

    /// A class behind its opening bracket.
    fn class(&mut self) -> Read<ByteSet> {
        let is_negated = self.eat("^");
        let mut set = ByteSet::default();
        let mut is_first = true;
        loop {
            let c = self.next()?;
            if c == ']' && !is_first {
                break;
            }
            is_first = false;
            let first = match self.class_item(c)? {
                Escape::Set(inner) => {
                    set = set.or(&inner);
                    continue;
                }
                Escape::Byte(byte) => byte,
            };
            let mut last = first;
            if self.rest.starts_with('-') && !self.rest.starts_with("-]") {
                self.eat("-");
                let c = self.next()?;
                last = match self.class_item(c)? {
                    Escape::Byte(last) if last >= first => last,
                    _ => return Err(SyntaxError::Class),
                };
            }
            set.add(first, last);
        }
        if self.flags.ignore_case {
            set = set.in_both_cases();
        }
        Ok(if is_negated { set.not() } else { set })
    }

    fn class_item(&mut self, c: char) -> Read<Escape> {
        match c {
            '\\' => {
                let c = self.next()?;
                self.escape(c)
            }
            '[' => Err(SyntaxError::Class),
            // `&&`, `--` and `~~` are operators on classes.
            '&' | '-' | '~' if self.peek() == Some(c) => Err(SyntaxError::Class),
            c if c.is_ascii() => Ok(Escape::Byte(c as u8)),
            _ => Err(SyntaxError::Class),
        }
    }

    /// A group behind its opening parenthesis; nothing where it only sets flags.
    fn group(&mut self, depth: usize) -> Read<Option<Node>> {
        if depth == DEPTH_MAX {
            return Err(SyntaxError::TooDeep);
        }
        let outside = self.flags;
        let mut capture = None;
        if self.eat("?P<") || self.eat("?<") {
            // `(?<=` and `(?<!` look behind.
            if !self
                .rest
                .starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            {
                return Err(SyntaxError::Group);
            }
            let (name, rest) = self.rest.split_once('>').ok_or(SyntaxError::Unfinished)?;
            self.rest = rest;
            capture = Some(self.names.len());
            self.names.push(name.to_owned());
        } else if self.eat("?") && !self.set_flags()? {
            // For the rest of the group around them.
            return Ok(None);
        }
        let node = self.either(depth + 1)?;
        self.flags = outside;
        if !self.eat(")") {
            return Err(SyntaxError::Unfinished);
        }
        Ok(Some(match capture {
            Some(number) => Node::Capture(number, Box::new(node)),
            None => node,
        }))
    }

    /// Sets flags; says whether a group with them follows.
    fn set_flags(&mut self) -> Read<bool> {
        let mut on = true;
        loop {
            match self.next()? {
                'i' => self.flags.ignore_case = on,
                'm' => self.flags.lines = on,
                's' => self.flags.dot_all = on,
                '-' if on => on = false,
                ':' => return Ok(true),
                ')' => return Ok(false),
                _ => return Err(SyntaxError::Group),
            }
        }
    }

    /// The part with the repetitions that stand behind it.
    fn repeated(&mut self, mut node: Node) -> Read<Node> {
        loop {
            let (min, max) = if self.eat("*") {
                (0, None)
            } else if self.eat("+") {
                (1, None)
            } else if self.eat("?") {
                (0, Some(1))
            } else if self.eat("{") {
                self.counts()?
            } else {
                return Ok(node);
            };
            if max.is_none() && node.may_be_empty() {
                return Err(SyntaxError::RepeatsEmpty);
            }
            node = Node::Repeat(Box::new(Repeat {
                node,
                min,
                max,
                lazy: self.eat("?"),
            }));
        }
    }

    fn counts(&mut self) -> Read<(u32, Option<u32>)> {
        let min = self.count()?;
        let max = if self.eat(",") {
            match self.peek() {
                Some('}') => None,
                _ => Some(self.count()?),
            }
        } else {
            Some(min)
        };
        if !self.eat("}") || max.is_some_and(|max| max < min.max(1)) {
            return Err(SyntaxError::BadCount);
        }
        Ok((min, max))
    }

    fn count(&mut self) -> Read<u32> {
        let mut value = None;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            self.next()?;
            let more = value.unwrap_or(0) * 10 + digit;
            if more > COUNT_MAX {
                return Err(SyntaxError::BadCount);
            }
            value = Some(more);
        }
        value.ok_or(SyntaxError::BadCount)
    }
}

enum Escape {
    Byte(u8),
    Set(ByteSet),
}

/// `\d`, `\s`, `\w` in ASCII; in upper case their opposites.
fn perl(c: char) -> ByteSet {
    let mut set = ByteSet::default();
    match c.to_ascii_lowercase() {
        'd' => set.add(b'0', b'9'),
        's' => set = ByteSet::of(b" \t\n\r\x0b\x0c"),
        _ => set = word(),
    }
    if c.is_ascii_uppercase() {
        set.not()
    } else {
        set
    }
}

/// The bytes of words.
fn word() -> ByteSet {
    let mut set = ByteSet::of(b"_");
    set.add(b'0', b'9');
    set.add(b'a', b'z');
    set.in_both_cases()
}

/// The only part, or all of them.
fn single(mut parts: Vec<Node>) -> Result<Node, Vec<Node>> {
    match parts.pop() {
        Some(only) if parts.is_empty() => Ok(only),
        last => {
            parts.extend(last);
            Err(parts)
        }
    }
}

#[cfg(test)]
mod tests;
