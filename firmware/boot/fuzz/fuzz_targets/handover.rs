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
    let Ok(handover) = Handover::parse(&bytes) else {
        return;
    };
    assert_eq!(handover.encode(), bytes[..LENGTH]);
    if let Ok(ranges) = handover.ranges(list) {
        assert!(ranges.flatten().all(|range| range.start <= range.end));
    }
});
