//! Event records leave through QEMU's `isa-debugcon` device, which takes a byte per port write, or a whole line with
//! one `rep outsb`.

use core::arch::asm;
use core::sync::atomic::{AtomicU16, Ordering};

use x86_64::instructions::port::Port;

use crate::channel::{OpenError, Place};

/// The debug console's port; 0 while there is none.
static DEBUGCON: AtomicU16 = AtomicU16::new(0);

/// Takes the device at `place` as the event channel.
///
/// # Errors
/// [`OpenError`]: another architecture's, or no `isa-debugcon` answers there (with its readback value, 0xE9).
pub fn open(place: Place) -> Result<(), OpenError> {
    let Place::Debugcon(port) = place else {
        return Err(OpenError::OtherArchitecture(place));
    };
    // SAFETY: reading a port that the user named; debugcon's read has no effect.
    if unsafe { Port::<u8>::new(port).read() } != 0xE9 {
        return Err(OpenError::NoDevice(place));
    }
    DEBUGCON.store(port, Ordering::Relaxed);
    Ok(())
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
