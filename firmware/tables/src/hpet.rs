//! HPET description table (IA-PC HPET specification 1.0a, 3.2.4): where the timer's registers lie.

use zerocopy::byteorder::little_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use crate::gas::RawGas;
use crate::{GenericAddress, Signature, Table, TableError};

#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct RawHpet {
    block_id: U32,
    base: RawGas,
    number: u8,
    minimum_tick: U16,
    attributes: u8,
}

const _: () = assert!(size_of::<RawHpet>() == 20);

/// One High Precision Event Timer block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hpet {
    /// Where its registers begin.
    pub base: GenericAddress,
    /// Its sequence number, from 0.
    pub number: u8,
}

impl Hpet {
    /// Reads the table.
    ///
    /// # Errors
    /// Another signature, too short, or a base address of 0 ([`TableError::Missing`]).
    pub fn parse(table: Table<'_>) -> Result<Self, TableError> {
        let (raw, _) = table.expect(Signature::HPET)?.fixed_part::<RawHpet>()?;
        let base = raw
            .base
            .decode()
            .ok_or(TableError::Missing(Signature::HPET))?;
        Ok(Self {
            base,
            number: raw.number,
        })
    }
}
