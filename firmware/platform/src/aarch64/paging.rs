//! The kernel's page tables: no page is both writable and executable, and page 0 does not exist.
//!
//! Four levels of 4 KiB tables (Arm ARM DDI 0487, D8.3). Our own and not the `aarch64-paging` crate's, which takes a
//! table's memory from an allocator that may not fail, where this guest wants to say that memory is out.

use core::arch::asm;
use core::ops::Range;
use core::sync::atomic::{AtomicU64, Ordering};

use crate::boot::MemoryRange;
use crate::memory::{Frames, MemoryError, PAGE};

/// Physical addresses below this are identity mapped: RAM, firmware's tables and devices. A second range of GIC
/// redistributors lies at 256 GiB.
pub const IDENTITY_END: u64 = 512 * GIB;

/// Where the stacks stand: above the identity map.
pub const STACK_WINDOW: u64 = 2 * IDENTITY_END;

/// Firmware's tables lie where the loader's map says, and nowhere else.
pub const FIRMWARE_AREA: Option<Range<u64>> = None;

const GIB: u64 = 1 << 30;

// MAIR_EL1: what a descriptor's attribute index means.
const DEVICE: u64 = 0;
const NORMAL: u64 = 1;
/// Index 0: Device-nGnRE. Index 1: normal, write-back, both shareable domains.
pub const MAIR: u64 = 0x04 | 0xFF << (8 * NORMAL);

/// TCR_EL1: 48 bits below, nothing above (EPD1); walks are write-back and inner shareable; 4 KiB pages.
pub const TCR: u64 = 16 | 0b01 << 8 | 0b01 << 10 | 0b11 << 12 | 16 << 16 | 1 << 23 | 0b10 << 30;

/// SCTLR_EL1 on the boot page tables: its RES1 bits, instruction cache, stack alignment checked, caches, MMU.
pub const BOOT_SCTLR: u64 = 0x30D0_0800 | 1 << 12 | 1 << 3 | 1 << 2 | 1;
/// SCTLR_EL1 on the kernel's tables: what is writable is never executable, whatever its entry says (WXN).
pub const SCTLR: u64 = BOOT_SCTLR | 1 << 19;

// Descriptors (D8.3.1).
const VALID: u64 = 1;
/// In levels 0 to 2: a table. In level 3: a page.
const TABLE_OR_PAGE: u64 = 1 << 1;
const READ_ONLY: u64 = 1 << 7;
const INNER_SHAREABLE: u64 = 0b11 << 8;
const ACCESSED: u64 = 1 << 10;
/// Neither privileged nor unprivileged execution.
pub const EXECUTE_NEVER: u64 = 0b11 << 53;
const UNPRIVILEGED_EXECUTE_NEVER: u64 = 1 << 54;
const ADDRESS: u64 = 0x0000_FFFF_FFFF_F000;

/// A block of the boot page tables, of device memory.
pub const DEVICE_BLOCK: u64 = VALID | DEVICE << 2 | ACCESSED;
/// A block of the boot page tables, of RAM.
pub const NORMAL_BLOCK: u64 = VALID | NORMAL << 2 | INNER_SHAREABLE | ACCESSED;

const WRITABLE: u64 = NORMAL_BLOCK | EXECUTE_NEVER;
const READABLE: u64 = WRITABLE | READ_ONLY;
const EXECUTABLE: u64 = NORMAL_BLOCK | READ_ONLY | UNPRIVILEGED_EXECUTE_NEVER;
const DEVICE_MEMORY: u64 = DEVICE_BLOCK | EXECUTE_NEVER;

unsafe extern "C" {
    // Borders of the image (guest-kernel/link/aarch64.ld) and pieces of it (boot.s); only their addresses count.
    static image_start: u8;
    static image_end: u8;
    static text_start: u8;
    static text_end: u8;
    static rodata_start: u8;
    static rodata_end: u8;
    static boot_stack_guard: u8;
    static mut boot_level_1: [u64; 512];
}

