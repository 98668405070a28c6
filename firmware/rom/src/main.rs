//! The ROM: what an aarch64 machine runs from power-on until the kernel begins.
//!
//! QEMU starts a `-kernel` by itself only when no firmware is loaded, and real hotplug hosts offer CPU hotplug only
//! when one is; so this is the smallest firmware that does what such a host expects: it lays out the ACPI tables,
//! fetches the kernel and starts it. It owns the machine alone, on one CPU, and ends with a jump.
//!
//! It runs in place, from flash at address 0; `link/aarch64.ld` says where its RAM is. [`boot`] is the way, read as a
//! list. Whatever stands in that way is said on the console in one line, and the machine is powered off.
#![no_std]
#![no_main]

extern crate alloc;

mod boot;
mod console;
mod enter;
mod entry;
mod error;
mod exceptions;
mod heap;
mod kernel;
mod layout;
mod level;
mod memory;
mod mmu;
mod monitor;
mod power;

use core::panic::PanicInfo;

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    console::print(format_args!("hotvcpu-rom: {info}\n"));
    power::off()
}
