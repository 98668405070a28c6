//! Physical page frames: handed out upwards, never taken back.
//!
//! Nothing in this guest gives frames back: page tables stay, and a CPU's stacks serve again when its slot is used
//! again. So a cursor is the whole allocator.

use x86_64::PhysAddr;
use x86_64::structures::paging::{FrameAllocator, PhysFrame, Size4KiB};

use super::{MemoryError, PAGE};
use crate::boot::MemoryRange;

/// Usable memory above the kernel image, as a cursor over the loader's map.
pub struct Frames {
    ranges: &'static [MemoryRange],
    /// The lowest frame that was never handed out.
    next: u64,
}

impl Frames {
    /// All usable memory above the kernel image. Below it lie the BIOS's areas and the trampoline.
    pub fn new(ranges: &'static [MemoryRange]) -> Self {
        Self {
            ranges,
            next: super::paging::image().end,
        }
    }

    /// Bytes above the kernel image in all.
    pub fn total(&self) -> u64 {
        self.spans().map(|(start, end)| end - start).sum()
    }

    /// Takes `pages` frames in a row; returns the first one's address.
    ///
    /// # Errors
    /// [`MemoryError::OutOfFrames`].
    pub fn take(&mut self, pages: u64) -> Result<u64, MemoryError> {
        let wanted = pages
            .checked_mul(PAGE)
            .ok_or(MemoryError::OutOfFrames { pages })?;
        let found = self.spans().find(|(start, end)| end - start >= wanted);
        let (start, _) = found.ok_or(MemoryError::OutOfFrames { pages })?;
        self.next = start + wanted;
        Ok(start)
    }

    /// What is left of each usable range: whole pages at or above the cursor. The first GiB is more than this guest
    /// ever needs, and all of it is mapped while the page tables that take the first frames are being built.
    fn spans(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.ranges
            .iter()
            .filter(|range| range.usable)
            .filter_map(|range| {
                let start = range.start.max(self.next).checked_next_multiple_of(PAGE)?;
                let end = range.end.min(super::BOOT_MAPPED_END) / PAGE * PAGE;
                (start < end).then_some((start, end))
            })
    }
}

// SAFETY: `take` hands out each frame once, from memory that the loader's map calls usable and the kernel image does
// not occupy.
unsafe impl FrameAllocator<Size4KiB> for Frames {
    fn allocate_frame(&mut self) -> Option<PhysFrame<Size4KiB>> {
        let address = self.take(1).ok()?;
        PhysFrame::from_start_address(PhysAddr::new(address)).ok()
    }
}
