//! `CSCN`: finds the slots with events and notifies their devices.
//!
//! One call serves every event that waits. Inserted CPUs are collected first, at most 255 at a time (the size of the
//! package), and notified when the slots are through or the package is full; removals are notified as they are met.
//! Hosts of both generations do it in this order, so a guest sees it here too.
use acpi_tables::Aml;
use acpi_tables::aml::{
    Add, DeRefOf, Else, Equal, GreaterEqual, If, Index, LessThan, Local, Name, ONE, VarPackageTerm,
    While, ZERO,
};
use alloc::vec::Vec;

use super::aml::{Break, Bytes, if_equal, path, sequence, store};
use super::methods::{call_notify, locked, method, register};

/// Inserted CPUs that one pass collects.
const BATCH: u8 = 255;

/// ACPI 6.5, 5.6.6: the values of Notify.
const DEVICE_CHECK: u8 = 1;
const EJECT_REQUEST: u8 = 3;

/// The method's variables: inserted CPUs of this pass, the slot that the search has reached, whether the search goes
/// on, whether another pass is needed, and the place in the package while it is read.
const FOUND: Local = Local(1);
const SLOT: Local = Local(3);
const SEARCHING: Local = Local(0);
const MORE: Local = Local(4);
const READ: Local = Local(2);

/// The method, for so many slots.
pub fn scan(count: u32) -> Bytes {
    let pass = sequence(&[
        &store(&MORE, &ZERO),
        &store(&SEARCHING, &ONE),
        &store(&FOUND, &ZERO),
        &search(count),
        &notify_inserted(),
    ]);
    let unfinished = Equal::new(&MORE, &ONE);
    let body = locked(&[
        &Name::new(path("CNEW"), &VarPackageTerm::new(&BATCH)),
        &store(&SLOT, &ZERO),
        &store(&MORE, &ONE),
        &While::new(&unfinished, Vec::from([&pass as &dyn Aml])),
    ]);
    method("CSCN", 0, true, &[&body])
}

/// Goes through the slots with events. The block's search wraps around, so a slot below the last one means the end.
fn search(count: u32) -> Bytes {
    let past_the_end = GreaterEqual::new(&SLOT, &count);
    let data = register("CDAT");
    let wrapped = LessThan::new(&data, &SLOT);
    let stop: Vec<&dyn Aml> = Vec::from([&Break as _]);
    let full = sequence(&[&store(&MORE, &ONE), &Break]);
    let step = sequence(&[
        &If::new(&past_the_end, stop.clone()),
        &store(&SEARCHING, &ZERO),
        &store(&register("CSEL"), &SLOT),
        &store(&register("CCMD"), &ZERO),
        &If::new(&wrapped, stop),
        &if_equal(&FOUND, &BATCH, &[&full]),
        &store(&SLOT, &data),
        &take_event(),
        &increment(&SLOT),
    ]);
    let searching = Equal::new(&SEARCHING, &ONE);
    sequence(&[&While::new(&searching, Vec::from([&step as &dyn Aml]))])
}

/// Takes the selected slot's event. Without one the search is over.
fn take_event() -> Bytes {
    let package = path("CNEW");
    let place = Index::new(&ZERO, &package, &FOUND);
    let inserted = sequence(&[
        &store(&place, &SLOT),
        &increment(&FOUND),
        &store(&SEARCHING, &ONE),
    ]);
    let removal = sequence(&[
        &call_notify(&SLOT, &EJECT_REQUEST),
        &store(&register("CRMV"), &ONE),
        &store(&SEARCHING, &ONE),
    ]);
    let asked = if_equal(&register("CRMV"), &ONE, &[&removal]);
    sequence(&[
        &if_equal(&register("CINS"), &ONE, &[&inserted]),
        &Else::new(Vec::from([&asked as &dyn Aml])),
    ])
}

/// Notifies the collected CPUs, and only then clears their events.
fn notify_inserted() -> Bytes {
    let package = path("CNEW");
    let place = Index::new(&ZERO, &package, &READ);
    let element = DeRefOf::new(&place);
    let one = sequence(&[
        &store(&SLOT, &element),
        &call_notify(&SLOT, &DEVICE_CHECK),
        &store(&register("CSEL"), &SLOT),
        &store(&register("CINS"), &ONE),
        &increment(&READ),
    ]);
    let left = LessThan::new(&READ, &FOUND);
    sequence(&[
        &store(&READ, &ZERO),
        &While::new(&left, Vec::from([&one as &dyn Aml])),
    ])
}

fn increment(variable: &Local) -> Bytes {
    sequence(&[&Add::new(variable, variable, &ONE)])
}
