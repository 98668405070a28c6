//! The CPUs in the namespace: `\_SB.PRES`, the register block, and `\_SB.CPUS` with a device per slot.
use acpi_tables::Aml;
use acpi_tables::aml::{
    Arg, BufferData, Device, EISAName, Field, FieldAccessType, FieldEntry, FieldLockRule,
    FieldUpdateRule, Memory32Fixed, MethodCall, Mutex, Name, OpRegion, OpRegionSpace,
    ResourceTemplate, Return,
};
use alloc::vec::Vec;

use super::aml::{Bytes, path, sequence};
use super::madt::Gicc;
use super::methods::{self, method, slot_path};
use super::scan::scan;
use crate::generation::Generation;
use crate::registers;

/// What the namespace says of one slot.
#[derive(Clone, Debug)]
pub struct SlotInfo {
    /// Its GICC entry.
    pub gicc: Gicc,
    /// Its NUMA node, for `_PXM`.
    pub node: Option<u32>,
}

/// `\_SB.PRES`: where the block is, and what its bits are called.
pub fn registers_device(generation: Generation, base: u32) -> Bytes {
    let length = registers::LENGTH as u32;
    let memory = Memory32Fixed::new(true, base, length);
    let content = sequence(&[
        &Name::new(path("_HID"), &EISAName::new("PNP0A06")),
        &Name::new(path("_UID"), &"CPU Hotplug resources"),
        &Mutex::new(path("CPLK"), 0),
        &Name::new(
            path("_CRS"),
            &ResourceTemplate::new(Vec::from([&memory as &dyn Aml])),
        ),
        &OpRegion::new(path("PRST"), OpRegionSpace::SystemMemory, &base, &length),
        &bytewise(generation),
        &wordwise(),
    ]);
    sequence(&[&Device::new(
        path("PRES"),
        Vec::from([&content as &dyn Aml]),
    )])
}

/// Flags and command. Bits that are not written are written as zeros: in the flags a one is an order.
fn bytewise(generation: Generation) -> Field {
    let bit = |name: &[u8; 4]| FieldEntry::Named(*name, 1);
    let mut entries = Vec::from([FieldEntry::Reserved(32)]);
    entries.extend([b"CPEN", b"CINS", b"CRMV", b"CEJ0", b"CEJF"].map(bit));
    if generation.has_present_bit() {
        entries.extend([bit(b"CPRS"), FieldEntry::Reserved(2)]);
    } else {
        entries.push(FieldEntry::Reserved(3));
    }
    entries.push(FieldEntry::Named(*b"CCMD", 8));
    field(
        FieldAccessType::Byte,
        FieldUpdateRule::WriteAsZeroes,
        entries,
    )
}

/// Selector and data.
fn wordwise() -> Field {
    let entries = Vec::from([
        FieldEntry::Named(*b"CSEL", 32),
        FieldEntry::Reserved(32),
        FieldEntry::Named(*b"CDAT", 32),
    ]);
    field(FieldAccessType::DWord, FieldUpdateRule::Preserve, entries)
}

fn field(access: FieldAccessType, update: FieldUpdateRule, entries: Vec<FieldEntry>) -> Field {
    Field::new(path("PRST"), access, FieldLockRule::NoLock, update, entries)
}

/// `\_SB.CPUS`: the methods that all slots share, and the slots.
pub fn container(generation: Generation, slots: &[SlotInfo]) -> Bytes {
    // At most `MAX_SLOTS`.
    let count = slots.len() as u32;
    let mut content = sequence(&[
        &Name::new(path("_HID"), &"ACPI0010"),
        &Name::new(path("_CID"), &EISAName::new("PNP0A05")),
        &methods::notify(count),
        &methods::status(generation),
        &methods::eject(),
        &scan(count),
        &methods::ost(),
    ]);
    for (index, slot) in (0..).zip(slots) {
        content.0.extend(slot_device(generation, index, slot).0);
    }
    sequence(&[&Device::new(
        path("CPUS"),
        Vec::from([&content as &dyn Aml]),
    )])
}

/// `Cnnn`: one slot.
fn slot_device(generation: Generation, index: u32, slot: &SlotInfo) -> Bytes {
    let call = |name: &str, arguments: &[&dyn Aml]| {
        sequence(&[&MethodCall::new(path(name), arguments.to_vec())])
    };
    let status = call("CSTA", &[&index]);
    let eject = call("CEJ0", &[&index]);
    let ost = call("COST", &[&index, &Arg(0), &Arg(1), &Arg(2)]);
    let mut content = sequence(&[
        &Name::new(path("_HID"), &"ACPI0007"),
        &Name::new(path("_UID"), &index),
        &method("_STA", 0, true, &[&Return::new(&status)]),
    ]);
    if generation.has_mat() {
        let entry = BufferData::new(slot.gicc.encode(generation, 1));
        content
            .0
            .extend(sequence(&[&Name::new(path("_MAT"), &entry)]).0);
    }
    content.0.extend(method("_EJ0", 1, false, &[&eject]).0);
    content.0.extend(method("_OST", 3, true, &[&ost]).0);
    if let Some(node) = slot.node {
        content
            .0
            .extend(sequence(&[&Name::new(path("_PXM"), &node)]).0);
    }
    sequence(&[&Device::new(
        slot_path(index),
        Vec::from([&content as &dyn Aml]),
    )])
}
