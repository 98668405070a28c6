//! From a load to a decision.
//!
//! The number of vCPUs that would bring the load to the target is the sum of what they do, divided by
//! the target, rounded up to whole cores. Nothing is done while the load is within the band around the
//! target, so a steady load leads to one number and stays there: after an add the load is at most the
//! target, and what one more removal would make of it is above it. A load that all vCPUs are fully busy
//! with may be any amount higher, so adds approach the number from below and never go beyond it.

use std::time::Duration;

use super::config::Config;
use super::decision::{Action, Decision, Measured, Reason};
use super::meter::{Load, Reading};
use super::steps::Steps;

/// The longest pause after failures.
const LONGEST_BACKOFF: Duration = Duration::from_secs(120);

/// The pause after the first failure, at least.
const SHORTEST_BACKOFF: Duration = Duration::from_secs(1);

/// Decides, and remembers what its decisions came to.
#[derive(Debug)]
pub struct Engine {
    config: Config,
    changed_at: Option<Duration>,
    failures: u32,
    not_before: Duration,
    /// Adds of so many vCPUs and more are refused for good, and why.
    adds_refused: Option<(u32, String)>,
    /// Removals are refused for good, and why.
    removals_refused: Option<String>,
}

/// What to do if it may be done now, and why.
type Wish = (Action, Reason);

impl Engine {
    /// An engine that has done nothing yet.
    pub fn new(config: Config) -> Self {
        Self {
            config,
            changed_at: None,
            failures: 0,
            not_before: Duration::ZERO,
            adds_refused: None,
            removals_refused: None,
        }
    }

    /// Decides at `at`, upon `reading`, for a machine that can go where `steps` says.
    pub fn decide(&self, at: Duration, reading: &Reading, steps: &Steps) -> Decision {
        let present = steps.present();
        let (wish, reason) = self.wish(present, reading, steps);
        let (action, reason) = self.permit(at, present, wish, reason, steps);
        let load = reading.load.as_ref();
        Decision {
            at_ms: u64::try_from(at.as_millis()).unwrap_or(u64::MAX),
            action,
            reason,
            measured: Measured {
                vcpus: present,
                online: reading.online,
                busy_milli: load.map(Load::busy_milli),
                load_milli: load.map(Load::mean_milli),
            },
            faults: reading.faults.clone(),
        }
    }

    /// A change was made at `at`, in whole or in part: cooldown begins.
    pub fn changed(&mut self, at: Duration) {
        self.changed_at = Some(at);
        self.failures = 0;
    }

    /// A change failed at `at`, or did not end in time: the next attempt waits, longer each time.
    pub fn failed(&mut self, at: Duration) {
        self.failures = self.failures.saturating_add(1);
        let first = self.config.up_cooldown.max(SHORTEST_BACKOFF);
        let doubled = first.saturating_mul(1 << self.failures.min(8).saturating_sub(1));
        self.not_before = at.saturating_add(doubled.min(LONGEST_BACKOFF));
    }

    /// This will be refused however often it is tried. A smaller add may still do.
    pub fn refused(&mut self, action: Action, because: String) {
        match action {
            Action::Add(count) => self.adds_refused = Some((count, because)),
            Action::Remove(_) => self.removals_refused = Some(because),
            Action::Hold => {}
        }
    }

    /// The bounds as whole cores.
    pub fn bounds(&self, steps: &Steps) -> Option<(u32, u32)> {
        let Config { min, max, .. } = self.config;
        Some((steps.at_least(min, max)?, steps.at_most(min, max)?))
    }

    /// What is to be done, whenever it may be.
    fn wish(&self, present: u32, reading: &Reading, steps: &Steps) -> Wish {
        let Config { min, max, .. } = self.config;
        let hold = |reason| (Action::Hold, reason);
        let Some((low, high)) = self.bounds(steps) else {
            return hold(Reason::NoStep { min, max });
        };
        if present < low {
            return (Action::Add(low - present), Reason::BelowMinimum { low });
        }
        if present > high {
            return (
                Action::Remove(present - high),
                Reason::AboveMaximum { high },
            );
        }
        if !reading.faults.is_empty() {
            return hold(Reason::Faulty);
        }
        match (reading.online, &reading.load) {
            (Some(guest), _) if guest != present => hold(Reason::Mismatch {
                guest,
                host: present,
            }),
            (_, Some(load)) if load.count() == present => {
                self.by_load(present, load, (low, high), steps)
            }
            _ => hold(Reason::Measuring),
        }
    }

    fn by_load(&self, present: u32, load: &Load, bounds: (u32, u32), steps: &Steps) -> Wish {
        let (low, high) = bounds;
        let Config { target, band, .. } = self.config;
        let (below, above) = (target.saturating_sub(band), target.saturating_add(band));
        let (busy, count) = (load.busy_milli(), u64::from(load.count()));
        let is_above = busy > u64::from(above) * 10 * count;
        let is_below = busy < u64::from(below) * 10 * count;
        let needed = busy.div_ceil(u64::from(target) * 10);
        let needed = u32::try_from(needed).unwrap_or(u32::MAX).clamp(low, high);
        let wanted = steps.at_least(needed, high).unwrap_or(present);
        let hold = |reason| (Action::Hold, reason);
        match (is_above, is_below) {
            (true, _) if wanted > present => (
                Action::Add(wanted - present),
                Reason::Busy { above, wanted },
            ),
            (true, _) if present >= high => hold(Reason::AtMaximum { high }),
            (_, true) if wanted < present => (
                Action::Remove(present - wanted),
                Reason::Idle { below, wanted },
            ),
            (_, true) if present <= low => hold(Reason::AtMinimum { low }),
            (false, false) => hold(Reason::InBand {
                from: below,
                to: above,
            }),
            _ => hold(Reason::NoBetterStep),
        }
    }

    /// Whether the wish may be carried out now, in whole or in part.
    fn permit(
        &self,
        at: Duration,
        present: u32,
        would: Action,
        reason: Reason,
        steps: &Steps,
    ) -> Wish {
        let cooldown = match would {
            Action::Hold => return (would, reason),
            Action::Add(_) => self.config.up_cooldown,
            Action::Remove(_) => self.config.down_cooldown,
        };
        let would = match self.unrefused(present, would, steps) {
            Ok(would) => would,
            Err(because) => return (Action::Hold, Reason::Refused { would, because }),
        };
        let cool_at = self.changed_at.map(|since| since.saturating_add(cooldown));
        let left_ms = |until: Duration| {
            let left = until.saturating_sub(at).as_millis();
            u64::try_from(left).unwrap_or(u64::MAX)
        };
        match cool_at {
            _ if at < self.not_before => {
                let left_ms = left_ms(self.not_before);
                (Action::Hold, Reason::BackingOff { would, left_ms })
            }
            Some(until) if at < until => {
                let left_ms = left_ms(until);
                (Action::Hold, Reason::Cooldown { would, left_ms })
            }
            _ => (would, reason),
        }
    }

    /// As much of it as is not refused for good.
    fn unrefused(&self, present: u32, would: Action, steps: &Steps) -> Result<Action, String> {
        match (would, &self.adds_refused, &self.removals_refused) {
            (Action::Add(count), Some((refused, because)), _) if count >= *refused => {
                let most = present.saturating_add(*refused).saturating_sub(1);
                match steps.at_most(present.saturating_add(1), most) {
                    Some(number) => Ok(Action::Add(number - present)),
                    None => Err(because.clone()),
                }
            }
            (Action::Remove(_), _, Some(because)) => Err(because.clone()),
            _ => Ok(would),
        }
    }
}
