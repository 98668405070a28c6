//! What the machine's loader handed over, and the way from there to the kernel, read as one list.
//!
//! The architecture's entry copies what it was given before anything else may overwrite it: the memory map into a
//! fixed array, the command line into a fixed buffer. Then come memory, exceptions and stacks.

use core::fmt;

use spin::Once;

use crate::arch;
use crate::console;
use crate::cpu;
use crate::memory::{self, CpuStacks, MemoryError};

/// Memory ranges that are kept of the loader's map; no machine of QEMU's has more than about ten.
pub const MAX_RANGES: usize = 64;

/// Bytes that are kept of the command line.
pub const MAX_CMDLINE: usize = 2048;

/// What the machine's loader said.
pub struct BootInfo {
    /// The physical address of ACPI's root pointer, if the loader gave one.
    pub rsdp: Option<u64>,
    /// The physical address of the real-time clock's registers, where a device tree tells it: a PL031's.
    pub rtc: Option<u64>,
    /// The clock's counter at the kernel's first instructions.
    pub entry_counter: u64,
    /// What could not be read or had to be cut, for the kernel to report once it can.
    pub complaint: Option<&'static str>,
    ranges: Ranges,
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
    /// Ordinary memory that nobody else uses.
    pub usable: bool,
}

/// A memory map of bounded size.
#[derive(Clone, Copy)]
pub(crate) struct Ranges {
    all: [MemoryRange; MAX_RANGES],
    count: usize,
}

impl Ranges {
    pub const EMPTY: Self = Self {
        all: [MemoryRange {
            start: 0,
            end: 0,
            usable: false,
        }; MAX_RANGES],
        count: 0,
    };

    /// False: there is no room for another.
    pub fn push(&mut self, range: MemoryRange) -> bool {
        let Some(slot) = self.all.get_mut(self.count) else {
            return false;
        };
        *slot = range;
        self.count += 1;
        true
    }

    pub fn as_slice(&self) -> &[MemoryRange] {
        &self.all[..self.count]
    }
}

impl BootInfo {
    /// The memory map.
    pub fn ranges(&self) -> &[MemoryRange] {
        self.ranges.as_slice()
    }

    /// The kernel's command line; bytes that are not UTF-8 end it.
    pub fn cmdline(&self) -> &str {
        let bytes = &self.cmdline[..self.cmdline_length];
        match core::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => core::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or(""),
        }
    }

    pub(crate) const fn empty(entry_counter: u64) -> Self {
        Self {
            rsdp: None,
            rtc: None,
            entry_counter,
            complaint: None,
            ranges: Ranges::EMPTY,
            cmdline: [0; MAX_CMDLINE],
            cmdline_length: 0,
        }
    }

    /// Keeps one more range of the loader's map. False: there is no room for it.
    pub(crate) fn add_range(&mut self, range: MemoryRange) -> bool {
        let kept = self.ranges.push(range);
        if !kept {
            self.complaint = Some("the memory map has more ranges than this guest keeps");
        }
        kept
    }

    /// Keeps the command line up to its first zero byte.
    pub(crate) fn set_cmdline(&mut self, bytes: impl Iterator<Item = u8>) {
        for byte in bytes.take_while(|byte| *byte != 0) {
            let Some(slot) = self.cmdline.get_mut(self.cmdline_length) else {
                self.complaint = Some("the command line is longer than this guest keeps");
                return;
            };
            *slot = byte;
            self.cmdline_length += 1;
        }
    }
}

unsafe extern "Rust" {
    // The kernel; all are defined through `entry!`.
    safe fn hotvcpu_kernel_main(boot: &'static BootInfo) -> !;
    safe fn hotvcpu_kernel_no_memory(boot: &'static BootInfo, error: MemoryError) -> !;
    safe fn hotvcpu_kernel_last_words(problem: fmt::Arguments<'_>);
}

/// Names the kernel's entries: its main function, `fn(&'static BootInfo) -> !`; what runs in its place, with neither a
/// heap nor interrupts, where memory does not suffice, `fn(&'static BootInfo, MemoryError) -> !`; and
/// `fn(fmt::Arguments)`, which runs on any CPU once an exception is reported, is told which, and must not wait for
/// anything.
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
            extern "Rust" fn hotvcpu_kernel_last_words(problem: core::fmt::Arguments<'_>) {
                $last_words(problem)
            }
        };
    };
}

static BOOT: Once<BootInfo> = Once::new();

/// From a read loader's word to the kernel; on the boot stack and the boot page tables, with interrupts off. `finish`
/// completes the word where that takes a heap.
pub(crate) fn run(mut boot: BootInfo, finish: impl FnOnce(&mut BootInfo)) -> ! {
    let stacks = match memory::init(boot.ranges()) {
        Ok(()) => {
            arch::interrupts::init();
            finish(&mut boot);
            memory::map_stacks(cpu::BOOT_INDEX)
        }
        Err(error) => Err(error),
    };
    let boot = BOOT.call_once(|| boot);
    match stacks {
        Ok(stacks) => on_stacks(&stacks),
        Err(error) => {
            // What could not be read may be the memory map, and the reason for there being no memory.
            if let Some(complaint) = boot.complaint {
                console::print(format_args!("hotvcpu: {complaint}\n"));
            }
            hotvcpu_kernel_no_memory(boot, error)
        }
    }
}

fn on_stacks(stacks: &CpuStacks) -> ! {
    extern "C" fn main() -> ! {
        match BOOT.get() {
            Some(boot) => hotvcpu_kernel_main(boot),
            None => crate::power::halt(),
        }
    }
    arch::cpu::run_on_stacks(stacks, main)
}

/// What every exception ends with, once it is printed.
pub(crate) fn end_after(problem: fmt::Arguments<'_>) -> ! {
    hotvcpu_kernel_last_words(problem);
    crate::power::end(crate::power::VERDICT_FAULT);
    crate::power::halt()
}
