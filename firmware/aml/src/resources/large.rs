//! Large descriptors (ACPI 6.5, 6.4.3): a tag byte, a 16-bit length, a body.

use alloc::string::String;
use alloc::vec::Vec;

use super::types::{
    AddressKind, AddressRange, AddressSpace, GpioConnection, Interrupts, MemoryRange, Polarity,
    Resource, ResourceError, SerialBus, Trigger,
};
use crate::RegionSpace;

const MEMORY24: u8 = 0x81;
const REGISTER: u8 = 0x82;
const VENDOR: u8 = 0x84;
const MEMORY32: u8 = 0x85;
const MEMORY32_FIXED: u8 = 0x86;
const ADDRESS_DWORD: u8 = 0x87;
const ADDRESS_WORD: u8 = 0x88;
const EXTENDED_INTERRUPT: u8 = 0x89;
const ADDRESS_QWORD: u8 = 0x8A;
const ADDRESS_EXTENDED: u8 = 0x8B;
const GPIO: u8 = 0x8C;
const PIN_FUNCTION: u8 = 0x8D;
const SERIAL_BUS: u8 = 0x8E;
const CLOCK_INPUT: u8 = 0x93;

/// The bytes of a descriptor before its body: offsets inside descriptors count from the tag.
const HEADER: usize = 3;

pub(super) fn decode(tag: u8, bytes: &[u8]) -> Result<Resource, ResourceError> {
    let body = Body { bytes, tag };
    Ok(match tag {
        MEMORY24 => Resource::Memory24(memory24(body)?),
        MEMORY32 => Resource::Memory32(memory32(body)?),
        MEMORY32_FIXED => Resource::Memory32Fixed(memory32_fixed(body)?),
        ADDRESS_WORD => Resource::AddressSpace(address_space(body, 2)?),
        ADDRESS_DWORD => Resource::AddressSpace(address_space(body, 4)?),
        ADDRESS_QWORD => Resource::AddressSpace(address_space(body, 8)?),
        ADDRESS_EXTENDED => Resource::AddressSpace(extended_address_space(body)?),
        EXTENDED_INTERRUPT => Resource::ExtendedInterrupt(interrupts(body)?),
        REGISTER => Resource::Register {
            space: RegionSpace::from_u8(body.byte(0)?),
            bit_width: body.byte(1)?,
            bit_offset: body.byte(2)?,
            access_size: body.byte(3)?,
            address: body.int(4, 8)?,
        },
        GPIO => Resource::Gpio(gpio(body)?),
        SERIAL_BUS => Resource::SerialBus(serial_bus(body)?),
        VENDOR => Resource::Vendor(bytes.to_vec()),
        PIN_FUNCTION | 0x8F..=CLOCK_INPUT => Resource::Other {
            tag,
            body: bytes.to_vec(),
        },
        _ => return Err(ResourceError::Reserved { tag }),
    })
}

/// The body of one descriptor, read with checks.
#[derive(Clone, Copy)]
struct Body<'a> {
    bytes: &'a [u8],
    tag: u8,
}

impl<'a> Body<'a> {
    fn truncated(self) -> ResourceError {
        ResourceError::Truncated { tag: self.tag }
    }

    fn byte(self, at: usize) -> Result<u8, ResourceError> {
        self.bytes.get(at).copied().ok_or(self.truncated())
    }

    /// `size` bytes at `at` as a little-endian number.
    fn int(self, at: usize, size: usize) -> Result<u64, ResourceError> {
        let bytes = self.slice(at, at.saturating_add(size))?;
        Ok(bytes
            .iter()
            .rev()
            .fold(0, |number, byte| (number << 8) | u64::from(*byte)))
    }

    fn word(self, at: usize) -> Result<u16, ResourceError> {
        Ok(self.int(at, 2)? as u16)
    }

    fn dword(self, at: usize) -> Result<u32, ResourceError> {
        Ok(self.int(at, 4)? as u32)
    }

    fn slice(self, from: usize, to: usize) -> Result<&'a [u8], ResourceError> {
        self.bytes.get(from..to).ok_or(self.truncated())
    }

    /// The bytes between two offsets that the descriptor counts from its tag.
    fn between(self, from: u16, to: u16) -> Result<&'a [u8], ResourceError> {
        let from = usize::from(from)
            .checked_sub(HEADER)
            .ok_or(self.truncated())?;
        let to = usize::from(to)
            .checked_sub(HEADER)
            .ok_or(self.truncated())?;
        self.slice(from, to)
    }
}

/// Text up to its zero byte.
fn text(bytes: &[u8]) -> String {
    bytes
        .iter()
        .take_while(|byte| **byte != 0)
        .map(|byte| char::from(*byte))
        .collect()
}

