//! The loop: sample, decide, act, tell.
//!
//! What it works on is behind three traits, so that its tests need neither a guest nor time. A domain is
//! held only while its vCPUs change: between two changes other commands have it, and what they do to it
//! is noticed and taken as the new state.

use std::time::Duration;

use serde::Serialize;

use super::config::Config;
use super::decision::{Action, Decision, Measured, Reason};
use super::engine::Engine;
use super::meter::{CpuTime, Meter, Reading, Sample};
use super::steps::Steps;
use super::summary::{End, Summary, Tally, Work, millis};
use crate::domain::DomainError;
use crate::error::{Error, ErrorKind, Result};
use crate::guard::Refusal;
use crate::ops::{Operation, Outcome};
use crate::plan::Order;
use crate::slots::Slot;

/// While guest and host disagree about the vCPUs, the host is asked again this often.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// A load below this, in thousandths, is none.
const IDLE_MILLI: u64 = 50;

/// Tells how busy the guest is.
pub trait LoadSource {
    /// Each CPU's counters, now.
    ///
    /// # Errors
    /// The guest does not tell.
    fn sample(&mut self) -> Result<Vec<CpuTime>>;

    /// The work that was offered and done since the machine's start, where the guest tells.
    fn work(&mut self) -> Option<Work> {
        None
    }
}

/// What a change came to.
#[derive(Debug)]
pub struct Changed {
    /// One for each vCPU; none if the machine was not as expected, and left alone.
    pub operations: Vec<Operation>,
    /// The machine as it is now.
    pub slots: Vec<Slot>,
}

/// A machine whose vCPUs can be changed. Holds it only while it is looked at or changed.
pub trait Scalable {
    /// Its slots.
    ///
    /// # Errors
    /// Somebody else holds it, or it does not answer.
    fn look(&mut self) -> Result<Vec<Slot>>;

    /// Changes it to have `wanted` vCPUs, if it has `expected`; leaves it alone if it has not.
    ///
    /// # Errors
    /// As there; nothing was sent (guard, quirk); QEMU was lost.
    fn resize(&mut self, expected: u32, wanted: u32) -> Result<Changed>;

    /// In which order its slots are taken.
    fn order(&self) -> &Order;

    /// Whether there is a machine at all.
    fn is_running(&self) -> bool;
}

/// What the loop waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tick {
    /// It is time for a sample.
    Sample,
    /// It is to end.
    End(End),
}

/// The loop's time.
pub trait Pace {
    /// Since the beginning.
    fn now(&self) -> Duration;

    /// Awaits the next tick.
    fn next(&mut self) -> Tick;
}

/// What the loop tells.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Told {
    /// A decision; one for each sample.
    Decision(Decision),
    /// A change that was tried.
    Change(Change),
}

/// A change that was tried.
#[derive(Debug, Serialize)]
pub struct Change {
    /// Always `change`.
    event: &'static str,
    /// When it ended, in ms since the beginning.
    pub t_ms: u64,
    /// vCPUs before.
    pub before: u32,
    /// vCPUs afterwards.
    pub after: u32,
    /// How long it took.
    pub took_ms: u64,
    /// Why it failed, or was left.
    pub error: Option<String>,
}

/// What is wanted of the loop beside the engine's numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Decide and tell, but change nothing.
    pub dry_run: bool,
    /// End when the load that there was is gone, and the vCPUs with it.
    pub until_idle: bool,
}

/// The loop.
pub struct Scaler<'p> {
    source: &'p mut dyn LoadSource,
    machine: &'p mut dyn Scalable,
    options: Options,
    engine: Engine,
    meter: Meter,
    tally: Tally,
    slots: Vec<Slot>,
    looked_at: Duration,
    first_work: Option<Work>,
    was_busy: bool,
}

