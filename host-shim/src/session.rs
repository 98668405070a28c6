//! One running QEMU, as seen from here: its monitor, its guest's records, and what became of them.
//!
//! A session owns the stream and is the only one to read it. Everything that arrives is taken into
//! account (guest's state, clock, bounded history) before whoever waits sees it, so nothing is lost
//! because somebody waited for something else.

mod change;
mod commands;
mod wait;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::accel::Accel;
use crate::backend::{MonitorState, Stream};
use crate::error::{Error, Result};
use crate::follow::Follower;
use crate::guard::{self, Direction, Refusal};
use crate::guest_log::{Clock, GuestRecord, LogProblem};
use crate::guest_view::GuestView;
use crate::history::HistoryStore;
use crate::monitor::{Generation, Model};
use crate::nodes::{self, Disagreement};
use crate::qmp::{Event, Version};
use crate::quirks;

/// How long QEMU has for an ordinary command.
const COMMAND_DEADLINE: Duration = Duration::from_secs(10);

/// How long the news of QEMU's end may come after the end of its monitor.
const EXIT_GRACE: Duration = Duration::from_secs(2);

/// Records and events kept, each. Older ones go.
const MAX_KEPT: usize = 100_000;

/// What is known of the machine from its start.
#[derive(Clone, Debug)]
pub struct MachineFacts {
    /// How QEMU executes the guest.
    pub accel: Accel,
    /// Whether it is an x86 machine.
    pub x86: bool,
    /// Whether the guest keeps an event file, as ours does.
    pub speaks: bool,
    /// Where QEMU's error output goes.
    pub stderr: Option<PathBuf>,
}

/// A list of which the oldest entries may have gone, with stable positions.
#[derive(Debug)]
struct Kept<T> {
    items: VecDeque<T>,
    /// How many have gone.
    gone: usize,
    /// The position from which the next wait looks on.
    cursor: usize,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self {
            items: VecDeque::new(),
            gone: 0,
            cursor: 0,
        }
    }
}

impl<T: Clone> Kept<T> {
    fn push(&mut self, item: T) {
        if self.items.len() == MAX_KEPT {
            self.items.pop_front();
            self.gone += 1;
        }
        self.items.push_back(item);
    }

    /// The next item from the cursor on that `wanted` takes. The cursor passes what was looked at.
    fn find(&mut self, mut wanted: impl FnMut(&T) -> bool) -> Option<T> {
        loop {
            let item = self.items.get(self.cursor.saturating_sub(self.gone))?;
            self.cursor = self.cursor.max(self.gone) + 1;
            if wanted(item) {
                return Some(item.clone());
            }
        }
    }

    fn skip(&mut self) {
        self.cursor = self.gone + self.items.len();
    }
}

/// One running QEMU.
///
/// The stream stands first because fields are dropped in order: a source that waits for room in it
/// must be let go before its thread is joined.
#[derive(Debug)]
pub struct Session {
    stream: Stream,
    follower: Option<Follower>,
    facts: MachineFacts,
    history: HistoryStore,
    view: GuestView,
    clock: Clock,
    records: Kept<GuestRecord>,
    events: Kept<Event>,
    problems: Vec<LogProblem>,
    caught_up: bool,
    resets: u64,
    closed: Option<String>,
    /// QEMU has ended, but not all that its guest wrote has been read.
    ending: Option<Option<ExitStatus>>,
    /// QEMU has ended, and everything that it left has been taken in.
    exited: Option<Option<ExitStatus>>,
}

impl Session {
    /// A session over a stream that is already fed.
    pub fn new(
        stream: Stream,
        follower: Option<Follower>,
        facts: MachineFacts,
        history: HistoryStore,
    ) -> Self {
        Self {
            stream,
            follower,
            facts,
            history,
            view: GuestView::default(),
            clock: Clock::default(),
            records: Kept::default(),
            events: Kept::default(),
            problems: Vec::new(),
            caught_up: false,
            resets: 0,
            closed: None,
            ending: None,
            exited: None,
        }
    }

    /// Sets what is known of the guest from before the follower's first byte. To be called before
    /// anything is taken in.
    pub(crate) fn begin_with(&mut self, view: GuestView, problem: Option<LogProblem>) {
        self.view = view;
        self.problems.extend(problem);
    }

    /// Corrects what was only supposed of a QEMU that somebody else started.
    pub(crate) fn learn(&mut self, accel: Option<Accel>, x86: bool) {
        self.facts.accel = accel.unwrap_or(self.facts.accel);
        self.facts.x86 = x86;
    }

