//! The input is the body of an HPET table.
//!
//! `cargo +nightly fuzz run hpet`, in `firmware/tables`.
#![no_main]

use hotvcpu_tables::{Hpet, Table};
use hotvcpu_tables_fuzz::table;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let bytes = table(b"HPET", 1, body);
    let _ = Table::parse(&bytes).and_then(Hpet::parse);
});
