//! The header that all tables but the RSDP and the FACS share, and the checks that come before anything else.

use core::fmt;

use zerocopy::byteorder::little_endian::U32;
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use crate::TableError;

/// Length of the common table header, in bytes (5.2.6).
pub const HEADER_LENGTH: usize = size_of::<RawHeader>();

/// The longest table that is accepted, in bytes. QEMU's largest (a DSDT for 4096 CPUs) stays under 1 MiB.
pub const MAX_TABLE_LENGTH: usize = 16 << 20;

/// A table's four-character signature, printed with anything unprintable escaped.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signature(pub [u8; 4]);

impl Signature {
    /// Differentiated System Description Table.
    pub const DSDT: Self = Self(*b"DSDT");
    /// Fixed ACPI Description Table: its signature is `FACP`.
    pub const FADT: Self = Self(*b"FACP");
    /// Generic Timer Description Table.
    pub const GTDT: Self = Self(*b"GTDT");
    /// IA-PC High Precision Event Timer table.
    pub const HPET: Self = Self(*b"HPET");
    /// Multiple APIC Description Table: its signature is `APIC`.
    pub const MADT: Self = Self(*b"APIC");
    /// Root System Description Pointer. It has a signature of eight characters; this stands for it in errors.
    pub const RSDP: Self = Self(*b"RSDP");
    /// Root System Description Table, with 32-bit addresses.
    pub const RSDT: Self = Self(*b"RSDT");
    /// System Resource Affinity Table.
    pub const SRAT: Self = Self(*b"SRAT");
    /// Secondary System Description Table.
    pub const SSDT: Self = Self(*b"SSDT");
    /// Extended System Description Table, with 64-bit addresses.
    pub const XSDT: Self = Self(*b"XSDT");
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({self})")
    }
}

/// 5.2.6, System Description Table Header.
#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct RawHeader {
    signature: [u8; 4],
    length: U32,
    revision: u8,
    checksum: u8,
    oem_id: [u8; 6],
    oem_table_id: [u8; 8],
    oem_revision: U32,
    creator_id: [u8; 4],
    creator_revision: U32,
}

const _: () = assert!(size_of::<RawHeader>() == 36);

/// A whole table whose length and checksum hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Table<'a> {
    signature: Signature,
    revision: u8,
    bytes: &'a [u8],
}

impl<'a> Table<'a> {
    /// Checks the table at the start of `bytes`; what follows its own length is not part of it.
    ///
    /// # Errors
    /// Shorter than its header or than its own length, longer than [`MAX_TABLE_LENGTH`], or a wrong checksum.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, TableError> {
        let (signature, length) = claimed_length(bytes)?;
        let available = bytes.len();
        let short = TableError::Truncated {
            table: signature,
            needed: length,
            available,
        };
        let bytes = bytes.get(..length).ok_or(short)?;
        verify_checksum(signature, bytes)?;
        let (header, _) = RawHeader::ref_from_prefix(bytes).map_err(|_| short)?;
        Ok(Self {
            signature,
            revision: header.revision,
            bytes,
        })
    }

    /// The table if it carries the signature `expected`.
    ///
    /// # Errors
    /// [`TableError::WrongSignature`].
    pub fn expect(self, expected: Signature) -> Result<Self, TableError> {
        let found = self.signature;
        if found == expected {
            Ok(self)
        } else {
            Err(TableError::WrongSignature { expected, found })
        }
    }

    /// The table's signature.
    pub fn signature(&self) -> Signature {
        self.signature
    }

    /// The table's revision. Below 2 in a DSDT means that its integers have 32 bits.
    pub fn revision(&self) -> u8 {
        self.revision
    }

    /// The whole table, header included.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// What follows the header: the AML of a DSDT or SSDT.
    pub fn body(&self) -> &'a [u8] {
        self.bytes.get(HEADER_LENGTH..).unwrap_or_default()
    }

    /// The fixed structure at the start of the table's body, and the bytes after it.
    pub(crate) fn fixed_part<T>(&self) -> Result<(&'a T, &'a [u8]), TableError>
    where
        T: FromBytes + Immutable + KnownLayout + Unaligned,
    {
        T::ref_from_prefix(self.body()).map_err(|_| TableError::Truncated {
            table: self.signature,
            needed: HEADER_LENGTH + size_of::<T>(),
            available: self.bytes.len(),
        })
    }
}

impl fmt::Debug for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table({}, {} bytes)", self.signature, self.bytes.len())
    }
}

/// The signature and the length in bytes that the header at the start of `bytes` claims, before anything else
/// of the table is read: where tables lie in memory, this says how much to look at.
pub(crate) fn claimed_length(bytes: &[u8]) -> Result<(Signature, usize), TableError> {
    let unknown = Signature(*b"????");
    let (header, _) = RawHeader::ref_from_prefix(bytes).map_err(|_| TableError::Truncated {
        table: unknown,
        needed: HEADER_LENGTH,
        available: bytes.len(),
    })?;
    let table = Signature(header.signature);
    let length = usize::try_from(header.length.get()).unwrap_or(usize::MAX);
    match length {
        ..HEADER_LENGTH => Err(TableError::Truncated {
            table,
            needed: HEADER_LENGTH,
            available: length,
        }),
        HEADER_LENGTH..=MAX_TABLE_LENGTH => Ok((table, length)),
        _ => Err(TableError::TooLong { table, length }),
    }
}

/// Checks that `bytes` add up to 0 modulo 256.
pub(crate) fn verify_checksum(table: Signature, bytes: &[u8]) -> Result<(), TableError> {
    match bytes.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte)) {
        0 => Ok(()),
        sum => Err(TableError::Checksum { table, sum }),
    }
}
