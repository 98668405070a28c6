//! Exceptions on purpose: to test that each is reported in full and ends the machine cleanly.

use core::hint::black_box;

use hotvcpu_aml::Width;

use crate::{arch, boot, memory};

/// Executes an instruction that does not exist.
pub fn invalid_opcode() {
    arch::cpu::undefined_instruction()
}

/// Writes to the kernel's text, which is mapped read-only.
pub fn write_to_text() {
    let text = boot::end_after as *const () as usize as *mut u8;
    // SAFETY: raises an exception, whose handler does not return here; should it not (that is what the test is for),
    // the byte written is the one that was there.
    unsafe { text.write_volatile(text.read_volatile()) };
}

/// Reads 4 bytes at a physical address, which a hypervisor may have forbidden. False: they are this guest's own, or not
/// aligned.
pub fn read(address: u64) -> bool {
    let allowed = memory::is_device_or_firmware(address, 4) && address.is_multiple_of(4);
    if allowed {
        // SAFETY: mapped, aligned, and outside of all memory that is Rust's.
        black_box(unsafe { arch::mmio::read(address, Width::Dword) });
    }
    allowed
}

/// Recurses into the guard page below the stack.
pub fn stack_overflow() {
    black_box(deeper(1));
}

/// The array makes every step too large to be optimised into a loop.
#[expect(unconditional_recursion, reason = "the guard page is the condition")]
fn deeper(depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    deeper(black_box(depth + 1)) + frame[63]
}
