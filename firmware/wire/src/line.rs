//! One value as one bounded line of JSON: what records and reports share.
use serde::Serialize;

use crate::MAX_LINE;

/// A line whose text may be cut to make it fit.
pub(crate) trait Line: Serialize {
    /// Takes something off the text; called until the line fits, and has to end with no text at all.
    fn shorten_text(&mut self);
}

/// Writes `value` and a newline into `line`; returns the bytes to send.
///
/// A text too long for the line is cut at a character boundary rather than losing the line: a reader learns more
/// from half a message than from none.
pub(crate) fn encode<T: Line>(mut value: T, line: &mut [u8; MAX_LINE]) -> &[u8] {
    loop {
        let room = &mut line[..MAX_LINE - 1];
        if let Ok(length) = serde_json_core::to_slice(&value, room) {
            line[length] = b'\n';
            return &line[..length + 1];
        }
        value.shorten_text();
    }
}

/// `text` without its last quarter (at least one character); `None` once nothing is left.
pub(crate) fn shorten(text: &str) -> Option<&str> {
    let mut end = text.len().saturating_sub(1 + text.len() / 4);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    (end > 0).then(|| &text[..end])
}
