//! The root pointer (5.2.5.3): the one structure whose address comes from outside the tables.

use zerocopy::byteorder::little_endian::{U32, U64};
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use crate::header::verify_checksum;
use crate::{Signature, TableError};

/// Bytes of the ACPI 1.0 part, which the first checksum covers.
const V1_LENGTH: usize = size_of::<RawV1>();
/// Bytes of the structure from revision 2 on.
const V2_LENGTH: usize = V1_LENGTH + size_of::<RawV2>();

#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct RawV1 {
    signature: [u8; 8],
    checksum: u8,
    oem_id: [u8; 6],
    revision: u8,
    rsdt_address: U32,
}

#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct RawV2 {
    length: U32,
    xsdt_address: U64,
    extended_checksum: u8,
    reserved: [u8; 3],
}

const _: () = assert!(V1_LENGTH == 20 && V2_LENGTH == 36);

/// The Root System Description Pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rsdp {
    /// 0 for ACPI 1.0, 2 for everything since.
    pub revision: u8,
    /// Physical address of the RSDT; 0 where there is none.
    pub rsdt: u64,
    /// Physical address of the XSDT; 0 where there is none, always so in revision 0.
    pub xsdt: u64,
}

impl Rsdp {
    /// The bytes of an RSDP of revision 2; no later specification made it longer.
    pub const MAX_LENGTH: usize = V2_LENGTH;
    /// The fewest bytes that an RSDP has: those of ACPI 1.0.
    pub const MIN_LENGTH: usize = V1_LENGTH;

    /// Reads the RSDP at the start of `bytes`. A structure of revision 0 needs [`Rsdp::MIN_LENGTH`] of them.
    ///
    /// # Errors
    /// No signature, too few bytes, or one of the two checksums is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, TableError> {
        let (v1, rest) = RawV1::ref_from_prefix(bytes).map_err(|_| short(V1_LENGTH, bytes))?;
        if v1.signature != *b"RSD PTR " {
            return Err(TableError::NoRootPointer);
        }
        verify_checksum(Signature::RSDP, bytes.get(..V1_LENGTH).unwrap_or_default())?;
        let rsdt = u64::from(v1.rsdt_address.get());
        if v1.revision < 2 {
            return Ok(Self {
                revision: v1.revision,
                rsdt,
                xsdt: 0,
            });
        }
        let (v2, _) = RawV2::ref_from_prefix(rest).map_err(|_| short(V2_LENGTH, bytes))?;
        // A later revision may be longer; the fields up to here keep their places, and with less than these
        // bytes the extended checksum would not cover the XSDT's address.
        let length = usize::try_from(v2.length.get()).unwrap_or(usize::MAX);
        if length < V2_LENGTH {
            return Err(TableError::Truncated {
                table: Signature::RSDP,
                needed: V2_LENGTH,
                available: length,
            });
        }
        let whole = bytes.get(..length).ok_or_else(|| short(length, bytes))?;
        verify_checksum(Signature::RSDP, whole)?;
        Ok(Self {
            revision: v1.revision,
            rsdt,
            xsdt: v2.xsdt_address.get(),
        })
    }
}

fn short(needed: usize, bytes: &[u8]) -> TableError {
    TableError::Truncated {
        table: Signature::RSDP,
        needed,
        available: bytes.len(),
    }
}