/// The root of the kernel's tables, for CPUs that start; they read it with the MMU off.
pub static ROOT: AtomicU64 = AtomicU64::new(0);

/// Where the kernel image lies.
pub fn image() -> Range<u64> {
    &raw const image_start as u64..&raw const image_end as u64
}

/// What the boot page tables map as RAM: the GiB of the image.
pub fn boot_mapped() -> Range<u64> {
    let start = image().start / GIB * GIB;
    start..start + GIB
}

/// Lets the boot page tables reach `length` bytes at `address` as RAM, which a loader says is there. False: they cannot.
pub fn reach(address: u64, length: u64) -> bool {
    let Some(end) = address.checked_add(length) else {
        return false;
    };
    if address < PAGE || end > IDENTITY_END {
        return false;
    }
    for number in address / GIB..end.div_ceil(GIB) {
        let wanted = NORMAL_BLOCK | EXECUTE_NEVER | (number * GIB);
        // SAFETY: the boot page tables are static, aligned, and used by this one CPU alone. The image's own block is
        // normal already and stays as it is; nothing uses any other.
        unsafe {
            let entry = (&raw mut boot_level_1).cast::<u64>().add(number as usize);
            if entry.read_volatile() & (0b111 << 2) == NORMAL << 2 {
                continue;
            }
            // Break before make (D8.14.1).
            entry.write_volatile(0);
            asm!("dsb ishst", "tlbi vmalle1is", "dsb ish", "isb");
            entry.write_volatile(wanted);
            asm!("dsb ishst", "isb");
        }
    }
    true
}

/// Pieces of the image that have rights of their own; `None` leaves a piece out. In the order of their addresses.
fn image_pieces() -> [(Range<u64>, Option<u64>); 3] {
    let guard = &raw const boot_stack_guard as u64;
    [
        (
            &raw const text_start as u64..&raw const text_end as u64,
            Some(EXECUTABLE),
        ),
        (
            &raw const rodata_start as u64..&raw const rodata_end as u64,
            Some(READABLE),
        ),
        (guard..guard + PAGE, None),
    ]
}

/// One set of page tables, shared by all CPUs.
pub struct AddressSpace {
    root: u64,
}

impl AddressSpace {
    /// Builds the identity map: RAM as the loader's map has it, all else device memory.
    pub fn build(ranges: &[MemoryRange], frames: &mut Frames) -> Result<Self, MemoryError> {
        let mut space = Self {
            root: new_table(frames)?,
        };
        // Page 0 is left out.
        let mut next = PAGE;
        while let Some(ram) = first_at(ranges, next) {
            space.identity(next..ram.start, DEVICE_MEMORY, frames)?;
            space.ram(ram.clone(), frames)?;
            next = ram.end;
        }
        space.identity(next..IDENTITY_END, DEVICE_MEMORY, frames)?;
        Ok(space)
    }

    /// Maps a piece of RAM, with the image's pieces in it.
    fn ram(&mut self, ram: Range<u64>, frames: &mut Frames) -> Result<(), MemoryError> {
        let mut next = ram.start;
        for (piece, rights) in image_pieces() {
            if piece.start < next || ram.end < piece.end {
                continue;
            }
            self.identity(next..piece.start, WRITABLE, frames)?;
            if let Some(rights) = rights {
                self.identity(piece.clone(), rights, frames)?;
            }
            next = piece.end;
        }
        self.identity(next..ram.end, WRITABLE, frames)
    }

    /// Switches this CPU to these tables.
    pub fn activate(&self) {
        ROOT.store(self.root, Ordering::Relaxed);
        // SAFETY: the tables map the running code, the stack (in bss) and all data exactly where they are now. The root
        // is written back to memory, where a CPU without its MMU reads it.
        unsafe {
            asm!(
                "dsb ishst",
                "dc cvac, {cell}",
                "msr ttbr0_el1, {root}",
                "isb",
                "msr sctlr_el1, {sctlr}",
                "isb",
                "tlbi vmalle1",
                "dsb ish",
                "isb",
                cell = in(reg) ROOT.as_ptr(),
                root = in(reg) self.root,
                sctlr = in(reg) SCTLR,
                options(nostack, preserves_flags),
            );
        }
    }

