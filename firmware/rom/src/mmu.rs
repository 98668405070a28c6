//! The ROM's map: each address is itself. With the MMU off every access would be one to a device: slow on a real host,
//! and without exclusive access, which locks need.
//!
//! 4 KiB granule, 39 bits: one table of 512 entries, each for a GiB (Arm ARM, D8.2.8); and below it tables of 2 MiB
//! blocks, where a GiB is not all of one kind; the block with the ROM's own RAM is mapped page by page, without the one
//! below the stack. Flash is read-only and the only thing that can be executed. The map is for the level that the ROM
//! runs at; it only grows, so that no entry that was in use ever changes.

use core::ops::Range;
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use aarch64_cpu::asm::barrier;
use aarch64_cpu::registers::{
    ID_AA64MMFR0_EL1, MAIR_EL1, MAIR_EL2, ReadWriteable, Readable, SCTLR_EL1, SCTLR_EL2, TCR_EL1,
    TCR_EL2, TTBR0_EL1, TTBR0_EL2, Writeable,
};

use crate::layout;
use crate::level::Level;

/// A block of the second level: 2 MiB.
pub const BLOCK: u64 = 2 << 20;

/// What the third level maps.
const PAGE: u64 = 4096;

/// A block of the first level: 1 GiB.
const GIB: u64 = 1 << 30;

/// Bits of an address.
const ADDRESS_BITS: u64 = 39;

/// Entries of a table.
const ENTRIES: usize = 512;

/// Tables of the second level: flash and devices, the RAM's beginning, its end on each side of 4 GiB, each NUMA node's
/// edges, a second range of redistributors; and some more.
const TABLES: usize = 16;

/// What memory is, and what may be done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Flash: read and executed.
    Code,
    /// RAM: read and written.
    Ram,
    /// Registers: read and written, in order.
    Device,
}

/// Why something cannot be mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// It lies beyond the map.
    #[error("{0:#x} lies beyond the ROM's {ADDRESS_BITS} bits of address space")]
    Beyond(u64),
    /// All tables are used.
    #[error("too many pieces of memory and devices to map at {0:#x}")]
    NoTable(u64),
    /// It is mapped already, as something else.
    #[error("the same 2 MiB block at {0:#x} holds memory of two kinds")]
    Conflict(u64),
}

/// Fields of a descriptor (Arm ARM, D8.3).
mod descriptor {
    pub const VALID: u64 = 1;
    /// In the levels above the third: a table.
    pub const TABLE: u64 = 1 << 1;
    /// In the third level: a page.
    pub const PAGE: u64 = 1 << 1;
    pub const ATTRIBUTE_SHIFT: u64 = 2;
    /// At EL2 this bit must be 1; at EL1 it would give EL0 access.
    pub const EL2_ONE: u64 = 1 << 6;
    pub const READ_ONLY: u64 = 1 << 7;
    pub const INNER_SHAREABLE: u64 = 3 << 8;
    pub const ACCESSED: u64 = 1 << 10;
    /// At EL1: not executable at EL1. At EL2: must be 0.
    pub const PXN: u64 = 1 << 53;
    /// At EL1: not executable at EL0. At EL2: not executable.
    pub const XN: u64 = 1 << 54;
    pub const ADDRESS: u64 = 0x0000_FFFF_FFFF_F000;
}

/// MAIR: attribute 0 is memory (write-back), attribute 1 is a device (nGnRE).
const ATTRIBUTES: u64 = 0x04FF;

/// A table. Its entries are atomics because the MMU reads them while they are written.
#[repr(C, align(4096))]
struct Table([AtomicU64; ENTRIES]);

static ROOT: Table = Table::new();
static BLOCKS: [Table; TABLES] = [const { Table::new() }; TABLES];
/// The block with the ROM's own RAM.
static OWN_PAGES: Table = Table::new();
static USED: AtomicUsize = AtomicUsize::new(0);

impl Table {
    const fn new() -> Self {
        Self([const { AtomicU64::new(0) }; ENTRIES])
    }

    fn get(&self, index: usize) -> u64 {
        let entry = self.0.get(index);
        entry.map_or(0, |entry| entry.load(Ordering::Relaxed))
    }

    fn set(&self, index: usize, value: u64) {
        if let Some(entry) = self.0.get(index) {
            entry.store(value, Ordering::Relaxed);
        }
    }

    fn address(&self) -> u64 {
        core::ptr::from_ref(self) as u64
    }

    /// The entry that leads to this table.
    fn entry(&self) -> u64 {
        self.address() | descriptor::TABLE | descriptor::VALID
    }
}

/// Maps flash and the beginning of RAM, and turns the MMU on.
pub fn enable() -> Result<(), MapError> {
    let flash = layout::flash();
    map(flash.start as u64..flash.end as u64, Kind::Code)?;
    map_own()?;
    match Level::current() {
        Level::El1 => enable_el1(),
        Level::El2 | Level::El3 => enable_el2(),
    }
    Ok(())
}

/// Maps the ROM's own RAM and the device tree, which are one block, without the page below the stack.
fn map_own() -> Result<(), MapError> {
    let start = layout::device_tree() as u64;
    let guard = layout::stack_guard() as u64;
    for (index, page) in (start..start + BLOCK).step_by(PAGE as usize).enumerate() {
        if page != guard {
            OWN_PAGES.set(index, block(page, Kind::Ram) | descriptor::PAGE);
        }
    }
    let table = table_of(start, ROOT.get((start / GIB) as usize))?;
    table.set((start % GIB / BLOCK) as usize, OWN_PAGES.entry());
    Ok(())
}

