//! When one CPU works, and how busy that makes it.
//!
//! A CPU's capacity is its pace: one step in each interval. Being busy means to have a step in an interval, however
//! long the host took to compute it: under emulation on a host with few cores, real time says more about the host than
//! about the guest. So a CPU's time is a row of intervals, each busy or idle; a CPU with work in all of them is busy for
//! 100 %, and eight CPUs that share the demand of two are busy for 25 % each.

use super::INTERVAL_NS;

/// How far a CPU may fall behind its pace and still make up for it, in ns, where demand does not wait for it.
const BEHIND_NS: u64 = 25 * INTERVAL_NS;

/// A CPU's time by what it did with it. Intervals that have not ended are in neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// It worked.
    pub busy_ns: u64,
    /// It had nothing to do.
    pub idle_ns: u64,
}

impl core::ops::Add for Usage {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            busy_ns: self.busy_ns.saturating_add(other.busy_ns),
            idle_ns: self.idle_ns.saturating_add(other.idle_ns),
        }
    }
}

/// One CPU's intervals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pacer {
    /// The interval under way: its beginning, and whether the CPU is busy in it. `None` before the first.
    begun: Option<(u64, bool)>,
    /// When the next one begins.
    next_ns: u64,
    usage: Usage,
}

impl Pacer {
    /// When the next interval begins, in ns: the CPU is to look for work then. 0 is now.
    pub fn due_ns(&self) -> u64 {
        self.next_ns
    }

    /// What has ended of the CPU's time.
    pub fn usage(&self) -> Usage {
        self.usage
    }

    /// The interval that is due began with work; `now_ns` is when the work was done. Work never runs out, so late is
    /// late: steps that were missed are not made up for, and a busy host sees no burst.
    pub fn worked(&mut self, now_ns: u64) {
        let begin_ns = self.begin(now_ns, true);
        self.next_ns = now_ns.max(begin_ns + INTERVAL_NS);
    }

    /// The same for a CPU that works all the time.
    pub fn worked_without_pause(&mut self, now_ns: u64) {
        self.begin(now_ns, true);
        self.next_ns = now_ns;
    }

    /// The same where work arrives by itself. Late steps are made up for, so that demand is met at the CPU's pace
    /// although its host is not always in time; what is too late to be made up for counts as busy.
    pub fn served(&mut self, now_ns: u64) {
        let begin_ns = self.begin(now_ns, true);
        self.next_ns = (begin_ns + INTERVAL_NS).max(now_ns.saturating_sub(BEHIND_NS));
    }

    /// The interval that is due began without work.
    pub fn idled(&mut self, now_ns: u64) {
        let begin_ns = self.begin(now_ns, false);
        let passed = now_ns.saturating_sub(begin_ns) / INTERVAL_NS;
        self.next_ns = begin_ns + (passed + 1) * INTERVAL_NS;
    }

    /// Ends the interval under way, and begins the next where that ended.
    fn begin(&mut self, now_ns: u64, busy: bool) -> u64 {
        let begin_ns = match self.begun {
            None => now_ns,
            Some((since_ns, was_busy)) => {
                let length_ns = self.next_ns.saturating_sub(since_ns);
                match was_busy {
                    true => self.usage.busy_ns += length_ns,
                    false => self.usage.idle_ns += length_ns,
                }
                self.next_ns
            }
        };
        self.begun = Some((begin_ns, busy));
        begin_ns
    }
}
