//! Physical page frames: handed out upwards, never taken back.
//!
//! Nothing in this guest gives frames back: page tables stay, and a CPU's stacks serve again when its slot is used
//! again. So a cursor is the whole allocator.

use super::{MemoryError, PAGE};
use crate::arch::paging;
use crate::boot::Ranges;

/// Usable memory above the kernel image, as a cursor over the loader's map.
pub struct Frames {
    ranges: Ranges,
    /// The lowest frame that was never handed out.
    next: u64,
}

impl Frames {
    /// All usable memory above the kernel image. Below it lies what firmware and a CPU's start need.
    pub fn new(ranges: Ranges) -> Self {
        Self {
            ranges,
            next: paging::image().end,
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

    /// What is left of each usable range: whole pages at or above the cursor. What the boot page tables map, which is a
    /// GiB, is more than this guest ever needs, and can be written while the page tables that take the first frames are
    /// being built.
    fn spans(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        let mapped = paging::boot_mapped();
        self.ranges
            .as_slice()
            .iter()
            .filter(|range| range.usable)
            .filter_map(move |range| {
                let start = range
                    .start
                    .max(self.next)
                    .max(mapped.start)
                    .checked_next_multiple_of(PAGE)?;
                let end = range.end.min(mapped.end) / PAGE * PAGE;
                (start < end).then_some((start, end))
            })
    }
}
