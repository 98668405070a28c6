//! Captured files, and a machine to put them into.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hotvcpu_boot::fw_cfg::FwCfgError;
use hotvcpu_boot::table_loader::{Block, Files, TableMemory, Zone};

fn captured() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/tables")
}

/// The captured machines that have a loader script.
pub fn machines() -> Vec<String> {
    let entries = std::fs::read_dir(captured()).expect("the captured tables are there");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("the folder is readable"))
        .filter(|entry| entry.path().join("etc_table-loader").exists())
        .map(|entry| entry.file_name().into_string().expect("a plain name"))
        .collect();
    names.sort();
    assert!(names.len() >= 9, "captured machines are missing: {names:?}");
    names
}

/// A file of a captured machine.
pub fn file(machine: &str, name: &str) -> Vec<u8> {
    let path = captured().join(machine).join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A device tree that QEMU 10.0 built for its machine `virt`.
pub fn tree(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/trees")
        .join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// fw_cfg's files without the device.
#[derive(Clone, Debug, Default)]
pub struct FakeFiles(pub BTreeMap<String, Vec<u8>>);

impl FakeFiles {
    /// The files that belong to a captured machine's loader script.
    pub fn of(machine: &str) -> Self {
        let files = ["etc/acpi/tables", "etc/acpi/rsdp"];
        let files = files.map(|name| (name.to_owned(), file(machine, &name.replace('/', "_"))));
        Self(files.into())
    }

    pub fn with(mut self, name: &str, bytes: &[u8]) -> Self {
        self.0.insert(name.to_owned(), bytes.to_vec());
        self
    }
}

impl Files for FakeFiles {
    fn length(&mut self, name: &str) -> Option<usize> {
        Some(self.0.get(name)?.len())
    }

    fn read(&mut self, name: &str, buffer: &mut [u8]) -> Result<(), FwCfgError> {
        let file = self.0.get(name).ok_or(FwCfgError::NotThere)?;
        buffer.copy_from_slice(&file[..buffer.len()]);
        Ok(())
    }

    fn write(&mut self, name: &str, offset: u32, bytes: &[u8]) -> Result<(), FwCfgError> {
        let file = self.0.get_mut(name).ok_or(FwCfgError::NotThere)?;
        let refused = FwCfgError::Transfer { key: 0, offset };
        let target = file.get_mut(offset as usize..).ok_or(refused)?;
        target
            .get_mut(..bytes.len())
            .ok_or(refused)?
            .copy_from_slice(bytes);
        Ok(())
    }
}

/// Physical memory that grows upwards from an address; what it hands out stays allocated to the end of the process.
#[derive(Debug)]
pub struct FakeMemory {
    pub next: u64,
    pub left: usize,
}

impl FakeMemory {
    pub fn at(next: u64) -> Self {
        Self {
            next,
            left: 1 << 24,
        }
    }
}

impl TableMemory<'static> for FakeMemory {
    fn allocate(&mut self, length: usize, alignment: u64, _: Zone) -> Option<Block<'static>> {
        self.left = self.left.checked_sub(length)?;
        let address = self.next.checked_next_multiple_of(alignment)?;
        self.next = address.checked_add(length as u64)?;
        let bytes = vec![0xA5; length].leak();
        Some(Block { address, bytes })
    }
}
