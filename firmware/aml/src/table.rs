//! Loaded tables: their bytes, and what they put into the namespace.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::error::{ErrorKind, Limit};
use crate::host::TableQuery;
use crate::limits::Limits;
use crate::name::NameSeg;
use crate::namespace::NodeId;

/// The length of the header that every table begins with (ACPI 6.5, 5.2.6).
pub(crate) const HEADER: usize = 36;

const LENGTH: usize = 4;
const REVISION: usize = 8;

struct Table {
    code: Arc<[u8]>,
    created: Vec<NodeId>,
}

/// The tables, by a number that stays the same as long as the table is loaded.
pub(crate) struct Tables {
    tables: Vec<Option<Table>>,
    bytes: usize,
    limits: Limits,
}

/// The Length field of a header; `None` if `bytes` are no header or say less than a header's length.
pub(crate) fn length(bytes: &[u8]) -> Option<u32> {
    let field = bytes.get(LENGTH..HEADER)?.first_chunk::<4>()?;
    let length = u32::from_le_bytes(*field);
    (length as usize >= HEADER).then_some(length)
}

/// The bytes of the table that `bytes` begin with, its length and checksum checked.
pub(crate) fn checked(bytes: &[u8]) -> Result<&[u8], ErrorKind> {
    let length = length(bytes).ok_or(ErrorKind::TruncatedTable)? as usize;
    let table = bytes.get(..length).ok_or(ErrorKind::TruncatedTable)?;
    let sum = table.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
    if sum != 0 {
        return Err(ErrorKind::Checksum);
    }
    Ok(table)
}

/// The signature of a table.
pub(crate) fn signature(bytes: &[u8]) -> NameSeg {
    NameSeg(bytes.first_chunk::<4>().copied().unwrap_or(*b"????"))
}

/// The Revision field of a table.
pub(crate) fn revision(bytes: &[u8]) -> u8 {
    bytes.get(REVISION).copied().unwrap_or(0)
}

impl Tables {
    pub fn new(limits: Limits) -> Self {
        Self {
            tables: Vec::new(),
            bytes: 0,
            limits,
        }
    }

    /// Checks that a table of `size` bytes would fit.
    pub fn reserve(&self, size: usize) -> Result<(), ErrorKind> {
        match self.bytes.checked_add(size) {
            Some(total) if total <= self.limits.table_bytes => Ok(()),
            _ => Err(ErrorKind::Limit(Limit::TableBytes)),
        }
    }

    /// Takes a table in.
    pub fn add(&mut self, bytes: Vec<u8>) -> Result<u16, ErrorKind> {
        self.reserve(bytes.len())?;
        let free = self.tables.iter().position(Option::is_none);
        let slot = free.unwrap_or(self.tables.len());
        if slot >= self.limits.tables {
            return Err(ErrorKind::Limit(Limit::Tables));
        }
        let number = u16::try_from(slot).map_err(|_| ErrorKind::Limit(Limit::Tables))?;
        self.bytes += bytes.len();
        let table = Some(Table {
            code: bytes.into(),
            created: Vec::new(),
        });
        match self.tables.get_mut(slot) {
            Some(place) => *place = table,
            None => self.tables.push(table),
        }
        Ok(number)
    }

    /// Forgets a table; gives what it had put into the namespace.
    pub fn remove(&mut self, table: u16) -> Vec<NodeId> {
        let removed = self
            .tables
            .get_mut(usize::from(table))
            .and_then(Option::take);
        let Some(removed) = removed else {
            return Vec::new();
        };
        self.bytes -= removed.code.len();
        removed.created
    }

    fn get(&self, table: u16) -> Option<&Table> {
        self.tables.get(usize::from(table))?.as_ref()
    }

    pub fn code(&self, table: u16) -> Option<Arc<[u8]>> {
        self.get(table).map(|table| Arc::clone(&table.code))
    }

    pub fn signature(&self, table: u16) -> Option<NameSeg> {
        self.get(table).map(|table| signature(&table.code))
    }

    pub fn set_created(&mut self, table: u16, created: Vec<NodeId>) {
        if let Some(Some(table)) = self.tables.get_mut(usize::from(table)) {
            table.created = created;
        }
    }

    /// The first table that `query` describes.
    pub fn find(&self, query: &TableQuery<'_>) -> Option<u16> {
        let position = self.tables.iter().position(|table| {
            table
                .as_ref()
                .is_some_and(|table| query.matches(&table.code))
        })?;
        u16::try_from(position).ok()
    }
}
