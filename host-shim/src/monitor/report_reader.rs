//! The monitor's reports, read from the file that QEMU appends them to.

use std::time::Instant;

use hotvcpu_wire::MAX_LINE;
use hotvcpu_wire::control::{Kind, Report};

use crate::follow::LineReader;
use crate::lines::{Line, Splitter};

/// What a line of the file means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ControlItem {
    /// A report, and when the host read it.
    Report(Report<String>, Instant),
    /// A line that is none, or a gap. Comes once, however many there are.
    Bad(String),
    /// Everything that was there when following began has been read.
    CaughtUp,
    /// Everything has been read, and nobody writes any more.
    End,
}

/// Turns the file's bytes into reports.
#[derive(Debug)]
pub struct ReportReader {
    splitter: Splitter,
    line: u64,
    next_seq: Option<u64>,
    told: bool,
}

impl Default for ReportReader {
    fn default() -> Self {
        Self {
            splitter: Splitter::new(MAX_LINE),
            line: 0,
            next_seq: None,
            told: false,
        }
    }
}

impl LineReader for ReportReader {
    type Item = ControlItem;

    fn push(&mut self, bytes: &[u8], at: Instant) -> Vec<ControlItem> {
        let mut items = Vec::new();
        for line in self.splitter.push(bytes) {
            self.line += 1;
            match line {
                Line::Whole(text) if text.is_empty() => {}
                Line::Whole(text) => self.report(&text, at, &mut items),
                Line::TooLong => {
                    let what = format!("line {} is longer than {MAX_LINE} bytes", self.line);
                    self.bad(what, &mut items);
                }
            }
        }
        items
    }

    fn caught_up() -> ControlItem {
        ControlItem::CaughtUp
    }

    fn end() -> ControlItem {
        ControlItem::End
    }
}

impl ReportReader {
    fn report(&mut self, text: &[u8], at: Instant, items: &mut Vec<ControlItem>) {
        let report: Report<String> = match serde_json::from_slice(text) {
            Ok(report) => report,
            Err(error) => {
                let shown = String::from_utf8_lossy(text.get(..60).unwrap_or(text)).into_owned();
                let what = format!("line {} is no report: {error} in {shown:?}", self.line);
                return self.bad(what, items);
            }
        };
        // The count begins anew with the monitor.
        if let Some(expected) = self.next_seq
            && report.seq != expected
            && report.kind != Kind::Hello
        {
            let found = report.seq;
            let what = format!("report {found} came where {expected} was due: some were lost");
            self.bad(what, items);
        }
        self.next_seq = Some(report.seq.wrapping_add(1));
        items.push(ControlItem::Report(report, at));
    }

    fn bad(&mut self, what: String, items: &mut Vec<ControlItem>) {
        if !std::mem::replace(&mut self.told, true) {
            items.push(ControlItem::Bad(what));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(reader: &mut ReportReader, text: &str) -> Vec<ControlItem> {
        reader.push(text.as_bytes(), Instant::now())
    }

    fn kinds(items: &[ControlItem]) -> Vec<Option<Kind>> {
        let kind = |item: &ControlItem| match item {
            ControlItem::Report(report, _) => Some(report.kind),
            _ => None,
        };
        items.iter().map(kind).collect()
    }

    #[test]
    fn garbage_and_gaps_are_told_once_and_reports_are_found_between_them() {
        let mut reader = ReportReader::default();
        let long = "x".repeat(3 * MAX_LINE);
        let text = format!(
            "{{\"seq\":0,\"kind\":\"hello\"}}\n\u{1b}garbage\n{long}\n{{\"seq\":9,\"kind\":\"done\"}}\n{{\"seq\":0,\"kind\":\"hello\"}}\n"
        );
        let items = read(&mut reader, &text);
        let expected = [Some(Kind::Hello), None, Some(Kind::Done), Some(Kind::Hello)];
        assert_eq!(kinds(&items), expected, "{items:?}");
        assert!(matches!(&items[1], ControlItem::Bad(what) if what.contains("line 2")));
    }

    #[test]
    fn a_restart_is_no_gap() {
        let text = "{\"seq\":4,\"kind\":\"done\"}\n{\"seq\":0,\"kind\":\"hello\"}\n{\"seq\":1,\"kind\":\"slot\"}\n";
        let items = read(&mut ReportReader::default(), text);
        assert_eq!(items.len(), 3, "{items:?}");
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic_or_complain_twice(
            bytes in proptest::collection::vec(any::<u8>(), 0..3000),
        ) {
            let items = ReportReader::default().push(&bytes, Instant::now());
            let bad = items.iter().filter(|item| matches!(item, ControlItem::Bad(_)));
            prop_assert!(bad.count() <= 1);
        }
    }
}
