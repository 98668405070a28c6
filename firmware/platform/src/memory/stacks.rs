//! Stacks, each above a page that is not mapped, so that an overflow faults instead of corrupting.
//!
//! A CPU has its own, and small ones for its exceptions, as many as the architecture wants. Each CPU's set stands at a
//! fixed place of the window by its index, so a slot that is used again finds its stacks.

use super::{Frames, MemoryError, PAGE};
use crate::arch::cpu::EXCEPTION_STACKS;
use crate::arch::paging::{AddressSpace, STACK_WINDOW};

/// Address space for one CPU's set, guards included.
const SET: u64 = 32 * PAGE;

const MAIN_PAGES: u64 = 12;
const EXCEPTION_PAGES: u64 = 2;

/// From the top of a CPU's stack to that of its first exception stack; known to assembly on aarch64.
pub(crate) const EXCEPTION_STACK_OFFSET: u64 = (1 + EXCEPTION_PAGES) * PAGE;

/// The tops of a CPU's stacks: they grow downwards from here.
#[derive(Clone, Copy, Debug)]
pub struct CpuStacks {
    /// The stack it runs on.
    pub main: u64,
    /// What runs on each of the others, the architecture says.
    pub exceptions: [u64; EXCEPTION_STACKS],
}

impl CpuStacks {
    /// Where the stacks of the CPU with `index` stand, once `map` has mapped them.
    pub fn of(index: usize) -> Self {
        // The page left out before each is its guard.
        let main = STACK_WINDOW + index as u64 * SET + (1 + MAIN_PAGES) * PAGE;
        let exception = |number: usize| main + (number as u64 + 1) * EXCEPTION_STACK_OFFSET;
        Self {
            main,
            exceptions: core::array::from_fn(exception),
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
    space.ensure_writable(stacks.main - MAIN_PAGES * PAGE, MAIN_PAGES, frames)?;
    for top in stacks.exceptions {
        space.ensure_writable(top - EXCEPTION_PAGES * PAGE, EXCEPTION_PAGES, frames)?;
    }
    Ok(stacks)
}

const _: () =
    assert!(1 + MAIN_PAGES + EXCEPTION_STACKS as u64 * (1 + EXCEPTION_PAGES) <= SET / PAGE);
