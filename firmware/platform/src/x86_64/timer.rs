//! The clock's counter, the time stamp counter, and the timer that ends a wait, the local APIC's.

use hotvcpu_tables::Fadt;

use super::{calibration, local_apic};
use crate::clock::Calibration;

pub use calibration::tsc as counter;

/// Ticks that the timer can count.
pub const LONGEST: u64 = u32::MAX as u64;

/// Measures how fast both run.
pub fn calibrate(fadt: Option<&Fadt>) -> Calibration {
    calibration::measure(fadt)
}

/// Interrupts this CPU after `ticks`, from 1 to [`LONGEST`].
pub fn start(ticks: u64) {
    local_apic::set_timer(ticks as u32);
}

/// Stops the timer.
pub fn stop() {
    local_apic::set_timer(0);
}
