//! The input is the body of a GTDT table.
//!
//! `cargo +nightly fuzz run gtdt`, in `firmware/tables`.
#![no_main]

use hotvcpu_tables::{Gtdt, Table};
use hotvcpu_tables_fuzz::table;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let bytes = table(b"GTDT", 1, body);
    let _ = Table::parse(&bytes).and_then(Gtdt::parse);
});
