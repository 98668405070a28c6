//! aarch64 on QEMU's `virt` and its relatives: arm64 Image or ELF, EL1 or EL2, GICv3, generic timer, PSCI.

pub mod channel;
pub mod cpu;
pub mod interrupts;
pub mod mmio;
pub mod paging;
pub mod ports;
pub mod power;
pub mod timer;
pub mod uart;

mod boot;
mod firmware;
mod gic;
mod psci;
