//! One operation, phase by phase: QMP times and the guest's own, on one axis.
//!
//! The axis begins when the request is sent. What QEMU said is placed at the time at which it came;
//! what the guest said at the guest's own time, mapped by [`Clock`](crate::guest_log::Clock),
//! because a record travels through a file and would show the file's delay instead of the guest's.
//! The mapping errs by what is known to have travelled quickest: about 0.1 ms where QEMU told of an
//! `_OST` that the guest recorded, too; about 1 ms from the operation's records alone, and up to 2 ms
//! more where there are none.
//! So neighbouring rows of different sources may stand in the wrong order; those of one do not.

mod phases;
mod table;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

pub use phases::{Row, milliseconds, phase_table};
use serde::{Serialize, Serializer};

/// Who said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// This program.
    Host,
    /// QEMU, over QMP.
    Qmp,
    /// The guest.
    Guest,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// `request`, `reply`, `qmp_ost`, `qmp_deleted`, `end`, or a phase of the guest's vocabulary; its
    /// `_OST` of an ejection in progress is `ost_in_progress`, so that `ost` is the final one.
    pub name: String,
    /// Since the request.
    pub after: Duration,
    /// Who said so.
    pub source: Source,
    /// More, for people.
    pub detail: String,
}

/// The phases of one operation on one CPU, in the order of their times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    marks: Vec<Mark>,
}

/// Collects marks, in any order.
#[derive(Debug)]
pub(crate) struct Builder {
    request: Instant,
    marks: Vec<Mark>,
}

impl Builder {
    /// A timeline whose axis begins at `request`.
    pub(crate) fn new(request: Instant) -> Self {
        let mut builder = Self {
            request,
            marks: Vec::new(),
        };
        builder.mark("request", request, Source::Host, String::new());
        builder
    }

    /// Adds a row. A time before the request is an error of the clock's mapping and shows as 0.
    pub(crate) fn mark(&mut self, name: &str, at: Instant, source: Source, detail: String) {
        let after = at.saturating_duration_since(self.request);
        self.marks.push(Mark {
            name: name.to_owned(),
            after,
            source,
            detail,
        });
    }

    /// The timeline: sorted by time; rows of one time stay in the order in which they were added.
    pub(crate) fn build(mut self) -> Timeline {
        self.marks.sort_by_key(|mark| mark.after);
        Timeline { marks: self.marks }
    }
}

impl Timeline {
    /// The rows.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// When the phase was first reached, since the request.
    pub fn get(&self, phase: &str) -> Option<Duration> {
        self.marks
            .iter()
            .find(|mark| mark.name == phase)
            .map(|mark| mark.after)
    }

    /// Every phase's first time, in microseconds since the request.
    pub fn phases_us(&self) -> BTreeMap<String, u64> {
        let mut phases = BTreeMap::new();
        for mark in &self.marks {
            phases
                .entry(mark.name.clone())
                .or_insert(microseconds(mark.after));
        }
        phases
    }

    /// Microseconds from the request to the end; 0 when the end was not reached.
    pub fn total_us(&self) -> u64 {
        self.get("end").map_or(0, microseconds)
    }
}

fn microseconds(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

impl Serialize for Timeline {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shape {
            phases_us: BTreeMap<String, u64>,
            total_us: u64,
        }
        Shape {
            phases_us: self.phases_us(),
            total_us: self.total_us(),
        }
        .serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Timeline {
        let start = Instant::now();
        let at = |us| start + Duration::from_micros(us);
        let mut builder = Builder::new(start);
        builder.mark("end", at(1_500), Source::Host, String::new());
        builder.mark("ost", at(1_400), Source::Guest, "status 0x84".to_owned());
        builder.mark("ost", at(1_450), Source::Guest, "status 0".to_owned());
        builder.mark("reply", at(220), Source::Qmp, String::new());
        builder.mark(
            "doorbell",
            start - Duration::from_micros(9),
            Source::Guest,
            String::new(),
        );
        builder.build()
    }

    #[test]
    fn rows_are_sorted_and_the_first_of_a_name_counts() {
        let timeline = sample();
        let names: Vec<_> = timeline
            .marks()
            .iter()
            .map(|mark| mark.name.as_str())
            .collect();
        assert_eq!(names, ["request", "doorbell", "reply", "ost", "ost", "end"]);
        assert_eq!(timeline.phases_us()["ost"], 1_400);
        assert_eq!(timeline.get("doorbell"), Some(Duration::ZERO));
        assert_eq!(timeline.total_us(), 1_500);
    }

    #[test]
    fn json_has_phases_and_total() {
        let json = serde_json::to_value(sample()).expect("serializable");
        assert_eq!(json["phases_us"]["reply"], 220);
        assert_eq!(json["total_us"], 1_500);
    }

    #[test]
    fn the_table_has_times_and_differences() {
        let text = sample().to_string();
        let reply = text
            .lines()
            .find(|line| line.contains("reply"))
            .expect("a row");
        assert_eq!(
            reply.split_whitespace().collect::<Vec<_>>(),
            ["reply", "220", "+220", "qmp"]
        );
        let widths: Vec<_> = text
            .lines()
            .map(|line| line.find(" us").is_some())
            .collect();
        assert!(widths[0], "the head names the unit: {text}");
    }
}
