//! What the interpreter needs from the machine it runs on.
//!
//! AML reaches hardware only through operation regions, so [`RegionAccess`] is the one door to it: a kernel implements
//! it with port and memory accesses, a test with a simulated register block. [`Host`] adds what is not a register:
//! Notify, time and diagnostics. Both are object safe, and the interpreter uses them as trait objects inside, so that
//! it exists only once in an image.

use alloc::vec::Vec;

use crate::{NodeId, Transfer};

/// The address space of an operation region (ACPI 6.5, 5.5.2.4 and 20.2.5.2, `RegionSpace`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RegionSpace {
    /// Physical memory (0).
    SystemMemory,
    /// I/O ports (1).
    SystemIo,
    /// The configuration space of one PCI function (2); [`Access::pci`] names it.
    PciConfig,
    /// The embedded controller (3).
    EmbeddedControl,
    /// SMBus (4).
    SmBus,
    /// CMOS memory (5).
    SystemCmos,
    /// A BAR of a PCI function (6); [`Access::pci`] names the function.
    PciBarTarget,
    /// IPMI (7).
    Ipmi,
    /// General purpose I/O pins (8).
    GeneralPurposeIo,
    /// A generic serial bus (9).
    GenericSerialBus,
    /// The platform communications channel (10).
    PlatformCommChannel,
    /// Any other space by its number: 11 to 0x7F as assigned by later specifications, 0x80 and above by the vendor.
    Other(u8),
}

impl RegionSpace {
    /// The space with this number.
    pub const fn from_u8(number: u8) -> Self {
        match number {
            0 => Self::SystemMemory,
            1 => Self::SystemIo,
            2 => Self::PciConfig,
            3 => Self::EmbeddedControl,
            4 => Self::SmBus,
            5 => Self::SystemCmos,
            6 => Self::PciBarTarget,
            7 => Self::Ipmi,
            8 => Self::GeneralPurposeIo,
            9 => Self::GenericSerialBus,
            10 => Self::PlatformCommChannel,
            other => Self::Other(other),
        }
    }

    /// The number of this space.
    pub const fn as_u8(self) -> u8 {
        match self {
            Self::SystemMemory => 0,
            Self::SystemIo => 1,
            Self::PciConfig => 2,
            Self::EmbeddedControl => 3,
            Self::SmBus => 4,
            Self::SystemCmos => 5,
            Self::PciBarTarget => 6,
            Self::Ipmi => 7,
            Self::GeneralPurposeIo => 8,
            Self::GenericSerialBus => 9,
            Self::PlatformCommChannel => 10,
            Self::Other(number) => number,
        }
    }
}

/// The width of one access.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Width {
    /// 8 bits.
    Byte,
    /// 16 bits.
    Word,
    /// 32 bits.
    Dword,
    /// 64 bits.
    Qword,
}

impl Width {
    /// The width in bytes: 1, 2, 4 or 8.
    pub const fn bytes(self) -> usize {
        match self {
            Self::Byte => 1,
            Self::Word => 2,
            Self::Dword => 4,
            Self::Qword => 8,
        }
    }

    /// The width in bits: 8, 16, 32 or 64.
    pub const fn bits(self) -> u32 {
        match self {
            Self::Byte => 8,
            Self::Word => 16,
            Self::Dword => 32,
            Self::Qword => 64,
        }
    }

    /// The largest value that fits.
    pub const fn mask(self) -> u64 {
        u64::MAX >> (64 - self.bits())
    }
}

/// A PCI function, found by the interpreter from `_SEG`, `_BBN` and `_ADR` of the region's device and its bridges.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct PciFunction {
    /// Segment group.
    pub segment: u16,
    /// Bus number.
    pub bus: u8,
    /// Device number, 0 to 31.
    pub device: u8,
    /// Function number, 0 to 7.
    pub function: u8,
}

/// One access to an operation region, within the region's bounds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub struct Access {
    /// The address space.
    pub space: RegionSpace,
    /// The address in that space: the region's offset plus the field's. Not necessarily aligned: regions may begin
    /// at odd addresses (QEMU's LoongArch machine has one).
    pub address: u64,
    /// How much is read or written.
    pub width: Width,
    /// The PCI function, for [`RegionSpace::PciConfig`] and [`RegionSpace::PciBarTarget`].
    pub pci: Option<PciFunction>,
}

impl Access {
    /// An access that needs no PCI function.
    pub const fn new(space: RegionSpace, address: u64, width: Width) -> Self {
        Self {
            space,
            address,
            width,
            pci: None,
        }
    }
}

/// Why a host refused an access to an operation region.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegionError {
    /// The host has no handler for this address space.
    #[error("the host does not serve this address space")]
    Unsupported,
    /// The host does not let AML touch this address.
    #[error("the host does not allow this address")]
    Denied,
    /// There is nothing at this address, or the width does not fit it.
    #[error("nothing answers at this address with this width")]
    NoDevice,
    /// The device answered with a failure.
    #[error("the device failed")]
    Failed,
}

