//! Generic Address Structure (5.2.3.2): a register that lies in one of several address spaces.

use zerocopy::byteorder::little_endian::U64;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// 5.2.3.2, as it lies in a table.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(crate) struct RawGas {
    space: u8,
    bit_width: u8,
    bit_offset: u8,
    access_size: u8,
    address: U64,
}

const _: () = assert!(size_of::<RawGas>() == 12);

/// The address space of a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddressSpace {
    /// Physical memory (0).
    SystemMemory,
    /// x86 I/O ports (1).
    SystemIo,
    /// PCI configuration space of segment 0, bus 0 (2).
    PciConfig,
    /// Any other, by its number in 5.2.3.2.
    Other(u8),
}

impl From<u8> for AddressSpace {
    fn from(id: u8) -> Self {
        match id {
            0 => Self::SystemMemory,
            1 => Self::SystemIo,
            2 => Self::PciConfig,
            other => Self::Other(other),
        }
    }
}

/// A register's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GenericAddress {
    /// The space that `address` counts in.
    pub space: AddressSpace,
    /// Width of the register in bits; a block of registers may say 0.
    pub bit_width: u8,
    /// First bit of the register at its address.
    pub bit_offset: u8,
    /// Access width: 0 undefined, 1 byte, 2 word, 3 dword, 4 qword.
    pub access_size: u8,
    /// Address of the first byte; never 0, which means that there is no such register.
    pub address: u64,
}

impl RawGas {
    /// The register, or `None` if the address says that there is none.
    pub(crate) fn decode(&self) -> Option<GenericAddress> {
        let address = self.address.get();
        (address != 0).then_some(GenericAddress {
            space: self.space.into(),
            bit_width: self.bit_width,
            bit_offset: self.bit_offset,
            access_size: self.access_size,
            address,
        })
    }
}
