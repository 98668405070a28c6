//! A kernel's file, and where its parts must go.
//!
//! The file itself may be big and is moved by the device, straight to its place; so this works on the file's first
//! bytes only and makes a plan, which is checked against the memory that a kernel may have before anything moves.
//! Two formats are read: an ELF executable for AArch64, placed by its segments' physical addresses; and the arm64
//! `Image` of the Linux kernel's boot protocol, which may lie anywhere.

mod elf;
mod error;
mod image;

use alloc::vec::Vec;
use core::ops::Range;

pub use error::KernelError;

/// How much of the file's beginning is looked at: an ELF file's headers must lie in it.
pub const HEAD_LENGTH: usize = 4096;

/// Where a kernel's parts go, and where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadPlan {
    /// The physical address of the first instruction.
    pub entry: u64,
    /// What to move. The targets lie in the allowed memory and do not overlap.
    pub segments: Vec<Segment>,
    /// The memory that the kernel takes, from the first segment's beginning to the last one's end.
    pub range: Range<u64>,
}

/// A piece of the file and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Which bytes of the file.
    pub file: Range<u32>,
    /// Where they go.
    pub address: u64,
    /// How many zeros follow them.
    pub zeros: u64,
    /// How much memory this takes from `address` on: the bytes, the zeros, and what the kernel clears by itself.
    pub length: u64,
}

impl LoadPlan {
    /// Plans the loading of a kernel's file of `file_length` bytes, of which `head` has the first [`HEAD_LENGTH`] (or
    /// all, if it is shorter), into the memory `allowed`.
    ///
    /// # Errors
    ///
    /// [`KernelError`] if the file is no kernel for AArch64, if it is damaged, or if it does not fit.
    pub fn new(head: &[u8], file_length: u32, allowed: &[Range<u64>]) -> Result<Self, KernelError> {
        let head = head.get(..file_length as usize).unwrap_or(head);
        let plan = if head.starts_with(b"\x7FELF") {
            elf::plan(head, file_length)?
        } else {
            image::plan(head, file_length, allowed)?
        };
        plan.check(allowed)?;
        Ok(plan)
    }

    /// Checks that each segment lies in allowed memory and that no two overlap.
    fn check(&self, allowed: &[Range<u64>]) -> Result<(), KernelError> {
        let mut targets = Vec::new();
        for segment in &self.segments {
            let (start, length) = (segment.address, segment.length);
            let end = start.checked_add(length);
            let end = end.ok_or(KernelError::OutOfMemory { start, length })?;
            let fits = |range: &Range<u64>| range.start <= start && end <= range.end;
            if !allowed.iter().any(fits) {
                return Err(KernelError::OutOfMemory { start, length });
            }
            targets.push(start..end);
        }
        targets.sort_by_key(|target| target.start);
        for (before, after) in targets.iter().zip(targets.iter().skip(1)) {
            if after.start < before.end {
                return Err(KernelError::Overlap(after.start));
            }
        }
        Ok(())
    }
}
