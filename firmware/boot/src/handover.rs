//! What the ROM tells the kernel: one structure, whose address is in `x0` when the kernel is entered.
//!
//! A kernel that QEMU itself started finds a device tree's address in `x0` instead. The first eight bytes tell the two
//! apart: [`MAGIC`] here, `0xD00DFEED` in a device tree. All fields are little-endian; all addresses are physical.
//!
//! Of the device tree the kernel wants the console, the clock and PSCI's conduit. They are fields here, because the ROM has read
//! the tree and to read it again costs an emulated machine milliseconds.

use thiserror::Error;
use zerocopy::little_endian::{U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::device_tree::Conduit;

/// The first eight bytes.
pub const MAGIC: [u8; 8] = *b"HOTVCPU1";

/// The version that this code writes and reads.
pub const VERSION: u32 = 3;

/// Bytes of the encoded structure.
pub const LENGTH: usize = 112;

/// Bytes of an encoded memory range.
pub const RANGE_LENGTH: usize = 24;

/// The most memory ranges that a kernel accepts.
pub const MAX_RANGES: u64 = 256;

/// What the ROM tells the kernel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Handover {
    /// Where the ACPI root pointer (RSDP) is, if there are ACPI tables.
    pub rsdp: Option<u64>,
    /// The kernel's command line, without a terminating zero.
    pub cmdline: Area,
    /// The initial RAM disk; empty if there is none.
    pub initrd: Area,
    /// Where the list of memory ranges is.
    pub ranges: u64,
    /// How many there are, [`RANGE_LENGTH`] bytes each.
    pub range_count: u64,
    /// Where the flattened device tree is, if there is one.
    pub device_tree: Option<u64>,
    /// The counter (CNTPCT_EL0) at the ROM's first instruction, if it was read.
    pub entry_counter: Option<u64>,
    /// The console: a PL011's registers, if there is one.
    pub console: Option<u64>,
    /// The real-time clock: a PL031's registers, if there is one.
    pub rtc: Option<u64>,
    /// How PSCI is called, if it is there.
    pub psci: Option<Conduit>,
}

/// A piece of memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Area {
    /// Its first byte.
    pub address: u64,
    /// Its bytes.
    pub length: u64,
}

/// A range of memory and what it may be used for. Memory in no range must not be touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first byte.
    pub start: u64,
    /// The first byte after it.
    pub end: u64,
    /// What it is.
    pub kind: RangeKind,
}

/// What a range of memory may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeKind {
    /// RAM that is the kernel's. The kernel itself lies in such a range.
    Usable,
    /// RAM that holds something to be read: ACPI tables, the device tree, the command line, the initial RAM disk.
    Reserved,
}

/// Why a handover is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HandoverError {
    /// The first bytes are another structure's.
    #[error("not a handover: it does not begin with HOTVCPU1")]
    Magic,
    /// A version that this code does not know.
    #[error(
        "the handover has version {0}, this kernel reads version {VERSION}: use the ROM that was built with it"
    )]
    Version(u32),
    /// The structure says that it has another size.
    #[error("the handover says that it has {0} bytes, version {VERSION} has {LENGTH}")]
    Size(u32),
    /// There are fewer bytes than the structure has.
    #[error("the handover ends after {0} bytes, {LENGTH} are needed")]
    Truncated(usize),
    /// A conduit that is not known.
    #[error("the handover's conduit for PSCI is {0}, known are 0 (none), 1 (HVC) and 2 (SMC)")]
    Conduit(u32),
    /// A memory range of no known kind.
    #[error("memory range {index} is of kind {kind}, known are 1 (usable) and 2 (reserved)")]
    RangeKind {
        /// Which.
        index: usize,
        /// Its kind.
        kind: u32,
    },
    /// A memory range that ends before it begins.
    #[error("memory range {index} begins at {start:#x} and ends at {end:#x}")]
    RangeOrder {
        /// Which.
        index: usize,
        /// Its first byte.
        start: u64,
        /// The byte after it.
        end: u64,
    },
    /// More memory ranges than a kernel accepts.
    #[error("{0} memory ranges, at most {MAX_RANGES} are accepted")]
    TooManyRanges(u64),
    /// The list of ranges is shorter than it should be.
    #[error("the list of memory ranges ends after {got} bytes, {wanted} are needed")]
    RangesTruncated {
        /// What there is.
        got: usize,
        /// What there should be.
        wanted: usize,
    },
}

#[repr(C)]
#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
struct Raw {
    magic: [u8; 8],
    version: U32,
    size: U32,
    rsdp: U64,
    cmdline: U64,
    cmdline_length: U64,
    initrd: U64,
    initrd_length: U64,
    ranges: U64,
    range_count: U64,
    device_tree: U64,
    entry_counter: U64,
    console: U64,
    rtc: U64,
    psci: U32,
    padding: U32,
}

#[repr(C)]
#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
struct RawRange {
    start: U64,
    end: U64,
    kind: U32,
    padding: U32,
}

