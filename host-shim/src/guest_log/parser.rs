//! Lines from the guest, given their meaning.
//!
//! A guest may be broken or hostile, so a line that is no record costs itself only: it is counted,
//! and the first [`MAX_REPORTED`] are reported, once each. Lost lines show as gaps in `seq`. A
//! record of phase `boot` starts a new count, because the guest begins anew after a reset.

use std::fmt;
use std::time::Instant;

use hotvcpu_wire::{MAX_LINE, Phase, Record};
use serde::Serialize;

use crate::follow::LineReader;
use crate::lines::{Line, Splitter};

/// How many bad lines and gaps are reported; further ones are counted only.
pub const MAX_REPORTED: u64 = 64;

/// A record and when the host received it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestRecord {
    /// What the guest said.
    pub record: Record<String>,
    /// When the host read it.
    pub at: Instant,
}

/// Something wrong with the guest's stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "problem")]
#[non_exhaustive]
pub enum LogProblem {
    /// A line that is no record.
    BadLine {
        /// Its number, from 1 where reading began.
        line: u64,
        /// What is wrong, with its beginning.
        reason: String,
    },
    /// A line longer than the vocabulary allows.
    TooLong {
        /// Its number, from 1 where reading began.
        line: u64,
    },
    /// Records are missing, or came twice.
    Gap {
        /// The sequence number that should have come.
        expected: u64,
        /// The one that came.
        found: u64,
    },
    /// There were more problems than are reported one by one.
    FurtherNotReported,
    /// What the aarch64 monitor reported makes no sense, or a request to it was lost. Only the first
    /// such thing is reported.
    Control {
        /// What it was.
        reason: String,
    },
    /// The file had grown too long, and its older part was let go.
    Shortened {
        /// How much of it, in bytes.
        freed: u64,
    },
}

impl fmt::Display for LogProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadLine { line, reason } => {
                write!(
                    f,
                    "line {line} of the guest's events is no record: {reason}"
                )
            }
            Self::TooLong { line } => {
                write!(
                    f,
                    "line {line} of the guest's events is longer than {MAX_LINE} bytes"
                )
            }
            Self::Gap { expected, found } => write!(
                f,
                "the guest's events jump from the expected number {expected} to {found}: records were lost"
            ),
            Self::FurtherNotReported => {
                f.write_str("the guest's events have further faults, which are counted only")
            }
            Self::Control { reason } => {
                write!(f, "the monitor's control channel: {}", printable(reason))
            }
            Self::Shortened { freed } => write!(
                f,
                "the guest's events had grown too long: the oldest {} MiB of them are gone, what they add up to is noted",
                freed >> 20
            ),
        }
    }
}

/// What a line meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GuestItem {
    /// A record.
    Record(GuestRecord),
    /// A fault in the stream.
    Problem(LogProblem),
    /// Everything that was there when following began has been read. Comes once.
    CaughtUp,
    /// Everything has been read, and nobody writes any more. Comes last, and only if asked for.
    End,
}

/// Turns the file's bytes into records.
#[derive(Debug)]
pub struct Parser {
    splitter: Splitter,
    line: u64,
    next_seq: Option<u64>,
    problems: u64,
}

impl Default for Parser {
    fn default() -> Self {
        Self {
            splitter: Splitter::new(MAX_LINE),
            line: 0,
            next_seq: None,
            problems: 0,
        }
    }
}

impl LineReader for Parser {
    type Item = GuestItem;

    fn push(&mut self, bytes: &[u8], at: Instant) -> Vec<GuestItem> {
        let mut items = Vec::new();
        for line in self.splitter.push(bytes) {
            self.line += 1;
            match line {
                Line::Whole(text) if text.is_empty() => {}
                Line::Whole(text) => self.record(&text, at, &mut items),
                Line::TooLong => self.problem(LogProblem::TooLong { line: self.line }, &mut items),
            }
        }
        items
    }

    fn caught_up() -> GuestItem {
        GuestItem::CaughtUp
    }

    fn end() -> GuestItem {
        GuestItem::End
    }
}