    /// Checks that this QEMU survives a reset after all that it has been through.
    pub(crate) fn check_reset(&mut self) -> Result<()> {
        self.look_at_others()?;
        let (version, facts) = (self.version(), &self.facts);
        Ok(quirks::check_reset(
            version,
            facts.accel,
            facts.x86,
            self.history.get(),
        )?)
    }

    /// Checks that this QEMU can save its state, or move it, after all that it has been through.
    pub(crate) fn check_move(&mut self) -> Result<()> {
        self.look_at_others()?;
        let (version, facts) = (self.version(), &self.facts);
        Ok(quirks::check_move(
            version,
            facts.accel,
            facts.x86,
            self.history.get(),
        )?)
    }

    /// Counts what other clients have done to the machine.
    fn look_at_others(&mut self) -> Result<()> {
        match self.slots() {
            Err(Error::Guard(Refusal::NoHotplug(_))) => Ok(()),
            slots => {
                self.history.look_at(&slots?);
                Ok(())
            }
        }
    }

    /// Checks that the guest, as far as it has said anything, can take CPUs from this host.
    pub(crate) fn check_generation(&self) -> Result<()> {
        let (view, played) = (&self.view, self.generation());
        Ok(guard::check_generation(
            played,
            view.generation(),
            view.incompatible(),
        )?)
    }

    /// Which generation of aarch64 hotplug is played; `None` where QEMU does hotplug itself.
    pub fn generation(&self) -> Option<Generation> {
        self.stream.generation()
    }

    /// What is plugged in a machine with a monitor.
    pub(crate) fn monitor_state(&self) -> Option<MonitorState<'_>> {
        self.stream.monitor_state()
    }

    /// Goes on from the state of another machine with a monitor.
    pub(crate) fn adopt(&mut self, model: Model) {
        self.stream.adopt(model);
    }

    /// vCPUs that the guest has in another NUMA node than QEMU.
    ///
    /// # Errors
    /// As [`Session::execute`].
    pub fn node_disagreements(&mut self) -> Result<Vec<Disagreement>> {
        match self.slots() {
            Err(Error::Guard(Refusal::NoHotplug(_))) => Ok(Vec::new()),
            slots => Ok(nodes::disagreements(&slots?, &self.view)),
        }
    }

    /// Whether the guest keeps records.
    pub fn speaks(&self) -> bool {
        self.facts.speaks
    }

    /// Counts changes that were made before anybody counted.
    pub(crate) fn count_earlier(&mut self, direction: Direction, count: u32) -> Result<()> {
        self.history.count(direction, count)
    }

    /// QEMU's version.
    pub fn version(&self) -> Version {
        self.stream.greeting().version
    }

    /// How QEMU executes the guest.
    pub fn accel(&self) -> Accel {
        self.facts.accel
    }

    /// What the guest's records add up to.
    pub fn guest_view(&self) -> &GuestView {
        &self.view
    }

    /// All records received so far, the last 100,000.
    pub fn records(&self) -> impl Iterator<Item = &GuestRecord> {
        self.records.items.iter()
    }

    /// All QMP events received so far, the last 100,000.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.events.items.iter()
    }

    /// What was wrong with the guest's stream.
    pub fn log_problems(&self) -> &[LogProblem] {
        &self.problems
    }

    /// Maps guest time to host time.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Presses the reset button and awaits that QEMU has done it. The guest is not ready then.
    ///
    /// # Errors
    /// As [`Session::execute`], or no reset within 10 s.
    pub fn reset(&mut self) -> Result<()> {
        let before = self.resets;
        self.execute("system_reset", json!({}))?;
        self.await_found(COMMAND_DEADLINE, "the reset", |session| {
            (session.resets > before).then_some(())
        })
    }

    /// The error for a monitor that ended during `during`. QEMU's own end, if that is why, is
    /// awaited for a moment, because it says more.
    fn lost(&mut self, during: &str, reason: &str) -> Error {
        let deadline = Instant::now() + EXIT_GRACE;
        while self.exited.is_none() && self.step(deadline).is_some() {}
        let reason = match (&self.exited, &self.closed) {
            (Some(Some(status)), _) => format!("QEMU ended ({status})"),
            (Some(None), _) => "QEMU ended".to_owned(),
            (None, Some(earlier)) => format!("its monitor closed ({earlier})"),
            (None, None) => reason.to_owned(),
        };
        Error::Lost {
            during: during.to_owned(),
            reason,
            stderr: self.stderr_tail(),
        }
    }

    /// The end of QEMU's error output; empty when it is not known where that goes.
    pub fn stderr_tail(&self) -> String {
        self.facts
            .stderr
            .as_deref()
            .map(crate::launch::tail)
            .unwrap_or_default()
    }
}

#[cfg(test)]
pub(crate) mod tests;
