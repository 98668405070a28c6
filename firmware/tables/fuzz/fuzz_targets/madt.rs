//! The input is the body of a MADT.
//!
//! `cargo +nightly fuzz run madt`, in `firmware/tables`.
#![no_main]

use hotvcpu_tables::{Madt, Table};
use hotvcpu_tables_fuzz::table;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let bytes = table(b"APIC", 5, body);
    let Ok(madt) = Table::parse(&bytes).and_then(Madt::parse) else {
        return;
    };
    // Every entry has two bytes at the least, and an error ends the list.
    assert!(madt.entries().count() <= body.len() / 2 + 1);
    assert!(madt.cpus().count() <= madt.entries().count());
    let _ = madt.local_apic_address();
    let _ = madt.interrupt_override(9);
});
