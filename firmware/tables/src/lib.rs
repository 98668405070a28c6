//! The static ACPI tables, read from bytes that nobody vouches for.
//!
//! The guest must survive whatever a hypervisor hands it: a table that ends in the middle of an entry, an entry
//! of length 0, a checksum that is wrong. So every reader here works on a bounds-checked slice, gives a typed
//! error that names the table and the offset, and terminates on every input. One corrupt optional table is
//! reported in [`Tables::problems`] and the others are used.
//!
//! Why not the `acpi` crate: it takes references to tables through raw pointers into mapped memory; its MADT
//! iterator never ends on an entry of length 0; and an entry shorter than the structure that its type promises
//! is read out of bounds. Here `zerocopy` checks each structure against the bytes that are really there, and no
//! `unsafe` is needed.
//!
//! Section numbers are those of the ACPI specification, version 6.5.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod discover;
mod entries;
mod error;
mod fadt;
mod gas;
mod gtdt;
mod header;
mod hpet;
mod interrupt;
mod madt;
mod root;
mod rsdp;
mod srat;

pub use discover::{MAX_TABLES, PhysicalMemory, Problem, Tables};
pub use error::TableError;
pub use fadt::{ArmBootFlags, Fadt, FadtFlags, RegisterBlock, Reset};
pub use gas::{AddressSpace, GenericAddress};
pub use gtdt::{Gtdt, TimerInterrupt};
pub use header::{HEADER_LENGTH, MAX_TABLE_LENGTH, Signature, Table};
pub use hpet::Hpet;
pub use interrupt::{InterruptFlags, Polarity, Trigger};
pub use madt::{
    CpuEntry, CpuFlags, Gicc, Gicd, Gicr, HardwareId, InterruptSourceOverride, IoApic,
    LocalApicNmi, Madt, MadtEntries, MadtEntry,
};
pub use root::{RootAddresses, RootTable};
pub use rsdp::Rsdp;
pub use srat::{MemoryAffinity, ProcessorAffinity, ProcessorName, Srat, SratEntries, SratEntry};
