//! The input is a resource template.
//!
//! `cargo +nightly fuzz run resources`, in this folder's parent.
#![no_main]

use hotvcpu_aml::resources::decode;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    assert!(decode(bytes).count() <= bytes.len() + 1);
});
