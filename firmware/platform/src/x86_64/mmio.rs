//! Device memory, one access at a time.

use hotvcpu_aml::Width;

/// Reads a register.
///
/// # Safety
/// `address` is mapped, aligned to `width`, and no Rust object's.
pub unsafe fn read(address: u64, width: Width) -> u64 {
    // SAFETY: by the caller's promise.
    unsafe {
        match width {
            Width::Byte => u64::from((address as *const u8).read_volatile()),
            Width::Word => u64::from((address as *const u16).read_volatile()),
            Width::Dword => u64::from((address as *const u32).read_volatile()),
            Width::Qword => (address as *const u64).read_volatile(),
        }
    }
}

/// Writes a register.
///
/// # Safety
/// As for [`read`].
pub unsafe fn write(address: u64, width: Width, value: u64) {
    // SAFETY: by the caller's promise.
    unsafe {
        match width {
            Width::Byte => (address as *mut u8).write_volatile(value as u8),
            Width::Word => (address as *mut u16).write_volatile(value as u16),
            Width::Dword => (address as *mut u32).write_volatile(value as u32),
            Width::Qword => (address as *mut u64).write_volatile(value),
        }
    }
}

/// Reads a register. Where nothing answers, all bits are set.
///
/// # Safety
/// As for [`read`].
pub unsafe fn try_read(address: u64, width: Width) -> Option<u64> {
    // SAFETY: by the caller's promise.
    Some(unsafe { read(address, width) })
}

/// Writes a register. Where nothing answers, it is lost, and nobody says so.
///
/// # Safety
/// As for [`read`].
pub unsafe fn try_write(address: u64, width: Width, value: u64) -> bool {
    // SAFETY: by the caller's promise.
    unsafe { write(address, width, value) };
    true
}
