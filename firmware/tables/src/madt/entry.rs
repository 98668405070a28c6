//! The entry types of the MADT, as they lie in the table and as the rest of the guest wants them.
//!
//! Two forms because the raw one is unaligned and little-endian, and because four different structures describe
//! "a CPU": [`MadtEntry::cpu`] makes one of them.

use zerocopy::byteorder::little_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use crate::entries::RawEntry;
use crate::{InterruptFlags, TableError};

/// One entry of the MADT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MadtEntry {
    /// Processor Local APIC (type 0, 5.2.12.2).
    LocalApic(CpuEntry),
    /// I/O APIC (type 1, 5.2.12.3).
    IoApic(IoApic),
    /// Interrupt Source Override (type 2, 5.2.12.5).
    InterruptSourceOverride(InterruptSourceOverride),
    /// Local APIC NMI (type 4, 5.2.12.7).
    LocalApicNmi(LocalApicNmi),
    /// Local APIC Address Override (type 5, 5.2.12.8).
    LocalApicAddressOverride {
        /// Physical address of the local APICs.
        address: u64,
    },
    /// Processor Local x2APIC (type 9, 5.2.12.12).
    LocalX2Apic(CpuEntry),
    /// Local x2APIC NMI (type 0xA, 5.2.12.13).
    LocalX2ApicNmi(LocalApicNmi),
    /// GIC CPU Interface (type 0xB, 5.2.12.14).
    Gicc(Gicc),
    /// GIC Distributor (type 0xC, 5.2.12.15).
    Gicd(Gicd),
    /// GIC Redistributor range (type 0xE, 5.2.12.17).
    Gicr(Gicr),
    /// LoongArch Core Programmable Interrupt Controller (type 0x11, 5.2.12.20).
    CorePic(CpuEntry),
    /// Any other type; skipped by its length.
    Unknown {
        /// The entry's type byte.
        kind: u8,
    },
}

/// The flags of a CPU entry (5.2.12.2, 5.2.12.14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CpuFlags(pub u32);

impl CpuFlags {
    /// Bit 0: the CPU can be used from the start.
    pub fn enabled(self) -> bool {
        self.0 & 1 != 0
    }

    /// Bit 1, APIC and Core PIC entries only: not enabled now, and can be enabled later. QEMU never sets it.
    pub fn online_capable(self) -> bool {
        self.0 & (1 << 1) != 0
    }

    /// Bit 3, GICC only: not enabled now, and can be enabled later. In an APIC entry the bit is reserved.
    pub fn gicc_online_capable(self) -> bool {
        self.0 & (1 << 3) != 0
    }
}

/// How the hardware names a CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HardwareId {
    /// Local APIC or x2APIC ID.
    Apic(u32),
    /// Affinity fields of MPIDR_EL1.
    Mpidr(u64),
    /// LoongArch physical core ID.
    Core(u32),
}

impl HardwareId {
    /// The bare number, as event records carry it.
    pub fn value(self) -> u64 {
        match self {
            Self::Apic(id) | Self::Core(id) => u64::from(id),
            Self::Mpidr(id) => id,
        }
    }
}

/// What every kind of CPU entry says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CpuEntry {
    /// ACPI processor UID, which ties the entry to a device in the namespace.
    pub uid: u32,
    /// The hardware's name of the CPU.
    pub id: HardwareId,
    /// Whether it is there now, or may come.
    pub flags: CpuFlags,
}

/// An I/O APIC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IoApic {
    /// Its APIC ID.
    pub id: u8,
    /// Physical address of its registers.
    pub address: u32,
    /// The GSI of its first pin.
    pub gsi_base: u32,
}

/// An ISA interrupt that does not arrive at the GSI of its own number, or not as ISA interrupts signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InterruptSourceOverride {
    /// ISA interrupt number.
    pub source: u8,
    /// Where it arrives.
    pub gsi: u32,
    /// How it signals.
    pub flags: InterruptFlags,
}

