//! Exceptions: said in full, then the end. Nothing in this guest expects one, but for accesses that may find no device.

use core::fmt;

use super::Frame;
use crate::{boot, console, cpu};

/// The vectors' names, in their order.
const VECTORS: [&str; 16] = [
    "synchronous",
    "IRQ",
    "FIQ",
    "SError",
    "synchronous, in a handler",
    "IRQ, in a handler",
    "FIQ, in a handler",
    "SError, in a handler",
    "synchronous, of a lower level",
    "IRQ, of a lower level",
    "FIQ, of a lower level",
    "SError, of a lower level",
    "synchronous, of a lower level in AArch32",
    "IRQ, of a lower level in AArch32",
    "FIQ, of a lower level in AArch32",
    "SError, of a lower level in AArch32",
];

/// ESR_EL1 in words (Arm ARM, D24.2.40).
struct Syndrome {
    esr: u64,
    far: u64,
}

impl Syndrome {
    /// The exception class.
    fn class(&self) -> (u64, &'static str) {
        let class = self.esr >> 26 & 0x3F;
        let name = match class {
            0x00 => "undefined instruction",
            0x01 => "trapped WFI or WFE",
            0x07 => "trapped floating point",
            0x0E => "illegal execution state",
            0x15 => "SVC",
            0x16 => "HVC",
            0x17 => "SMC",
            0x18 => "trapped system register",
            0x20 => "instruction abort of a lower level",
            0x21 => "instruction abort",
            0x22 => "misaligned program counter",
            0x24 => "data abort of a lower level",
            0x25 => "data abort",
            0x26 => "misaligned stack pointer",
            0x2C => "floating-point exception",
            0x2F => "SError",
            0x30 | 0x31 => "breakpoint",
            0x32 | 0x33 => "single step",
            0x34 | 0x35 => "watchpoint",
            0x3C => "BRK",
            _ => "another class",
        };
        (class, name)
    }

    /// For an abort: what was wrong, and what was tried.
    fn abort(&self) -> Option<(&'static str, &'static str)> {
        let (class, _) = self.class();
        let instruction = matches!(class, 0x20 | 0x21);
        if !instruction && !matches!(class, 0x24 | 0x25) {
            return None;
        }
        let fault = match self.esr & 0x3F {
            0x00..=0x03 => "address size fault",
            0x04..=0x07 => "translation fault: nothing is mapped there",
            0x08..=0x0B => "access flag fault",
            0x0C..=0x0F => "permission fault",
            0x10 => "external abort: nothing answers there",
            0x14..=0x17 => "external abort on a table walk",
            0x21 => "alignment fault",
            _ => "another fault",
        };
        let tried = match (instruction, self.esr & 1 << 6 != 0) {
            (true, _) => "execution",
            (false, true) => "write",
            (false, false) => "read",
        };
        Some((fault, tried))
    }
}

impl fmt::Display for Syndrome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (class, name) = self.class();
        write!(f, "{name} (class {class:#04x})")?;
        if let Some((fault, tried)) = self.abort() {
            write!(f, ", {tried} at {:#x}: {fault}", self.far)?;
        }
        Ok(())
    }
}

/// Whether the exception says that no device answers an access of this level: a data abort, external and synchronous.
pub fn is_unanswered_access(frame: &Frame) -> bool {
    const DATA_ABORT: u64 = 0x25;
    const EXTERNAL: u64 = 0x10;
    frame.esr >> 26 & 0x3F == DATA_ABORT && frame.esr & 0x3F == EXTERNAL
}

/// Prints the exception with all registers and ends the machine.
pub fn report(frame: &Frame, vector: u64) -> ! {
    let vector = VECTORS.get(vector as usize).unwrap_or(&"unknown");
    let syndrome = Syndrome {
        esr: frame.esr,
        far: frame.far,
    };
    console::print_emergency(format_args!(
        "\nhotvcpu: exception ({vector}) on CPU index {}: {syndrome}\n\
         elr {:016x}  spsr {:016x}  esr {:016x}  far {:016x}\n\
         sp  {:016x}\n{}",
        cpu::current(),
        frame.elr,
        frame.spsr,
        frame.esr,
        frame.far,
        frame.sp,
        Registers(&frame.x),
    ));
    boot::end_after(format_args!(
        "exception ({vector}): {syndrome}; elr {:#x}",
        frame.elr
    ))
}

/// The general-purpose registers, four in a row.
struct Registers<'a>(&'a [u64; 31]);

impl fmt::Display for Registers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, value) in self.0.iter().enumerate() {
            let end = if number % 4 == 3 || number == 30 {
                "\n"
            } else {
                "  "
            };
            write!(f, "x{number:<2} {value:016x}{end}")?;
        }
        Ok(())
    }
}
