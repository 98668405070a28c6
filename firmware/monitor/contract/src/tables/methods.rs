//! The methods that all slots share, and what they are made of.
//!
//! Every one of them selects a slot and then uses the block, so each holds the mutex for its whole length.
use acpi_tables::Aml;
use acpi_tables::aml::{
    Acquire, Arg, Else, Equal, If, Local, Method, MethodCall, Notify, ONE, Path, Release, Return,
    ZERO,
};
use alloc::vec::Vec;

use super::aml::{Bytes, if_equal, path, sequence, store};
use crate::generation::Generation;

/// The name of a slot's device, as QEMU's: `C000`, in hexadecimal.
pub fn slot_path(index: u32) -> Path {
    path(&alloc::format!("C{index:03X}"))
}

/// The path of a field of the register block.
pub fn register(name: &str) -> Path {
    path(&alloc::format!("\\_SB_.PRES.{name}"))
}

/// `body` with the block's mutex held.
pub fn locked(body: &[&dyn Aml]) -> Bytes {
    let acquire = Acquire::new(register("CPLK"), 0xFFFF);
    let release = Release::new(register("CPLK"));
    sequence(&[&acquire, &sequence(body), &release])
}

/// `CTFY(slot, value)`.
pub fn call_notify(slot: &dyn Aml, value: &dyn Aml) -> Bytes {
    sequence(&[&MethodCall::new(path("CTFY"), Vec::from([slot, value]))])
}

/// `CTFY(slot, value)`: notifies one slot's device.
pub fn notify(count: u32) -> Bytes {
    let one = |index: u32| {
        let device = slot_path(index);
        if_equal(&Arg(0), &index, &[&Notify::new(&device, &Arg(1))])
    };
    let all = (0..count).flat_map(|index| one(index).0).collect();
    method("CTFY", 2, false, &[&Bytes(all)])
}

/// `CSTA(slot)`: what `_STA` returns (ACPI 6.5, 6.3.7). A slot is 0xF with its CPU; without one it is 0xD, present
/// but not enabled, where slots are always present, and 0 where they are not.
pub fn status(generation: Generation) -> Bytes {
    let result = Local(0);
    let full = store(&result, &0x0Fu8);
    let not_enabled = store(&result, &0x0Du8);
    let enabled = register("CPEN");
    let is_enabled = Equal::new(&enabled, &ONE);
    let with_cpu = sequence(&[&If::new(&is_enabled, Vec::from([&full as &dyn Aml]))]);
    let answer = if generation.has_present_bit() {
        let without = Else::new(Vec::from([&not_enabled as &dyn Aml]));
        if_equal(&register("CPRS"), &ONE, &[&with_cpu, &without])
    } else {
        with_cpu
    };
    let body = locked(&[
        &store(&register("CSEL"), &Arg(0)),
        &store(&result, &ZERO),
        &answer,
    ]);
    method("CSTA", 1, true, &[&body, &Return::new(&result)])
}

/// `CEJ0(slot)`: ejects.
pub fn eject() -> Bytes {
    let body = locked(&[
        &store(&register("CSEL"), &Arg(0)),
        &store(&register("CEJ0"), &ONE),
    ]);
    method("CEJ0", 1, true, &[&body])
}

/// `COST(slot, event, status, details)`: passes `_OST` on; the register block has no place for the details.
pub fn ost() -> Bytes {
    let body = locked(&[
        &store(&register("CSEL"), &Arg(0)),
        &store(&register("CCMD"), &ONE),
        &store(&register("CDAT"), &Arg(1)),
        &store(&register("CCMD"), &2u8),
        &store(&register("CDAT"), &Arg(2)),
    ]);
    method("COST", 4, true, &[&body])
}

/// A method.
pub fn method(name: &str, arguments: u8, serialized: bool, body: &[&dyn Aml]) -> Bytes {
    sequence(&[&Method::new(
        path(name),
        arguments,
        serialized,
        body.to_vec(),
    )])
}