/// A local APIC pin that is wired to NMI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalApicNmi {
    /// The CPU; `None` stands for all of them.
    pub uid: Option<u32>,
    /// How it signals.
    pub flags: InterruptFlags,
    /// LINT pin, 0 or 1.
    pub lint: u8,
}

/// A CPU with a GIC CPU interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gicc {
    /// UID, MPIDR and flags.
    pub cpu: CpuEntry,
    /// GIC CPU interface number (GICv2: the bit in its target registers).
    pub interface_number: u32,
    /// Physical address of this CPU's redistributor; 0 where a [`Gicr`] range holds it.
    pub redistributor: u64,
    /// GSIV of the performance monitor's interrupt; 0 where there is none.
    pub performance_gsi: u32,
}

/// The GIC distributor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gicd {
    /// Physical address of its registers.
    pub address: u64,
    /// GIC version: 1 to 4; 0 means "ask the hardware".
    pub version: u8,
}

/// A range that holds redistributors, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gicr {
    /// Physical address of the first.
    pub address: u64,
    /// Length of the range in bytes.
    pub length: u32,
}

impl MadtEntry {
    /// The CPU that the entry describes, if it describes one. An APIC ID that addresses all CPUs (0xFF in an APIC
    /// entry, all ones in an x2APIC entry) names none: firmware leaves it in entries that it did not fill in.
    pub fn cpu(&self) -> Option<CpuEntry> {
        match self {
            Self::LocalApic(cpu) => Some(*cpu).filter(|cpu| cpu.id != HardwareId::Apic(0xFF)),
            Self::LocalX2Apic(cpu) => Some(*cpu).filter(|cpu| cpu.id != HardwareId::Apic(u32::MAX)),
            Self::CorePic(cpu) => Some(*cpu),
            Self::Gicc(gicc) => Some(gicc.cpu),
            _ => None,
        }
    }

    /// Interprets one entry by its type.
    pub(crate) fn decode(entry: &RawEntry<'_>) -> Result<Self, TableError> {
        Ok(match entry.kind {
            0x0 => Self::LocalApic(entry.read::<RawLocalApic>()?.into()),
            0x1 => Self::IoApic(entry.read::<RawIoApic>()?.into()),
            0x2 => Self::InterruptSourceOverride(entry.read::<RawOverride>()?.into()),
            0x4 => Self::LocalApicNmi(entry.read::<RawLocalApicNmi>()?.into()),
            0x5 => {
                let address = entry.read::<RawAddressOverride>()?.address.get();
                Self::LocalApicAddressOverride { address }
            }
            0x9 => Self::LocalX2Apic(entry.read::<RawLocalX2Apic>()?.into()),
            0xA => Self::LocalX2ApicNmi(entry.read::<RawLocalX2ApicNmi>()?.into()),
            0xB => Self::Gicc(entry.read::<RawGicc>()?.into()),
            0xC => Self::Gicd(entry.read::<RawGicd>()?.into()),
            0xE => Self::Gicr(entry.read::<RawGicr>()?.into()),
            0x11 => Self::CorePic(entry.read::<RawCorePic>()?.into()),
            kind => Self::Unknown { kind },
        })
    }
}

/// Declares an entry's layout: after its type and length bytes, the fields of the specification's table.
macro_rules! layout {
    ($name:ident, $length:literal, { $($field:ident: $type:ty),+ $(,)? }) => {
        #[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
        #[repr(C)]
        struct $name {
            _kind_and_length: [u8; 2],
            $($field: $type),+
        }
        const _: () = assert!(size_of::<$name>() == $length);
    };
}

