//! The input is a device tree; its length and its magic number are made right. Seeds: `tests/trees`.
//!
//! `cargo +nightly fuzz run device_tree fuzz/corpus/device_tree tests/trees`, in `firmware/boot`.
#![no_main]

use hotvcpu_boot::device_tree::{MAGIC, Machine};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut tree = input.to_vec();
    if let Some(header) = tree.get_mut(..8) {
        header[..4].copy_from_slice(&MAGIC);
        header[4..].copy_from_slice(&(input.len() as u32).to_be_bytes());
    }
    if let Ok(machine) = Machine::read(&tree) {
        assert!(machine.memory.iter().all(|range| range.start < range.end));
        assert!(
            machine
                .memory
                .is_sorted_by(|before, after| before.end <= after.start)
        );
        assert!(machine.virtio_mmio.is_sorted_by_key(|slot| slot.address));
    }
});
