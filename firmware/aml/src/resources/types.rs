//! The vocabulary of resource descriptors.

use alloc::string::String;
use alloc::vec::Vec;

/// How an interrupt is signalled.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Trigger {
    /// Level-triggered.
    Level,
    /// Edge-triggered.
    Edge,
}

/// Which level or edge of an interrupt line is the active one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Polarity {
    /// Active high, or rising edge.
    High,
    /// Active low, or falling edge.
    Low,
    /// Both edges (GPIO connections only).
    Both,
}

/// An IRQ descriptor (ACPI 6.5, 6.4.2.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Irq {
    /// One bit per interrupt of the two 8259s: bit 0 is IRQ 0.
    pub mask: u16,
    /// How it is signalled; edge where the descriptor does not say.
    pub trigger: Trigger,
    /// Its active level; high where the descriptor does not say.
    pub polarity: Polarity,
    /// Whether devices may share it.
    pub shared: bool,
    /// Whether it can wake the system.
    pub wake: bool,
}

/// An extended interrupt descriptor (ACPI 6.5, 6.4.3.6).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Interrupts {
    /// Whether the device consumes the interrupt (the usual case) or produces it.
    pub consumer: bool,
    /// How it is signalled.
    pub trigger: Trigger,
    /// Its active level.
    pub polarity: Polarity,
    /// Whether devices may share it.
    pub shared: bool,
    /// Whether it can wake the system.
    pub wake: bool,
    /// The global system interrupts.
    pub gsis: Vec<u32>,
}

/// An I/O port range (ACPI 6.5, 6.4.2.5 and 6.4.2.6). A fixed range has `min == max`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Io {
    /// Whether 16 address bits are decoded, or only 10.
    pub decode16: bool,
    /// The lowest possible base.
    pub min: u16,
    /// The highest possible base.
    pub max: u16,
    /// The alignment of the base.
    pub alignment: u8,
    /// The number of ports.
    pub length: u8,
}

/// A memory range of a 24-bit, 32-bit or 32-bit fixed descriptor (ACPI 6.5, 6.4.3.1, 6.4.3.3, 6.4.3.4), in bytes.
/// A fixed range has `min == max`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MemoryRange {
    /// Whether it can be written.
    pub writable: bool,
    /// The lowest possible base.
    pub min: u32,
    /// The highest possible base.
    pub max: u32,
    /// The alignment of the base.
    pub alignment: u32,
    /// The length.
    pub length: u32,
}

/// What an address space descriptor describes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AddressKind {
    /// Memory.
    Memory,
    /// I/O ports.
    Io,
    /// PCI bus numbers.
    BusNumber,
    /// Another kind, by its number.
    Other(u8),
}

/// The range of an address space descriptor.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct AddressRange {
    /// Which address bits are decoded.
    pub granularity: u64,
    /// The lowest address.
    pub min: u64,
    /// The highest address.
    pub max: u64,
    /// What is added to translate the address across a bridge.
    pub translation: u64,
    /// The length.
    pub length: u64,
}

/// A word, dword, qword or extended address space descriptor (ACPI 6.5, 6.4.3.5).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AddressSpace {
    /// Memory, ports or bus numbers.
    pub kind: AddressKind,
    /// Whether the device consumes the range, or produces it for the devices behind it.
    pub consumer: bool,
    /// Whether the bridge decodes it subtractively.
    pub subtractive: bool,
    /// Whether `min` is fixed.
    pub min_fixed: bool,
    /// Whether `max` is fixed.
    pub max_fixed: bool,
    /// The type-specific flags byte as it is.
    pub flags: u8,
    /// The range.
    pub range: AddressRange,
    /// The type-specific attributes of an extended descriptor.
    pub attributes: u64,
    /// The resource source: index and path, if given.
    pub source: Option<(u8, String)>,
}