const _: () = assert!(size_of::<Raw>() == LENGTH);
const _: () = assert!(size_of::<RawRange>() == RANGE_LENGTH);

impl Handover {
    /// The structure as it stands in memory.
    pub fn encode(&self) -> [u8; LENGTH] {
        zerocopy::transmute!(Raw {
            magic: MAGIC,
            version: VERSION.into(),
            size: (LENGTH as u32).into(),
            rsdp: self.rsdp.unwrap_or(0).into(),
            cmdline: self.cmdline.address.into(),
            cmdline_length: self.cmdline.length.into(),
            initrd: self.initrd.address.into(),
            initrd_length: self.initrd.length.into(),
            ranges: self.ranges.into(),
            range_count: self.range_count.into(),
            device_tree: self.device_tree.unwrap_or(0).into(),
            entry_counter: self.entry_counter.unwrap_or(0).into(),
            console: self.console.unwrap_or(0).into(),
            rtc: self.rtc.unwrap_or(0).into(),
            psci: conduit_number(self.psci).into(),
            padding: 0.into(),
        })
    }

    /// Reads the structure from the beginning of `bytes`.
    ///
    /// # Errors
    ///
    /// [`HandoverError`] if it is none, or one of another version. [`HandoverError::Magic`] is the case in which a
    /// device tree should be looked for.
    pub fn parse(bytes: &[u8]) -> Result<Self, HandoverError> {
        if !bytes.starts_with(&MAGIC) {
            return Err(HandoverError::Magic);
        }
        let (raw, _) =
            Raw::ref_from_prefix(bytes).map_err(|_| HandoverError::Truncated(bytes.len()))?;
        if raw.version.get() != VERSION {
            return Err(HandoverError::Version(raw.version.get()));
        }
        if usize::try_from(raw.size.get()) != Ok(LENGTH) {
            return Err(HandoverError::Size(raw.size.get()));
        }
        if raw.range_count.get() > MAX_RANGES {
            return Err(HandoverError::TooManyRanges(raw.range_count.get()));
        }
        Ok(Self {
            rsdp: some(raw.rsdp),
            cmdline: Area {
                address: raw.cmdline.get(),
                length: raw.cmdline_length.get(),
            },
            initrd: Area {
                address: raw.initrd.get(),
                length: raw.initrd_length.get(),
            },
            ranges: raw.ranges.get(),
            range_count: raw.range_count.get(),
            device_tree: some(raw.device_tree),
            entry_counter: some(raw.entry_counter),
            console: some(raw.console),
            rtc: some(raw.rtc),
            psci: conduit(raw.psci.get())?,
        })
    }

    /// Reads the memory ranges from the bytes at [`Handover::ranges`].
    ///
    /// # Errors
    ///
    /// [`HandoverError`] if there are too few bytes, or as an item at the first range that makes no sense.
    pub fn ranges<'a>(
        &self,
        bytes: &'a [u8],
    ) -> Result<impl Iterator<Item = Result<Range, HandoverError>> + 'a, HandoverError> {
        let count = usize::try_from(self.range_count)
            .map_err(|_| HandoverError::TooManyRanges(self.range_count))?;
        let (raw, _) = <[RawRange]>::ref_from_prefix_with_elems(bytes, count).map_err(|_| {
            HandoverError::RangesTruncated {
                got: bytes.len(),
                wanted: count.saturating_mul(RANGE_LENGTH),
            }
        })?;
        Ok(raw.iter().enumerate().map(|(index, raw)| raw.decode(index)))
    }
}

impl Range {
    /// The range as it stands in the list.
    pub fn encode(&self) -> [u8; RANGE_LENGTH] {
        let kind: u32 = match self.kind {
            RangeKind::Usable => 1,
            RangeKind::Reserved => 2,
        };
        zerocopy::transmute!(RawRange {
            start: self.start.into(),
            end: self.end.into(),
            kind: kind.into(),
            padding: 0.into(),
        })
    }
}

impl RawRange {
    fn decode(&self, index: usize) -> Result<Range, HandoverError> {
        let (start, end) = (self.start.get(), self.end.get());
        let kind = match self.kind.get() {
            1 => RangeKind::Usable,
            2 => RangeKind::Reserved,
            kind => return Err(HandoverError::RangeKind { index, kind }),
        };
        if start > end {
            return Err(HandoverError::RangeOrder { index, start, end });
        }
        Ok(Range { start, end, kind })
    }
}

fn conduit_number(conduit: Option<Conduit>) -> u32 {
    match conduit {
        None => 0,
        Some(Conduit::Hvc) => 1,
        Some(Conduit::Smc) => 2,
    }
}

fn conduit(number: u32) -> Result<Option<Conduit>, HandoverError> {
    match number {
        0 => Ok(None),
        1 => Ok(Some(Conduit::Hvc)),
        2 => Ok(Some(Conduit::Smc)),
        unknown => Err(HandoverError::Conduit(unknown)),
    }
}

fn some(value: U64) -> Option<u64> {
    Some(value.get()).filter(|value| *value != 0)
}