impl<'p> Scaler<'p> {
    /// A loop over `source` and `machine`, which it looks at.
    ///
    /// # Errors
    /// The machine cannot be looked at, or the bounds are beyond it.
    pub fn new(
        config: Config,
        options: Options,
        source: &'p mut dyn LoadSource,
        machine: &'p mut dyn Scalable,
    ) -> Result<Self> {
        config.check()?;
        let slots = machine.look()?;
        let engine = Engine::new(config);
        let order = machine.order().clone();
        if engine.bounds(&Steps::of(&slots, &order)).is_none() {
            let Config { min, max, .. } = config;
            return Err(Error::Usage(format!(
                "no number of vCPUs from --min {min} to --max {max} fills whole cores of this machine of {} slots and can be reached; choose other bounds (see `hotvcpu vcpuinfo`)",
                slots.len()
            )));
        }
        Ok(Self {
            first_work: source.work(),
            source,
            machine,
            options,
            engine,
            meter: Meter::new(config.window),
            tally: Tally::default(),
            slots,
            looked_at: Duration::ZERO,
            was_busy: false,
        })
    }

    /// The bounds as whole cores of this machine.
    pub fn bounds(&self) -> (u32, u32) {
        let steps = Steps::of(&self.slots, self.machine.order());
        self.engine.bounds(&steps).unwrap_or_default()
    }

    /// vCPUs that are there.
    pub fn present(&self) -> u32 {
        Steps::of(&self.slots, self.machine.order()).present()
    }

    /// Goes on until `pace` says so, the load is gone, or the domain is.
    ///
    /// # Errors
    /// What `tell` returns.
    pub fn run<E>(
        &mut self,
        pace: &mut dyn Pace,
        mut tell: impl FnMut(&Told) -> std::result::Result<(), E>,
    ) -> std::result::Result<Summary, E> {
        self.tally.pass(pace.now(), self.present());
        let end = loop {
            if let Tick::End(end) = pace.next() {
                break end;
            }
            if !self.machine.is_running() {
                break End::DomainEnded;
            }
            let decision = self.decide(pace);
            let wanted = decision.action.applied_to(decision.measured.vcpus);
            let (action, is_idle) = (decision.action, self.is_idle(&decision));
            tell(&Told::Decision(decision))?;
            if is_idle {
                break End::Idle;
            }
            if action != Action::Hold
                && let Some(told) = self.act(action, wanted, pace)
            {
                tell(&told)?;
            }
        };
        self.tally.pass(pace.now(), self.present());
        let work = self.source.work();
        let work = work.map(|now| now.since(self.first_work.unwrap_or_default()));
        Ok(self.tally.summary(end, self.bounds(), work))
    }

    fn decide(&mut self, pace: &dyn Pace) -> Decision {
        let cpus = match self.source.sample() {
            Ok(cpus) => cpus,
            Err(error) => {
                self.meter.restart();
                return self.hold(pace.now(), Reason::NoSample(error.to_string()));
            }
        };
        // The counters are as old as the answer, not as the question.
        let at = pace.now();
        let reading = self.meter.take(&Sample { at, cpus });
        self.tally.was_busy(reading.busy_ms);
        let unseen = self.slots_are_outdated(at, &reading);
        if unseen && let Err(error) = self.look(at) {
            return self.hold(at, of_look(error));
        }
        let steps = Steps::of(&self.slots, self.machine.order());
        let decision = self.engine.decide(at, &reading, &steps);
        self.tally.pass(at, decision.measured.vcpus);
        decision
    }

    fn hold(&mut self, at: Duration, reason: Reason) -> Decision {
        let vcpus = self.present();
        self.tally.pass(at, vcpus);
        Decision {
            at_ms: millis(at),
            action: Action::Hold,
            reason,
            measured: Measured {
                vcpus,
                ..Measured::default()
            },
            faults: Vec::new(),
        }
    }

    /// Whether somebody else seems to have changed the machine.
    fn slots_are_outdated(&self, at: Duration, reading: &Reading) -> bool {
        let differs = reading
            .online
            .is_some_and(|online| online != self.present());
        differs && (self.looked_at.is_zero() || at >= self.looked_at + LOOK_AGAIN)
    }

