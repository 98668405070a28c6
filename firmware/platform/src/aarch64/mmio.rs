//! Device memory, one access at a time.
//!
//! In assembly, because a hypervisor can only emulate accesses whose instruction it need not decode: a compiler may
//! choose an addressing mode that also writes the base register, and such an access traps without a syndrome.

use core::arch::{asm, global_asm};

use hotvcpu_aml::Width;

global_asm!(include_str!("mmio.s"));

/// What the assembly answers.
#[repr(C)]
struct Probed {
    value: u64,
    failed: u64,
}

unsafe extern "C" {
    static probe_start: u8;
    static probe_failed: u8;
    fn probe_read(address: u64, bytes: u64) -> Probed;
    fn probe_write(address: u64, bytes: u64, value: u64) -> Probed;
}

/// Where to go on after an access at `pc` to which nothing answered; `None` if that access is none of [`try_read`]'s or
/// [`try_write`]'s.
pub fn after_failure(pc: u64) -> Option<u64> {
    let (start, failed) = (
        (&raw const probe_start) as u64,
        (&raw const probe_failed) as u64,
    );
    (start..failed).contains(&pc).then_some(failed)
}

/// Reads a register; `None` if nothing answers there.
///
/// # Safety
/// As for [`read`].
pub unsafe fn try_read(address: u64, width: Width) -> Option<u64> {
    // SAFETY: by the caller's promise.
    let probed = unsafe { probe_read(address, width.bytes() as u64) };
    (probed.failed == 0).then_some(probed.value)
}

/// Writes a register. False: nothing answers there.
///
/// # Safety
/// As for [`read`].
pub unsafe fn try_write(address: u64, width: Width, value: u64) -> bool {
    // SAFETY: by the caller's promise.
    let probed = unsafe { probe_write(address, width.bytes() as u64, value) };
    probed.failed == 0
}

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
