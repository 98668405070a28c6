//! The states of a CPU and the one function that moves between them.
//!
//! Everything that the engine does to a CPU goes through [`State::next`], so that what is impossible is an error in
//! one place and not a surprise in many.

use core::fmt;

use thiserror::Error;

/// Where a CPU is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Not there.
    Absent,
    /// There, but not enabled: the new generation on aarch64 has all free slots so.
    Disabled,
    /// There and enabled; the guest does not use it: not yet, or because it was taken offline.
    Enabled,
    /// Told to start; its hello is awaited.
    Starting,
    /// Takes work.
    Online,
    /// On its way out or offline: its work is drained, then it is stopped.
    Draining,
    /// Confirmed off.
    Off,
    /// Given back to the host. Its slot can be used again.
    Ejected,
    /// Its last operation failed; the next device check or eject request tries again.
    Failed,
}

/// What can happen to a CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Input {
    /// `_STA` says that it is not there.
    SeenAbsent,
    /// `_STA` says that it is there and not enabled.
    SeenDisabled,
    /// `_STA` says that it is there and enabled.
    SeenEnabled,
    /// It was told to start.
    Start,
    /// It said hello.
    Hello,
    /// Its removal was accepted, or it is taken offline.
    Drain,
    /// Its removal or its way offline was given up while it still ran.
    Resume,
    /// It is known to be off.
    Off,
    /// `_EJ0` gave it back.
    Eject,
    /// It is off and stays in the machine: it was taken offline.
    Keep,
    /// An operation on it failed.
    Fail,
}

/// An input that makes no sense in a state: an error in the engine, not in the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a CPU that is {state} cannot take {input:?}")]
pub struct IllegalTransition {
    /// The CPU's state, which does not change.
    pub state: State,
    /// What happened.
    pub input: Input,
}

impl State {
    /// All states.
    pub const ALL: [Self; 9] = [
        Self::Absent,
        Self::Disabled,
        Self::Enabled,
        Self::Starting,
        Self::Online,
        Self::Draining,
        Self::Off,
        Self::Ejected,
        Self::Failed,
    ];

    /// The state after `input`.
    ///
    /// # Errors
    /// [`IllegalTransition`] for every pair that is not listed here.
    pub fn next(self, input: Input) -> Result<Self, IllegalTransition> {
        use Input as I;
        use State as S;
        match (self, input) {
            (state, I::SeenAbsent) if state.may_be_seen() => Ok(S::Absent),
            (state, I::SeenDisabled) if state.may_be_seen() => Ok(S::Disabled),
            (state, I::SeenEnabled) if state.may_be_seen() => Ok(S::Enabled),
            (S::Enabled, I::Start) => Ok(S::Starting),
            (S::Starting, I::Hello) => Ok(S::Online),
            // A CPU that failed, or that was found present after that, may still be running: it leaves like one that
            // was online.
            (S::Online | S::Failed | S::Enabled, I::Drain) => Ok(S::Draining),
            (S::Draining, I::Resume) => Ok(S::Online),
            // One that never started is off already.
            (S::Draining | S::Enabled | S::Failed, I::Off) => Ok(S::Off),
            (S::Off, I::Eject) => Ok(S::Ejected),
            (S::Off, I::Keep) => Ok(S::Enabled),
            (S::Enabled | S::Starting | S::Draining | S::Off, I::Fail) => Ok(S::Failed),
            _ => Err(IllegalTransition { state: self, input }),
        }
    }

    /// Whether the CPU is at rest and unused, so that `_STA` has the last word about it.
    pub fn may_be_seen(self) -> bool {
        use State::{Absent, Disabled, Ejected, Enabled, Failed, Off};
        matches!(self, Absent | Disabled | Enabled | Off | Ejected | Failed)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "absent",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
            Self::Starting => "starting",
            Self::Online => "online",
            Self::Draining => "draining",
            Self::Off => "off",
            Self::Ejected => "ejected",
            Self::Failed => "failed",
        })
    }
}
