//! Where things are: the linker script's symbols as numbers.

use core::ops::Range;

unsafe extern "C" {
    static flash_start: u8;
    static flash_end: u8;
    static stack_guard_page: u8;
    static device_tree_start: u8;
    static static_ram_start: u8;
    static static_ram_end: u8;
    static early_heap_start: u8;
    static early_heap_end: u8;
}

/// The address that a symbol stands for.
macro_rules! address {
    ($symbol:ident) => {
        (&raw const $symbol) as usize
    };
}

/// The flash that the ROM runs from.
pub fn flash() -> Range<usize> {
    address!(flash_start)..address!(flash_end)
}

/// The start of RAM, where QEMU puts the device tree when a firmware is loaded.
pub fn device_tree() -> usize {
    address!(device_tree_start)
}

/// The ROM's own RAM.
pub fn static_ram() -> Range<usize> {
    address!(static_ram_start)..address!(static_ram_end)
}

/// The page below the stack, which is left unmapped.
pub fn stack_guard() -> usize {
    address!(stack_guard_page)
}

/// The memory of the heap's first part, in the ROM's own RAM.
pub fn early_heap() -> Range<usize> {
    address!(early_heap_start)..address!(early_heap_end)
}
