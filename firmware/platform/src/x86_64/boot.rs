//! The entry: what a PVH loader hands over (Xen's `hvm_start_info`, versions 0 and 1), copied.

use core::arch::global_asm;

use zerocopy::{FromBytes, Immutable, KnownLayout};

use super::paging;
use super::uart::Uart;
use crate::boot::{BootInfo, MemoryRange, run};
use crate::console;

global_asm!(include_str!("boot.s"), entry = sym enter);

const MAGIC: u32 = 0x336E_C578;

/// `hvm_start_info` (Xen, `public/arch-x86/hvm/start_info.h`), version 1; version 0 ends before the map.
#[derive(Clone, Copy, FromBytes, Immutable, KnownLayout)]
#[repr(C)]
struct StartInfo {
    magic: u32,
    version: u32,
    flags: u32,
    module_count: u32,
    modules: u64,
    cmdline: u64,
    rsdp: u64,
    memory_map: u64,
    memory_map_entries: u32,
    reserved: u32,
}

const _: () = assert!(size_of::<StartInfo>() == 56);

/// `hvm_memmap_table_entry` of the same header.
#[derive(Clone, Copy, FromBytes, Immutable, KnownLayout)]
#[repr(C)]
struct MapEntry {
    address: u64,
    size: u64,
    kind: u32,
    reserved: u32,
}

const _: () = assert!(size_of::<MapEntry>() == 24);

/// The first Rust: on the boot stack, on the boot page tables, interrupts off.
extern "C" fn enter(start_info: u64, entry_tsc: u64) -> ! {
    console::init(Uart::open());
    run(read_start_info(start_info, entry_tsc), |_| ())
}

fn read_start_info(address: u64, entry_tsc: u64) -> BootInfo {
    let mut boot = BootInfo::empty(entry_tsc);
    let Some(info) = read::<StartInfo>(address) else {
        boot.complaint = Some("the loader passed no start info");
        return boot;
    };
    if info.magic != MAGIC {
        boot.complaint =
            Some("the start info has a wrong magic number; boot through the PVH entry");
        return boot;
    }
    boot.rsdp = (info.rsdp != 0).then_some(info.rsdp);
    if info.cmdline != 0 {
        let address = |offset| info.cmdline.saturating_add(offset);
        boot.set_cmdline((0..).map_while(|offset| read::<u8>(address(offset))));
    }
    if info.version == 0 {
        boot.complaint = Some("the start info has no memory map (version 0)");
        return boot;
    }
    for index in 0..u64::from(info.memory_map_entries) {
        let offset = index * size_of::<MapEntry>() as u64;
        let Some(entry) = read::<MapEntry>(info.memory_map.saturating_add(offset)) else {
            boot.complaint = Some("the memory map lies outside the first GiB");
            break;
        };
        let range = MemoryRange {
            start: entry.address,
            end: entry.address.saturating_add(entry.size),
            usable: entry.kind == 1,
        };
        if !boot.add_range(range) {
            break;
        }
    }
    boot
}

/// A value at a physical address, while the boot page tables map the first GiB.
fn read<T: FromBytes>(address: u64) -> Option<T> {
    let end = address.checked_add(size_of::<T>() as u64)?;
    if address == 0 || end > paging::boot_mapped().end {
        return None;
    }
    // SAFETY: the boot page tables map all of [0, 1 GiB) readable, any bit pattern is a `T`, and the read is
    // unaligned-safe. No Rust object lives at a loader's address.
    Some(unsafe { (address as *const T).read_unaligned() })
}
