//! RAM: what there is, what was taken, and what is left for the kernel.
//!
//! What outlives the ROM is taken from the top of the RAM that the ROM itself runs in, downwards and page by page, but
//! below 4 GiB: ACPI has fields of 32 bits that may have to hold an address. The kernel gets the rest, from below.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use hotvcpu_boot::device_tree::Machine;
use hotvcpu_boot::handover::{self, RangeKind};
use hotvcpu_boot::table_loader::{Block, TableMemory, Zone};

use crate::error::RomError;
use crate::layout;

/// Everything that is taken is a multiple of this, as the kernel maps nothing smaller.
pub const PAGE: u64 = 4096;

/// Where addresses of 32 bits end.
const LIMIT: u64 = 1 << 32;

/// The machine's RAM.
#[derive(Debug)]
pub struct Memory {
    /// All RAM: sorted, with neighbours put together.
    ram: Vec<Range<u64>>,
    /// What was taken.
    taken: Vec<Taken>,
    /// Below this, down to `bottom`, nothing was taken yet.
    top: u64,
    /// The ROM's own RAM ends here.
    bottom: u64,
}

/// A range that is not the kernel's to write.
#[derive(Clone, Debug)]
struct Taken {
    range: Range<u64>,
    keep: Keep,
}

/// Who needs a range that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keep {
    /// The kernel, which reads it.
    ForKernel,
    /// The monitor: the kernel must not even know of it.
    FromKernel,
    /// Nobody, once the kernel runs.
    UntilEntry,
}

/// What memory is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The ACPI tables.
    Tables,
    /// The initial RAM disk.
    Initrd,
    /// What the kernel is told.
    BootInformation,
    /// The monitor's heap.
    Monitor,
}

impl Purpose {
    fn keep(self) -> Keep {
        match self {
            Self::Tables | Self::Initrd | Self::BootInformation => Keep::ForKernel,
            Self::Monitor => Keep::FromKernel,
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tables => "the ACPI tables",
            Self::Initrd => "the initial RAM disk",
            Self::BootInformation => "the boot information",
            Self::Monitor => "the monitor",
        })
    }
}

impl Memory {
    /// The machine's RAM, without the device tree of `device_tree` bytes at its beginning and the ROM's own RAM.
    ///
    /// # Errors
    ///
    /// [`RomError::NoRam`] if the ROM's own RAM is none.
    pub fn new(machine: &Machine, device_tree: usize) -> Result<Self, RomError> {
        let tree = layout::device_tree() as u64;
        let own = layout::static_ram();
        let own = own.start as u64..own.end as u64;
        let ram = merged(machine);
        let home = ram
            .iter()
            .find(|range| range.start <= tree && own.end <= range.end)
            .ok_or(RomError::NoRam {
                start: tree,
                end: own.end,
            })?;
        let tree = tree..(tree + device_tree as u64).next_multiple_of(PAGE);
        Ok(Self {
            top: home.end.min(LIMIT),
            bottom: own.end,
            taken: Vec::from([
                Taken {
                    range: tree,
                    keep: Keep::ForKernel,
                },
                Taken {
                    range: own,
                    keep: Keep::UntilEntry,
                },
            ]),
            ram,
        })
    }

    /// All RAM.
    pub fn ram(&self) -> &[Range<u64>] {
        &self.ram
    }

