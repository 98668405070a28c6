//! What has to be read between power-on and a kernel's first instruction.
//!
//! The ROM uses all of it; a kernel that QEMU started without firmware uses the same code for what the firmware
//! would have done ([`fw_cfg`], [`table_loader`], [`device_tree`]). Nothing here touches hardware by itself: registers
//! and memory come from the caller, so that every line runs in a host's tests and under a fuzzer. A hypervisor hands
//! over all of these bytes and nobody vouches for them: each length and offset is checked, each loop has a bound,
//! and each error names the item and the place in it.
//!
//! - [`fw_cfg`]: QEMU's configuration device, its directory, its items, by DMA.
//! - [`table_loader`]: the script by which a firmware lays out the ACPI tables.
//! - [`device_tree`]: memory, CPUs, interrupt controller, console, PSCI, fw_cfg, virtio-mmio slots.
//! - [`kernel_image`]: an ELF file or an arm64 `Image`, and where its parts must go.
//! - [`handover`]: what the ROM tells the kernel.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod name;

pub mod device_tree;
pub mod fw_cfg;
pub mod handover;
pub mod kernel_image;

pub mod table_loader;

pub use name::FileName;
