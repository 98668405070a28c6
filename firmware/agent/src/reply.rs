//! Replies, written as JSON.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write};

use crate::Refusal;

/// Before the reply to `guest-sync-delimited`: a byte that no JSON contains, so that a client finds its reply behind
/// whatever was left unread.
const SENTINEL: u8 = 0xFF;

/// What a command gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// A JSON value.
    pub value: String,
    /// Whether the sentinel comes first.
    pub delimited: bool,
}

impl Reply {
    /// A JSON value.
    pub fn new(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            delimited: false,
        }
    }

    /// What commands give that have nothing to say.
    pub fn nothing() -> Self {
        Self::new("{}")
    }
}

/// The line to send. `id` is what the request bore to tell its reply by, as JSON.
pub fn line(result: &Result<Reply, Refusal>, id: Option<&[u8]>) -> Vec<u8> {
    let mut text = String::new();
    // A string takes anything.
    let _ = match result {
        Ok(reply) => write!(text, "{{\"return\":{}", reply.value),
        Err(Refusal { class, description }) => write!(
            text,
            "{{\"error\":{{\"class\":\"{}\",\"desc\":{}}}",
            class.name(),
            Quoted(description)
        ),
    };
    let delimited = result.as_ref().is_ok_and(|reply| reply.delimited);
    let mut line = if delimited {
        Vec::from([SENTINEL])
    } else {
        Vec::new()
    };
    line.extend(text.bytes());
    if let Some(id) = id {
        line.extend(b",\"id\":");
        line.extend(id);
    }
    line.extend(b"}\n");
    line
}

/// A text as a JSON string.
pub struct Quoted<'a>(pub &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for character in self.0.chars() {
            match character {
                '"' | '\\' => write!(f, "\\{character}")?,
                '\0'..' ' => write!(f, "\\u{:04x}", u32::from(character))?,
                _ => f.write_char(character)?,
            }
        }
        f.write_char('"')
    }
}

/// A JSON array of what `items` write.
pub fn list<T: fmt::Display>(items: impl Iterator<Item = T>) -> String {
    let mut text = String::from("[");
    for (place, item) in items.enumerate() {
        let comma = if place > 0 { "," } else { "" };
        // A string takes anything.
        let _ = write!(text, "{comma}{item}");
    }
    text.push(']');
    text
}
