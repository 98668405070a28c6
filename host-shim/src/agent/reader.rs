//! Cuts the agent's bytes into lines and delimiters.
//!
//! The byte 0xFF is in no JSON text. The answer to `guest-sync-delimited` begins with it, so that
//! whatever stands before it, a line without its end included, is known to be stale.

use super::MAX_LINE;
use crate::lines::{Line, Splitter};

/// One thing that the bytes make up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// The byte 0xFF: what came before it is stale, also a line that had begun.
    Delimiter,
    /// A line, without its end.
    Line(Vec<u8>),
    /// A line is longer than [`MAX_LINE`]. Reported once, when the limit is passed; the rest of the
    /// line is skipped.
    TooLong,
}

/// Collects bytes until they make an item. Holds [`MAX_LINE`] bytes at most.
#[derive(Debug)]
pub struct Reader {
    lines: Splitter,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            lines: Splitter::new(MAX_LINE),
        }
    }
}

impl Reader {
    const DELIMITER: u8 = 0xFF;

    /// Takes in `bytes` and returns what they complete. Empty lines are left out.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Item> {
        let mut items = Vec::new();
        for (index, piece) in bytes.split(|byte| *byte == Self::DELIMITER).enumerate() {
            if index > 0 {
                *self = Self::default();
                items.push(Item::Delimiter);
            }
            items.extend(self.lines.push(piece).into_iter().filter_map(item));
        }
        items
    }

    /// Whether a line has begun and not ended.
    pub fn is_inside_line(&self) -> bool {
        self.lines.is_inside_line()
    }
}

fn item(line: Line) -> Option<Item> {
    match line {
        Line::Whole(line) if line.is_empty() => None,
        Line::Whole(line) => Some(Item::Line(line)),
        Line::TooLong => Some(Item::TooLong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(text: &str) -> Item {
        Item::Line(text.as_bytes().to_vec())
    }

    #[test]
    fn a_delimiter_ends_what_had_begun() {
        let mut reader = Reader::default();
        assert_eq!(reader.push(b"{\"ret"), []);
        assert!(reader.is_inside_line());
        assert_eq!(
            reader.push(b"urn\xff{}\n\n1\r\n"),
            [Item::Delimiter, line("{}"), line("1")]
        );
        assert!(!reader.is_inside_line());
    }

    #[test]
    fn also_a_line_that_is_too_long() {
        let mut reader = Reader::default();
        let mut bytes = vec![b'x'; MAX_LINE + 1];
        assert_eq!(reader.push(&bytes), [Item::TooLong]);
        bytes.push(0xFF);
        bytes.extend_from_slice(b"{}\n");
        assert_eq!(reader.push(&bytes), [Item::Delimiter, line("{}")]);
    }

    proptest! {
        #[test]
        fn where_the_bytes_are_cut_makes_no_difference(
            bytes in proptest::collection::vec(
                prop_oneof![Just(0xFFu8), Just(b'\n'), Just(b'\r'), Just(b'{'), any::<u8>()],
                0..60,
            ),
            cuts in proptest::collection::vec(1usize..7, 0..60),
        ) {
            let at_once = Reader::default().push(&bytes);
            let mut reader = Reader::default();
            let (mut in_pieces, mut rest) = (Vec::new(), bytes.as_slice());
            for cut in cuts {
                let (piece, after) = rest.split_at(cut.min(rest.len()));
                in_pieces.extend(reader.push(piece));
                rest = after;
            }
            in_pieces.extend(reader.push(rest));
            prop_assert_eq!(at_once, in_pieces);
        }
    }
}
