//! The second channel: event records for the host, through QEMU's `isa-debugcon` device.
//!
//! Why not a second UART: a record is written on every phase of every hotplug, and a 16550 wants its status read
//! before each byte. The debug console takes a byte per port write, or a whole line with one `rep outsb`.

use core::arch::asm;
use core::sync::atomic::{AtomicU16, Ordering};

use x86_64::instructions::port::Port;

/// The debug console's port; 0 while there is none.
static DEBUGCON: AtomicU16 = AtomicU16::new(0);

/// Takes `port` as the event channel if an `isa-debugcon` device answers there (with its readback value, 0xE9).
pub fn open(port: u16) -> bool {
    // SAFETY: reading a port that the user named; debugcon's read has no effect.
    let present = unsafe { Port::<u8>::new(port).read() } == 0xE9;
    if present {
        DEBUGCON.store(port, Ordering::Relaxed);
    }
    present
}

/// Sends `bytes`; they are dropped where no channel is open.
pub fn write(bytes: &[u8]) {
    let port = DEBUGCON.load(Ordering::Relaxed);
    if port == 0 {
        return;
    }
    // SAFETY: the port is a debug console (`open` saw its readback value), and `bytes` is readable for its length.
    unsafe {
        asm!(
            "rep outsb",
            in("dx") port,
            inout("rsi") bytes.as_ptr() => _,
            inout("rcx") bytes.len() => _,
            options(nostack, preserves_flags, readonly),
        );
    }
}
