//! Memory: frames, W^X page tables, guarded stacks, the heap, and physical memory as bytes.
//!
//! Physical memory is identity mapped (RAM write-back, everything else as devices want it), so that a physical address
//! from a table is a pointer. Stacks live in a window of their own, where a page can be left out below each.

use core::fmt;

use hotvcpu_tables::PhysicalMemory;
use spin::Mutex;

use crate::arch::paging::{self, AddressSpace};
use crate::boot::{MemoryRange, Ranges};

mod frames;
mod heap;
mod stacks;

pub use stacks::CpuStacks;

#[cfg(target_arch = "aarch64")]
pub(crate) use {heap::open_early as open_early_heap, stacks::EXCEPTION_STACK_OFFSET};

pub use heap::used as heap_used;

pub(crate) use frames::Frames;

/// Bytes of a page.
pub const PAGE: u64 = 4096;

static MEMORY: Mutex<Option<Memory>> = Mutex::new(None);
static MAP: Mutex<Ranges> = Mutex::new(Ranges::EMPTY);

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
    /// The boot has not come so far.
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
pub(crate) fn init(ranges: &[MemoryRange]) -> Result<(), MemoryError> {
    for range in ranges {
        MAP.lock().push(*range);
    }
    let mut frames = Frames::new(*MAP.lock());
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
pub(crate) fn map_stacks(index: usize) -> Result<CpuStacks, MemoryError> {
    let mut memory = MEMORY.lock();
    let Memory { frames, space } = memory.as_mut().ok_or(MemoryError::NotReady)?;
    stacks::map(index, space, frames)
}

/// Takes memory for firmware's tables for good: its physical address, and the zeroed bytes. They count as firmware's from
/// now on. `None`: there is not so much.
#[cfg(target_arch = "aarch64")]
pub(crate) fn take_for_firmware(length: u64, alignment: u64) -> Option<(u64, &'static mut [u8])> {
    let mut memory = MEMORY.lock();
    let Memory { frames, .. } = memory.as_mut()?;
    let (pages, spare) = (length.div_ceil(PAGE), alignment.max(PAGE) / PAGE - 1);
    let taken = frames.take(pages.checked_add(spare)?.max(1)).ok()?;
    let start = taken.checked_next_multiple_of(alignment.max(PAGE))?;
    let range = MemoryRange {
        start,
        end: start + pages * PAGE,
        usable: false,
    };
    if !MAP.lock().push(range) {
        return None;
    }
    // SAFETY: the frames were just taken, so they are the caller's alone; they are identity mapped, writable RAM.
    let bytes = unsafe {
        core::ptr::write_bytes(start as *mut u8, 0, length as usize);
        core::slice::from_raw_parts_mut(start as *mut u8, length as usize)
    };
    Some((start, bytes))
}

/// What else an architecture does with its page tables.
///
/// # Errors
/// [`MemoryError::NotReady`], or what `act` says.
#[cfg(target_arch = "x86_64")]
pub(crate) fn with_space<T>(
    act: impl FnOnce(&mut AddressSpace) -> Result<T, MemoryError>,
) -> Result<T, MemoryError> {
    let mut memory = MEMORY.lock();
    let Memory { space, .. } = memory.as_mut().ok_or(MemoryError::NotReady)?;
    act(space)
}

/// Whether `length` bytes at `address` may be a device's, which a table names: mapped, and not where this guest lives.
pub(crate) fn is_device_or_firmware(address: u64, length: u64) -> bool {
    let Some(end) = address.checked_add(length) else {
        return false;
    };
    let map = MAP.lock();
    let overlaps = |range: &MemoryRange| range.usable && range.start < end && address < range.end;
    let ours = map.as_slice().iter().any(overlaps);
    let firmware = within(&map, address, end, |range| !range.usable);
    (firmware || !ours) && address >= PAGE && end <= paging::IDENTITY_END
}

/// Makes sure that a device's registers are mapped. False: they lie where no device can be, or memory is out.
#[cfg(target_arch = "x86_64")]
pub(crate) fn map_device(registers: core::ops::Range<u64>) -> bool {
    if registers.end <= paging::IDENTITY_END {
        let length = registers.end.saturating_sub(registers.start);
        return is_device_or_firmware(registers.start, length);
    }
    let is_ram = |range: &MemoryRange| range.start < registers.end && registers.start < range.end;
    if registers.start < paging::IDENTITY_END
        || registers.end > paging::DEVICES_END
        || MAP.lock().as_slice().iter().any(is_ram)
    {
        return false;
    }
    let mut memory = MEMORY.lock();
    let Some(Memory { frames, space }) = memory.as_mut() else {
        return false;
    };
    space.map_device(registers, frames).is_ok()
}

/// Whether one range that `accept` agrees with holds all of `[start, end)`.
fn within(map: &Ranges, start: u64, end: u64, accept: impl Fn(&MemoryRange) -> bool) -> bool {
    let holds = |range: &MemoryRange| range.start <= start && end <= range.end && accept(range);
    map.as_slice().iter().any(holds)
}

/// The first page in `[first, last)` that is usable memory.
#[cfg(target_arch = "x86_64")]
pub(crate) fn usable_page(first: u64, last: u64) -> Option<u64> {
    let map = MAP.lock();
    let usable = |&page: &u64| within(&map, page, page + PAGE, |range| range.usable);
    (first..last).step_by(PAGE as usize).find(usable)
}

/// Physical memory as bytes, bounded by the loader's memory map and firmware's own area.
pub struct Physical;

impl PhysicalMemory for Physical {
    fn bytes(&self, address: u64, length: usize) -> Option<&[u8]> {
        let end = address.checked_add(length as u64)?;
        let in_firmware =
            paging::FIRMWARE_AREA.is_some_and(|area| area.start <= address && end <= area.end);
        let known = in_firmware || within(&MAP.lock(), address, end, |_| true);
        if !known || address < PAGE || end > paging::IDENTITY_END {
            return None;
        }
        // SAFETY: the range is identity mapped and memory (not a device), by the loader's map. Firmware's tables do
        // not change while the guest reads them, and a reader of these bytes trusts nothing in them.
        Some(unsafe { core::slice::from_raw_parts(address as *const u8, length) })
    }
}
