//! What the loader needs from the machine: memory for the files, and the files.

use crate::fw_cfg::{Device, FwCfg, FwCfgError, Item};

use super::Zone;

/// Memory for a file.
#[derive(Debug)]
pub struct Block<'a> {
    /// Its physical address.
    pub address: u64,
    /// The memory.
    pub bytes: &'a mut [u8],
}

impl Block<'_> {
    /// Whether it lies on a multiple of `alignment`, and does not go around the end of the address space.
    pub fn is_aligned(&self, alignment: u64) -> bool {
        let end = self.address.checked_add(self.bytes.len() as u64);
        self.address.is_multiple_of(alignment) && end.is_some()
    }
}

/// Where memory for the tables comes from.
pub trait TableMemory<'a> {
    /// Memory of exactly `length` bytes (which may be 0) at a multiple of `alignment`, a power of two; `None` if there
    /// is none left.
    fn allocate(&mut self, length: usize, alignment: u64, zone: Zone) -> Option<Block<'a>>;
}

/// Where the files come from: fw_cfg, or captured files in a test.
pub trait Files {
    /// The length of the file called `name`; `None` if there is no such file.
    fn length(&mut self, name: &str) -> Option<usize>;

    /// Reads the file's beginning, as many bytes as `buffer` has.
    ///
    /// # Errors
    ///
    /// [`FwCfgError`] if the host does not give it.
    fn read(&mut self, name: &str, buffer: &mut [u8]) -> Result<(), FwCfgError>;

    /// Writes `bytes` into the file at `offset`.
    ///
    /// # Errors
    ///
    /// [`FwCfgError`] if the host does not take it.
    fn write(&mut self, name: &str, offset: u32, bytes: &[u8]) -> Result<(), FwCfgError>;
}

impl<D: Device> Files for FwCfg<D> {
    fn length(&mut self, name: &str) -> Option<usize> {
        usize::try_from(self.find(name)?.length).ok()
    }

    fn read(&mut self, name: &str, buffer: &mut [u8]) -> Result<(), FwCfgError> {
        let item = named(self, name)?;
        FwCfg::read(self, item, 0, buffer)
    }

    fn write(&mut self, name: &str, offset: u32, bytes: &[u8]) -> Result<(), FwCfgError> {
        let item = named(self, name)?;
        FwCfg::write(self, item, offset, bytes)
    }
}

fn named<D: Device>(fw_cfg: &FwCfg<D>, name: &str) -> Result<Item, FwCfgError> {
    fw_cfg.find(name).ok_or(FwCfgError::NotThere)
}
