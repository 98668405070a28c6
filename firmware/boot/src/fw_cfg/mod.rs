//! fw_cfg, the device by which QEMU gives a firmware its files (QEMU docs/specs/fw_cfg.rst).
//!
//! Everything but the first eight bytes (signature and feature bits) is read by DMA: one access to the device per
//! item instead of one per byte, which under an emulator is the difference between microseconds and milliseconds.
//! A device without DMA is refused: no QEMU `virt` since 2.5 is without it.

mod descriptor;
mod directory;
mod error;
mod mmio;

use alloc::vec;
use alloc::vec::Vec;

pub use descriptor::Descriptor;
pub use directory::{MAX_FILES, MAX_ITEM_LENGTH};
pub use error::FwCfgError;
pub use mmio::Mmio;

use descriptor::Operation;
use directory::Directory;

/// Keys of the items that have no name.
mod key {
    pub const SIGNATURE: u16 = 0x00;
    pub const FEATURES: u16 = 0x01;
    pub const KERNEL_SIZE: u16 = 0x08;
    pub const INITRD_SIZE: u16 = 0x0B;
    pub const KERNEL_DATA: u16 = 0x11;
    pub const INITRD_DATA: u16 = 0x12;
    pub const CMDLINE_SIZE: u16 = 0x14;
    pub const CMDLINE_DATA: u16 = 0x15;
    pub const FILE_DIRECTORY: u16 = 0x19;
}

/// The feature bit that says that the DMA interface is there.
const FEATURE_DMA: u32 = 1 << 1;

/// How often the control word of a transfer is read before the device is given up. QEMU finishes the transfer before
/// the write that starts it returns, so that one read is enough; the bound is for a device that does not.
const MAX_POLLS: u32 = 10_000_000;

/// The device's registers. [`Mmio`] is the real one.
pub trait Device {
    /// Makes `key` the current item and goes to its first byte.
    fn select(&mut self, key: u16);

    /// Reads the current item's next byte.
    fn read_byte(&mut self) -> u8;

    /// Tells the device where `descriptor` is, which makes it begin the transfer. The descriptor already names
    /// `buffer`'s address; the device reads or writes the buffer until the descriptor's control word is 0.
    fn start(&mut self, descriptor: &Descriptor, buffer: &mut [u8]);
}

/// An item: where it is and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its key.
    pub key: u16,
    /// Its length in bytes.
    pub length: u32,
}

/// The device, with its directory read.
#[derive(Debug)]
pub struct FwCfg<D> {
    device: D,
    directory: Directory,
}

impl<D: Device> FwCfg<D> {
    /// Checks the signature and the DMA feature, and reads the directory.
    ///
    /// # Errors
    ///
    /// [`FwCfgError`] if this is no fw_cfg, if it has no DMA, if a transfer fails, or if the directory makes no sense.
    pub fn open(mut device: D) -> Result<Self, FwCfgError> {
        let signature = read_slowly(&mut device, key::SIGNATURE);
        if &signature != b"QEMU" {
            return Err(FwCfgError::Signature(signature));
        }
        let features = u32::from_le_bytes(read_slowly(&mut device, key::FEATURES));
        if features & FEATURE_DMA == 0 {
            return Err(FwCfgError::NoDma { features });
        }
        let mut this = Self {
            device,
            directory: Directory::default(),
        };
        let mut count = [0; 4];
        this.transfer(Operation::Read, key::FILE_DIRECTORY, 0, &mut count)?;
        let mut entries = vec![0; Directory::length(u32::from_be_bytes(count))?];
        this.transfer(Operation::Read, key::FILE_DIRECTORY, 4, &mut entries)?;
        this.directory = Directory::parse(&entries)?;
        Ok(this)
    }

    /// The item called `name`.
    pub fn find(&self, name: &str) -> Option<Item> {
        self.directory.find(name)
    }

    /// The kernel that `-kernel` names. On aarch64 QEMU hands it over as the file's bytes.
    ///
    /// # Errors
    ///
    /// [`FwCfgError`] if its length cannot be read.
    pub fn kernel(&mut self) -> Result<Option<Item>, FwCfgError> {
        self.unnamed(key::KERNEL_SIZE, key::KERNEL_DATA)
    }

