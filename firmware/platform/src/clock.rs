//! The clock: nanoseconds since the kernel was entered, from the CPU's counter, and the timer that ends a wait.
//!
//! All CPUs of a machine share the counter's origin under QEMU; should one lag, the reading is held at the latest
//! time that any CPU has seen, so that records never go backwards.

use core::sync::atomic::{AtomicU64, Ordering};

use hotvcpu_tables::Fadt;

use crate::arch::timer;

pub(crate) const NANOS: u64 = 1_000_000_000;

static ENTRY: AtomicU64 = AtomicU64::new(0);
/// Nanoseconds per tick of the counter, as a 32.32 fixed-point number; 0 before [`init`].
static SCALE: AtomicU64 = AtomicU64::new(0);
/// Ticks of the timer per second.
static TIMER_HZ: AtomicU64 = AtomicU64::new(0);
static LATEST: AtomicU64 = AtomicU64::new(0);

/// What the clock was set by.
#[derive(Clone, Copy, Debug)]
pub struct Calibration {
    /// Frequency of the counter, in Hz.
    pub counter_hz: u64,
    /// Frequency of the timer, in Hz.
    pub timer_hz: u64,
    /// Where the frequencies are from.
    pub reference: &'static str,
}

/// Sets the clock, whose counter stood at `entry_counter` when the kernel was entered. On x86_64 it is calibrated, which
/// needs an enabled local APIC and takes about 5 ms.
pub fn init(fadt: Option<&Fadt>, entry_counter: u64) -> Calibration {
    let measured = timer::calibrate(fadt);
    let scale = (u128::from(NANOS) << 32) / u128::from(measured.counter_hz.max(1));
    ENTRY.store(entry_counter, Ordering::Relaxed);
    TIMER_HZ.store(measured.timer_hz, Ordering::Relaxed);
    SCALE.store(scale as u64, Ordering::Release);
    measured
}

/// Nanoseconds since the kernel's entry; 0 before [`init`].
pub fn now_ns() -> u64 {
    let scale = SCALE.load(Ordering::Acquire);
    let ticks = timer::counter().saturating_sub(ENTRY.load(Ordering::Relaxed));
    let now = ((u128::from(ticks) * u128::from(scale)) >> 32) as u64;
    LATEST.fetch_max(now, Ordering::Relaxed).max(now)
}

/// Interrupts this CPU at `deadline_ns`, or at once if that has passed; earlier where the timer cannot count that
/// far. `None` stops the timer.
pub fn interrupt_at(deadline_ns: Option<u64>) {
    let Some(deadline_ns) = deadline_ns else {
        timer::stop();
        return;
    };
    let wait = deadline_ns.saturating_sub(now_ns());
    let ticks = u128::from(wait) * u128::from(TIMER_HZ.load(Ordering::Relaxed)) / u128::from(NANOS);
    timer::start(ticks.clamp(1, u128::from(timer::LONGEST)) as u64);
}

/// Passes `ns` nanoseconds without letting go of the CPU.
pub fn spin_ns(ns: u64) {
    let end = now_ns().saturating_add(ns);
    while now_ns() < end {
        core::hint::spin_loop();
    }
}
