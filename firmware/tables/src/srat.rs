//! System Resource Affinity Table (5.2.16): which NUMA node each CPU and each range of memory belongs to.
//!
//! It lists CPUs and memory that may come later too, so a hot-added CPU without a `_PXM` finds its node here.

use zerocopy::byteorder::little_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use crate::entries::{RawEntries, RawEntry};
use crate::header::HEADER_LENGTH;
use crate::{CpuEntry, HardwareId, Signature, Table, TableError};

/// Bytes between the table's header and its first entry, all reserved.
const FIXED_LENGTH: usize = 12;

/// The SRAT.
#[derive(Clone, Copy, Debug)]
pub struct Srat<'a> {
    entries: &'a [u8],
}

/// One entry of the SRAT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SratEntry {
    /// A CPU (types 0, 2 and 3).
    Processor(ProcessorAffinity),
    /// A range of memory (type 1, 5.2.16.2).
    Memory(MemoryAffinity),
    /// Any other type; skipped by its length.
    Unknown {
        /// The entry's type byte.
        kind: u8,
    },
}

/// How an SRAT entry names its CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcessorName {
    /// By local APIC or x2APIC ID.
    Apic(u32),
    /// By ACPI processor UID (GICC affinity).
    Uid(u32),
}

/// The node of a CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessorAffinity {
    /// The CPU.
    pub name: ProcessorName,
    /// The proximity domain: the node's number.
    pub node: u32,
    /// Whether the entry counts at all.
    pub enabled: bool,
}

/// The node of a range of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryAffinity {
    /// Physical address of the first byte.
    pub base: u64,
    /// Length in bytes.
    pub length: u64,
    /// The proximity domain: the node's number.
    pub node: u32,
    /// Whether the entry counts at all.
    pub enabled: bool,
    /// Whether memory may be plugged in here.
    pub hot_pluggable: bool,
}

impl<'a> Srat<'a> {
    /// Checks the signature; the entries are read as they are iterated over.
    ///
    /// # Errors
    /// Another signature, or too short for its fixed part.
    pub fn parse(table: Table<'a>) -> Result<Self, TableError> {
        let (_, entries) = table
            .expect(Signature::SRAT)?
            .fixed_part::<[u8; FIXED_LENGTH]>()?;
        Ok(Self { entries })
    }

    /// All entries, in their order.
    pub fn entries(&self) -> SratEntries<'a> {
        let offset = HEADER_LENGTH + FIXED_LENGTH;
        SratEntries(RawEntries::new(Signature::SRAT, self.entries, offset))
    }

    /// The node of a CPU, from the first enabled entry that names it.
    pub fn node_of(&self, cpu: &CpuEntry) -> Option<u32> {
        self.entries().find_map(|entry| match entry {
            Ok(SratEntry::Processor(found)) if found.enabled && found.name.is(cpu) => {
                Some(found.node)
            }
            _ => None,
        })
    }
}

impl ProcessorName {
    fn is(self, cpu: &CpuEntry) -> bool {
        match (self, cpu.id) {
            // LoongArch uses the APIC entries with its core IDs.
            (Self::Apic(name), HardwareId::Apic(id) | HardwareId::Core(id)) => name == id,
            (Self::Uid(name), _) => name == cpu.uid,
            (Self::Apic(_), HardwareId::Mpidr(_)) => false,
        }
    }
}

/// Iterator over SRAT entries. After an error it ends: see [`TableError::EntryLength`].
#[derive(Clone, Debug)]
pub struct SratEntries<'a>(RawEntries<'a>);

impl Iterator for SratEntries<'_> {
    type Item = Result<SratEntry, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.0.next()?.and_then(|raw| decode(&raw));
        if entry.is_err() {
            self.0.stop();
        }
        Some(entry)
    }
}

/// 5.2.16.1. The node's number is split for historical reasons.
#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct RawApic {
    _kind_and_length: [u8; 2],
    node_low: u8,
    apic_id: u8,
    flags: U32,
    _local_sapic_eid: u8,
    node_high: [u8; 3],
    _clock_domain: U32,
}

/// 5.2.16.2.
#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct RawMemory {
    _kind_and_length: [u8; 2],
    node: U32,
    _reserved: U16,
    base: U64,
    length: U64,
    _reserved2: U32,
    flags: U32,
    _reserved3: U64,
}

/// 5.2.16.3.
#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct RawX2Apic {
    _kind_and_length: [u8; 2],
    _reserved: U16,
    node: U32,
    apic_id: U32,
    flags: U32,
    _clock_domain: U32,
    _reserved2: U32,
}

/// 5.2.16.4.
#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct RawGiccAffinity {
    _kind_and_length: [u8; 2],
    node: U32,
    uid: U32,
    flags: U32,
    _clock_domain: U32,
}

const _: () = assert!(size_of::<RawApic>() == 16 && size_of::<RawMemory>() == 40);
const _: () = assert!(size_of::<RawX2Apic>() == 24 && size_of::<RawGiccAffinity>() == 18);

fn decode(entry: &RawEntry<'_>) -> Result<SratEntry, TableError> {
    Ok(match entry.kind {
        0 => SratEntry::Processor(entry.read::<RawApic>()?.into()),
        1 => SratEntry::Memory(entry.read::<RawMemory>()?.into()),
        2 => SratEntry::Processor(entry.read::<RawX2Apic>()?.into()),
        3 => SratEntry::Processor(entry.read::<RawGiccAffinity>()?.into()),
        kind => SratEntry::Unknown { kind },
    })
}

impl From<&RawApic> for ProcessorAffinity {
    fn from(raw: &RawApic) -> Self {
        let [b1, b2, b3] = raw.node_high;
        Self {
            name: ProcessorName::Apic(u32::from(raw.apic_id)),
            node: u32::from_le_bytes([raw.node_low, b1, b2, b3]),
            enabled: raw.flags.get() & 1 != 0,
        }
    }
}

impl From<&RawX2Apic> for ProcessorAffinity {
    fn from(raw: &RawX2Apic) -> Self {
        let enabled = raw.flags.get() & 1 != 0;
        Self {
            name: ProcessorName::Apic(raw.apic_id.get()),
            node: raw.node.get(),
            enabled,
        }
    }
}

impl From<&RawGiccAffinity> for ProcessorAffinity {
    fn from(raw: &RawGiccAffinity) -> Self {
        let enabled = raw.flags.get() & 1 != 0;
        Self {
            name: ProcessorName::Uid(raw.uid.get()),
            node: raw.node.get(),
            enabled,
        }
    }
}

impl From<&RawMemory> for MemoryAffinity {
    fn from(raw: &RawMemory) -> Self {
        Self {
            base: raw.base.get(),
            length: raw.length.get(),
            node: raw.node.get(),
            enabled: raw.flags.get() & 1 != 0,
            hot_pluggable: raw.flags.get() & (1 << 1) != 0,
        }
    }
}
