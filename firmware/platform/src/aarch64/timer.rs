//! The clock's counter and the timer that ends a wait: the generic timer's virtual half (Arm ARM, D12).
//!
//! The virtual and not the physical one, because that is what a hypervisor leaves to a guest untouched.

use aarch64_cpu::asm::barrier;
use aarch64_cpu::registers::{
    CNTFRQ_EL0, CNTV_CTL_EL0, CNTV_CVAL_EL0, CNTVCT_EL0, Readable, Writeable,
};
use hotvcpu_tables::Fadt;

use crate::clock::Calibration;

/// Ticks that the timer can count: its comparison is 64 bits wide, so this only keeps sums from overflowing.
pub const LONGEST: u64 = u64::MAX >> 2;

/// Without a frequency: a guess, so that deadlines still end.
const GUESS_HZ: u64 = 62_500_000;

/// The virtual counter, not read early by out-of-order execution.
pub fn counter() -> u64 {
    barrier::isb(barrier::SY);
    CNTVCT_EL0.get()
}

/// The counter's frequency, which firmware or the hypervisor has set.
pub fn frequency() -> u64 {
    match CNTFRQ_EL0.get() {
        0 => GUESS_HZ,
        hz => hz,
    }
}

/// Counter and timer count the same ticks, whose frequency is known.
pub fn calibrate(_fadt: Option<&Fadt>) -> Calibration {
    Calibration {
        counter_hz: frequency(),
        timer_hz: frequency(),
        reference: match CNTFRQ_EL0.get() {
            0 => "none, a guess",
            _ => "CNTFRQ_EL0",
        },
    }
}

/// Interrupts this CPU after `ticks`, from 1 to [`LONGEST`].
pub fn start(ticks: u64) {
    CNTV_CVAL_EL0.set(counter().saturating_add(ticks));
    CNTV_CTL_EL0.write(CNTV_CTL_EL0::ENABLE::SET);
    barrier::isb(barrier::SY);
}

/// Stops the timer, and takes back its interrupt, which is a level.
pub fn stop() {
    CNTV_CTL_EL0.write(CNTV_CTL_EL0::ENABLE::CLEAR);
    barrier::isb(barrier::SY);
}