    fn look(&mut self, at: Duration) -> Result<()> {
        self.slots = self.machine.look()?;
        self.looked_at = at;
        Ok(())
    }

    /// Whether the load that there was is gone, and no more vCPUs can go.
    fn is_idle(&mut self, decision: &Decision) -> bool {
        let Some(load) = decision.measured.load_milli else {
            return false;
        };
        self.was_busy |= load >= IDLE_MILLI;
        let is_least = decision.action == Action::Hold
            && matches!(
                decision.reason,
                Reason::AtMinimum { .. } | Reason::Refused { .. }
            );
        self.options.until_idle && self.was_busy && load < IDLE_MILLI && is_least
    }

    /// Carries a decision out; what is to be told of it.
    fn act(&mut self, action: Action, wanted: u32, pace: &dyn Pace) -> Option<Told> {
        if self.options.dry_run {
            self.engine.changed(pace.now());
            return None;
        }
        let (before, begin) = (self.present(), pace.now());
        let result = self.machine.resize(before, wanted);
        let at = pace.now();
        let error = match result {
            Ok(changed) => self.take_in(at, action, changed),
            Err(Error::Domain(DomainError::Busy { holder, .. })) => {
                return Some(Told::Decision(self.hold(at, Reason::Busied { holder })));
            }
            Err(error) => {
                self.take_error(at, action, &error);
                Some(error.to_string())
            }
        };
        let after = self.present();
        self.tally.pass(at, after);
        self.begin_anew(pace);
        Some(Told::Change(Change {
            event: "change",
            t_ms: millis(at),
            before,
            after,
            took_ms: millis(at.saturating_sub(begin)),
            error,
        }))
    }

    /// What was measured before was measured on other CPUs, or while they changed; what comes now begins
    /// the next window.
    fn begin_anew(&mut self, pace: &dyn Pace) {
        self.meter.restart();
        // An agent that does not answer now is told of when it does not answer next.
        if let Ok(cpus) = self.source.sample() {
            let at = pace.now();
            let reading = self.meter.take(&Sample { at, cpus });
            self.tally.was_busy(reading.busy_ms);
        }
    }

    /// Takes in what became of each vCPU; the first error.
    fn take_in(&mut self, at: Duration, action: Action, changed: Changed) -> Option<String> {
        self.slots = changed.slots;
        self.looked_at = at;
        if changed.operations.is_empty() {
            return Some(
                "somebody else has changed the vCPUs since the last look; nothing was done"
                    .to_owned(),
            );
        }
        let done = |operation: &Operation| !matches!(operation.outcome, Outcome::Failed(_));
        if changed.operations.iter().any(done) {
            self.engine.changed(at);
            match action {
                Action::Remove(_) => self.tally.removals += 1,
                _ => self.tally.adds += 1,
            }
        }
        let error = changed.operations.iter().find_map(Operation::error)?;
        self.take_error(at, action, error);
        Some(error.to_string())
    }

    fn take_error(&mut self, at: Duration, action: Action, error: &Error) {
        self.tally.failures += 1;
        if is_for_good(error) {
            self.engine.refused(action, error.to_string());
        } else {
            self.engine.failed(at);
        }
    }
}

/// Whether no later attempt on this machine can do better.
fn is_for_good(error: &Error) -> bool {
    match error {
        Error::Quirk(_) => true,
        Error::Guard(refusal) => matches!(
            refusal,
            Refusal::NoHotplug(_) | Refusal::OnlyAdds { .. } | Refusal::GuestMaximum { .. }
        ),
        _ => false,
    }
}

fn of_look(error: Error) -> Reason {
    match error {
        Error::Domain(DomainError::Busy { holder, .. }) => Reason::Busied { holder },
        error if error.kind() == ErrorKind::Busy => Reason::Busied {
            holder: error.to_string(),
        },
        error => Reason::NoSample(error.to_string()),
    }
}
