//! How busy the guest's CPUs are, from counters that the guest may get wrong.
//!
//! A guest tells for each CPU how many ms it has been busy and idle since some beginning. The load is
//! what they grew by over a window. A sample that cannot follow the one before it (counters that jump
//! backwards, stand still or run ahead of the clock, CPUs that come and go) begins the window anew and
//! is reported: until the window is full again there is no load, and so nothing to act upon. A load is
//! a share of what the guest itself accounted for, so that no counter makes it more than all CPUs.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::time::Duration;

use serde::Serialize;

use super::summary::millis;

/// No machine has more CPUs; a guest that tells of more is not believed.
const MAX_CPUS: usize = 1 << 12;

/// How much later than another one a sample may reach us, beyond all reason.
const SLACK_MS: u64 = 1000;

/// A CPU whose counters grow by less than this part of the time stands still.
const STILL: u64 = 10;

/// Samples in a window at most; further ones are let go, so that a long window needs no more memory.
const MAX_SAMPLES: usize = 1024;

/// One CPU's time since some beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CpuTime {
    /// The guest's number of it.
    pub cpu: u64,
    /// Working.
    pub busy_ms: u64,
    /// Not working.
    pub idle_ms: u64,
}

/// What the guest told at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// When, since the scaler's start.
    pub at: Duration,
    /// Its CPUs.
    pub cpus: Vec<CpuTime>,
}

/// Why a sample is not compared with the one before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "fault")]
pub enum Fault {
    /// No CPU at all.
    Empty,
    /// More CPUs than any machine has.
    TooMany {
        /// How many.
        count: usize,
    },
    /// The same CPU more than once.
    Twice {
        /// Which.
        cpu: u64,
    },
    /// CPUs that were there are not.
    Vanished {
        /// The lowest of them.
        cpu: u64,
    },
    /// Counters are lower than they were.
    Backwards {
        /// Whose.
        cpu: u64,
    },
    /// Counters do not grow with time.
    Still {
        /// Whose.
        cpu: u64,
        /// By how much they grew.
        grew_ms: u64,
        /// In how long.
        in_ms: u64,
    },
    /// Counters grow faster than time.
    TooFast {
        /// Whose.
        cpu: u64,
        /// By how much they grew.
        grew_ms: u64,
        /// In how long.
        in_ms: u64,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the guest told of no CPU at all"),
            Self::TooMany { count } => {
                write!(
                    f,
                    "the guest told of {count} CPUs, more than any machine has"
                )
            }
            Self::Twice { cpu } => write!(f, "the guest told of CPU {cpu} twice"),
            Self::Vanished { cpu } => write!(f, "CPU {cpu} is not among the guest's any more"),
            Self::Backwards { cpu } => write!(f, "CPU {cpu}'s counters went backwards"),
            Self::Still {
                cpu,
                grew_ms,
                in_ms,
            } => write!(
                f,
                "CPU {cpu}'s counters stand still: they grew by {grew_ms} ms in {in_ms} ms"
            ),
            Self::TooFast {
                cpu,
                grew_ms,
                in_ms,
            } => write!(
                f,
                "CPU {cpu}'s counters run ahead: they grew by {grew_ms} ms in {in_ms} ms"
            ),
        }
    }
}

/// The load over one window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Load {
    /// Each CPU's share of busy time, in thousandths.
    pub cpus: Vec<(u64, u32)>,
    /// The time that it was measured over.
    pub over: Duration,
}

impl Load {
    /// CPUs that were measured.
    pub fn count(&self) -> u32 {
        u32::try_from(self.cpus.len()).unwrap_or(u32::MAX)
    }

    /// The sum of the shares: thousandths of a CPU that are in use.
    pub fn busy_milli(&self) -> u64 {
        self.cpus.iter().map(|(_, share)| u64::from(*share)).sum()
    }

    /// The mean share, in thousandths.
    pub fn mean_milli(&self) -> u64 {
        self.busy_milli() / u64::from(self.count().max(1))
    }
}

/// What a sample came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// CPUs that the guest uses; `None` where the sample says nothing that can be true.
    pub online: Option<u32>,
    /// The load; `None` until the window is full.
    pub load: Option<Load>,
    /// ms that CPUs were busy since the sample before, as far as that can be told.
    pub busy_ms: u64,
    /// What was wrong with the sample, one of each kind.
    pub faults: Vec<Fault>,
}

/// The counters of one sample, by CPU.
type Counters = BTreeMap<u64, (u64, u64)>;

/// Keeps the window.
#[derive(Debug)]
pub struct Meter {
    window: Duration,
    samples: VecDeque<(Duration, Counters)>,
    /// The last sample, whether it is in the window or not.
    last: Option<(Duration, Counters)>,
}

impl Meter {
    /// A meter that measures over `window`.
    pub fn new(window: Duration) -> Self {
        Self {
            window,
            samples: VecDeque::new(),
            last: None,
        }
    }

    /// Forgets what came before: CPUs were added or removed.
    pub fn restart(&mut self) {
        self.samples.clear();
    }