    /// The initial RAM disk that `-initrd` names.
    ///
    /// # Errors
    ///
    /// [`FwCfgError`] if its length cannot be read.
    pub fn initrd(&mut self) -> Result<Option<Item>, FwCfgError> {
        self.unnamed(key::INITRD_SIZE, key::INITRD_DATA)
    }

    /// The command line that `-append` gives; its length counts the terminating zero.
    ///
    /// # Errors
    ///
    /// [`FwCfgError`] if its length cannot be read.
    pub fn cmdline(&mut self) -> Result<Option<Item>, FwCfgError> {
        self.unnamed(key::CMDLINE_SIZE, key::CMDLINE_DATA)
    }

    /// Reads the bytes of `item` from `offset` on, as many as `buffer` has.
    ///
    /// # Errors
    ///
    /// [`FwCfgError::OutOfItem`] if the item has fewer; otherwise what became of the transfer.
    pub fn read(&mut self, item: Item, offset: u32, buffer: &mut [u8]) -> Result<(), FwCfgError> {
        item.check(offset, buffer.len())?;
        self.transfer(Operation::Read, item.key, offset, buffer)
    }

    /// Reads a whole item of at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// [`FwCfgError::TooLong`] if the item is longer than `limit`; otherwise what became of the transfer.
    pub fn read_all(&mut self, item: Item, limit: u32) -> Result<Vec<u8>, FwCfgError> {
        if item.length > limit {
            return Err(FwCfgError::TooLong { item, limit });
        }
        let length =
            usize::try_from(item.length).map_err(|_| FwCfgError::TooLong { item, limit })?;
        let mut bytes = vec![0; length];
        self.read(item, 0, &mut bytes)?;
        Ok(bytes)
    }

    /// Writes `bytes` into `item` at `offset`. The device refuses it for items that only it may write.
    ///
    /// # Errors
    ///
    /// [`FwCfgError::OutOfItem`] if the item is too short; otherwise what became of the transfer.
    pub fn write(&mut self, item: Item, offset: u32, bytes: &[u8]) -> Result<(), FwCfgError> {
        item.check(offset, bytes.len())?;
        // The device is handed a buffer of its own, as a shared slice is none that a device may be given.
        let mut copy = bytes.to_vec();
        self.transfer(Operation::Write, item.key, offset, &mut copy)
    }

    fn unnamed(&mut self, size: u16, data: u16) -> Result<Option<Item>, FwCfgError> {
        let mut length = [0; 4];
        self.transfer(Operation::Read, size, 0, &mut length)?;
        let length = u32::from_le_bytes(length);
        Ok((length > 0).then_some(Item { key: data, length }))
    }

    /// Selects `key`, goes on by `offset` bytes and moves as many as `buffer` has.
    fn transfer(
        &mut self,
        operation: Operation,
        key: u16,
        offset: u32,
        buffer: &mut [u8],
    ) -> Result<(), FwCfgError> {
        if buffer.is_empty() {
            return Ok(());
        }
        // One access to the device in the usual case, that of an item's beginning: each leaves the virtual machine.
        let mut select = Some(key);
        if offset > 0 {
            let skip = Descriptor::new(select.take(), Operation::Skip(offset), &mut []);
            self.run(key, offset, &skip, &mut [])?;
        }
        let descriptor = Descriptor::new(select, operation, buffer);
        self.run(key, offset, &descriptor, buffer)
    }

    fn run(
        &mut self,
        key: u16,
        offset: u32,
        descriptor: &Descriptor,
        buffer: &mut [u8],
    ) -> Result<(), FwCfgError> {
        self.device.start(descriptor, buffer);
        for _ in 0..MAX_POLLS {
            match descriptor.control() {
                0 => return Ok(()),
                control if control & Descriptor::ERROR != 0 => {
                    return Err(FwCfgError::Transfer { key, offset });
                }
                _ => core::hint::spin_loop(),
            }
        }
        Err(FwCfgError::NoEnd { key, offset })
    }
}

impl Item {
    fn check(self, offset: u32, length: usize) -> Result<(), FwCfgError> {
        let end = u64::from(offset).saturating_add(length as u64);
        if end > u64::from(self.length) {
            return Err(FwCfgError::OutOfItem {
                item: self,
                offset,
                length,
            });
        }
        Ok(())
    }
}

/// The first bytes of an item, through the data register.
fn read_slowly<const N: usize>(device: &mut impl Device, key: u16) -> [u8; N] {
    device.select(key);
    core::array::from_fn(|_| device.read_byte())
}
