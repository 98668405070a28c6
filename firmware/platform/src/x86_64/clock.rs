//! The clock: nanoseconds since the kernel was entered, from the time stamp counter, and the timer that ends a wait.
//!
//! All CPUs of a machine share the counter's origin under QEMU; should one lag, the reading is held at the latest
//! time that any CPU has seen, so that records never go backwards.

use core::sync::atomic::{AtomicU64, Ordering};

use hotvcpu_tables::Fadt;

use super::{calibration, local_apic};

const NANOS: u64 = 1_000_000_000;

static ENTRY_TSC: AtomicU64 = AtomicU64::new(0);
/// Nanoseconds per TSC tick, as a 32.32 fixed-point number; 0 before [`init`].
static SCALE: AtomicU64 = AtomicU64::new(0);
/// Local APIC timer ticks per second.
static TIMER_HZ: AtomicU64 = AtomicU64::new(0);
static LATEST: AtomicU64 = AtomicU64::new(0);

/// What the clock was set by.
#[derive(Clone, Copy, Debug)]
pub struct Calibration {
    /// Frequency of the time stamp counter, in Hz.
    pub tsc_hz: u64,
    /// Frequency of the local APIC's timer, in Hz.
    pub timer_hz: u64,
    /// Which reference it was measured against.
    pub reference: &'static str,
}

/// Calibrates the clock; needs an enabled local APIC. Takes about 5 ms.
pub fn init(fadt: Option<&Fadt>, entry_tsc: u64) -> Calibration {
    let measured = calibration::measure(fadt);
    let scale = (u128::from(NANOS) << 32) / u128::from(measured.tsc_hz.max(1));
    ENTRY_TSC.store(entry_tsc, Ordering::Relaxed);
    TIMER_HZ.store(measured.timer_hz, Ordering::Relaxed);
    SCALE.store(scale as u64, Ordering::Release);
    measured
}

/// Nanoseconds since the kernel's entry; 0 before [`init`].
pub fn now_ns() -> u64 {
    let scale = SCALE.load(Ordering::Acquire);
    let ticks = calibration::tsc().saturating_sub(ENTRY_TSC.load(Ordering::Relaxed));
    let now = ((u128::from(ticks) * u128::from(scale)) >> 32) as u64;
    LATEST.fetch_max(now, Ordering::Relaxed).max(now)
}

/// Interrupts this CPU at `deadline_ns`, or at once if that has passed; earlier where the timer cannot count that
/// far. `None` stops the timer.
pub fn interrupt_at(deadline_ns: Option<u64>) {
    let Some(deadline_ns) = deadline_ns else {
        local_apic::set_timer(0);
        return;
    };
    let wait = deadline_ns.saturating_sub(now_ns());
    let ticks = u128::from(wait) * u128::from(TIMER_HZ.load(Ordering::Relaxed)) / u128::from(NANOS);
    local_apic::set_timer(ticks.clamp(1, u128::from(u32::MAX)) as u32);
}

/// Passes `ns` nanoseconds without letting go of the CPU.
pub fn spin_ns(ns: u64) {
    let end = now_ns().saturating_add(ns);
    while now_ns() < end {
        core::hint::spin_loop();
    }
}
