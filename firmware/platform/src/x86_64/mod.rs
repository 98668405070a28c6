//! x86_64 on QEMU's q35, pc and microvm: PVH entry, xAPIC or x2APIC, I/O APIC.

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
mod calibration;
mod gdt;
mod idt;
mod io_apic;
mod local_apic;
