//! The exception level that the ROM runs at.

use aarch64_cpu::registers::{CurrentEL, Readable};

/// An exception level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Where a kernel runs.
    El1,
    /// Where a hypervisor runs (`virtualization=on`).
    El2,
    /// Where a secure monitor runs (`secure=on`).
    El3,
}

impl Level {
    /// The level that this CPU is at.
    pub fn current() -> Self {
        match CurrentEL.read(CurrentEL::EL) {
            3 => Self::El3,
            2 => Self::El2,
            _ => Self::El1,
        }
    }
}