layout!(RawLocalApic, 8, { uid: u8, apic_id: u8, flags: U32 });
layout!(RawIoApic, 12, { id: u8, _reserved: u8, address: U32, gsi_base: U32 });
layout!(RawOverride, 10, { _bus: u8, source: u8, gsi: U32, flags: U16 });
layout!(RawLocalApicNmi, 6, { uid: u8, flags: U16, lint: u8 });
layout!(RawAddressOverride, 12, { _reserved: U16, address: U64 });
layout!(RawLocalX2Apic, 16, { _reserved: U16, apic_id: U32, flags: U32, uid: U32 });
layout!(RawLocalX2ApicNmi, 12, { flags: U16, uid: U32, lint: u8, _reserved: [u8; 3] });
// The length of ACPI 5.1; 6.0 and later append fields that nobody here needs.
layout!(RawGicc, 76, {
    _reserved: U16,
    interface_number: U32,
    uid: U32,
    flags: U32,
    _parking_version: U32,
    performance_gsi: U32,
    _parked_address: U64,
    _gicc_address: U64,
    _gicv_address: U64,
    _gich_address: U64,
    _vgic_gsi: U32,
    redistributor: U64,
    mpidr: U64,
});
layout!(RawGicd, 24, {
    _reserved: U16, _id: U32, address: U64, _vector_base: U32, version: u8, _reserved2: [u8; 3]
});
layout!(RawGicr, 16, { _reserved: U16, address: U64, length: U32 });
layout!(RawCorePic, 15, { _version: u8, uid: U32, core_id: U32, flags: U32 });

impl From<&RawLocalApic> for CpuEntry {
    fn from(raw: &RawLocalApic) -> Self {
        let id = HardwareId::Apic(u32::from(raw.apic_id));
        Self {
            uid: u32::from(raw.uid),
            id,
            flags: CpuFlags(raw.flags.get()),
        }
    }
}

impl From<&RawLocalX2Apic> for CpuEntry {
    fn from(raw: &RawLocalX2Apic) -> Self {
        let id = HardwareId::Apic(raw.apic_id.get());
        Self {
            uid: raw.uid.get(),
            id,
            flags: CpuFlags(raw.flags.get()),
        }
    }
}

impl From<&RawCorePic> for CpuEntry {
    fn from(raw: &RawCorePic) -> Self {
        let id = HardwareId::Core(raw.core_id.get());
        Self {
            uid: raw.uid.get(),
            id,
            flags: CpuFlags(raw.flags.get()),
        }
    }
}

impl From<&RawIoApic> for IoApic {
    fn from(raw: &RawIoApic) -> Self {
        Self {
            id: raw.id,
            address: raw.address.get(),
            gsi_base: raw.gsi_base.get(),
        }
    }
}

impl From<&RawOverride> for InterruptSourceOverride {
    fn from(raw: &RawOverride) -> Self {
        let flags = InterruptFlags(raw.flags.get());
        Self {
            source: raw.source,
            gsi: raw.gsi.get(),
            flags,
        }
    }
}

impl From<&RawLocalApicNmi> for LocalApicNmi {
    fn from(raw: &RawLocalApicNmi) -> Self {
        let uid = (raw.uid != u8::MAX).then_some(u32::from(raw.uid));
        Self {
            uid,
            flags: InterruptFlags(raw.flags.get()),
            lint: raw.lint,
        }
    }
}

impl From<&RawLocalX2ApicNmi> for LocalApicNmi {
    fn from(raw: &RawLocalX2ApicNmi) -> Self {
        let uid = (raw.uid.get() != u32::MAX).then_some(raw.uid.get());
        Self {
            uid,
            flags: InterruptFlags(raw.flags.get()),
            lint: raw.lint,
        }
    }
}

impl From<&RawGicc> for Gicc {
    fn from(raw: &RawGicc) -> Self {
        let id = HardwareId::Mpidr(raw.mpidr.get());
        Self {
            cpu: CpuEntry {
                uid: raw.uid.get(),
                id,
                flags: CpuFlags(raw.flags.get()),
            },
            interface_number: raw.interface_number.get(),
            redistributor: raw.redistributor.get(),
            performance_gsi: raw.performance_gsi.get(),
        }
    }
}

impl From<&RawGicd> for Gicd {
    fn from(raw: &RawGicd) -> Self {
        Self {
            address: raw.address.get(),
            version: raw.version,
        }
    }
}

impl From<&RawGicr> for Gicr {
    fn from(raw: &RawGicr) -> Self {
        Self {
            address: raw.address.get(),
            length: raw.length.get(),
        }
    }
}
