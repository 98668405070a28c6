//! Requests that the host refuses, in QEMU's own words.
//!
//! A client that was written against QEMU looks at these texts, so each is what the host of that generation says.
use alloc::string::String;

use hotvcpu_wire::control::{DEVICE_NOT_FOUND, GENERIC_ERROR};

use crate::generation::Generation;

/// A refused `plug` or `unplug`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such slot.
    #[error("{}", out_of_range(*.generation, *.slot, *.slots))]
    OutOfRange {
        /// Whose words to use.
        generation: Generation,
        /// The slot that was asked for.
        slot: u32,
        /// How many slots there are.
        slots: u32,
    },
    /// The slot's CPU is there already.
    #[error("cpu(id{slot}=0:0:{slot}:0) with arch-id {mpidr} exist")]
    Exists {
        /// The slot.
        slot: u32,
        /// Its MPIDR.
        mpidr: u64,
    },
    /// Another CPU has this id.
    #[error("Duplicate device ID '{0}'")]
    DuplicateId(String),
    /// No CPU has this id.
    #[error("Device '{0}' not found")]
    NotFound(String),
    /// The CPU was there at power-on.
    #[error("Hot-unplug of cold-booted CPU not supported!")]
    ColdBooted,
    /// This generation removes nothing.
    #[error("device unplug request for unsupported device type")]
    CannotUnplug,
}

impl Refusal {
    /// QMP's error class, as the control channel numbers it.
    pub fn class(&self) -> u64 {
        match self {
            Self::NotFound(_) => DEVICE_NOT_FOUND,
            _ => GENERIC_ERROR,
        }
    }
}

fn out_of_range(generation: Generation, slot: u32, slots: u32) -> String {
    let last = slots.saturating_sub(1);
    match generation {
        Generation::Old => {
            alloc::format!("Invalid CPU core-id: {slot} must be in range 0:{last}")
        }
        Generation::New | Generation::Rfc => {
            alloc::format!("Invalid core-id {slot} specified, correct range 0:{last}")
        }
    }
}
