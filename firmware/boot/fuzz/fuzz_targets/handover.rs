//! The input is what a kernel finds at x0, and the list of memory ranges.
//!
//! `cargo +nightly fuzz run handover`, in `firmware/boot`.
#![no_main]

use hotvcpu_boot::handover::{Handover, LENGTH, MAGIC, VERSION};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&[u8], &[u8])| {
    let (rest, list) = input;
    let mut bytes = MAGIC.to_vec();
    bytes.extend(VERSION.to_le_bytes());
    bytes.extend((LENGTH as u32).to_le_bytes());
    bytes.extend(rest);
    // Of the conduit's values three are known; the rest would all end here.
    if let Some(conduit) = bytes.get_mut(96..100) {
        conduit.copy_from_slice(&[conduit[0] % 3, 0, 0, 0]);
    }
    let Ok(handover) = Handover::parse(&bytes) else {
        return;
    };
    // All but the padding, which the last four bytes are.
    let told = LENGTH - 4;
    assert_eq!(handover.encode()[..told], bytes[..told]);
    if let Ok(ranges) = handover.ranges(list) {
        assert!(ranges.flatten().all(|range| range.start <= range.end));
    }
});