/// The hardware behind operation regions.
pub trait RegionAccess {
    /// Reads `access.width` bytes, zero-extended.
    ///
    /// # Errors
    /// The reason why the access is impossible; the evaluation then ends with it.
    fn read(&mut self, access: Access) -> Result<u64, RegionError>;

    /// Writes `value`, which fits `access.width`.
    ///
    /// # Errors
    /// The reason why the access is impossible; the evaluation then ends with it.
    fn write(&mut self, access: Access, value: u64) -> Result<(), RegionError>;

    /// Carries out a transfer on a bus, or sets or reads pins; `buffer` goes out and takes what comes back. A failure
    /// on the bus is a status in the buffer, not an error. The default serves none.
    ///
    /// # Errors
    /// The reason why there can be no transfer; the evaluation then ends with it.
    fn transfer(&mut self, transfer: Transfer<'_>, buffer: &mut [u8]) -> Result<(), RegionError> {
        let _ = (transfer, buffer);
        Err(RegionError::Unsupported)
    }
}

/// A table that AML looks for by the ids in its header (LoadTable and DataTableRegion).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TableQuery<'a> {
    /// The signature.
    pub signature: [u8; 4],
    /// The OEM id, at most six characters; empty for any.
    pub oem_id: &'a [u8],
    /// The OEM table id, at most eight characters; empty for any.
    pub oem_table_id: &'a [u8],
}

impl<'a> TableQuery<'a> {
    /// A query with the operands of AML; `None` if they are too short or too long for the fields of a header.
    pub(crate) fn new(signature: &[u8], oem_id: &'a [u8], oem_table_id: &'a [u8]) -> Option<Self> {
        let fits = oem_id.len() <= 6 && oem_table_id.len() <= 8;
        fits.then_some(Self {
            signature: signature.try_into().ok()?,
            oem_id,
            oem_table_id,
        })
    }

    /// Whether a table, given with its header, is the one that is looked for.
    pub fn matches(&self, table: &[u8]) -> bool {
        let is = |from: usize, to: usize, wanted: &[u8]| {
            table
                .get(from..to)
                .is_some_and(|field| wanted.is_empty() || trimmed(field) == trimmed(wanted))
        };
        is(0, 4, &self.signature) && is(10, 16, self.oem_id) && is(16, 24, self.oem_table_id)
    }
}

/// An id without the zeros and blanks that fill its field.
fn trimmed(id: &[u8]) -> &[u8] {
    let end = id.iter().rposition(|byte| !matches!(byte, 0 | b' '));
    end.map_or(&[], |end| &id[..=end])
}

/// Everything else that the interpreter cannot do by itself.
pub trait Host: RegionAccess {
    /// AML notified `node` (ACPI 6.5, 5.6.6). To be queued: the interpreter is in the middle of a method.
    fn notify(&mut self, node: NodeId, value: u64);

    /// A monotonic clock in units of 100 ns (the `Timer` operator, and the limit on loops).
    fn timer_100ns(&mut self) -> u64;

    /// Waits `ms` milliseconds; other work may run meanwhile (the `Sleep` operator).
    fn sleep_ms(&mut self, ms: u64);

    /// Waits `us` microseconds without giving up the processor (the `Stall` operator).
    fn stall_us(&mut self, us: u64);

    /// AML stored `text` into the Debug object; or a table that AML loads had a term that was passed over.
    fn debug(&mut self, text: &str) {
        let _ = text;
    }

    /// AML reported a fatal platform error (the `Fatal` operator). The evaluation ends with an error afterwards.
    fn fatal(&mut self, kind: u8, code: u32, arg: u64) {
        let _ = (kind, code, arg);
    }

    /// Takes the Global Lock that the platform's firmware shares with the operating system (ACPI 6.5, 5.2.10.1);
    /// waits at most `timeout_ms` (0xFFFF: without end). False if it was not obtained.
    fn acquire_global_lock(&mut self, timeout_ms: u16) -> bool {
        let _ = timeout_ms;
        true
    }

    /// Gives the Global Lock back.
    fn release_global_lock(&mut self) {}

    /// The whole table, header included, that AML looks for; `None` if the platform has none. The default has none.
    fn find_table(&mut self, query: TableQuery<'_>) -> Option<Vec<u8>> {
        let _ = query;
        None
    }

    /// Whether the host serves this address space, and devices are to be told so by `_REG` (ACPI 6.5, 6.5.4).
    fn serves(&mut self, space: RegionSpace) -> bool {
        matches!(
            space,
            RegionSpace::SystemMemory | RegionSpace::SystemIo | RegionSpace::PciConfig
        )
    }

    /// Whether the operating system claims the interface `name` (the `_OSI` method, ACPI 6.5, 5.7.2). The default
    /// claims the feature strings that the specification defines and no vendor's.
    fn osi(&mut self, name: &str) -> bool {
        matches!(
            name,
            "Module Device"
                | "Processor Device"
                | "3.0 Thermal Model"
                | "3.0 _SCP Extensions"
                | "Processor Aggregator Device"
        )
    }
}
