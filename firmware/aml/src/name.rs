//! Name segments: the four characters that each named object has.
//!
//! Kept as the four bytes of the table, so that a segment is compared and looked up as one 32-bit number.

use core::fmt;

/// The name of one named object, without its path: four characters, `_` at the end where it is shorter.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameSeg(pub(crate) [u8; 4]);

impl NameSeg {
    /// The segment with these four bytes, if they are a name: a letter or `_`, then letters, digits or `_`
    /// (ACPI 6.5, 20.2.2).
    pub fn from_bytes(bytes: [u8; 4]) -> Option<Self> {
        let lead = bytes[0].is_ascii_uppercase() || bytes[0] == b'_';
        let rest = bytes[1..]
            .iter()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_');
        (lead && rest).then_some(Self(bytes))
    }

    /// The segment written as `text`: one to four characters, padded with `_`. Lower case counts as upper case.
    pub fn parse(text: &str) -> Option<Self> {
        let given = text.as_bytes();
        if given.is_empty() || given.len() > 4 {
            return None;
        }
        let mut bytes = [b'_'; 4];
        for (to, from) in bytes.iter_mut().zip(given) {
            *to = from.to_ascii_uppercase();
        }
        Self::from_bytes(bytes)
    }

    /// The four bytes.
    pub const fn bytes(self) -> [u8; 4] {
        self.0
    }

    /// The four characters, padding included.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or("????")
    }

    /// The characters without padding, as paths are written: `_SB`, not `_SB_`.
    pub fn trimmed(&self) -> &str {
        let text = self.as_str();
        let trimmed = text.trim_end_matches('_');
        if trimmed.is_empty() { "_" } else { trimmed }
    }
}

impl fmt::Display for NameSeg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.trimmed())
    }
}

impl fmt::Debug for NameSeg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
