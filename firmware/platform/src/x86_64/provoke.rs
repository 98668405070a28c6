//! Exceptions on purpose: to test that each is reported in full and ends the machine cleanly.

use core::arch::asm;
use core::hint::black_box;

use super::boot;

/// Executes an instruction that does not exist.
pub fn invalid_opcode() {
    // SAFETY: raises exception 6, whose handler does not return here.
    unsafe { asm!("ud2", options(noreturn)) };
}

/// Writes to the kernel's text, which is mapped read-only.
pub fn write_to_text() {
    let text = boot::enter as *const () as usize as *mut u8;
    // SAFETY: raises a page fault, whose handler does not return here; should it not (that is what the test is for),
    // the byte written is the one that was there.
    unsafe { text.write_volatile(text.read_volatile()) };
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
