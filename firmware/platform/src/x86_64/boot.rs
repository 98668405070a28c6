//! The entry: from the PVH assembly to the kernel, read as one list.
//!
//! What the loader hands over (Xen's `hvm_start_info`, versions 0 and 1) is copied before anything else may
//! overwrite it: the memory map into a fixed array, the command line into a fixed buffer.

use core::arch::global_asm;

use zerocopy::{FromBytes, Immutable, KnownLayout};

use super::memory::{self, MemoryError};
use super::{console, cpu, gdt, interrupts};

global_asm!(include_str!("boot.s"), entry = sym enter);

/// Memory ranges that are kept of the loader's map; q35 has about ten.
pub const MAX_RANGES: usize = 64;

/// Bytes that are kept of the command line.
pub const MAX_CMDLINE: usize = 2048;

const MAGIC: u32 = 0x336E_C578;

/// What the machine's loader said.
pub struct BootInfo {
    /// The physical address of ACPI's root pointer, if the loader gave one.
    pub rsdp: Option<u64>,
    /// The time stamp counter at the kernel's first instructions.
    pub entry_tsc: u64,
    /// What could not be read or had to be cut, for the kernel to report once it can.
    pub complaint: Option<&'static str>,
    ranges: [MemoryRange; MAX_RANGES],
    range_count: usize,
    cmdline: [u8; MAX_CMDLINE],
    cmdline_length: usize,
}

/// A piece of physical memory as the loader's map describes it.
#[derive(Clone, Copy, Debug, Default)]
pub struct MemoryRange {
    /// First byte.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
    /// Ordinary memory that nobody else uses (E820 type 1).
    pub usable: bool,
}

impl BootInfo {
    /// The memory map.
    pub fn ranges(&self) -> &[MemoryRange] {
        &self.ranges[..self.range_count]
    }

    /// The kernel's command line; bytes that are not UTF-8 end it.
    pub fn cmdline(&self) -> &str {
        let bytes = &self.cmdline[..self.cmdline_length];
        match core::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => core::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or(""),
        }
    }

    const fn empty(entry_tsc: u64) -> Self {
        const NO_RANGE: MemoryRange = MemoryRange {
            start: 0,
            end: 0,
            usable: false,
        };
        Self {
            rsdp: None,
            entry_tsc,
            complaint: None,
            ranges: [NO_RANGE; MAX_RANGES],
            range_count: 0,
            cmdline: [0; MAX_CMDLINE],
            cmdline_length: 0,
        }
    }
}

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

unsafe extern "Rust" {
    // The kernel; all are defined through `entry!`.
    safe fn hotvcpu_kernel_main(boot: &'static BootInfo) -> !;
    safe fn hotvcpu_kernel_no_memory(boot: &'static BootInfo, error: MemoryError) -> !;
    pub(super) safe fn hotvcpu_kernel_last_words();
}

/// Names the kernel's entries: its main function, `fn(&'static BootInfo) -> !`; what runs in its place, with neither a
/// heap nor interrupts, where memory does not suffice, `fn(&'static BootInfo, MemoryError) -> !`; and `fn()`, which
/// runs on any CPU once an exception is reported, and must not wait for anything.
#[macro_export]
macro_rules! entry {
    ($main:path, no_memory: $no_memory:path, last_words: $last_words:path) => {
        const _: () = {
            #[unsafe(no_mangle)]
            extern "Rust" fn hotvcpu_kernel_main(boot: &'static $crate::boot::BootInfo) -> ! {
                $main(boot)
            }

            #[unsafe(no_mangle)]
            extern "Rust" fn hotvcpu_kernel_no_memory(
                boot: &'static $crate::boot::BootInfo,
                error: $crate::memory::MemoryError,
            ) -> ! {
                $no_memory(boot, error)
            }

            #[unsafe(no_mangle)]
            extern "Rust" fn hotvcpu_kernel_last_words() {
                $last_words()
            }
        };
    };
}

static BOOT: spin::Once<BootInfo> = spin::Once::new();

/// The first Rust: on the boot stack, on the boot page tables, interrupts off.
pub(super) extern "C" fn enter(start_info: u64, entry_tsc: u64) -> ! {
    console::init();
    let boot = BOOT.call_once(|| read_start_info(start_info, entry_tsc));
    if let Err(error) = memory::init(boot.ranges()) {
        hotvcpu_kernel_no_memory(boot, error);
    }
    interrupts::init();
    match memory::map_stacks(cpu::BOOT_INDEX) {
        Ok(stacks) => {
            // SAFETY: the boot CPU, on the boot GDT.
            unsafe { gdt::load(cpu::BOOT_INDEX, &stacks) };
            memory::run_on_stack(stacks.main, on_own_stack)
        }
        Err(error) => hotvcpu_kernel_no_memory(boot, error),
    }
}

/// The second half: on the boot CPU's guarded stack.
extern "C" fn on_own_stack() -> ! {
    match BOOT.get() {
        Some(boot) => hotvcpu_kernel_main(boot),
        None => super::power::halt(),
    }
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
    copy_cmdline(info.cmdline, &mut boot);
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
        let Some(slot) = boot.ranges.get_mut(boot.range_count) else {
            boot.complaint = Some("the memory map has more ranges than this guest keeps");
            break;
        };
        let end = entry.address.saturating_add(entry.size);
        *slot = MemoryRange {
            start: entry.address,
            end,
            usable: entry.kind == 1,
        };
        boot.range_count += 1;
    }
    boot
}

fn copy_cmdline(address: u64, boot: &mut BootInfo) {
    if address == 0 {
        return;
    }
    for offset in 0..MAX_CMDLINE as u64 {
        match read::<u8>(address.saturating_add(offset)) {
            None | Some(0) => return,
            Some(byte) => {
                boot.cmdline[boot.cmdline_length] = byte;
                boot.cmdline_length += 1;
            }
        }
    }
    boot.complaint = Some("the command line is longer than this guest keeps");
}

/// A value at a physical address, while the boot page tables map the first GiB.
fn read<T: FromBytes>(address: u64) -> Option<T> {
    let end = address.checked_add(size_of::<T>() as u64)?;
    if address == 0 || end > memory::BOOT_MAPPED_END {
        return None;
    }
    // SAFETY: the boot page tables map all of [0, 1 GiB) readable, any bit pattern is a `T`, and the read is
    // unaligned-safe. No Rust object lives at a loader's address.
    Some(unsafe { (address as *const T).read_unaligned() })
}
