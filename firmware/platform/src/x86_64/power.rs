//! Ends of the machine that need no ACPI: QEMU's debug-exit device, a triple fault, and standing still.

use core::arch::asm;
use core::sync::atomic::{AtomicU16, Ordering};

use x86_64::VirtAddr;
use x86_64::instructions::{hlt, interrupts, port::Port, tables::lidt};
use x86_64::structures::DescriptorTablePointer;

/// The debug-exit device's port; 0 while there is none.
static DEBUG_EXIT: AtomicU16 = AtomicU16::new(0);

/// Tells where QEMU's `isa-debug-exit` device is. The command line names it; no table does. False: there can be none.
pub fn set_debug_exit(port: u16) -> bool {
    DEBUG_EXIT.store(port, Ordering::Relaxed);
    true
}

/// Ends the machine with `verdict`: QEMU's exit status becomes `verdict << 1 | 1`.
///
/// Returns where there is no debug-exit device.
pub fn end(verdict: u8) {
    let port = DEBUG_EXIT.load(Ordering::Relaxed);
    if port != 0 {
        // SAFETY: the user named this port as a debug-exit device; writing to it ends the machine.
        unsafe { Port::new(port).write(u32::from(verdict)) };
    }
}

/// Powers the machine off where ACPI cannot. Returns: here it is ACPI that can.
pub fn off() {}

/// Resets the machine where the FADT names no register, as the old PC's does: by a fault for which there is no handler,
/// nor one for the double fault that follows. The CPU then shuts down (Intel SDM volume 3, 6.15), which machines take as
/// a reset.
pub fn reset() {
    let none = DescriptorTablePointer {
        limit: 0,
        base: VirtAddr::zero(),
    };
    interrupts::disable();
    // SAFETY: nothing of this kernel runs after the exception: without a table, no gate can be entered.
    unsafe {
        lidt(&none);
        asm!("int3");
    }
}

/// Stops this CPU for good.
pub fn halt() -> ! {
    loop {
        interrupts::disable();
        hlt();
    }
}
