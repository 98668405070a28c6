//! What the guest decides for itself: how long it waits, how many CPUs it can have, and where it misbehaves.
//!
//! Misbehaviour is for people who test a hypervisor: it does what a broken or hostile guest would, on request and
//! reproducibly.

use core::str::FromStr;

use alloc::string::{String, ToString};

use hotvcpu_tables::HardwareId;
use thiserror::Error;

/// Nanoseconds of a millisecond.
const MS: u64 = 1_000_000;

/// The guest's rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The hardware's name of the CPU that runs the engine. It is never started, stopped or ejected.
    pub boot: HardwareId,
    /// How many CPUs may be in use at once, the boot CPU included.
    pub max_cpus: usize,
    /// Whether a CPU that is added goes online by itself.
    pub online: OnlinePolicy,
    /// How long each step may take.
    pub deadlines: Deadlines,
    /// What the guest does wrong on purpose.
    pub misbehave: Misbehaviour,
}

/// Whether a CPU that is added goes online by itself. Those that are there when the guest boots always do, as on Linux,
/// which asks user space only about what came later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnlinePolicy {
    /// It does.
    #[default]
    Auto,
    /// It is identified, reported as present, and waits for [`crate::Hotplug::bring_online`]. To the host, that is a
    /// success: what the guest does with its CPUs is its own business.
    Manual,
}

/// How long each step may take, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// From the start signal to the CPU's hello.
    pub hello_ns: u64,
    /// From the start signal to a second one, if there is no hello; `None` where one is enough (PSCI).
    pub second_signal_ns: Option<u64>,
    /// From the order to drain to the end of the CPU's work.
    pub drain_ns: u64,
    /// From the order to stop to the confirmation that the CPU is off.
    pub stop_ns: u64,
    /// How often [`crate::CpuPower::is_off`] is asked meanwhile.
    pub stop_poll_ns: u64,
}

impl Default for Deadlines {
    /// Generous, as an emulated CPU may not be scheduled for a while on a busy host.
    fn default() -> Self {
        Self {
            hello_ns: 5_000 * MS,
            second_signal_ns: Some(10 * MS),
            drain_ns: 5_000 * MS,
            stop_ns: 5_000 * MS,
            stop_poll_ns: MS / 10,
        }
    }
}

/// What the guest does wrong on purpose. Each is a word in the guest's `misbehave=` list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Misbehaviour {
    /// `refuse-eject`: refuses every eject request, as a guest does that cannot spare the CPU.
    pub refuse_eject: bool,
    /// `no-ost`: never evaluates `_OST`.
    pub no_ost: bool,
    /// `never-eject`: accepts an eject request, stops the CPU, and never evaluates `_EJ0`.
    pub never_eject: bool,
    /// `fail-start`: fails to start any CPU that is added.
    pub fail_start: bool,
}

/// A word that is no misbehaviour.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "misbehave={0}: unknown; use refuse-eject, no-ost, never-eject or fail-start, separated by commas"
)]
pub struct UnknownMisbehaviour(pub String);

impl FromStr for Misbehaviour {
    type Err = UnknownMisbehaviour;

    /// Reads a list such as `refuse-eject,no-ost`. The empty list is allowed.
    fn from_str(list: &str) -> Result<Self, UnknownMisbehaviour> {
        let mut misbehave = Self::default();
        for word in list.split(',').filter(|word| !word.is_empty()) {
            match word {
                "refuse-eject" => misbehave.refuse_eject = true,
                "no-ost" => misbehave.no_ost = true,
                "never-eject" => misbehave.never_eject = true,
                "fail-start" => misbehave.fail_start = true,
                _ => return Err(UnknownMisbehaviour(word.to_string())),
            }
        }
        Ok(misbehave)
    }
}
