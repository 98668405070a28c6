//! The kernel: its boot, read as one list, and the loop after it.
#![no_std]
#![no_main]
#![deny(unsafe_code)]

extern crate alloc;

mod kernel;

hotvcpu_platform::entry!(
    kernel::main,
    no_memory: kernel::no_memory,
    last_words: kernel::last_words
);

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    kernel::panic(info)
}
