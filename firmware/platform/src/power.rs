//! Ends of the machine that need no ACPI.

pub use crate::arch::power::{end, halt, off, reset, set_debug_exit};

/// The verdict (see [`end`]) after an exception or a failed start.
pub const VERDICT_FAULT: u8 = 0x10;