fn memory24(body: Body<'_>) -> Result<MemoryRange, ResourceError> {
    let pages = |at| body.word(at).map(|value| u32::from(value) << 8);
    Ok(MemoryRange {
        writable: body.byte(0)? & 1 != 0,
        min: pages(1)?,
        max: pages(3)?,
        alignment: match body.word(5)? {
            0 => 0x1_0000,
            bytes => u32::from(bytes),
        },
        length: pages(7)?,
    })
}

fn memory32(body: Body<'_>) -> Result<MemoryRange, ResourceError> {
    Ok(MemoryRange {
        writable: body.byte(0)? & 1 != 0,
        min: body.dword(1)?,
        max: body.dword(5)?,
        alignment: body.dword(9)?,
        length: body.dword(13)?,
    })
}

fn memory32_fixed(body: Body<'_>) -> Result<MemoryRange, ResourceError> {
    let base = body.dword(1)?;
    Ok(MemoryRange {
        writable: body.byte(0)? & 1 != 0,
        min: base,
        max: base,
        alignment: 1,
        length: body.dword(5)?,
    })
}

/// The flags that all address space descriptors begin with.
fn address_flags(body: Body<'_>) -> Result<AddressSpace, ResourceError> {
    let general = body.byte(1)?;
    Ok(AddressSpace {
        kind: match body.byte(0)? {
            0 => AddressKind::Memory,
            1 => AddressKind::Io,
            2 => AddressKind::BusNumber,
            other => AddressKind::Other(other),
        },
        consumer: general & 1 != 0,
        subtractive: general & 2 != 0,
        min_fixed: general & 4 != 0,
        max_fixed: general & 8 != 0,
        flags: body.byte(2)?,
        range: AddressRange::default(),
        attributes: 0,
        source: None,
    })
}

/// Five numbers of `size` bytes from `at` on.
fn address_range(body: Body<'_>, at: usize, size: usize) -> Result<AddressRange, ResourceError> {
    let number = |index: usize| body.int(at + index * size, size);
    Ok(AddressRange {
        granularity: number(0)?,
        min: number(1)?,
        max: number(2)?,
        translation: number(3)?,
        length: number(4)?,
    })
}

fn address_space(body: Body<'_>, size: usize) -> Result<AddressSpace, ResourceError> {
    const RANGE: usize = 3;
    let mut space = address_flags(body)?;
    space.range = address_range(body, RANGE, size)?;
    let source = body.bytes.get(RANGE + 5 * size..).unwrap_or_default();
    if let [index, path @ ..] = source {
        space.source = Some((*index, text(path)));
    }
    Ok(space)
}

fn extended_address_space(body: Body<'_>) -> Result<AddressSpace, ResourceError> {
    // A revision and a reserved byte stand between the flags and the range.
    const RANGE: usize = 5;
    let mut space = address_flags(body)?;
    space.range = address_range(body, RANGE, 8)?;
    space.attributes = body.int(RANGE + 40, 8)?;
    Ok(space)
}

fn interrupts(body: Body<'_>) -> Result<Interrupts, ResourceError> {
    let flags = body.byte(0)?;
    let count = usize::from(body.byte(1)?);
    let gsis = (0..count)
        .map(|index| body.dword(2 + 4 * index))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Interrupts {
        consumer: flags & 1 != 0,
        trigger: if flags & 2 != 0 {
            Trigger::Edge
        } else {
            Trigger::Level
        },
        polarity: if flags & 4 != 0 {
            Polarity::Low
        } else {
            Polarity::High
        },
        shared: flags & 8 != 0,
        wake: flags & 0x10 != 0,
        gsis,
    })
}

fn gpio(body: Body<'_>) -> Result<GpioConnection, ResourceError> {
    let (pins, source, vendor) = (body.word(11)?, body.word(14)?, body.word(16)?);
    let vendor_length = body.word(18)?;
    let vendor_end = vendor.checked_add(vendor_length).ok_or(body.truncated())?;
    let pins = body.between(pins, source)?;
    Ok(GpioConnection {
        interrupt: body.byte(1)? == 0,
        flags: body.word(2)?,
        io_flags: body.word(4)?,
        pin_config: body.byte(6)?,
        drive_strength: body.word(7)?,
        debounce: body.word(9)?,
        pins: pins
            .chunks_exact(2)
            .map(|pin| u16::from_le_bytes([pin[0], pin[1]]))
            .collect(),
        source: text(body.between(source, vendor)?),
        vendor: body.between(vendor, vendor_end)?.to_vec(),
    })
}

fn serial_bus(body: Body<'_>) -> Result<SerialBus, ResourceError> {
    const TYPE_DATA: usize = 9;
    let length = usize::from(body.word(7)?);
    let source = body
        .bytes
        .get(TYPE_DATA + length..)
        .ok_or(body.truncated())?;
    Ok(SerialBus {
        bus: body.byte(2)?,
        flags: body.byte(3)?,
        type_flags: body.word(4)?,
        type_data: body.slice(TYPE_DATA, TYPE_DATA + length)?.to_vec(),
        source: text(source),
    })
}
