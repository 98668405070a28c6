//! The type-length lists that the MADT and the SRAT share.
//!
//! Both tables are a row of entries that begin with a type byte and a length byte. The rule for bad lengths
//! stands here once: an entry that cannot be what it says ends the walk with an error, because where the next
//! one begins is then anybody's guess.

use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use crate::{Signature, TableError};

/// One entry, not yet interpreted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawEntry<'a> {
    pub table: Signature,
    pub kind: u8,
    /// The whole entry, with its type and length bytes.
    pub bytes: &'a [u8],
    pub offset: usize,
}

impl<'a> RawEntry<'a> {
    /// The structure at the start of the entry. A longer entry is fine: later revisions append fields.
    ///
    /// # Errors
    /// [`TableError::EntryLength`] if the entry is too short for it.
    pub(crate) fn read<T>(&self) -> Result<&'a T, TableError>
    where
        T: FromBytes + Immutable + KnownLayout + Unaligned,
    {
        let (table, kind, offset) = (self.table, self.kind, self.offset);
        let length = u8::try_from(self.bytes.len()).unwrap_or(u8::MAX);
        let short = TableError::EntryLength {
            table,
            kind,
            length,
            offset,
        };
        T::ref_from_prefix(self.bytes)
            .map(|(raw, _)| raw)
            .map_err(|_| short)
    }
}

/// Walks a list of entries; ends after the first error.
#[derive(Clone, Debug)]
pub(crate) struct RawEntries<'a> {
    table: Signature,
    rest: &'a [u8],
    offset: usize,
}

impl<'a> RawEntries<'a> {
    /// `offset` is where `bytes` begin in the table, for error messages.
    pub(crate) fn new(table: Signature, bytes: &'a [u8], offset: usize) -> Self {
        Self {
            table,
            rest: bytes,
            offset,
        }
    }

    /// Makes this the end: called when an entry turns out to be malformed in itself.
    pub(crate) fn stop(&mut self) {
        self.rest = &[];
    }
}

impl<'a> Iterator for RawEntries<'a> {
    type Item = Result<RawEntry<'a>, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        let kind = *self.rest.first()?;
        let length = self.rest.get(1).copied().unwrap_or(0);
        let (table, offset) = (self.table, self.offset);
        let entry = match self.rest.split_at_checked(usize::from(length)) {
            Some((bytes, rest)) if bytes.len() >= 2 => {
                self.rest = rest;
                self.offset = self.offset.saturating_add(bytes.len());
                Ok(RawEntry {
                    table,
                    kind,
                    bytes,
                    offset,
                })
            }
            _ => {
                self.stop();
                Err(TableError::EntryLength {
                    table,
                    kind,
                    length,
                    offset,
                })
            }
        };
        Some(entry)
    }
}
