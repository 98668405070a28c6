//! The guest's clock against the host's.
//!
//! The guest stamps its records with nanoseconds since its kernel was entered; the host sees each a
//! little later than it was written. The host time of the guest's zero is therefore at most
//! `received - t_ns` of every record, and the smallest of these is the best estimate: the record
//! that was delayed least. Only the last [`WINDOW`] counts, because a guest calibrates its clock
//! against an emulated timer and may run a thousand parts per million off the host's; within it,
//! [`Clock::since`] leaves only what belongs to one operation, over which they do not part.
//!
//! A record takes its time, because the guest writes it byte by byte through an emulated port: half
//! a millisecond is usual. Where QEMU tells of the same thing over QMP (`_OST`), that comes sooner
//! and places the guest's zero better; see [`Clock::observe_at`].

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use hotvcpu_wire::Phase;

use super::GuestRecord;

/// How far back records are used: at 1000 ppm the clocks part by 2 ms in this time.
const WINDOW: Duration = Duration::from_secs(2);

/// The most records kept for the estimate.
const MAX_SAMPLES: usize = 4096;

/// Maps guest time to host time.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// When a record was received, and where it puts the guest's zero.
    samples: VecDeque<(Instant, Instant)>,
}

impl Clock {
    /// Takes a record into the estimate. A `boot` record begins anew: the guest's clock starts at
    /// zero again.
    pub fn observe(&mut self, record: &GuestRecord) {
        if record.record.phase == Phase::Boot {
            self.samples.clear();
        }
        self.observe_at(record.record.t_ns, record.at);
    }

    /// What the guest stamped `t_ns` was noticed by the host at `at`, by whatever way.
    pub fn observe_at(&mut self, t_ns: u64, at: Instant) {
        let Some(zero) = at.checked_sub(Duration::from_nanos(t_ns)) else {
            return;
        };
        self.samples.push_back((at, zero));
        while let Some((received, _)) = self.samples.front()
            && (self.samples.len() > MAX_SAMPLES
                || at.saturating_duration_since(*received) > WINDOW)
        {
            self.samples.pop_front();
        }
    }

    /// The clock as what was noticed from `begin` on tells it; as all that is known does where that
    /// is nothing.
    pub fn since(&self, begin: Instant) -> Self {
        let later = self.samples.iter().filter(|(at, _)| *at >= begin);
        let samples: VecDeque<_> = later.copied().collect();
        if samples.is_empty() {
            self.clone()
        } else {
            Self { samples }
        }
    }

    /// The host time of the guest's `t_ns`; `None` before any record, or when the guest's number is
    /// beyond the host's clock.
    pub fn host_time(&self, t_ns: u64) -> Option<Instant> {
        let zero = self.samples.iter().map(|(_, zero)| *zero).min()?;
        zero.checked_add(Duration::from_nanos(t_ns))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hotvcpu_wire::Record;

    fn received(at: Instant, t_ns: u64, phase: Phase) -> GuestRecord {
        GuestRecord {
            record: Record::new(0, t_ns, phase),
            at,
        }
    }

    #[test]
    fn the_least_delayed_record_decides() {
        let zero = Instant::now();
        let mut clock = Clock::default();
        for (t_ns, delay_us) in [(1_000, 900), (2_000, 40), (3_000, 500)] {
            let at = zero + Duration::from_nanos(t_ns) + Duration::from_micros(delay_us);
            clock.observe(&received(at, t_ns, Phase::Scan));
        }
        let late = Duration::from_micros(40);
        assert_eq!(
            clock.host_time(5_000),
            Some(zero + Duration::from_nanos(5_000) + late)
        );
    }

    #[test]
    fn a_reset_and_old_records_are_forgotten() {
        let start = Instant::now();
        let second = Duration::from_secs(1);
        let mut clock = Clock::default();
        clock.observe(&received(start, 0, Phase::Ready));
        clock.observe(&received(start + 3 * second, 2_000_000_000, Phase::Scan));
        assert_eq!(
            clock.host_time(0),
            Some(start + second),
            "the older record is out of the window"
        );
        clock.observe(&received(start + 4 * second, 0, Phase::Boot));
        assert_eq!(
            clock.host_time(7),
            Some(start + 4 * second + Duration::from_nanos(7))
        );
    }

    /// A guest whose clock is slow by 2000 ppm: its older records put its zero too early.
    #[test]
    fn an_operation_is_placed_by_its_own_records() {
        let (zero, mut clock) = (Instant::now(), Clock::default());
        let slow = |ms: u64| {
            received(
                zero + Duration::from_millis(ms),
                ms * 998_000,
                Phase::Workload,
            )
        };
        for ms in [0, 500, 1000, 1500] {
            clock.observe(&slow(ms));
        }
        let begin = zero + Duration::from_millis(1400);
        let placed = |clock: &Clock| clock.host_time(1500 * 998_000);
        assert!(placed(&clock).is_some_and(|at| at < begin + Duration::from_millis(98)));
        let truth = Some(zero + Duration::from_millis(1500));
        assert_eq!(placed(&clock.since(begin)), truth);
        let none = clock.since(zero + Duration::from_secs(9));
        assert_eq!(placed(&none), placed(&clock));
    }

    #[test]
    fn an_absurd_time_is_no_panic() {
        let at = Instant::now();
        let mut clock = Clock::default();
        clock.observe(&received(at, u64::MAX, Phase::Scan));
        assert_eq!(clock.host_time(u64::MAX), Some(at));
        clock.observe(&received(at, 0, Phase::Scan));
        assert!(
            clock.host_time(0).is_some_and(|zero| zero < at),
            "the absurd one is the smallest"
        );
    }
}
