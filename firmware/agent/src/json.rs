//! JSON (RFC 8259) as a view of the bytes that it is written in: nothing is copied but a string that is taken out.
//!
//! A [`Value`] is made by [`parse`], which checks the whole text once; what is taken out of it afterwards cannot fail
//! for reasons of grammar. Not `serde_json`: its tree of values is sixteen times the size of the worst text, and this
//! kernel has no room to be generous in.

use alloc::string::String;
use core::fmt;

use crate::framing::MAX_DEPTH;

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It ends too early.
    Ended,
    /// A byte that cannot stand where it does.
    Stray(u8),
    /// A word other than `true`, `false` and `null`, or a number that is none.
    Word,
    /// A string with a control character, a wrong escape, or bytes that are no UTF-8.
    BadString,
    /// Deeper than [`MAX_DEPTH`].
    TooDeep,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended => f.write_str("premature end of input"),
            Self::Stray(byte) if byte.is_ascii_graphic() => {
                write!(f, "stray '{}'", char::from(*byte))
            }
            Self::Stray(byte) => write!(f, "stray byte {byte:#04x}"),
            Self::Word => f.write_str("invalid keyword or number"),
            Self::BadString => f.write_str("invalid string"),
            Self::TooDeep => write!(f, "nested more than {MAX_DEPTH} deep"),
        }
    }
}

/// One value: its own text, without space around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value<'a>(&'a [u8]);

/// The value that `text` is, with space around it at most.
///
/// # Errors
/// [`Flaw`].
pub fn parse(text: &[u8]) -> Result<Value<'_>, Flaw> {
    let mut cursor = Cursor { text, at: 0 };
    cursor.skip_space();
    let value = cursor.value(0)?;
    cursor.skip_space();
    match cursor.peek() {
        None => Ok(value),
        Some(byte) => Err(Flaw::Stray(byte)),
    }
}

impl<'a> Value<'a> {
    /// Its text.
    pub fn text(self) -> &'a [u8] {
        self.0
    }

    /// The members of an object, in their order; the names may have escapes.
    pub fn members(self) -> Option<impl Iterator<Item = (Value<'a>, Value<'a>)> + use<'a>> {
        let mut cursor = self.inside(b'{')?;
        Some(core::iter::from_fn(move || {
            let name = cursor.next_inside()?;
            cursor.skip_space();
            cursor.take(b':').ok()?;
            cursor.skip_space();
            Some((name, cursor.value(0).ok()?))
        }))
    }

    /// The elements of an array.
    pub fn elements(self) -> Option<impl Iterator<Item = Value<'a>> + use<'a>> {
        let mut cursor = self.inside(b'[')?;
        Some(core::iter::from_fn(move || cursor.next_inside()))
    }

    /// The text of a string, its escapes undone.
    pub fn string(self) -> Option<String> {
        let mut rest = core::str::from_utf8(self.inner()?).ok()?;
        let mut text = String::with_capacity(rest.len());
        while let Some((plain, escaped)) = rest.split_once('\\') {
            text.push_str(plain);
            let (character, length) = escape(escaped.as_bytes())?;
            text.push(character);
            rest = escaped.get(length..)?;
        }
        text.push_str(rest);
        Some(text)
    }

    /// Whether it is a string that says `text`.
    pub fn is(self, text: &str) -> bool {
        // Most have no escapes, and this is asked of every name of a long message.
        match self.inner() {
            Some(inner) if !inner.contains(&b'\\') => inner == text.as_bytes(),
            _ => self.string().is_some_and(|string| string == text),
        }
    }

    /// An integer of 64 bits.
    pub fn integer(self) -> Option<i64> {
        let text = core::str::from_utf8(self.0).ok()?;
        text.parse().ok()
    }

    /// A boolean.
    pub fn boolean(self) -> Option<bool> {
        match self.0 {
            b"true" => Some(true),
            b"false" => Some(false),
            _ => None,
        }
    }

    /// What stands between the quotes of a string.
    fn inner(self) -> Option<&'a [u8]> {
        self.0.strip_prefix(b"\"")?.strip_suffix(b"\"")
    }

    /// A cursor behind the bracket that it opens with, if it does.
    fn inside(self, bracket: u8) -> Option<Cursor<'a>> {
        (self.0.first() == Some(&bracket)).then_some(Cursor {
            text: self.0,
            at: 1,
        })
    }
}

