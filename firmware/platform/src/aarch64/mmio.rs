//! Device memory, one access at a time.
//!
//! In assembly, because a hypervisor can only emulate accesses whose instruction it need not decode: a compiler may
//! choose an addressing mode that also writes the base register, and such an access traps without a syndrome.

use core::arch::asm;

use hotvcpu_aml::Width;

/// Reads a register.
///
/// # Safety
/// `address` is mapped, aligned to `width`, and no Rust object's.
pub unsafe fn read(address: u64, width: Width) -> u64 {
    let value: u64;
    // SAFETY: by the caller's promise.
    unsafe {
        match width {
            Width::Byte => asm!("ldrb {v:w}, [{a}]", v = out(reg) value, a = in(reg) address),
            Width::Word => asm!("ldrh {v:w}, [{a}]", v = out(reg) value, a = in(reg) address),
            Width::Dword => asm!("ldr {v:w}, [{a}]", v = out(reg) value, a = in(reg) address),
            Width::Qword => asm!("ldr {v}, [{a}]", v = out(reg) value, a = in(reg) address),
        }
    }
    value
}

/// Writes a register.
///
/// # Safety
/// As for [`read`].
pub unsafe fn write(address: u64, width: Width, value: u64) {
    // SAFETY: by the caller's promise.
    unsafe {
        match width {
            Width::Byte => asm!("strb {v:w}, [{a}]", v = in(reg) value, a = in(reg) address),
            Width::Word => asm!("strh {v:w}, [{a}]", v = in(reg) value, a = in(reg) address),
            Width::Dword => asm!("str {v:w}, [{a}]", v = in(reg) value, a = in(reg) address),
            Width::Qword => asm!("str {v}, [{a}]", v = in(reg) value, a = in(reg) address),
        }
    }
}