    /// Takes a sample in.
    pub fn take(&mut self, sample: &Sample) -> Reading {
        let counters = match counters(&sample.cpus) {
            Ok(counters) => counters,
            Err(fault) => {
                self.restart();
                return Reading {
                    faults: vec![fault],
                    ..Reading::default()
                };
            }
        };
        let online = u32::try_from(counters.len()).ok();
        let busy_ms = self.busy_since_last(sample.at, &counters);
        let mut faults = Vec::new();
        if let Some((before, last)) = self.samples.back() {
            let passed = sample.at.saturating_sub(*before);
            faults = compare(last, &counters, passed);
            if !faults.is_empty() || !last.keys().eq(counters.keys()) {
                self.restart();
            }
        }
        self.push(sample.at, counters);
        Reading {
            online,
            load: self.load(),
            busy_ms,
            faults,
        }
    }

    /// Samples that are kept.
    #[cfg(test)]
    pub(super) fn samples(&self) -> usize {
        self.samples.len()
    }

    /// CPUs that came or went in between are not counted, and neither are counters that cannot be.
    fn busy_since_last(&mut self, at: Duration, now: &Counters) -> u64 {
        let last = self.last.replace((at, now.clone()));
        let Some((before, last)) = last else { return 0 };
        let in_ms = millis(at.saturating_sub(before));
        let busy = |(cpu, before): (&u64, &(u64, u64))| {
            let after = *now.get(cpu)?;
            let is_sound = compare_cpu(*cpu, *before, after, in_ms).is_none();
            is_sound.then_some(after.0.saturating_sub(before.0).min(in_ms))
        };
        last.iter().filter_map(busy).sum()
    }

    /// Keeps as few samples as span the window.
    fn push(&mut self, at: Duration, counters: Counters) {
        self.samples.push_back((at, counters));
        let window = self.window;
        let spans = |(first, _): &(Duration, Counters)| spans(window, at.saturating_sub(*first));
        while self.samples.len() > MAX_SAMPLES || self.samples.get(1).is_some_and(spans) {
            self.samples.pop_front();
        }
    }

    fn load(&self) -> Option<Load> {
        let ((begin, first), (end, last)) = (self.samples.front()?, self.samples.back()?);
        let over = end.saturating_sub(*begin);
        if over.is_zero() || !spans(self.window, over) {
            return None;
        }
        let share = |(cpu, now): (&u64, &(u64, u64))| {
            let (busy, idle) = grown(*first.get(cpu)?, *now)?;
            let share = u128::from(busy) * 1000 / (u128::from(busy) + u128::from(idle)).max(1);
            Some((*cpu, u32::try_from(share).ok()?))
        };
        let cpus: Option<Vec<_>> = last.iter().map(share).collect();
        Some(Load { cpus: cpus?, over })
    }
}

/// Samples come a little early or late: three quarters of the window will do.
fn spans(window: Duration, time: Duration) -> bool {
    time.saturating_mul(4) >= window.saturating_mul(3)
}

fn counters(cpus: &[CpuTime]) -> Result<Counters, Fault> {
    let count = cpus.len();
    if count == 0 {
        return Err(Fault::Empty);
    }
    if count > MAX_CPUS {
        return Err(Fault::TooMany { count });
    }
    let mut counters = Counters::new();
    for time in cpus {
        let (cpu, value) = (time.cpu, (time.busy_ms, time.idle_ms));
        if counters.insert(cpu, value).is_some() {
            return Err(Fault::Twice { cpu });
        }
    }
    Ok(counters)
}

/// By how much busy and idle time grew; `None` if either is less than it was.
fn grown(before: (u64, u64), now: (u64, u64)) -> Option<(u64, u64)> {
    Some((now.0.checked_sub(before.0)?, now.1.checked_sub(before.1)?))
}

/// What is wrong with `now` after `last`: the first fault of each kind.
fn compare(last: &Counters, now: &Counters, passed: Duration) -> Vec<Fault> {
    let in_ms = millis(passed);
    let mut faults: Vec<Fault> = Vec::new();
    for (cpu, before) in last {
        let fault = match now.get(cpu) {
            None => Some(Fault::Vanished { cpu: *cpu }),
            Some(after) => compare_cpu(*cpu, *before, *after, in_ms),
        };
        let Some(fault) = fault else { continue };
        let kind = std::mem::discriminant(&fault);
        if faults
            .iter()
            .all(|known| std::mem::discriminant(known) != kind)
        {
            faults.push(fault);
        }
    }
    faults
}

fn compare_cpu(cpu: u64, before: (u64, u64), now: (u64, u64), in_ms: u64) -> Option<Fault> {
    let Some((busy, idle)) = grown(before, now) else {
        return Some(Fault::Backwards { cpu });
    };
    let grew_ms = busy.saturating_add(idle);
    if grew_ms > in_ms.saturating_mul(2).saturating_add(SLACK_MS) {
        return Some(Fault::TooFast {
            cpu,
            grew_ms,
            in_ms,
        });
    }
    (grew_ms < in_ms / STILL).then_some(Fault::Still {
        cpu,
        grew_ms,
        in_ms,
    })
}