impl Parser {
    /// Problems so far, the unreported ones included.
    pub fn problems(&self) -> u64 {
        self.problems
    }

    fn record(&mut self, text: &[u8], at: Instant, items: &mut Vec<GuestItem>) {
        let record: Record<String> = match serde_json::from_slice(text) {
            Ok(record) => record,
            Err(error) => {
                let shown = String::from_utf8_lossy(text.get(..60).unwrap_or(text)).into_owned();
                let reason = format!("{error} in {:?}", shown);
                return self.problem(
                    LogProblem::BadLine {
                        line: self.line,
                        reason,
                    },
                    items,
                );
            }
        };
        // A file followed from its middle has no expectation yet, and a reset starts the count
        // again.
        if let Some(expected) = self.next_seq
            && record.seq != expected
            && record.phase != Phase::Boot
        {
            self.problem(
                LogProblem::Gap {
                    expected,
                    found: record.seq,
                },
                items,
            );
        }
        self.next_seq = Some(record.seq.wrapping_add(1));
        items.push(GuestItem::Record(GuestRecord { record, at }));
    }

    fn problem(&mut self, problem: LogProblem, items: &mut Vec<GuestItem>) {
        self.problems += 1;
        if self.problems <= MAX_REPORTED {
            items.push(GuestItem::Problem(problem));
        } else if self.problems == MAX_REPORTED + 1 {
            items.push(GuestItem::Problem(LogProblem::FurtherNotReported));
        }
    }
}

/// `text` from the guest, fit for a terminal: control characters are shown, not obeyed.
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn push(parser: &mut Parser, text: &str) -> Vec<GuestItem> {
        parser.push(text.as_bytes(), Instant::now())
    }

    fn record(seq: u64, phase: &str) -> String {
        format!("{{\"seq\":{seq},\"t_ns\":{seq},\"phase\":\"{phase}\"}}\n")
    }

    #[test]
    fn a_bad_line_costs_itself_only() {
        let mut parser = Parser::default();
        let text = record(0, "boot") + "\u{1b}[31m not a record\n" + &record(1, "ready");
        let items = push(&mut parser, &text);
        assert!(matches!(
            &items[1],
            GuestItem::Problem(LogProblem::BadLine { line: 2, .. })
        ));
        assert!(matches!(&items[2], GuestItem::Record(r) if r.record.phase == Phase::Ready));
    }

    #[test]
    fn a_gap_is_reported_and_a_reset_is_none() {
        let mut parser = Parser::default();
        let text =
            record(5, "scan") + &record(8, "scan") + &record(0, "boot") + &record(1, "tables");
        let problems: Vec<_> = push(&mut parser, &text)
            .into_iter()
            .filter(|item| matches!(item, GuestItem::Problem(_)))
            .collect();
        assert_eq!(
            problems,
            [GuestItem::Problem(LogProblem::Gap {
                expected: 6,
                found: 8
            })]
        );
    }

    #[test]
    fn a_flood_of_faults_is_reported_up_to_the_bound() {
        let mut parser = Parser::default();
        let items = push(&mut parser, &"x\n".repeat(10 * MAX_REPORTED as usize));
        assert_eq!(items.len() as u64, MAX_REPORTED + 1);
        assert_eq!(
            items.last(),
            Some(&GuestItem::Problem(LogProblem::FurtherNotReported))
        );
        assert_eq!(parser.problems(), 10 * MAX_REPORTED);
    }

    #[test]
    fn the_guests_control_characters_are_shown() {
        assert_eq!(printable("a\u{1b}[2Jb\n"), "a\\u{1b}[2Jb\\n");
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            Parser::default().push(&bytes, Instant::now());
        }

        #[test]
        fn whatever_surrounds_a_record_it_is_found(noise in "[a-z{}:\",\\[\\]0-9]{0,700}") {
            let mut parser = Parser::default();
            let items = push(&mut parser, &format!("{noise}\n{}", record(3, "online")));
            let found = items.iter().any(
                |item| matches!(item, GuestItem::Record(r) if r.record.phase == Phase::Online),
            );
            prop_assert!(found);
        }
    }
}
