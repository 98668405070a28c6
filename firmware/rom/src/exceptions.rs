//! Exceptions. The ROM expects none: it enables no interrupt, and every address that it uses is checked. One means that
//! the ROM has a mistake or the machine is not as it says; the report has what is needed to find out which.

use core::arch::global_asm;
use core::sync::atomic::{AtomicU8, Ordering};

use aarch64_cpu::asm::barrier;
use aarch64_cpu::registers::{
    ELR_EL1, ELR_EL2, ELR_EL3, ESR_EL1, ESR_EL2, ESR_EL3, FAR_EL1, FAR_EL2, FAR_EL3, Readable,
    SPSR_EL1, SPSR_EL2, SPSR_EL3, VBAR_EL1, VBAR_EL2, VBAR_EL3, Writeable,
};

use crate::level::Level;
use crate::{console, power};

global_asm!(include_str!("exceptions.s"), report = sym report);

unsafe extern "C" {
    static vectors: u8;
}

/// The registers as the vectors save them.
#[repr(C)]
struct Frame {
    x0: u64,
    padding: u64,
    /// x1 to x29.
    x1_x29: [u64; 29],
    sp: u64,
}

/// What the CPU says of an exception.
struct Cause {
    syndrome: u64,
    address: u64,
    link: u64,
    state: u64,
}

/// Exceptions so far. Not counted atomically, which takes memory that is mapped as such; there is one CPU.
static SEEN: AtomicU8 = AtomicU8::new(0);

/// The names of the four kinds of each group of vectors (Arm ARM, D1.3.4).
const KINDS: [&str; 4] = ["exception", "IRQ", "FIQ", "SError"];

/// Lets exceptions come here.
pub fn install() {
    let table = (&raw const vectors) as u64;
    match Level::current() {
        Level::El1 => VBAR_EL1.set(table),
        Level::El2 => VBAR_EL2.set(table),
        Level::El3 => VBAR_EL3.set(table),
    }
    barrier::isb(barrier::SY);
}

extern "C" fn report(vector: u64, frame: &Frame) -> ! {
    // One in the report itself: what is wrong may be the console, and then the way to power off.
    let seen = SEEN.load(Ordering::Relaxed);
    SEEN.store(seen.saturating_add(1), Ordering::Relaxed);
    match seen {
        0 => {}
        1 => power::off(),
        _ => power::stop(),
    }
    let cause = Cause::read();
    let kind = KINDS.get(vector as usize % 4).copied().unwrap_or_default();
    console::print(format_args!(
        "hotvcpu-rom: {kind} (vector {vector}) at {:#x}: ESR {:#x} ({}), FAR {:#x}, SPSR {:#x}\n",
        cause.link,
        cause.syndrome,
        class(cause.syndrome),
        cause.address,
        cause.state,
    ));
    console::print(format_args!("  x0  {:016x}", frame.x0));
    for (index, value) in frame.x1_x29.iter().enumerate() {
        let separator = if (index + 1) % 4 == 0 { "\n " } else { "" };
        console::print(format_args!("{separator} x{:<2} {value:016x}", index + 1));
    }
    console::print(format_args!(
        "  sp  {:016x}\n  This is a mistake of the ROM, or bad memory. Powering off.\n",
        frame.sp
    ));
    power::off()
}

impl Cause {
    fn read() -> Self {
        match Level::current() {
            Level::El1 => Self {
                syndrome: ESR_EL1.get(),
                address: FAR_EL1.get(),
                link: ELR_EL1.get(),
                state: SPSR_EL1.get(),
            },
            Level::El2 => Self {
                syndrome: ESR_EL2.get(),
                address: FAR_EL2.get(),
                link: ELR_EL2.get(),
                state: SPSR_EL2.get(),
            },
            Level::El3 => Self {
                syndrome: ESR_EL3.get(),
                address: FAR_EL3.get(),
                link: ELR_EL3.get(),
                state: SPSR_EL3.get(),
            },
        }
    }
}

/// The exception class (Arm ARM, D24.2.40, ESR_ELx.EC), of those that can happen to a ROM.
fn class(syndrome: u64) -> &'static str {
    match syndrome >> 26 & 0x3F {
        0x00 => "unknown instruction",
        0x07 => "floating point",
        0x18 => "system register",
        0x21 => "instruction abort",
        0x22 => "PC alignment",
        0x25 => "data abort",
        0x26 => "SP alignment",
        0x2F => "SError",
        0x3C => "breakpoint",
        _ => "unexpected",
    }
}