/// Maps the 2 MiB blocks that `range` touches. What is mapped already as the same kind stays.
///
/// # Errors
///
/// [`MapError`] if it cannot be; some blocks may then be mapped.
pub fn map(range: Range<u64>, kind: Kind) -> Result<(), MapError> {
    if range.end > 1 << ADDRESS_BITS {
        return Err(MapError::Beyond(range.start));
    }
    let mut address = range.start & !(BLOCK - 1);
    while address < range.end {
        let index = (address / GIB) as usize;
        let whole = address.is_multiple_of(GIB) && range.end - address >= GIB;
        if whole && ROOT.get(index) == 0 {
            ROOT.set(index, block(address, kind));
            address += GIB;
        } else {
            map_block(address, kind)?;
            address += BLOCK;
        }
    }
    barrier::dsb(barrier::ISHST);
    barrier::isb(barrier::SY);
    Ok(())
}

/// Maps one block of 2 MiB.
fn map_block(address: u64, kind: Kind) -> Result<(), MapError> {
    let entry = ROOT.get((address / GIB) as usize);
    if entry != 0 && entry & descriptor::TABLE == 0 {
        let same = entry == block(address & !(GIB - 1), kind);
        return same.then_some(()).ok_or(MapError::Conflict(address));
    }
    let table = table_of(address, entry)?;
    let index = (address % GIB / BLOCK) as usize;
    let wanted = block(address, kind);
    match table.get(index) {
        0 => table.set(index, wanted),
        present if present == wanted => {}
        present if present == OWN_PAGES.entry() && kind == Kind::Ram => {}
        _ => return Err(MapError::Conflict(address)),
    }
    Ok(())
}

/// The table of the second level for `address`, whose entry of the first level is `entry`.
fn table_of(address: u64, entry: u64) -> Result<&'static Table, MapError> {
    if entry != 0 {
        let at = entry & descriptor::ADDRESS;
        let mut tables = BLOCKS.iter();
        return tables
            .find(|table| table.address() == at)
            .ok_or(MapError::NoTable(address));
    }
    let next = USED.load(Ordering::Relaxed);
    let table = BLOCKS.get(next).ok_or(MapError::NoTable(address))?;
    USED.store(next + 1, Ordering::Relaxed);
    // The table is empty in memory before the MMU can find it.
    barrier::dsb(barrier::ISHST);
    ROOT.set((address / GIB) as usize, table.entry());
    Ok(table)
}

/// The descriptor of a block; with [`descriptor::PAGE`], of a page.
fn block(address: u64, kind: Kind) -> u64 {
    use descriptor::{
        ACCESSED, ATTRIBUTE_SHIFT, EL2_ONE, INNER_SHAREABLE, PXN, READ_ONLY, VALID, XN,
    };
    let el1 = Level::current() == Level::El1;
    let level = if el1 { 0 } else { EL2_ONE };
    let never_executed = if el1 { XN | PXN } else { XN };
    let rights = match kind {
        Kind::Code if el1 => READ_ONLY | XN,
        Kind::Code => READ_ONLY,
        Kind::Ram => never_executed,
        Kind::Device => never_executed | 1 << ATTRIBUTE_SHIFT,
    };
    address | VALID | ACCESSED | INNER_SHAREABLE | level | rights
}

fn enable_el1() {
    MAIR_EL1.set(ATTRIBUTES);
    TCR_EL1.write(
        TCR_EL1::T0SZ.val(64 - ADDRESS_BITS)
            + TCR_EL1::IRGN0::WriteBack_ReadAlloc_WriteAlloc_Cacheable
            + TCR_EL1::ORGN0::WriteBack_ReadAlloc_WriteAlloc_Cacheable
            + TCR_EL1::SH0::Inner
            + TCR_EL1::TG0::KiB_4
            + TCR_EL1::EPD1::DisableTTBR1Walks
            + TCR_EL1::IPS.val(physical_bits()),
    );
    TTBR0_EL1.set(ROOT.address());
    // SAFETY: forgets what the TLB may hold since power-on; the tables above are complete.
    unsafe {
        core::arch::asm!(
            "dsb ish",
            "tlbi vmalle1",
            "ic iallu",
            "dsb nsh",
            "isb",
            options(nostack)
        );
    }
    SCTLR_EL1.modify(SCTLR_EL1::M::Enable + SCTLR_EL1::C::Cacheable + SCTLR_EL1::I::Cacheable);
    barrier::isb(barrier::SY);
}

fn enable_el2() {
    MAIR_EL2.set(ATTRIBUTES);
    TCR_EL2.set(1 << 31 | 1 << 23); // the bits that must be 1
    TCR_EL2.modify(
        TCR_EL2::T0SZ.val(64 - ADDRESS_BITS)
            + TCR_EL2::IRGN0::WriteBack_ReadAlloc_WriteAlloc_Cacheable
            + TCR_EL2::ORGN0::WriteBack_ReadAlloc_WriteAlloc_Cacheable
            + TCR_EL2::SH0::Inner
            + TCR_EL2::TG0::KiB_4
            + TCR_EL2::PS.val(physical_bits()),
    );
    TTBR0_EL2.set(ROOT.address());
    // SAFETY: as at EL1.
    unsafe {
        core::arch::asm!(
            "dsb ish",
            "tlbi alle2",
            "ic iallu",
            "dsb nsh",
            "isb",
            options(nostack)
        );
    }
    SCTLR_EL2.modify(SCTLR_EL2::M::Enable + SCTLR_EL2::C::Cacheable + SCTLR_EL2::I::Cacheable);
    barrier::isb(barrier::SY);
}

/// The size of physical addresses, as the translation control registers take it. 6 (52 bits) needs a granule that is
/// not used here.
fn physical_bits() -> u64 {
    ID_AA64MMFR0_EL1.read(ID_AA64MMFR0_EL1::PARange).min(5)
}
