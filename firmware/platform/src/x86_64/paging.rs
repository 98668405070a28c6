//! The kernel's page tables: no page is both writable and executable, and page 0 does not exist.

use core::ops::Range;

use x86_64::registers::control::{Cr3, Cr3Flags};
use x86_64::structures::paging::mapper::{MapToError, Mapper, TranslateResult};
use x86_64::structures::paging::{
    FrameAllocator, OffsetPageTable, Page, PageSize, PageTable, PageTableFlags as Flags, PhysFrame,
    Size2MiB, Size4KiB, Translate,
};
use x86_64::{PhysAddr, VirtAddr};

use crate::boot::MemoryRange;
use crate::memory::{Frames, MemoryError, PAGE};

/// Physical addresses below this are identity mapped: RAM, firmware's areas and devices. RAM above is not used.
pub const IDENTITY_END: u64 = 1 << 32;

/// Devices' registers may lie beyond that, as high as the lower half of the address space goes.
pub const DEVICES_END: u64 = 1 << 47;

/// Where the stacks stand; far from the identity map.
pub const STACK_WINDOW: u64 = 0xFFFF_C000_0000_0000;

/// Where the BIOS keeps tables, whatever the loader's map says.
pub const FIRMWARE_AREA: Option<Range<u64>> = Some(0xE_0000..0x10_0000);

const LARGE: u64 = 2 << 20;
const READ_ONLY: Flags = Flags::PRESENT.union(Flags::NO_EXECUTE);
const WRITABLE: Flags = READ_ONLY.union(Flags::WRITABLE);
const EXECUTABLE: Flags = Flags::PRESENT;

unsafe extern "C" {
    // Borders of the image (guest-kernel/link/x86_64.ld); only their addresses mean something.
    static image_start: u8;
    static image_end: u8;
    static text_start: u8;
    static text_end: u8;
    static rodata_start: u8;
    static rodata_end: u8;
    static boot_stack_guard: u8;
}

/// Where the kernel image lies.
pub fn image() -> Range<u64> {
    &raw const image_start as u64..&raw const image_end as u64
}

/// What the boot page tables (boot.s) map: the first GiB.
pub fn boot_mapped() -> Range<u64> {
    0..1 << 30
}

