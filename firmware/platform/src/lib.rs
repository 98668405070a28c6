//! The hardware under the guest kernel, and the only crate below it that may use `unsafe`.
//!
//! One module per architecture, each exporting the same names, so that the kernel is written once:
//!
//! | name | what it is |
//! |---|---|
//! | [`boot`] | the entry point and what the machine's loader handed over |
//! | [`memory`] | page tables, stacks, the heap, physical memory as bytes |
//! | [`clock`] | nanoseconds since entry, and a timer that ends a wait |
//! | [`interrupts`] | the doorbell lines, and waiting for any interrupt |
//! | [`cpu`] | who am I; start, wake and park another CPU |
//! | [`registers`] | the registers that AML and the doorbells reach for |
//! | [`console`], [`channel`] | text for people, event records for the host |
//! | [`power`] | the ends of the machine that need no ACPI |
//! | [`provoke`] | exceptions on purpose, for tests |
//!
//! Nothing here decides anything: policy, order and protocol are the business of the crates above.
#![no_std]

extern crate alloc;

#[cfg(target_arch = "x86_64")]
mod x86_64;

#[cfg(target_arch = "x86_64")]
pub use x86_64::{
    boot, channel, clock, console, cpu, interrupts, memory, power, provoke, registers,
};
