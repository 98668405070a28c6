//! The input is the revision and the body of a FADT.
//!
//! `cargo +nightly fuzz run fadt`, in `firmware/tables`.
#![no_main]

use hotvcpu_tables::{Fadt, Table};
use hotvcpu_tables_fuzz::table;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    let (revision, body) = input;
    let bytes = table(b"FACP", revision, body);
    if let Ok(fadt) = Table::parse(&bytes).and_then(Fadt::parse) {
        assert!(fadt.gpe0.is_none_or(|block| block.length > 0));
    }
});
