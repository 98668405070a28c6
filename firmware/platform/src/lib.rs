//! The hardware under the guest kernel, and the only crate below it that may use `unsafe`.
//!
//! The kernel is written once, on these modules. What depends on the architecture is in `arch`, one folder per
//! architecture with the same names in each; the rest is here, above it.
//!
//! | name | what it is |
//! |---|---|
//! | [`boot`] | what the machine's loader handed over, and the way from there to the kernel |
//! | [`memory`] | page tables, stacks, the heap, physical memory as bytes |
//! | [`clock`] | nanoseconds since entry, and a timer that ends a wait |
//! | [`interrupts`] | the doorbell lines, and waiting for any interrupt |
//! | [`cpu`] | who am I; start, wake and park another CPU |
//! | [`registers`] | the registers that AML and the doorbells reach for |
//! | [`console`], [`channel`] | text for people, event records for the host |
//! | [`virtio`] | the port of the guest agent |
//! | [`power`] | the ends of the machine that need no ACPI |
//! | [`provoke`] | exceptions on purpose, for tests |
//!
//! Nothing here decides anything: policy, order and protocol are the business of the crates above.
#![no_std]

extern crate alloc;

#[cfg_attr(target_arch = "aarch64", path = "aarch64/mod.rs")]
#[cfg_attr(target_arch = "x86_64", path = "x86_64/mod.rs")]
mod arch;

pub mod boot;
pub mod channel;
pub mod clock;
pub mod console;
pub mod cpu;
pub mod interrupts;
pub mod memory;
pub mod power;
pub mod provoke;
pub mod registers;
pub mod virtio;
