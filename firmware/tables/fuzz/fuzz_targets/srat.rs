//! The input is the body of an SRAT.
//!
//! `cargo +nightly fuzz run srat`, in `firmware/tables`.
#![no_main]

use hotvcpu_tables::{Srat, Table};
use hotvcpu_tables_fuzz::table;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let bytes = table(b"SRAT", 3, body);
    if let Ok(srat) = Table::parse(&bytes).and_then(Srat::parse) {
        assert!(srat.entries().count() <= body.len() / 2 + 1);
    }
});