    /// Maps fresh zeroed frames writable at `[start, start + pages)`, where nothing is mapped yet.
    pub fn ensure_writable(
        &mut self,
        start: u64,
        pages: u64,
        frames: &mut Frames,
    ) -> Result<(), MemoryError> {
        for address in (start..start + pages * PAGE).step_by(PAGE as usize) {
            let entry = self.entry(address, 3, frames)?;
            // SAFETY: `entry` gives a pointer into one of these tables, which only this value reaches.
            unsafe {
                if entry.read_volatile() & VALID == 0 {
                    let frame = new_table(frames)?;
                    entry.write_volatile(frame | WRITABLE | TABLE_OR_PAGE);
                }
                // A page that was not mapped is in no TLB; its entry has to be seen by every CPU's table walks.
                asm!("dsb ishst", "isb", options(nostack, preserves_flags));
            }
        }
        Ok(())
    }

    /// Maps whole pages where they are, in blocks as large as fit.
    fn identity(
        &mut self,
        range: Range<u64>,
        rights: u64,
        frames: &mut Frames,
    ) -> Result<(), MemoryError> {
        let mut address = range.start;
        while address < range.end {
            let fits = |level: &u32| {
                let size = block(*level);
                address.is_multiple_of(size) && range.end - address >= size
            };
            let level = (1..3).find(fits).unwrap_or(3);
            let page = if level == 3 { TABLE_OR_PAGE } else { 0 };
            let entry = self.entry(address, level, frames)?;
            // SAFETY: as in `ensure_writable`.
            unsafe { entry.write_volatile(address | rights | page) };
            address += block(level);
        }
        Ok(())
    }

    /// The entry for `address` in the table of `level`, with the tables above it.
    fn entry(
        &mut self,
        address: u64,
        level: u32,
        frames: &mut Frames,
    ) -> Result<*mut u64, MemoryError> {
        let mut table = self.root;
        for above in 0..level {
            let entry = slot(table, address, above);
            // SAFETY: `table` is one of these tables, identity mapped in the boot tables and in these.
            let found = unsafe { entry.read_volatile() };
            table = match found & (VALID | TABLE_OR_PAGE) {
                0b11 => found & ADDRESS,
                0b00 => {
                    let new = new_table(frames)?;
                    // SAFETY: as above.
                    unsafe { entry.write_volatile(new | VALID | TABLE_OR_PAGE) };
                    new
                }
                _ => return Err(MemoryError::Conflict { address }),
            };
        }
        Ok(slot(table, address, level))
    }
}

/// Bytes that an entry of the table of `level` stands for.
fn block(level: u32) -> u64 {
    PAGE << (9 * (3 - level))
}

/// The entry for `address` in a table of `level`.
fn slot(table: u64, address: u64, level: u32) -> *mut u64 {
    let index = address / block(level) % 512;
    (table + index * 8) as *mut u64
}

/// A zeroed frame.
fn new_table(frames: &mut Frames) -> Result<u64, MemoryError> {
    let frame = frames.take(1)?;
    // SAFETY: the frame was just taken, so it is ours alone; frames are identity mapped, in the boot tables and in the
    // kernel's.
    unsafe { core::ptr::write_bytes(frame as *mut u8, 0, PAGE as usize) };
    Ok(frame)
}

/// The lowest whole pages of RAM, of any kind, at or above `next`; ranges may overlap.
fn first_at(ranges: &[MemoryRange], next: u64) -> Option<Range<u64>> {
    let pages = |range: &MemoryRange| {
        let start = range.start.div_ceil(PAGE).checked_mul(PAGE)?.max(next);
        let end = (range.end / PAGE * PAGE).min(IDENTITY_END);
        (start < end).then_some(start..end)
    };
    ranges
        .iter()
        .filter_map(pages)
        .min_by_key(|range| range.start)
}
