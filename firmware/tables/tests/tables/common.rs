//! Captured tables, and a physical memory to put them into.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hotvcpu_tables::PhysicalMemory;

/// The folder of captured tables stands beside the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/tables")
}

/// Every captured machine, by the name of its folder.
pub fn machines() -> Vec<String> {
    let entries = std::fs::read_dir(root()).expect("the captured tables are there");
    let entries = entries.map(|entry| entry.expect("the folder is readable"));
    let folders = entries.filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> = folders
        .map(|entry| {
            entry
                .file_name()
                .into_string()
                .expect("folders have plain names")
        })
        .collect();
    names.sort();
    assert!(
        names.len() >= 17,
        "some captured machines are missing: {names:?}"
    );
    names
}

/// A file of a captured machine; `None` if it has no such file.
pub fn file(machine: &str, name: &str) -> Option<Vec<u8>> {
    let path = root().join(machine).join(name);
    path.exists()
        .then(|| std::fs::read(path).expect("the captured file is readable"))
}

/// A table of a captured machine that must be there.
pub fn table(machine: &str, name: &str) -> Vec<u8> {
    file(machine, &format!("{name}.aml")).unwrap_or_else(|| panic!("{machine} has no {name}"))
}

/// Makes the byte at `position` such that all bytes add up to 0.
pub fn seal(bytes: &mut [u8], position: usize) {
    bytes[position] = 0;
    let sum = bytes.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
    bytes[position] = sum.wrapping_neg();
}

/// A table with `body` after its header.
pub fn build(signature: &[u8; 4], revision: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = signature.to_vec();
    bytes.extend(
        u32::try_from(36 + body.len())
            .expect("a small table")
            .to_le_bytes(),
    );
    bytes.extend([revision, 0]);
    bytes.extend([b' '; 26]);
    bytes.extend(body);
    seal(&mut bytes, 9);
    bytes
}

/// Physical memory with holes: what nobody put there cannot be read.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    pub blocks: BTreeMap<u64, Vec<u8>>,
    next: u64,
}

impl Memory {
    /// Puts `bytes` somewhere; returns where.
    pub fn put(&mut self, bytes: Vec<u8>) -> u64 {
        let address = 0x7FE_0000 + self.next;
        self.next += (bytes.len() as u64).next_multiple_of(64) + 64;
        self.blocks.insert(address, bytes);
        address
    }

    /// Puts a root pointer of revision 2 and an XSDT for `tables` into memory; returns the root pointer's address.
    pub fn put_root(&mut self, tables: &[u64]) -> u64 {
        let addresses: Vec<u8> = tables
            .iter()
            .flat_map(|address| address.to_le_bytes())
            .collect();
        let xsdt = self.put(build(b"XSDT", 1, &addresses));
        self.put(rsdp(0, xsdt))
    }

    /// Puts a captured machine into memory, with the FADT pointing to where its DSDT now is. Returns the addresses
    /// of its tables.
    pub fn put_machine(&mut self, machine: &str) -> Vec<u64> {
        let dsdt = self.put(table(machine, "DSDT"));
        let mut fadt = table(machine, "FACP");
        fadt[40..44].copy_from_slice(&u32::try_from(dsdt).expect("a low address").to_le_bytes());
        if fadt.len() >= 148 {
            fadt[140..148].copy_from_slice(&dsdt.to_le_bytes());
        }
        seal(&mut fadt, 9);
        let mut tables = vec![self.put(fadt)];
        for name in ["APIC", "SRAT", "HPET", "GTDT", "MCFG"] {
            tables.extend(file(machine, &format!("{name}.aml")).map(|bytes| self.put(bytes)));
        }
        tables
    }
}

impl PhysicalMemory for Memory {
    fn bytes(&self, address: u64, length: usize) -> Option<&[u8]> {
        let (start, block) = self.blocks.range(..=address).next_back()?;
        let offset = usize::try_from(address - start).ok()?;
        block.get(offset..offset.checked_add(length)?)
    }
}

/// A root pointer of revision 2.
pub fn rsdp(rsdt: u32, xsdt: u64) -> Vec<u8> {
    let mut bytes = b"RSD PTR \0HOUSE \x02".to_vec();
    bytes.extend(rsdt.to_le_bytes());
    seal(&mut bytes, 8);
    bytes.extend(36u32.to_le_bytes());
    bytes.extend(xsdt.to_le_bytes());
    bytes.extend([0; 4]);
    seal(&mut bytes, 32);
    bytes
}
