//! Requests to the monitor that it has not answered.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, Instant};

use super::checks::{Add, refused};
use super::model::Plugged;
use crate::qmp::Failure;

/// How long a running monitor has for an answer. It gives it within a millisecond.
pub(super) const DEADLINE: Duration = Duration::from_secs(5);

/// Requests that may wait at once: every slot of the largest machine, twice over.
const MAX_WAITING: usize = 1024;

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Plug(Add),
    Unplug {
        slot: u32,
        cpu: Plugged,
    },
    /// The whole state. The monitor answers in order, so what was asked before and is not answered
    /// by then is lost.
    State,
}

/// One request.
#[derive(Debug)]
pub(super) struct Waiting<T> {
    /// Who awaits the answer; `None` once it was given.
    pub asker: Option<T>,
    pub asked: Asked,
    since: Instant,
}

impl<T> Waiting<T> {
    /// The CPU that it adds.
    fn plugs(&self) -> Option<(u32, Plugged)> {
        match &self.asked {
            Asked::Plug(add) => Some((add.slot, Plugged::added(add.id.clone()))),
            Asked::Unplug { .. } | Asked::State => None,
        }
    }
}

/// The requests, by tag. Later ones have larger tags.
#[derive(Debug)]
pub(super) struct Outstanding<T> {
    waiting: BTreeMap<u64, Waiting<T>>,
    /// Adds that an earlier command was told are accepted.
    earlier: BTreeMap<u64, Waiting<T>>,
    next_tag: u64,
}

impl<T> Outstanding<T> {
    /// None yet. The tags begin at a random place, because others write to the same FIFO.
    pub fn new() -> Self {
        let random = RandomState::new().build_hasher().finish();
        Self {
            waiting: BTreeMap::new(),
            earlier: BTreeMap::new(),
            next_tag: random & (u64::MAX >> 1),
        }
    }

    /// Notes a request; returns its tag, or gives the asker back.
    pub fn add(
        &mut self,
        asker: Option<T>,
        asked: Asked,
        now: Instant,
    ) -> Result<u64, (Option<T>, Failure)> {
        if self.waiting.len() >= MAX_WAITING {
            let desc = "too many requests wait for the monitor; wait for their answers";
            return Err((asker, refused(desc)));
        }
        let tag = self.next_tag;
        self.next_tag += 1;
        let since = now;
        self.waiting.insert(
            tag,
            Waiting {
                asker,
                asked,
                since,
            },
        );
        Ok(tag)
    }

    /// Notes an add that an earlier command was told is accepted.
    pub fn restore(&mut self, tag: u64, add: Add, now: Instant) {
        if self.earlier.len() < MAX_WAITING {
            let waiting = Waiting {
                asker: None,
                asked: Asked::Plug(add),
                since: now,
            };
            self.earlier.insert(tag, waiting);
        }
    }

    /// Whether there are such adds.
    pub fn has_earlier(&self) -> bool {
        !self.earlier.is_empty()
    }

    /// The monitor has answered all that is older.
    pub fn forget_earlier(&mut self) {
        self.earlier.clear();
    }

    pub fn take(&mut self, tag: u64) -> Option<Waiting<T>> {
        let waiting = self.waiting.remove(&tag);
        waiting.or_else(|| self.earlier.remove(&tag))
    }

    /// Those that were asked before `tag`.
    pub fn take_before(&mut self, tag: u64) -> Vec<Waiting<T>> {
        let later = self.waiting.split_off(&tag);
        std::mem::replace(&mut self.waiting, later)
            .into_values()
            .collect()
    }

    /// Whether a question for the state is open.
    pub fn asks_state(&self) -> bool {
        let mut all = self.waiting.values();
        all.any(|waiting| waiting.asked == Asked::State)
    }

    /// CPUs that are asked for and not yet there.
    pub fn being_plugged(&self) -> impl Iterator<Item = (u32, Plugged)> {
        let all = self.earlier.values().chain(self.waiting.values());
        all.filter_map(Waiting::plugs)
    }

    /// Those of them whose askers were told that they are accepted.
    pub fn accepted(&self) -> impl Iterator<Item = (u32, Plugged)> {
        let all = self.earlier.values().chain(self.waiting.values());
        let accepted = all.filter(|waiting| waiting.asker.is_none());
        accepted.filter_map(Waiting::plugs)
    }

    /// Whether the request with this tag is such an add.
    pub fn is_accepted(&self, tag: u64) -> bool {
        let waiting = self.waiting.get(&tag);
        waiting.is_some_and(|waiting| waiting.asker.is_none() && waiting.plugs().is_some())
    }

    /// The askers of all, who are answered now.
    pub fn take_askers(&mut self) -> Vec<T> {
        self.waiting
            .values_mut()
            .filter_map(|waiting| waiting.asker.take())
            .collect()
    }

    /// The time starts again: the machine was stopped, and its monitor with it.
    pub fn restart_clocks(&mut self, now: Instant) {
        for waiting in self.waiting.values_mut() {
            waiting.since = now;
        }
    }

    /// Those whose time is over.
    pub fn take_late(&mut self, now: Instant) -> Vec<Waiting<T>> {
        let late = |_: &u64, waiting: &mut Waiting<T>| now >= waiting.since + DEADLINE;
        let late = self.waiting.extract_if(.., late);
        late.map(|(_, waiting)| waiting).collect()
    }

    /// When the first one's time is over.
    pub fn deadline(&self) -> Option<Instant> {
        self.waiting
            .values()
            .map(|waiting| waiting.since + DEADLINE)
            .min()
    }
}