    /// Takes whole pages for `length` bytes at a multiple of `alignment`, a power of two.
    ///
    /// # Errors
    ///
    /// [`RomError::NoMemory`] names the purpose.
    pub fn take(
        &mut self,
        length: u64,
        alignment: u64,
        purpose: Purpose,
    ) -> Result<&'static mut [u8], RomError> {
        let error = RomError::NoMemory { purpose, length };
        let range = self.find(length, alignment).ok_or(error)?;
        self.top = range.start;
        self.taken.push(Taken {
            range: range.start..range.start + length.next_multiple_of(PAGE),
            keep: purpose.keep(),
        });
        // SAFETY: this range of RAM was never handed out, nor will it be again: `top` lies below it now.
        Ok(unsafe { bytes(range) })
    }

    fn find(&self, length: u64, alignment: u64) -> Option<Range<u64>> {
        let pages = length.checked_next_multiple_of(PAGE)?;
        let start = self.top.checked_sub(pages)? & !(alignment.max(PAGE) - 1);
        (start >= self.bottom).then_some(start..start + length)
    }

    /// Makes the ROM's own RAM the monitor's, whose code works in it.
    pub fn hide_own(&mut self) {
        for taken in &mut self.taken {
            if taken.keep == Keep::UntilEntry {
                taken.keep = Keep::FromKernel;
            }
        }
    }

    /// What the kernel must not know of.
    pub fn hidden(&self) -> Vec<Range<u64>> {
        let taken = self.taken.iter();
        let hidden = taken.filter(|taken| taken.keep == Keep::FromKernel);
        hidden.map(|taken| taken.range.clone()).collect()
    }

    /// What the ROM wrote for the kernel: everything that was taken from the top, without what is hidden.
    pub fn written(&self) -> impl Iterator<Item = Range<u64>> {
        let written = self
            .taken
            .iter()
            .filter(|taken| taken.keep == Keep::ForKernel && taken.range.start >= self.top);
        written.map(|taken| taken.range.clone())
    }

    /// The memory that a kernel may be loaded to.
    pub fn for_kernel(&self) -> Vec<Range<u64>> {
        self.without(|_| true)
    }

    /// The memory of a kernel's segment, which lies in a range of [`Memory::for_kernel`].
    ///
    /// # Safety
    ///
    /// Nothing may be taken after the first call, and no two calls may name the same memory: this writes down
    /// nothing of what it hands out.
    pub unsafe fn segment(&self, range: Range<u64>) -> &'static mut [u8] {
        // SAFETY: the caller names memory that was not taken, and names it once.
        unsafe { bytes(range) }
    }

    /// The ranges that the kernel is told of, in the order of their addresses.
    pub fn handover(&self) -> Vec<handover::Range> {
        let usable = self.without(|taken| taken.keep != Keep::UntilEntry);
        let usable = usable.into_iter().map(|range| (range, RangeKind::Usable));
        let reserved = self
            .taken
            .iter()
            .filter(|taken| taken.keep == Keep::ForKernel);
        let reserved = reserved.map(|taken| (taken.range.clone(), RangeKind::Reserved));
        let mut ranges: Vec<_> = usable
            .chain(reserved)
            .map(|(range, kind)| handover::Range {
                start: range.start,
                end: range.end,
                kind,
            })
            .collect();
        ranges.sort_by_key(|range| range.start);
        ranges
    }

    /// RAM without what `is_taken` chooses.
    fn without(&self, is_taken: impl Fn(&Taken) -> bool) -> Vec<Range<u64>> {
        let mut taken: Vec<_> = self.taken.iter().filter(|taken| is_taken(taken)).collect();
        taken.sort_by_key(|taken| taken.range.start);
        let mut free = Vec::new();
        for ram in &self.ram {
            let mut start = ram.start;
            for hole in taken.iter().map(|taken| &taken.range) {
                if hole.end <= start || ram.end <= hole.start {
                    continue;
                }
                free.push(start..hole.start);
                start = hole.end;
            }
            free.push(start..ram.end);
        }
        free.retain(|range| !range.is_empty());
        free
    }
}

impl TableMemory<'static> for Memory {
    fn allocate(&mut self, length: usize, alignment: u64, _: Zone) -> Option<Block<'static>> {
        let bytes = self.take(length as u64, alignment, Purpose::Tables).ok()?;
        Some(Block {
            address: bytes.as_ptr() as u64,
            bytes,
        })
    }
}

/// The RAM that the device tree names, in whole pages, with neighbours (of different NUMA nodes) put together.
fn merged(machine: &Machine) -> Vec<Range<u64>> {
    let mut merged: Vec<Range<u64>> = Vec::new();
    for memory in &machine.memory {
        let Some(start) = memory.start.checked_next_multiple_of(PAGE) else {
            continue;
        };
        let range = start..memory.end & !(PAGE - 1);
        match merged.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ => merged.push(range),
        }
    }
    merged.retain(|range| !range.is_empty());
    merged
}

/// RAM as a slice.
///
/// # Safety
///
/// The range is RAM that is mapped (each address is itself) and that nobody else has.
unsafe fn bytes(range: Range<u64>) -> &'static mut [u8] {
    let length = (range.end - range.start) as usize;
    // SAFETY: as the caller says; any byte is a valid `u8`.
    unsafe { core::slice::from_raw_parts_mut(range.start as *mut u8, length) }
}
