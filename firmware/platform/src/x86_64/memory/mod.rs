//! Memory: frames, W^X page tables, guarded stacks, the heap, and physical memory as bytes.
//!
//! Physical memory is identity mapped (RAM write-back, everything else below 4 GiB uncached), so that a physical
//! address from a table is a pointer. Stacks live in a window of their own, where a page can be left out below each.

use core::fmt;

use hotvcpu_tables::PhysicalMemory;
use spin::{Mutex, Once};

use super::boot::MemoryRange;

mod frames;
mod heap;
mod paging;
mod stacks;

pub use stacks::{CpuStacks, run_on_stack};

use frames::Frames;
use paging::AddressSpace;

/// Bytes of a page.
pub const PAGE: u64 = 4096;

/// What the boot page tables (boot.s) map: the first GiB.
pub(super) const BOOT_MAPPED_END: u64 = 1 << 30;

static MEMORY: Mutex<Option<Memory>> = Mutex::new(None);
static MAP: Once<&'static [MemoryRange]> = Once::new();

struct Memory {
    frames: Frames,
    space: AddressSpace,
}

/// Why memory could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryError {
    /// No usable range has this many pages in a row left.
    OutOfFrames {
        /// Pages that were asked for.
        pages: u64,
    },
    /// A page is mapped already, or inside a larger one.
    Conflict {
        /// The virtual address.
        address: u64,
    },
    /// No page below 1 MiB is usable.
    NoLowPage,
    /// [`init`] has not run.
    NotReady,
}

impl fmt::Display for MemoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfFrames { pages } => {
                write!(f, "out of memory: {pages} pages in a row are not free")
            }
            Self::Conflict { address } => {
                write!(f, "the page at {address:#x} cannot be mapped as wanted")
            }
            Self::NoLowPage => write!(f, "no page below 1 MiB is usable"),
            Self::NotReady => write!(f, "memory is not set up yet"),
        }
    }
}

/// Replaces the boot page tables by W^X ones and opens the heap.
///
/// # Errors
/// [`MemoryError::OutOfFrames`] where `ranges` has too little usable memory.
pub fn init(ranges: &'static [MemoryRange]) -> Result<(), MemoryError> {
    MAP.call_once(|| ranges);
    let mut frames = Frames::new(ranges);
    let heap_bytes = heap::size_for(frames.total());
    let heap_start = frames.take(heap_bytes / PAGE)?;
    let space = AddressSpace::build(ranges, &mut frames)?;
    space.activate();
    heap::open(heap_start, heap_bytes);
    *MEMORY.lock() = Some(Memory { frames, space });
    Ok(())
}

/// The stacks of the CPU with this index: mapped at its first start, used again at every later one.
///
/// # Errors
/// [`MemoryError::OutOfFrames`], when there is no memory for them.
pub fn map_stacks(index: usize) -> Result<CpuStacks, MemoryError> {
    let mut memory = MEMORY.lock();
    let Memory { frames, space } = memory.as_mut().ok_or(MemoryError::NotReady)?;
    stacks::map(index, space, frames)
}

/// Copies `code` to the physical page `page` and makes that page executable and read-only.
///
/// # Errors
/// [`MemoryError::Conflict`], when the page is not below 1 MiB, where pages are mapped one by one.
pub fn install_low_code(page: u64, code: &[u8]) -> Result<(), MemoryError> {
    let mut memory = MEMORY.lock();
    let Memory { space, .. } = memory.as_mut().ok_or(MemoryError::NotReady)?;
    space.install_low_code(page, code)
}

/// A usable page below 1 MiB, for code that starts in real mode.
///
/// # Errors
/// [`MemoryError::NoLowPage`].
pub fn low_page() -> Result<u64, MemoryError> {
    const FIRST: u64 = 0x8000;
    const LAST: u64 = 0x9_0000;
    (FIRST..LAST)
        .step_by(PAGE as usize)
        .find(|&page| within(page, PAGE, |range| range.usable))
        .ok_or(MemoryError::NoLowPage)
}

/// Whether `length` bytes at `address` may be a device's, which a table names: mapped, and not where this guest lives.
pub(super) fn is_device_or_firmware(address: u64, length: u64) -> bool {
    let Some(end) = address.checked_add(length) else {
        return false;
    };
    let overlaps = |range: &MemoryRange| range.usable && range.start < end && address < range.end;
    let ours = MAP.get().is_some_and(|ranges| ranges.iter().any(overlaps));
    !ours && address >= PAGE && end <= paging::IDENTITY_END
}

fn within(address: u64, length: u64, accept: impl Fn(&MemoryRange) -> bool) -> bool {
    let Some(end) = address.checked_add(length) else {
        return false;
    };
    MAP.get().is_some_and(|ranges| {
        ranges
            .iter()
            .any(|range| range.start <= address && end <= range.end && accept(range))
    })
}

/// Physical memory as bytes, bounded by the loader's memory map and the BIOS area below 1 MiB.
pub struct Physical;

impl PhysicalMemory for Physical {
    fn bytes(&self, address: u64, length: usize) -> Option<&[u8]> {
        const BIOS: core::ops::Range<u64> = 0xE_0000..0x10_0000;
        let end = address.checked_add(length as u64)?;
        let in_bios = BIOS.start <= address && end <= BIOS.end;
        let known = in_bios || within(address, length as u64, |_| true);
        if !known || address < PAGE || end > paging::IDENTITY_END {
            return None;
        }
        // SAFETY: the range is identity mapped and memory (not a device), by the loader's map. Firmware's tables do
        // not change while the guest reads them, and a reader of these bytes trusts nothing in them.
        Some(unsafe { core::slice::from_raw_parts(address as *const u8, length) })
    }
}
