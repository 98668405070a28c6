//! The list of all tables: RSDT with 32-bit addresses, XSDT with 64-bit ones (5.2.7, 5.2.8).

use zerocopy::byteorder::little_endian::{U32, U64};
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use crate::{Signature, Table, TableError};

/// A root table, of either width.
#[derive(Clone, Copy, Debug)]
pub struct RootTable<'a> {
    addresses: &'a [u8],
    wide: bool,
}

impl<'a> RootTable<'a> {
    /// Takes `table` for the root table that its signature says it is.
    ///
    /// # Errors
    /// [`TableError::WrongSignature`] if it is neither an RSDT nor an XSDT.
    pub fn new(table: Table<'a>) -> Result<Self, TableError> {
        let wide = table.signature() == Signature::XSDT;
        if !wide {
            table.expect(Signature::RSDT)?;
        }
        Ok(Self {
            addresses: table.body(),
            wide,
        })
    }

    /// The physical addresses listed, in their order. Bytes after the last whole address are ignored.
    pub fn addresses(&self) -> RootAddresses<'a> {
        RootAddresses {
            rest: self.addresses,
            wide: self.wide,
        }
    }

    /// How many addresses are listed.
    pub fn len(&self) -> usize {
        self.addresses.len()
            / if self.wide {
                size_of::<U64>()
            } else {
                size_of::<U32>()
            }
    }

    /// Whether no table is listed at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Iterator over a root table's physical addresses.
#[derive(Clone, Debug)]
pub struct RootAddresses<'a> {
    rest: &'a [u8],
    wide: bool,
}

impl Iterator for RootAddresses<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        if self.wide {
            take::<U64>(&mut self.rest)
        } else {
            take::<U32>(&mut self.rest)
        }
    }
}

/// Takes one little-endian number off the front of `bytes`.
fn take<T>(bytes: &mut &[u8]) -> Option<u64>
where
    T: FromBytes + Immutable + KnownLayout + Unaligned + Copy + Into<u64>,
{
    let (number, rest) = T::read_from_prefix(bytes).ok()?;
    *bytes = rest;
    Some(number.into())
}
