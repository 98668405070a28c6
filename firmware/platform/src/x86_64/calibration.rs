//! How fast the time stamp counter and the local APIC's timer run, measured against a clock of known frequency.
//!
//! The reference is the ACPI power management timer where the FADT has one (3.579545 MHz; ACPI 6.5, 4.8.3.3), else
//! channel 0 of the 8254 (1.193182 MHz), which microvm has too. (Not channel 2: its gate and output are wired to port
//! 0x61, and microvm has no such port.) The window is measured, not assumed: a virtual CPU that loses its host CPU in
//! the middle of it loses no accuracy, unless it stays away for a whole turn of the reference.

use core::arch::x86_64::{_mm_lfence, _rdtsc};

use hotvcpu_tables::{AddressSpace, Fadt};
use x86_64::instructions::port::Port;

use super::local_apic;
use crate::clock::Calibration;

const PM_TIMER_HZ: u64 = 3_579_545;
/// The timer's guaranteed width; some have 32 bits.
const PM_TIMER_MASK: u32 = 0xFF_FFFF;
const PIT_HZ: u64 = 1_193_182;

/// Length of the window.
const WINDOW_US: u64 = 5_000;
const MICROS: u64 = 1_000_000;

/// Reads of a reference within which the window has to pass, or it is taken for dead. No port answers in the 5 ns
/// that this allows for each.
const PATIENCE: u32 = 1_000_000;

/// Tries at reading all counters at once.
const SAMPLE_TRIES: u32 = 8;

/// Without any reference: a guess, so that deadlines still end.
const GUESS: Calibration = Calibration {
    counter_hz: 1_000_000_000,
    timer_hz: 1_000_000_000,
    reference: "none, a guess",
};

/// The time stamp counter, not read early by out-of-order execution.
pub fn tsc() -> u64 {
    // SAFETY: every CPU with long mode has RDTSC and LFENCE.
    unsafe {
        _mm_lfence();
        _rdtsc()
    }
}

/// Measures against the best reference there is.
pub fn measure(fadt: Option<&Fadt>) -> Calibration {
    let pm_timer = fadt.and_then(pm_timer_port).and_then(against_pm_timer);
    pm_timer.or_else(against_pit).unwrap_or(GUESS)
}

fn pm_timer_port(fadt: &Fadt) -> Option<u16> {
    let address = fadt.pm_timer?.address;
    (address.space == AddressSpace::SystemIo)
        .then_some(address.address)?
        .try_into()
        .ok()
}

fn against_pm_timer(port: u16) -> Option<Calibration> {
    let mut timer = Port::<u32>::new(port);
    // SAFETY: the FADT names this port as the power management timer; reading it has no effect.
    let read = move || unsafe { timer.read() };
    Reference {
        name: "the ACPI PM timer",
        hz: PM_TIMER_HZ,
        mask: PM_TIMER_MASK,
        read,
    }
    .measure()
}

fn against_pit() -> Option<Calibration> {
    /// Channel 0, both bytes, mode 2: counts down from 2^16 again and again.
    const RATE_GENERATOR: u8 = 0b0011_0100;
    const LATCH: u8 = 0;
    let mut command = Port::<u8>::new(0x43);
    let mut data = Port::<u8>::new(0x40);
    // SAFETY: the PC's interval timer, whose interrupt is masked and which nothing else in this guest uses.
    unsafe {
        command.write(RATE_GENERATOR);
        data.write(0);
        data.write(0);
    }
    let read = move || {
        // SAFETY: as above.
        let count = unsafe {
            command.write(LATCH);
            u32::from(data.read()) | u32::from(data.read()) << 8
        };
        count.wrapping_neg()
    };
    Reference {
        name: "the 8254 timer",
        hz: PIT_HZ,
        mask: 0xFFFF,
        read,
    }
    .measure()
}

/// A counter of known frequency that counts up, modulo `mask + 1`.
struct Reference<F> {
    name: &'static str,
    hz: u64,
    mask: u32,
    read: F,
}

impl<F: FnMut() -> u32> Reference<F> {
    /// Counts both unknown counters over one window; `None` if this one never comes to its end.
    fn measure(mut self) -> Option<Calibration> {
        let wanted = self.hz * WINDOW_US / MICROS;
        local_apic::set_timer(u32::MAX);
        let start = self.sample();
        (0..PATIENCE)
            .map(|_| u64::from((self.read)().wrapping_sub(start.reference) & self.mask))
            .find(|&elapsed| elapsed >= wanted)?;
        let end = self.sample();
        local_apic::set_timer(0);
        let elapsed = u64::from(end.reference.wrapping_sub(start.reference) & self.mask);
        let hz = |counted: u64| {
            (u128::from(counted) * u128::from(self.hz) / u128::from(elapsed.max(1))) as u64
        };
        let (tsc_hz, timer_hz) = (
            hz(end.tsc - start.tsc),
            hz(u64::from(start.timer.saturating_sub(end.timer))),
        );
        (tsc_hz != 0 && timer_hz != 0).then_some(Calibration {
            counter_hz: tsc_hz,
            timer_hz,
            reference: self.name,
        })
    }

    /// All three counters at one moment: of several tries the one that took the least time, because a virtual CPU may
    /// be away between two readings.
    fn sample(&mut self) -> Sample {
        let mut best = self.try_sample();
        for _ in 1..SAMPLE_TRIES {
            let next = self.try_sample();
            if next.took < best.took {
                best = next;
            }
        }
        best
    }

    fn try_sample(&mut self) -> Sample {
        let tsc_before = tsc();
        let reference = (self.read)();
        let timer = local_apic::timer_count();
        Sample {
            reference,
            tsc: tsc_before,
            timer,
            took: tsc() - tsc_before,
        }
    }
}

/// The counters at one moment.
struct Sample {
    reference: u32,
    tsc: u64,
    timer: u32,
    /// TSC ticks that the moment took.
    took: u64,
}
