//! Multiple APIC Description Table (5.2.12): CPUs, interrupt controllers, and how legacy interrupts are wired.
//!
//! The same entries stand in the buffer that a CPU's `_MAT` returns (6.2.10), so the iterator is also offered for
//! bare bytes.

mod entry;

use zerocopy::byteorder::little_endian::U32;
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

pub use entry::{
    CpuEntry, CpuFlags, Gicc, Gicd, Gicr, HardwareId, InterruptSourceOverride, IoApic,
    LocalApicNmi, MadtEntry,
};

use crate::entries::RawEntries;
use crate::header::HEADER_LENGTH;
use crate::{Signature, Table, TableError};

#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct RawMadt {
    local_apic_address: U32,
    flags: U32,
}

/// The MADT.
#[derive(Clone, Copy, Debug)]
pub struct Madt<'a> {
    /// Physical address of the local APICs as the fixed part gives it; see [`Madt::local_apic_address`].
    fixed_local_apic_address: u32,
    /// Whether two cascaded 8259 are there too and must be masked (`PCAT_COMPAT`).
    pub has_8259: bool,
    entries: &'a [u8],
}

impl<'a> Madt<'a> {
    /// Reads the fixed part; the entries are read as they are iterated over.
    ///
    /// # Errors
    /// Another signature, or too short for its fixed part.
    pub fn parse(table: Table<'a>) -> Result<Self, TableError> {
        let (raw, entries) = table.expect(Signature::MADT)?.fixed_part::<RawMadt>()?;
        Ok(Self {
            fixed_local_apic_address: raw.local_apic_address.get(),
            has_8259: raw.flags.get() & 1 != 0,
            entries,
        })
    }

    /// All entries, in their order.
    pub fn entries(&self) -> MadtEntries<'a> {
        let offset = HEADER_LENGTH + size_of::<RawMadt>();
        MadtEntries(RawEntries::new(Signature::MADT, self.entries, offset))
    }

    /// All CPUs that the well-formed entries describe, whatever their flags say.
    pub fn cpus(&self) -> impl Iterator<Item = CpuEntry> + use<'a> {
        self.entries().filter_map(|entry| entry.ok()?.cpu())
    }

    /// Where the local APICs' registers lie: the 64-bit override where there is one (5.2.12.8).
    pub fn local_apic_address(&self) -> u64 {
        let overrides = self.entries().filter_map(|entry| match entry {
            Ok(MadtEntry::LocalApicAddressOverride { address }) => Some(address),
            _ => None,
        });
        overrides
            .last()
            .unwrap_or(u64::from(self.fixed_local_apic_address))
    }

    /// How ISA interrupt `source` is wired where that differs from the identity (5.2.12.5).
    pub fn interrupt_override(&self, source: u8) -> Option<InterruptSourceOverride> {
        self.entries().find_map(|entry| match entry {
            Ok(MadtEntry::InterruptSourceOverride(found)) if found.source == source => Some(found),
            _ => None,
        })
    }
}

/// Iterator over MADT entries. After an error it ends: see [`TableError::EntryLength`].
#[derive(Clone, Debug)]
pub struct MadtEntries<'a>(RawEntries<'a>);

impl<'a> MadtEntries<'a> {
    /// The entries in a buffer that `_MAT` returned.
    pub fn in_buffer(bytes: &'a [u8]) -> Self {
        Self(RawEntries::new(Signature::MADT, bytes, 0))
    }
}

impl Iterator for MadtEntries<'_> {
    type Item = Result<MadtEntry, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.0.next()?.and_then(|raw| MadtEntry::decode(&raw));
        if entry.is_err() {
            self.0.stop();
        }
        Some(entry)
    }
}