/// A GPIO connection (ACPI 6.5, 6.4.3.8.1).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GpioConnection {
    /// Whether it is an interrupt rather than an I/O connection.
    pub interrupt: bool,
    /// The general flags as they are.
    pub flags: u16,
    /// The interrupt and I/O flags as they are.
    pub io_flags: u16,
    /// The pin configuration: 0 default, 1 pull up, 2 pull down, 3 no pull.
    pub pin_config: u8,
    /// The output drive strength in 10 µA.
    pub drive_strength: u16,
    /// The debounce timeout in 10 µs.
    pub debounce: u16,
    /// The pins.
    pub pins: Vec<u16>,
    /// The path of the controller.
    pub source: String,
    /// Vendor data.
    pub vendor: Vec<u8>,
}

/// A serial bus connection: I2C, SPI, UART or CSI-2 (ACPI 6.5, 6.4.3.8.2).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SerialBus {
    /// The bus: 1 I2C, 2 SPI, 3 UART, 4 CSI-2.
    pub bus: u8,
    /// The general flags as they are.
    pub flags: u8,
    /// The flags of the bus as they are.
    pub type_flags: u16,
    /// The data of the bus type as it is (speed and address of I2C, and so on).
    pub type_data: Vec<u8>,
    /// The path of the controller.
    pub source: String,
}

/// One resource.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Resource {
    /// Legacy interrupts.
    Irq(Irq),
    /// Global system interrupts.
    ExtendedInterrupt(Interrupts),
    /// A legacy DMA channel: mask of channels and the flags as they are (ACPI 6.5, 6.4.2.2).
    Dma {
        /// One bit per channel.
        mask: u8,
        /// Speed, bus master and transfer type as they are.
        flags: u8,
    },
    /// A fixed DMA connection (ACPI 6.5, 6.4.2.7).
    FixedDma {
        /// The request line.
        request: u16,
        /// The channel.
        channel: u16,
        /// The transfer width: 0 is 8 bits, each further step doubles it.
        width: u8,
    },
    /// The start of a set of dependent functions, with its priority byte (ACPI 6.5, 6.4.2.3).
    StartDependent {
        /// Compatibility and performance priority as they are; 5 (acceptable, acceptable) if not given.
        priority: u8,
    },
    /// The end of the dependent functions.
    EndDependent,
    /// A range of I/O ports.
    Io(Io),
    /// A fixed range of I/O ports.
    FixedIo(Io),
    /// A 24-bit memory range; the values are in bytes, as the others.
    Memory24(MemoryRange),
    /// A 32-bit memory range.
    Memory32(MemoryRange),
    /// A fixed 32-bit memory range.
    Memory32Fixed(MemoryRange),
    /// An address space.
    AddressSpace(AddressSpace),
    /// A generic register (ACPI 6.5, 6.4.3.7).
    Register {
        /// The address space.
        space: crate::RegionSpace,
        /// Its width in bits.
        bit_width: u8,
        /// The offset of its first bit.
        bit_offset: u8,
        /// The access size: 0 undefined, 1 byte to 4 qword.
        access_size: u8,
        /// Its address.
        address: u64,
    },
    /// A GPIO connection.
    Gpio(GpioConnection),
    /// A serial bus connection.
    SerialBus(SerialBus),
    /// Vendor data of a small or large descriptor.
    Vendor(Vec<u8>),
    /// A descriptor that this crate leaves undecoded (pin functions, pin groups, clock inputs): its tag and body.
    Other {
        /// The tag byte.
        tag: u8,
        /// The bytes after the length.
        body: Vec<u8>,
    },
}

/// Why a template cannot be decoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResourceError {
    /// The bytes end before the end tag.
    #[error("the resource template has no end tag")]
    NoEndTag,
    /// A descriptor is longer than what is left, or shorter than its type needs.
    #[error("the resource descriptor with tag {tag:#04x} is truncated")]
    Truncated {
        /// Its tag byte.
        tag: u8,
    },
    /// A tag that the specification reserves.
    #[error("the resource descriptor tag {tag:#04x} is reserved")]
    Reserved {
        /// The tag byte.
        tag: u8,
    },
}
