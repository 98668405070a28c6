//! Accesses that are more than a register's value: transfers of a whole buffer, and pins.
//!
//! A field of a bus (SMBus, IPMI, GenericSerialBus) is a command with a protocol, not a run of bits: one buffer goes to
//! the device and comes back, with a status, a length and data (ACPI 6.5, 5.5.2.4.2, 5.5.2.4.3 and 5.5.2.4.5). A field of a
//! GPIO region is some pins of a connection (5.5.2.4.4). Both name their device by a resource descriptor.

use crate::RegionSpace;

/// Which way a [`Transfer`] goes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Direction {
    /// AML reads the field. The buffer is zero before.
    Read,
    /// AML stores to the field. The buffer holds what it stored, and takes the answer.
    Write,
}

/// What the bus does, and thereby what the buffer holds (ACPI 6.5, 5.5.2.4.5.3, and 19.6, AccessAs).
///
/// On a bus the buffer's first byte is the status (0: success), the second the length of the data that follow.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Protocol {
    /// The read or write bit alone; no data.
    Quick,
    /// One byte without a command.
    SendReceive,
    /// One byte.
    Byte,
    /// Two bytes.
    Word,
    /// A block with its length.
    Block,
    /// So many bytes, without a length on the bus.
    Bytes(u8),
    /// A word goes, a word comes back.
    ProcessCall,
    /// A block goes, a block comes back.
    BlockProcessCall,
    /// So many bytes, in the device's own format.
    RawBytes(u8),
    /// Bytes go, then so many come back, in the device's own format.
    RawProcessBytes(u8),
    /// IPMI: a request goes, its response comes back. The data begin with the completion code.
    Message,
    /// GPIO: so many pins, the lowest bit of the first byte being the first pin; no status and no length.
    Pins(u32),
}

impl Protocol {
    /// What the access attribute of a field means in this space; `None` if it means nothing there.
    pub(crate) fn new(space: RegionSpace, attribute: u8, length: u8, bits: u32) -> Option<Self> {
        match space {
            RegionSpace::GeneralPurposeIo => return Some(Self::Pins(bits)),
            RegionSpace::Ipmi => return Some(Self::Message),
            RegionSpace::SmBus | RegionSpace::GenericSerialBus => {}
            _ => return None,
        }
        Some(match attribute {
            0x02 => Self::Quick,
            0x04 => Self::SendReceive,
            0x06 => Self::Byte,
            0x08 => Self::Word,
            0x0A => Self::Block,
            0x0B => Self::Bytes(length),
            0x0C => Self::ProcessCall,
            0x0D => Self::BlockProcessCall,
            0x0E => Self::RawBytes(length),
            0x0F => Self::RawProcessBytes(length),
            _ => return None,
        })
    }

    /// The size of the buffer. It depends on the space, as in ACPICA: SMBus has one for all protocols.
    pub(crate) fn buffer_length(self, space: RegionSpace) -> usize {
        /// Status and length.
        const HEADER: usize = 2;
        let data = match (space, self) {
            (_, Self::Pins(count)) => return count.div_ceil(8) as usize,
            (RegionSpace::SmBus, _) => 32,
            (_, Self::Message) => 64,
            (_, Self::Quick) => 0,
            (_, Self::SendReceive | Self::Byte) => 1,
            (_, Self::Word | Self::ProcessCall) => 2,
            _ => 255,
        };
        HEADER + data
    }
}

/// One transfer to or from a device behind a bus, or GPIO pins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Transfer<'a> {
    /// The address space: SMBus, IPMI, GenericSerialBus or GeneralPurposeIo.
    pub space: RegionSpace,
    /// The region's offset: the slave address on SMBus, the network function of IPMI.
    pub address: u64,
    /// The field's offset in bytes: the command. For pins, the position of the first one in the connection's list.
    pub command: u64,
    /// Which way it goes.
    pub direction: Direction,
    /// What the bus does.
    pub protocol: Protocol,
    /// The field's connection: one descriptor, perhaps without an end tag behind it, that [`resources::decode`](crate::resources::decode) reads. `None`
    /// if the field has none.
    pub connection: Option<&'a [u8]>,
}
