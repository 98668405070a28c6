//! Stacks, each above a page that is not mapped, so that an overflow faults instead of corrupting.
//!
//! A CPU has three: its own, one for double faults (which include the overflow of the first), one for NMIs. Each
//! CPU's set stands at a fixed place of the window by its index, so a slot that is used again finds its stacks.

use core::arch::asm;

use super::paging::AddressSpace;
use super::{Frames, MemoryError, PAGE};

/// Where the window begins; far from the identity map.
const WINDOW: u64 = 0xFFFF_C000_0000_0000;

/// Address space for one CPU's set, guards included.
const SET: u64 = 32 * PAGE;

const MAIN_PAGES: u64 = 12;
const FAULT_PAGES: u64 = 2;

/// The tops of a CPU's stacks: they grow downwards from here.
#[derive(Clone, Copy, Debug)]
pub struct CpuStacks {
    /// The stack it runs on.
    pub main: u64,
    /// For double faults.
    pub double_fault: u64,
    /// For non-maskable interrupts.
    pub nmi: u64,
}

impl CpuStacks {
    /// Where the stacks of the CPU with `index` stand, once `map` has mapped them.
    pub fn of(index: usize) -> Self {
        // The page left out before each is its guard.
        let main = WINDOW + index as u64 * SET + (1 + MAIN_PAGES) * PAGE;
        let double_fault = main + (1 + FAULT_PAGES) * PAGE;
        let nmi = double_fault + (1 + FAULT_PAGES) * PAGE;
        Self {
            main,
            double_fault,
            nmi,
        }
    }
}

/// Maps the stacks of the CPU with `index` unless an earlier start has.
pub fn map(
    index: usize,
    space: &mut AddressSpace,
    frames: &mut Frames,
) -> Result<CpuStacks, MemoryError> {
    let stacks = CpuStacks::of(index);
    for (top, pages) in [
        (stacks.main, MAIN_PAGES),
        (stacks.double_fault, FAULT_PAGES),
        (stacks.nmi, FAULT_PAGES),
    ] {
        space.ensure_writable(top - pages * PAGE, pages, frames)?;
    }
    Ok(stacks)
}

const _: () = assert!(MAIN_PAGES + 2 * FAULT_PAGES + 3 <= SET / PAGE);

/// Leaves the present stack for good and calls `next` on the one whose top is `top`.
pub fn run_on_stack(top: u64, next: extern "C" fn() -> !) -> ! {
    // SAFETY: `top` comes from `map`: mapped, writable, aligned, and this CPU's alone. The call pushes a return
    // address as the ABI expects, and nothing returns to the old stack.
    unsafe {
        asm!(
            "mov rsp, {top}",
            "xor ebp, ebp",
            "call {next}",
            "ud2",
            top = in(reg) top,
            next = in(reg) next,
            options(noreturn),
        )
    }
}
