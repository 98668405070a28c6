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
const OEM_TABLE_ID: usize = 16;

struct Table {
    number: u32,
    code: Arc<[u8]>,
    /// What it put into the namespace; `None` before its code has run, and for a table that only holds data.
    created: Option<Vec<NodeId>>,
}

/// The tables. Each has a number that is never used again, so that a handle of an unloaded table leads nowhere. They
/// are few: a search from the front is quick enough.
pub(crate) struct Tables {
    tables: Vec<Table>,
    next: u32,
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

/// The OEM Table ID of a table.
pub(crate) fn oem_table_id(bytes: &[u8]) -> [u8; 8] {
    let field = bytes.get(OEM_TABLE_ID..).and_then(<[u8]>::first_chunk);
    field.copied().unwrap_or_default()
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
            next: 0,
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
    pub fn add(&mut self, bytes: Vec<u8>) -> Result<u32, ErrorKind> {
        self.reserve(bytes.len())?;
        let full = ErrorKind::Limit(Limit::Tables);
        if self.tables.len() >= self.limits.tables {
            return Err(full);
        }
        let number = self.next;
        self.next = number.checked_add(1).ok_or(full)?;
        self.bytes += bytes.len();
        self.tables.push(Table {
            number,
            code: bytes.into(),
            created: None,
        });
        Ok(number)
    }

    /// Forgets a table; gives what it had put into the namespace.
    pub fn remove(&mut self, table: u32) -> Vec<NodeId> {
        let Some(position) = self.tables.iter().position(|t| t.number == table) else {
            return Vec::new();
        };
        let removed = self.tables.remove(position);
        self.bytes -= removed.code.len();
        removed.created.unwrap_or_default()
    }

    /// The bytes of a table.
    pub fn code(&self, table: u32) -> Option<Arc<[u8]>> {
        let table = self.tables.iter().find(|t| t.number == table)?;
        Some(Arc::clone(&table.code))
    }

    /// Notes what a table put into the namespace.
    pub fn set_created(&mut self, table: u32, created: Vec<NodeId>) {
        if let Some(table) = self.tables.iter_mut().find(|t| t.number == table) {
            table.created = Some(created);
        }
    }

    /// Whether the table that `bytes` begin with is in the namespace.
    pub fn is_loaded(&self, bytes: &[u8]) -> bool {
        let mut loaded = self.tables.iter().filter(|t| t.created.is_some());
        loaded.any(|table| bytes.starts_with(&table.code))
    }

    /// The first table that `query` describes.
    pub fn find(&self, query: &TableQuery<'_>) -> Option<u32> {
        let mut tables = self.tables.iter();
        let found = tables.find(|table| query.matches(&table.code));
        found.map(|table| table.number)
    }
}
