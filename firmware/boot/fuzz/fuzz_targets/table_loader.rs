//! The input is a loader script; the files that the captured scripts name are there. Seeds: the captured scripts, as
//! `for m in ../../../shared/tables/*/etc_table-loader; do cp $m fuzz/corpus/table_loader/$(basename $(dirname $m)); done`.
//!
//! `cargo +nightly fuzz run table_loader`, in `firmware/boot`.
#![no_main]

use hotvcpu_boot::fw_cfg::FwCfgError;
use hotvcpu_boot::table_loader::{Block, Files, TableMemory, Zone, run};
use libfuzzer_sys::fuzz_target;

/// The files: each byte is 8, a small offset if it is taken for a pointer's first byte.
struct Eights;

impl Files for Eights {
    fn length(&mut self, name: &str) -> Option<usize> {
        match name {
            "etc/acpi/tables" => Some(0x4000),
            "etc/acpi/rsdp" => Some(36),
            _ => None,
        }
    }

    fn read(&mut self, _: &str, buffer: &mut [u8]) -> Result<(), FwCfgError> {
        buffer.fill(0);
        buffer.iter_mut().step_by(8).for_each(|byte| *byte = 8);
        Ok(())
    }

    fn write(&mut self, _: &str, _: u32, bytes: &[u8]) -> Result<(), FwCfgError> {
        assert!([1, 2, 4, 8].contains(&bytes.len()));
        Ok(())
    }
}

/// Memory for two files.
struct Room<'a> {
    address: u64,
    left: &'a mut [u8],
}

impl<'a> TableMemory<'a> for Room<'a> {
    fn allocate(&mut self, length: usize, alignment: u64, _: Zone) -> Option<Block<'a>> {
        let address = self.address.checked_next_multiple_of(alignment)?;
        self.address = address.checked_add(length as u64)?;
        let (bytes, left) = core::mem::take(&mut self.left).split_at_mut_checked(length)?;
        self.left = left;
        Some(Block { address, bytes })
    }
}

fuzz_target!(|script: &[u8]| {
    let mut memory = vec![0; 0x5000];
    let mut room = Room {
        address: 0x4_3000_0000,
        left: &mut memory,
    };
    if let Ok(loaded) = run(script, &mut Eights, &mut room) {
        for file in loaded.files() {
            let bytes = loaded.bytes(file.address, file.bytes.len());
            assert!(file.bytes.is_empty() || bytes.is_some());
        }
    }
});
