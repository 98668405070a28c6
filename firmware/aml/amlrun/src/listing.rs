//! The neighbourhood of a failure as text: a few statements before and behind it, one a line.

use std::collections::VecDeque;
use std::fmt::Write;

use hotvcpu_aml::{Term, disassemble};

/// Lines before the failing one.
const BEFORE: usize = 4;
/// Lines behind it.
const AFTER: usize = 2;
/// A line is cut after so many characters.
const LONGEST: usize = 110;

/// The statements around `offset` of a table, the failing one with an arrow. Empty if the offset lies in no term.
pub fn around(table: &[u8], offset: u32) -> String {
    let mut shown: VecDeque<Line> = VecDeque::new();
    let mut failing = None;
    let mut terms = disassemble(table).peekable();
    while let Some(term) = terms.next() {
        let mut line = Line::new(&term, offset);
        while let Some(operand) = terms.next_if(|term| !term.statement) {
            line.add(&operand, offset);
        }
        if term.offset <= offset {
            shown.truncate(BEFORE + 1);
            shown.push_front(line);
            failing = Some(0);
        } else if let Some(position) = failing.as_mut().filter(|behind| **behind < AFTER) {
            *position += 1;
            shown.push_front(line);
        } else {
            break;
        }
    }
    let Some(behind) = failing else {
        return String::new();
    };
    let mut text = String::new();
    for (position, line) in shown.iter().enumerate().rev() {
        if position <= behind + BEFORE {
            line.write(&mut text, position == behind);
        }
    }
    text
}

/// One statement with its operands.
struct Line {
    offset: u32,
    depth: usize,
    text: String,
    /// The depths of the operators whose parentheses are open.
    open: Vec<usize>,
    last: usize,
}

impl Line {
    fn new(term: &Term, failing: u32) -> Self {
        let mut line = Self {
            offset: term.offset,
            depth: term.depth,
            text: String::new(),
            open: Vec::new(),
            last: term.depth,
        };
        line.add_text(term, failing);
        line
    }

    /// An operand: deeper than the term before it, or next to it.
    fn add(&mut self, term: &Term, failing: u32) {
        if term.depth > self.last {
            self.text.push_str(" (");
            self.open.push(term.depth);
        } else {
            while self.open.last().is_some_and(|depth| *depth > term.depth) {
                self.open.pop();
                self.text.push(')');
            }
            self.text.push_str(", ");
        }
        self.last = term.depth;
        self.add_text(term, failing);
    }

    fn add_text(&mut self, term: &Term, failing: u32) {
        if self.text.chars().count() < LONGEST {
            // The failing operator stands out where it is an operand of its statement.
            let mark = if term.offset == failing && term.opcode.is_some() {
                ">>"
            } else {
                ""
            };
            let _ = write!(self.text, "{mark}{}", term.text);
        } else if !self.text.ends_with("...") {
            self.text.push_str("...");
        }
    }

    fn write(&self, to: &mut String, failing: bool) {
        let arrow = if failing { "->" } else { "  " };
        let indent = "  ".repeat(self.depth.saturating_sub(1).min(12));
        let mut text = self.text.clone();
        match text.char_indices().nth(LONGEST) {
            Some((end, _)) => {
                text.truncate(end);
                text.push_str("...");
            }
            None => text.push_str(&")".repeat(self.open.len())),
        }
        let _ = write!(to, "\n {arrow} {:#06x}: {indent}{text}", self.offset);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `Store (One, Local0)` five times, then `Store (Add (Local0, Local1, ), Local2)`, then NoOp three times.
    fn table() -> Vec<u8> {
        let mut table = vec![0; 36];
        table.extend(b"\x70\x01\x60".repeat(5));
        table.extend(b"\x70\x72\x60\x61\x00\x62\xA3\xA3\xA3");
        table
    }

    #[test]
    fn the_failing_operator_is_marked_in_its_line() {
        let text = around(&table(), 36 + 16);
        let lines: Vec<_> = text.lines().skip(1).collect();
        assert_eq!(lines.len(), BEFORE + 1 + AFTER, "{text}");
        assert_eq!(lines[0].trim(), "0x0027: Store (One, Local0)");
        let failing = "-> 0x0033: Store (>>Add (Local0, Local1, ), Local2)";
        assert_eq!(lines[BEFORE].trim(), failing);
        assert_eq!(lines[BEFORE + 1].trim(), "0x0039: Noop");
    }

    #[test]
    fn both_ends_of_a_table_and_what_is_beyond() {
        let first = around(&table(), 36);
        assert!(first.starts_with("\n -> 0x0024: >>Store"), "{first}");
        let last = around(&table(), 36 + 23);
        assert!(last.trim_end().ends_with("-> 0x003b: >>Noop"), "{last}");
        assert_eq!(around(&[0; 10], 4), "");
        assert_eq!(around(&table()[..36], 36), "");
    }
}
