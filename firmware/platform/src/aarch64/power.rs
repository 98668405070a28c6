//! Ends of the machine that need no ACPI: PSCI, and standing still.

use aarch64_cpu::asm;
use aarch64_cpu::registers::{DAIF, Writeable};

use super::{channel, psci};

/// There are no I/O ports here, so there can be no debug-exit device.
pub fn set_debug_exit(_port: u16) -> bool {
    false
}

/// Ends the machine. QEMU's exit status cannot carry a verdict here; the last records do.
pub fn end(_verdict: u8) {
    off();
}

/// Powers the machine off through PSCI, once the host has all records. Returns where that is not possible.
pub fn off() {
    channel::settle();
    psci::system_off();
}

/// Resets the machine through PSCI, once the host has all records. Returns where that is not possible.
pub fn reset() {
    channel::settle();
    psci::system_reset();
}

/// Stops this CPU for good.
pub fn halt() -> ! {
    loop {
        DAIF.write(DAIF::D::Masked + DAIF::A::Masked + DAIF::I::Masked + DAIF::F::Masked);
        asm::wfi();
    }
}
