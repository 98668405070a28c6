//! The timeline as people read it: a row per phase, with the time since the request and since the
//! row before.

use std::fmt;

use super::{Mark, Source, Timeline, microseconds};

impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self
            .marks
            .iter()
            .map(|mark| mark.name.len())
            .max()
            .unwrap_or(0)
            .max(5);
        write!(f, "  {:width$} {:>10} {:>10}  by", "phase", "at us", "step")?;
        let mut before = 0;
        for mark in &self.marks {
            let at = microseconds(mark.after);
            write_row(f, width, mark, at, at - before)?;
            before = at;
        }
        Ok(())
    }
}

/// `step` cannot be negative: rows are sorted.
fn write_row(
    f: &mut fmt::Formatter<'_>,
    width: usize,
    mark: &Mark,
    at: u64,
    step: u64,
) -> fmt::Result {
    let by = match mark.source {
        Source::Host => "host",
        Source::Qmp => "qmp",
        Source::Guest => "guest",
    };
    let row = format!(
        "  {:width$} {at:>10} {:>10}  {by:5} {}",
        mark.name,
        format!("+{step}"),
        mark.detail
    );
    write!(f, "\n{}", row.trim_end())
}