/// The character of the escape behind a backslash, and its length. Halves of a pair that stand alone become U+FFFD.
fn escape(text: &[u8]) -> Option<(char, usize)> {
    let character = match text.first()? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode(text),
        _ => return None,
    };
    Some((character, 1))
}

fn unicode(text: &[u8]) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 5)?.strip_prefix(b"u")?;
        let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
        let digits = core::str::from_utf8(digits).ok().filter(|_| is_hex)?;
        u32::from_str_radix(digits, 16).ok()
    };
    let first = unit(0)?;
    if let Some(character) = char::from_u32(first) {
        return Some((character, 5));
    }
    let second = text.get(5).filter(|byte| **byte == b'\\').and(unit(6));
    match second {
        Some(second @ 0xDC00..0xE000) if first < 0xDC00 => {
            let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            Some((char::from_u32(code)?, 11))
        }
        _ => Some((char::REPLACEMENT_CHARACTER, 5)),
    }
}

struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self, expected: u8) -> Result<(), Flaw> {
        match self.peek() {
            Some(byte) if byte == expected => {
                self.at += 1;
                Ok(())
            }
            Some(byte) => Err(Flaw::Stray(byte)),
            None => Err(Flaw::Ended),
        }
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// The next element of an array, or name of an object, that [`Cursor::value`] has checked.
    fn next_inside(&mut self) -> Option<Value<'a>> {
        self.skip_space();
        if self.peek()? == b',' {
            self.at += 1;
            self.skip_space();
        }
        self.value(0).ok()
    }

    /// Reads one value, `depth` brackets inside of others.
    fn value(&mut self, depth: usize) -> Result<Value<'a>, Flaw> {
        let start = self.at;
        match self.peek().ok_or(Flaw::Ended)? {
            b'{' | b'[' if depth >= MAX_DEPTH => return Err(Flaw::TooDeep),
            b'{' => self.sequence(b'}', |cursor| cursor.member(depth + 1))?,
            b'[' => self.sequence(b']', |cursor| cursor.value(depth + 1).map(drop))?,
            b'"' => self.string()?,
            b'-' | b'0'..=b'9' => self.number()?,
            b'a'..=b'z' | b'A'..=b'Z' => self.word()?,
            byte => return Err(Flaw::Stray(byte)),
        }
        Ok(Value(&self.text[start..self.at]))
    }

    /// Items with commas between them, up to the closing bracket.
    fn sequence(
        &mut self,
        end: u8,
        mut item: impl FnMut(&mut Self) -> Result<(), Flaw>,
    ) -> Result<(), Flaw> {
        self.at += 1;
        self.skip_space();
        if self.take(end).is_ok() {
            return Ok(());
        }
        loop {
            self.skip_space();
            item(self)?;
            self.skip_space();
            if self.take(end).is_ok() {
                return Ok(());
            }
            self.take(b',')?;
        }
    }

    fn member(&mut self, depth: usize) -> Result<(), Flaw> {
        match self.peek().ok_or(Flaw::Ended)? {
            b'"' => self.string()?,
            byte => return Err(Flaw::Stray(byte)),
        }
        self.skip_space();
        self.take(b':')?;
        self.skip_space();
        self.value(depth).map(drop)
    }

    fn string(&mut self) -> Result<(), Flaw> {
        self.at += 1;
        let start = self.at;
        loop {
            match self.peek().ok_or(Flaw::Ended)? {
                b'"' => break,
                b'\\' => {
                    let rest = &self.text[self.at + 1..];
                    let (_, length) = escape(rest).ok_or(Flaw::BadString)?;
                    self.at += 1 + length;
                }
                0..0x20 => return Err(Flaw::BadString),
                _ => self.at += 1,
            }
        }
        let inner = core::str::from_utf8(&self.text[start..self.at]);
        self.at += 1;
        inner.map(drop).map_err(|_| Flaw::BadString)
    }

    /// A number (RFC 8259, 6).
    fn number(&mut self) -> Result<(), Flaw> {
        // The sign is optional.
        let _ = self.take(b'-');
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.take(b'.').is_ok() {
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Flaw> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start {
            Err(Flaw::Word)
        } else {
            Ok(())
        }
    }

    fn word(&mut self) -> Result<(), Flaw> {
        let rest = &self.text[self.at..];
        let length = rest.iter().take_while(|byte| byte.is_ascii_alphabetic());
        let length = length.count();
        match &rest[..length] {
            b"true" | b"false" | b"null" => {
                self.at += length;
                Ok(())
            }
            _ => Err(Flaw::Word),
        }
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
