//! The input is physical memory from address 0x1000 on, with the root pointer first; its checksums are made right.
//!
//! `cargo +nightly fuzz run discover`, in `firmware/tables`.
#![no_main]

use hotvcpu_tables::{MAX_TABLES, PhysicalMemory, Tables};
use hotvcpu_tables_fuzz::checksum;
use libfuzzer_sys::fuzz_target;

/// Where the memory begins.
const BASE: u64 = 0x1000;

struct Memory(Vec<u8>);

impl PhysicalMemory for Memory {
    fn bytes(&self, address: u64, length: usize) -> Option<&[u8]> {
        let start = usize::try_from(address.checked_sub(BASE)?).ok()?;
        self.0.get(start..start.checked_add(length)?)
    }
}

fuzz_target!(|input: &[u8]| {
    let mut memory = input.to_vec();
    if let Some(root) = memory.get_mut(..36) {
        root[..8].copy_from_slice(b"RSD PTR ");
        root[8] = 0;
        root[8] = checksum(&root[..20]);
        root[32] = 0;
        root[32] = checksum(root);
    }
    let memory = Memory(memory);
    if let Ok(tables) = Tables::discover(BASE, &memory) {
        assert!(tables.ssdts.len() + tables.problems.len() <= 2 * MAX_TABLES);
    }
});