/// The rights that the page at `address`, below the image's end, is to have; `None` leaves it out.
fn rights(address: u64) -> Option<Flags> {
    let text = &raw const text_start as u64..&raw const text_end as u64;
    let rodata = &raw const rodata_start as u64..&raw const rodata_end as u64;
    if address == 0 || address == &raw const boot_stack_guard as u64 {
        None
    } else if text.contains(&address) {
        Some(EXECUTABLE)
    } else if rodata.contains(&address) {
        Some(READ_ONLY)
    } else {
        Some(WRITABLE)
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

/// One set of page tables, shared by all CPUs.
pub struct AddressSpace {
    root: PhysFrame<Size4KiB>,
    tables: OffsetPageTable<'static>,
}

// SAFETY: the tables are reached only through this value, which `MEMORY`'s lock guards.
unsafe impl Send for AddressSpace {}

impl AddressSpace {
    /// Builds the identity map: single pages up to the end of the image, large ones above.
    pub fn build(ranges: &[MemoryRange], frames: &mut Frames) -> Result<Self, MemoryError> {
        let root = frames
            .allocate_frame()
            .ok_or(MemoryError::OutOfFrames { pages: 1 })?;
        let table = root.start_address().as_u64() as *mut PageTable;
        // SAFETY: the frame was just taken, so it is ours alone, and the boot tables map all frames there are.
        let table = unsafe {
            table.write(PageTable::new());
            &mut *table
        };
        // SAFETY: page tables come from identity-mapped memory, so their virtual address is the physical one.
        let tables = unsafe { OffsetPageTable::new(table, VirtAddr::zero()) };
        let mut space = Self { root, tables };
        let single_pages_end = image().end.next_multiple_of(LARGE);
        for address in (0..single_pages_end).step_by(PAGE as usize) {
            if let Some(flags) = rights(address) {
                space.identity::<Size4KiB>(address, flags, frames)?;
            }
        }
        for address in (single_pages_end..IDENTITY_END).step_by(LARGE as usize) {
            let overlaps =
                |range: &MemoryRange| range.start < address + LARGE && address < range.end;
            let ram = ranges.iter().any(|range| range.usable && overlaps(range));
            let flags = if ram {
                WRITABLE
            } else {
                WRITABLE | Flags::NO_CACHE | Flags::WRITE_THROUGH
            };
            space.identity::<Size2MiB>(address, flags, frames)?;
        }
        Ok(space)
    }

    /// Switches this CPU to these tables.
    pub fn activate(&self) {
        // SAFETY: the tables map the running code, the stack (in bss) and all data exactly where they are now.
        unsafe { Cr3::write(self.root, Cr3Flags::empty()) };
    }

    /// Maps fresh zeroed frames writable at `[start, start + pages)`, where nothing is mapped yet.
    pub fn ensure_writable(
        &mut self,
        start: u64,
        pages: u64,
        frames: &mut Frames,
    ) -> Result<(), MemoryError> {
        for address in (start..start + pages * PAGE).step_by(PAGE as usize) {
            let virt = VirtAddr::new(address);
            if !matches!(self.tables.translate(virt), TranslateResult::NotMapped) {
                continue;
            }
            let frame = frames
                .allocate_frame()
                .ok_or(MemoryError::OutOfFrames { pages: 1 })?;
            self.map(
                Page::<Size4KiB>::containing_address(virt),
                frame,
                WRITABLE,
                frames,
            )?;
        }
        Ok(())
    }

    /// Maps a device's registers above the identity map's end where they are, if nothing is mapped there yet.
    pub fn map_device(
        &mut self,
        registers: Range<u64>,
        frames: &mut Frames,
    ) -> Result<(), MemoryError> {
        for address in (registers.start / PAGE * PAGE..registers.end).step_by(PAGE as usize) {
            let mapped = self.tables.translate(VirtAddr::new(address));
            if matches!(mapped, TranslateResult::NotMapped) {
                let flags = WRITABLE | Flags::NO_CACHE | Flags::WRITE_THROUGH;
                self.identity::<Size4KiB>(address, flags, frames)?;
            }
        }
        Ok(())
    }

    /// Copies `code` to the page at `page` (identity mapped, below 1 MiB), then takes its write permission and gives
    /// it execute permission.
    pub fn install_low_code(&mut self, page: u64, code: &[u8]) -> Result<(), MemoryError> {
        let target = Page::<Size4KiB>::containing_address(VirtAddr::new(page));
        let conflict = MemoryError::Conflict { address: page };
        if page == 0 || page >= 1 << 20 || code.len() as u64 > PAGE {
            return Err(conflict);
        }
        // SAFETY: pages below 1 MiB are identity mapped and writable until this very call, and the page is one that
        // the loader's map calls usable and nothing else uses.
        unsafe { core::ptr::copy_nonoverlapping(code.as_ptr(), page as *mut u8, code.len()) };
        // SAFETY: no Rust object lives in this page, so losing write access to it breaks none.
        let flush =
            unsafe { self.tables.update_flags(target, EXECUTABLE) }.map_err(|_| conflict)?;
        flush.flush();
        Ok(())
    }

    fn identity<S: PageSize>(
        &mut self,
        address: u64,
        flags: Flags,
        frames: &mut Frames,
    ) -> Result<(), MemoryError>
    where
        OffsetPageTable<'static>: Mapper<S>,
    {
        let page = Page::<S>::containing_address(VirtAddr::new(address));
        let frame = PhysFrame::<S>::containing_address(PhysAddr::new(address));
        self.map(page, frame, flags, frames)
    }

    fn map<S: PageSize>(
        &mut self,
        page: Page<S>,
        frame: PhysFrame<S>,
        flags: Flags,
        frames: &mut Frames,
    ) -> Result<(), MemoryError>
    where
        OffsetPageTable<'static>: Mapper<S>,
    {
        // SAFETY: either an identity mapping, made once while these tables are built, or a fresh frame that nothing
        // else maps.
        let mapped = unsafe { self.tables.map_to(page, frame, flags, frames) };
        match mapped {
            // A page that was not mapped is in no TLB.
            Ok(flush) => flush.ignore(),
            Err(MapToError::FrameAllocationFailed) => {
                return Err(MemoryError::OutOfFrames { pages: 1 });
            }
            Err(_) => {
                return Err(MemoryError::Conflict {
                    address: page.start_address().as_u64(),
                });
            }
        }
        Ok(())
    }
}
