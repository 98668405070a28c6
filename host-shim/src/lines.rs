//! Cuts a byte stream into lines of bounded length.
//!
//! Both things that talk to us speak in lines: QEMU's monitor and the guest's event file. Neither
//! may be trusted to end a line, so the bound lives here, once. A line that is too long is reported
//! and then skipped up to its end: what that means (give up, count it) is for the caller to say.

/// One line, or the fact that one was too long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A whole line, without its end (LF or CR LF).
    Whole(Vec<u8>),
    /// The line is longer than the limit. It is reported once, when the limit is passed.
    TooLong,
}

/// Collects bytes until they make a line.
#[derive(Debug)]
pub struct Splitter {
    partial: Vec<u8>,
    limit: usize,
    skipping: bool,
}

impl Splitter {
    /// A splitter for lines of at most `limit` bytes, their end not counted.
    pub fn new(limit: usize) -> Self {
        Self {
            partial: Vec::new(),
            limit,
            skipping: false,
        }
    }

    /// Takes in `bytes` and returns the lines that they complete.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Line> {
        let mut lines = Vec::new();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (text, ended) = match piece.strip_suffix(b"\n") {
                Some(text) => (text, true),
                None => (piece, false),
            };
            if !self.skipping {
                self.extend(text, &mut lines);
            }
            if ended {
                self.end(&mut lines);
            }
        }
        lines
    }

    /// Whether a line has begun and not ended: bytes that would be lost if nothing more came.
    pub fn is_inside_line(&self) -> bool {
        self.skipping || !self.partial.is_empty()
    }

    fn extend(&mut self, text: &[u8], lines: &mut Vec<Line>) {
        if self.partial.len() + text.len() > self.limit {
            lines.push(Line::TooLong);
            self.partial = Vec::new();
            self.skipping = true;
        } else {
            self.partial.extend_from_slice(text);
        }
    }

    fn end(&mut self, lines: &mut Vec<Line>) {
        if std::mem::take(&mut self.skipping) {
            return;
        }
        let mut line = std::mem::take(&mut self.partial);
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        lines.push(Line::Whole(line));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn whole(text: &str) -> Line {
        Line::Whole(text.as_bytes().to_vec())
    }

    #[test]
    fn a_line_may_come_in_pieces() {
        let mut splitter = Splitter::new(10);
        assert_eq!(splitter.push(b"ab"), []);
        assert!(splitter.is_inside_line());
        assert_eq!(splitter.push(b"c\r\n\nd"), [whole("abc"), whole("")]);
        assert_eq!(splitter.push(b"\n"), [whole("d")]);
        assert!(!splitter.is_inside_line());
    }

    #[test]
    fn a_long_line_is_reported_once_and_skipped() {
        let mut splitter = Splitter::new(4);
        assert_eq!(splitter.push(b"12345"), [Line::TooLong]);
        assert_eq!(splitter.push(b"6789"), []);
        assert_eq!(splitter.push(b"\n1234\n"), [whole("1234")]);
    }

    proptest! {
        #[test]
        fn where_the_bytes_are_cut_makes_no_difference(
            text in "[a-c\r\n]{0,60}",
            cuts in proptest::collection::vec(1usize..7, 0..60),
        ) {
            let at_once = Splitter::new(5).push(text.as_bytes());
            let mut splitter = Splitter::new(5);
            let (mut in_pieces, mut rest) = (Vec::new(), text.as_bytes());
            for cut in cuts {
                let (piece, after) = rest.split_at(cut.min(rest.len()));
                in_pieces.extend(splitter.push(piece));
                prop_assert!(splitter.partial.len() <= 5);
                rest = after;
            }
            in_pieces.extend(splitter.push(rest));
            prop_assert_eq!(at_once, in_pieces);
        }
    }
}
