//! Small descriptors (ACPI 6.5, 6.4.2): the tag byte holds the type and a length of at most seven.

use super::types::{Io, Irq, Polarity, Resource, ResourceError, Trigger};

const IRQ: u8 = 0x4;
const DMA: u8 = 0x5;
const START_DEPENDENT: u8 = 0x6;
const END_DEPENDENT: u8 = 0x7;
const IO: u8 = 0x8;
const FIXED_IO: u8 = 0x9;
const FIXED_DMA: u8 = 0xA;
const VENDOR: u8 = 0xE;
/// The end tag; its one byte is a checksum that firmware leaves at zero.
pub(super) const END_TAG: u8 = 0xF;

/// Priority of dependent functions that do not name one: acceptable, acceptable.
const DEFAULT_PRIORITY: u8 = 0b0101;

pub(super) fn decode(kind: u8, tag: u8, body: &[u8]) -> Result<Resource, ResourceError> {
    let truncated = ResourceError::Truncated { tag };
    Ok(match (kind, body) {
        (IRQ, [low, high]) => Resource::Irq(irq(*low, *high, 1)),
        (IRQ, [low, high, flags, ..]) => Resource::Irq(irq(*low, *high, *flags)),
        (DMA, [mask, flags, ..]) => Resource::Dma {
            mask: *mask,
            flags: *flags,
        },
        (START_DEPENDENT, []) => Resource::StartDependent {
            priority: DEFAULT_PRIORITY,
        },
        (START_DEPENDENT, [priority, ..]) => Resource::StartDependent {
            priority: *priority,
        },
        (END_DEPENDENT, _) => Resource::EndDependent,
        (IO, &[info, a, b, c, d, alignment, length]) => Resource::Io(Io {
            decode16: info & 1 != 0,
            min: u16::from_le_bytes([a, b]),
            max: u16::from_le_bytes([c, d]),
            alignment,
            length,
        }),
        (FIXED_IO, &[low, high, length, ..]) => Resource::FixedIo(fixed_io(low, high, length)),
        (FIXED_DMA, &[a, b, c, d, width, ..]) => Resource::FixedDma {
            request: u16::from_le_bytes([a, b]),
            channel: u16::from_le_bytes([c, d]),
            width,
        },
        (VENDOR, bytes) => Resource::Vendor(bytes.to_vec()),
        (IRQ..=IO | FIXED_IO | FIXED_DMA, _) => return Err(truncated),
        _ => return Err(ResourceError::Reserved { tag }),
    })
}

/// `flags`: bit 0 edge, bit 3 active low, bit 4 shared, bit 5 can wake. A descriptor without them means 1.
fn irq(low: u8, high: u8, flags: u8) -> Irq {
    Irq {
        mask: u16::from_le_bytes([low, high]),
        trigger: if flags & 1 != 0 {
            Trigger::Edge
        } else {
            Trigger::Level
        },
        polarity: if flags & 8 != 0 {
            Polarity::Low
        } else {
            Polarity::High
        },
        shared: flags & 0x10 != 0,
        wake: flags & 0x20 != 0,
    }
}

/// The fixed descriptor decodes 10 bits.
fn fixed_io(low: u8, high: u8, length: u8) -> Io {
    let base = u16::from_le_bytes([low, high]) & 0x3FF;
    Io {
        decode16: false,
        min: base,
        max: base,
        alignment: 1,
        length,
    }
}
