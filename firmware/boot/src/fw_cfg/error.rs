//! What can be wrong with fw_cfg.

use thiserror::Error;

use super::{Item, MAX_FILES};

/// What was wrong with the device or one of its items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FwCfgError {
    /// The signature item reads something else.
    #[error(
        "fw_cfg's signature reads {0:02x?} instead of \"QEMU\": there is no such device at its address"
    )]
    Signature([u8; 4]),
    /// The device cannot do DMA.
    #[error("fw_cfg has no DMA (features {features:#x}): use a QEMU of version 2.9 or later")]
    NoDma {
        /// Its feature bits.
        features: u32,
    },
    /// The directory says that it has too many entries.
    #[error("fw_cfg's directory lists {0} files, at most {MAX_FILES} are believed")]
    DirectoryTooLong(u32),
    /// An entry's name is none.
    #[error("entry {index} of fw_cfg's directory has no proper name")]
    DirectoryEntry {
        /// Which.
        index: usize,
    },
    /// An item is longer than it may be.
    #[error("fw_cfg item {:#x} has {} bytes, at most {limit} are accepted", item.key, item.length)]
    TooLong {
        /// Which.
        item: Item,
        /// What was accepted.
        limit: u32,
    },
    /// An access beyond the item's end.
    #[error("fw_cfg item {:#x} has {} bytes: {length} at {offset:#x} are out of it", item.key, item.length)]
    OutOfItem {
        /// Which.
        item: Item,
        /// From where.
        offset: u32,
        /// How many.
        length: usize,
    },
    /// The device set the error bit.
    #[error("fw_cfg refused the transfer of item {key:#x} at offset {offset:#x}")]
    Transfer {
        /// Which item.
        key: u16,
        /// From where.
        offset: u32,
    },
    /// The device did not finish.
    #[error("fw_cfg did not finish the transfer of item {key:#x} at offset {offset:#x}")]
    NoEnd {
        /// Which item.
        key: u16,
        /// From where.
        offset: u32,
    },
    /// There is no item of that name.
    #[error("fw_cfg has no item of that name")]
    NotThere,
}
