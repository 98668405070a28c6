//! What a run has cost and brought.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

/// Work of a guest that has a demand of its own and tells of it, in µs of one CPU's time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Work {
    /// What was asked of it.
    pub offered_us: u64,
    /// What it did.
    pub done_us: u64,
    /// What it had no CPU for, and never did.
    pub dropped_us: u64,
}

impl Work {
    /// Since `earlier`.
    pub fn since(self, earlier: Self) -> Self {
        Self {
            offered_us: self.offered_us.saturating_sub(earlier.offered_us),
            done_us: self.done_us.saturating_sub(earlier.done_us),
            dropped_us: self.dropped_us.saturating_sub(earlier.dropped_us),
        }
    }

    /// The throughput kept: what was done of what was offered, in thousandths.
    pub fn kept_milli(self) -> Option<u64> {
        let kept = u128::from(self.done_us) * 1000;
        u64::try_from(kept.checked_div(self.offered_us.into())?).ok()
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Its time was over.
    TimeIsOver,
    /// The load was gone.
    Idle,
    /// It was interrupted.
    Interrupted,
    /// There is no domain any more.
    DomainEnded,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TimeIsOver => "its time is over",
            Self::Idle => "the load is gone",
            Self::Interrupted => "interrupted",
            Self::DomainEnded => "the domain has ended",
        })
    }
}

/// The sums of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Always `summary`.
    event: &'static str,
    /// How it ended.
    pub end: End,
    /// How long it was.
    pub ms: u64,
    /// ms of vCPUs that were there.
    pub vcpu_ms: u64,
    /// The same, had there always been the most there may be.
    pub vcpu_ms_at_max: u64,
    /// The same, had there always been the least.
    pub vcpu_ms_at_min: u64,
    /// ms that vCPUs were busy, as far as that is known.
    pub busy_ms: u64,
    /// The fewest vCPUs.
    pub fewest: u32,
    /// The most vCPUs.
    pub most: u32,
    /// Changes that added.
    pub adds: u32,
    /// Changes that removed.
    pub removals: u32,
    /// Changes that failed.
    pub failures: u32,
    /// Work, where the guest tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub work: Option<Work>,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = |ms: u64| format!("{}.{} s", ms / 1000, ms % 1000 / 100);
        let share = |part: u64, whole: u64| match whole {
            0 => "-".to_owned(),
            whole => format!("{} %", u128::from(part) * 100 / u128::from(whole)),
        };
        writeln!(f, "{} after {}", self.end, seconds(self.ms))?;
        writeln!(
            f,
            "  vCPUs         {} to {}; {} adds, {} removals, {} failures",
            self.fewest, self.most, self.adds, self.removals, self.failures
        )?;
        let (used, max) = (self.vcpu_ms, self.vcpu_ms_at_max);
        writeln!(
            f,
            "  vCPU time     {}, {} of it busy",
            seconds(used),
            share(self.busy_ms, used)
        )?;
        write!(
            f,
            "  saved         {} of the {} of always the most; always the least: {}",
            share(max.saturating_sub(used), max),
            seconds(max),
            seconds(self.vcpu_ms_at_min)
        )?;
        if let Some(work) = self.work {
            let (done, offered) = (work.done_us, work.offered_us);
            write!(
                f,
                "\n  throughput    {} kept: work of {} done of {} offered, {} dropped",
                share(done, offered),
                seconds(done / 1000),
                seconds(offered / 1000),
                seconds(work.dropped_us / 1000)
            )?;
        }
        Ok(())
    }
}

/// Adds up while a run lasts.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    last: Option<(Duration, u32)>,
    begin: Duration,
    vcpu_ms: u64,
    busy_ms: u64,
    pub adds: u32,
    pub removals: u32,
    pub failures: u32,
    fewest: Option<u32>,
    most: u32,
}

impl Tally {
    /// CPUs were busy for so long.
    pub fn was_busy(&mut self, ms: u64) {
        self.busy_ms = self.busy_ms.saturating_add(ms);
    }

    /// `vcpus` are there from `at` on.
    pub fn pass(&mut self, at: Duration, vcpus: u32) {
        match self.last {
            None => self.begin = at,
            Some((since, were)) => {
                let ms = millis(at.saturating_sub(since));
                self.vcpu_ms = self.vcpu_ms.saturating_add(ms.saturating_mul(were.into()));
            }
        }
        self.last = Some((at, vcpus));
        self.fewest = Some(self.fewest.map_or(vcpus, |fewest| fewest.min(vcpus)));
        self.most = self.most.max(vcpus);
    }

    /// The sums, for bounds of `low` and `high`.
    pub fn summary(&self, end: End, (low, high): (u32, u32), work: Option<Work>) -> Summary {
        let until = self.last.map_or(self.begin, |(at, _)| at);
        let ms = millis(until.saturating_sub(self.begin));
        Summary {
            event: "summary",
            end,
            ms,
            vcpu_ms: self.vcpu_ms,
            vcpu_ms_at_max: ms.saturating_mul(high.into()),
            vcpu_ms_at_min: ms.saturating_mul(low.into()),
            busy_ms: self.busy_ms,
            fewest: self.fewest.unwrap_or(0),
            most: self.most,
            adds: self.adds,
            removals: self.removals,
            failures: self.failures,
            work,
        }
    }
}

pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_is_sums_over_time() {
        let mut tally = Tally::default();
        let at = Duration::from_secs;
        tally.pass(at(10), 1);
        tally.pass(at(20), 4);
        tally.pass(at(25), 2);
        tally.pass(at(30), 2);
        tally.was_busy(24_000);
        let work = Work {
            offered_us: 30_000_000,
            done_us: 27_000_000,
            dropped_us: 1_500_000,
        };
        let summary = tally.summary(End::TimeIsOver, (1, 8), Some(work));
        assert_eq!((summary.vcpu_ms, summary.ms), (40_000, 20_000));
        assert_eq!((summary.fewest, summary.most), (1, 4));
        let expected = "\
its time is over after 20.0 s
  vCPUs         1 to 4; 0 adds, 0 removals, 0 failures
  vCPU time     40.0 s, 60 % of it busy
  saved         75 % of the 160.0 s of always the most; always the least: 20.0 s
  throughput    90 % kept: work of 27.0 s done of 30.0 s offered, 1.5 s dropped";
        assert_eq!(summary.to_string(), expected);
        let nothing = Tally::default().summary(End::Interrupted, (1, 1), None);
        assert!(
            nothing.to_string().contains("saved         - of"),
            "{nothing}"
        );
        assert_eq!(Work::default().kept_milli(), None);
    }
}
