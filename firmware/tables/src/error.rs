//! What can be wrong with a static table.
//!
//! One enum for all readers: a caller that skips a table only reports why, and does not decide by it.

use thiserror::Error;

use crate::Signature;

/// Why a table, or one entry of it, cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TableError {
    /// The memory that should hold a table cannot be read.
    #[error("no memory is readable at {address:#x} for {length} bytes")]
    Unreadable {
        /// Physical address of the first byte.
        address: u64,
        /// Bytes that were asked for.
        length: usize,
    },
    /// There is no `RSD PTR ` where the RSDP should be.
    #[error("no root pointer: the signature `RSD PTR ` is missing")]
    NoRootPointer,
    /// The table does not carry the signature that its place promises.
    #[error("expected a {expected} table and found {found}")]
    WrongSignature {
        /// What the place promises.
        expected: Signature,
        /// What stands there.
        found: Signature,
    },
    /// The table is longer than the bytes that hold it, or shorter than its fixed part.
    #[error("{table} needs {needed} bytes and has {available}")]
    Truncated {
        /// The table.
        table: Signature,
        /// Bytes that its structure or its length field asks for.
        needed: usize,
        /// Bytes that are there.
        available: usize,
    },
    /// The table claims a length that no table has.
    #[error("{table} claims {length} bytes; no table is that long")]
    TooLong {
        /// The table.
        table: Signature,
        /// The length that it claims, in bytes.
        length: usize,
    },
    /// The bytes of the table do not add up to 0.
    #[error("the checksum of {table} is wrong: its bytes add up to {sum:#04x} instead of 0")]
    Checksum {
        /// The table.
        table: Signature,
        /// The sum of its bytes, modulo 256.
        sum: u8,
    },
    /// An entry's length does not hold its type's structure, or leads out of the table.
    #[error(
        "{table}: the entry of type {kind:#x} at offset {offset:#x} has length {length}; \
         this entry and those after it are ignored"
    )]
    EntryLength {
        /// The table.
        table: Signature,
        /// The entry's type byte.
        kind: u8,
        /// The entry's length byte.
        length: u8,
        /// Offset of the entry in the table (or in the `_MAT` buffer), in bytes.
        offset: usize,
    },
    /// No table with this signature is listed, or its address is 0.
    #[error("there is no {0} table")]
    Missing(Signature),
    /// A second table of a kind of which there is one; the first is used.
    #[error("a second {0} table is ignored")]
    Duplicate(Signature),
    /// The root table lists more tables than are read.
    #[error(
        "the root table lists {listed} tables; those after the first {} are ignored",
        crate::MAX_TABLES
    )]
    TooManyTables {
        /// How many it lists.
        listed: usize,
    },
}

impl TableError {
    /// The table concerned, where its signature could be read.
    pub fn table(&self) -> Option<Signature> {
        match *self {
            Self::Unreadable { .. } | Self::TooManyTables { .. } => None,
            Self::NoRootPointer => Some(Signature::RSDP),
            Self::WrongSignature { expected, .. } => Some(expected),
            Self::Truncated { table, .. }
            | Self::TooLong { table, .. }
            | Self::Checksum { table, .. }
            | Self::EntryLength { table, .. }
            | Self::Missing(table)
            | Self::Duplicate(table) => Some(table),
        }
    }
}
