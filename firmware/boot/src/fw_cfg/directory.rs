//! The directory of the items that have names (QEMU docs/specs/fw_cfg.rst, "File Directory").

use alloc::vec::Vec;

use zerocopy::big_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

use super::{FwCfgError, Item};
use crate::FileName;

/// The most entries that are read: QEMU's own limit is below 0x4000 keys, and its machines have some dozen files.
pub const MAX_FILES: u32 = 1024;

/// The longest item that is believed in: 1 GiB. A kernel or RAM disk beyond it is no good in any of these machines.
pub const MAX_ITEM_LENGTH: u32 = 1 << 30;

#[repr(C)]
#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
struct Entry {
    length: U32,
    key: U16,
    reserved: U16,
    name: [u8; 56],
}

/// The items that have names.
#[derive(Debug, Default)]
pub(super) struct Directory {
    files: Vec<(FileName, Item)>,
}

impl Directory {
    /// Bytes of a directory of `count` entries.
    pub fn length(count: u32) -> Result<usize, FwCfgError> {
        if count > MAX_FILES {
            return Err(FwCfgError::DirectoryTooLong(count));
        }
        Ok(count as usize * size_of::<Entry>())
    }

    /// Reads the entries. The first of several with one name counts.
    pub fn parse(bytes: &[u8]) -> Result<Self, FwCfgError> {
        let mut files = Vec::new();
        for (index, entry) in bytes.chunks_exact(size_of::<Entry>()).enumerate() {
            let error = FwCfgError::DirectoryEntry { index };
            let Ok(entry) = Entry::ref_from_bytes(entry) else {
                return Err(error);
            };
            let name = FileName::parse(&entry.name).ok_or(error)?;
            let item = Item {
                key: entry.key.get(),
                length: entry.length.get(),
            };
            if item.length > MAX_ITEM_LENGTH {
                let limit = MAX_ITEM_LENGTH;
                return Err(FwCfgError::TooLong { item, limit });
            }
            files.push((name, item));
        }
        Ok(Self { files })
    }

    /// The item called `name`.
    pub fn find(&self, name: &str) -> Option<Item> {
        let (_, item) = self.files.iter().find(|(own, _)| own.as_str() == name)?;
        Some(*item)
    }
}
