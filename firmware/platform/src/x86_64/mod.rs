//! x86_64 on QEMU's q35, pc and microvm: PVH entry, xAPIC or x2APIC, I/O APIC.

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

mod calibration;
mod gdt;
mod io_apic;
mod local_apic;
