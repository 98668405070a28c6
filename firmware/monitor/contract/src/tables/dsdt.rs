//! The DSDT: the generic event device, the power button, the CPUs, and the devices that a guest looks for.
use acpi_tables::Aml;
use acpi_tables::aml::{
    Device, EISAName, Field, FieldAccessType, FieldEntry, FieldLockRule, FieldUpdateRule,
    Interrupt, Local, Memory32Fixed, MethodCall, Name, Notify, ONE, OpRegion, OpRegionSpace,
    ResourceTemplate, Scope, ZERO,
};
use alloc::format;
use alloc::vec::Vec;

use super::aml::{Bytes, if_bit, path, sequence, store};
use super::cpus::{self, SlotInfo};
use super::header;
use super::methods::method;
use crate::contract::GED_CPU;
use crate::generation::Generation;

/// ACPI 6.5, 5.6.6: the power button was pressed.
const BUTTON_PRESSED: u8 = 0x80;
/// The bit of the GED's selector that means: the power button was pressed.
const GED_POWER_BUTTON: u8 = 1 << 1;

/// Bytes of a virtio-mmio slot's registers.
const VIRTIO_LENGTH: u32 = 0x200;

/// A virtio-mmio slot.
#[derive(Clone, Copy, Debug)]
pub struct VirtioSlot {
    /// Its place among the machine's slots, below 100.
    pub number: u8,
    /// Its registers.
    pub address: u32,
    /// Its interrupt.
    pub gsi: u32,
}

/// Where things are that the namespace names.
#[derive(Clone, Copy, Debug)]
pub struct Layout<'a> {
    /// The GED's selector.
    pub ged_selector: u32,
    /// The GED's interrupt.
    pub ged_gsi: u32,
    /// The register block.
    pub cpu_registers: u32,
    /// The PL011 and its interrupt.
    pub console: Option<(u32, u32)>,
    /// The fw_cfg device.
    pub fw_cfg: Option<u32>,
    /// The virtio-mmio slots that the guest may use.
    pub virtio: &'a [VirtioSlot],
}

/// The whole table.
pub fn dsdt(generation: Generation, layout: &Layout<'_>, slots: &[SlotInfo]) -> Vec<u8> {
    let mut content = ged(generation, layout);
    content.0.extend(power_button().0);
    content
        .0
        .extend(cpus::registers_device(generation, layout.cpu_registers).0);
    content.0.extend(cpus::container(generation, slots).0);
    if let Some((base, gsi)) = layout.console {
        content.0.extend(console(base, gsi).0);
    }
    if let Some(base) = layout.fw_cfg {
        content.0.extend(fw_cfg(base).0);
    }
    for slot in layout.virtio {
        content.0.extend(virtio(slot).0);
    }
    let body = sequence(&[&Scope::new(
        path("\\_SB_"),
        Vec::from([&content as &dyn Aml]),
    )]);
    header::table(*b"DSDT", 2, &body.0)
}

/// `\_SB.GED` (ACPI 6.5, 5.6.9): one interrupt, and a selector that tells what it was for.
fn ged(generation: Generation, layout: &Layout<'_>) -> Bytes {
    let gsi = Interrupt::new(true, true, false, false, layout.ged_gsi);
    let entries = Vec::from([FieldEntry::Named(*b"ESEL", 32)]);
    let selector = Field::new(
        path("EREG"),
        FieldAccessType::DWord,
        FieldLockRule::NoLock,
        FieldUpdateRule::WriteAsZeroes,
        entries,
    );
    let region = OpRegion::new(
        path("EREG"),
        OpRegionSpace::SystemMemory,
        &layout.ged_selector,
        &4u8,
    );
    let mut content = sequence(&[
        &Name::new(path("_HID"), &"ACPI0013"),
        &Name::new(path("_UID"), &"GED"),
        &Name::new(
            path("_CRS"),
            &ResourceTemplate::new(Vec::from([&gsi as &dyn Aml])),
        ),
        &region,
        &selector,
        &event_method(generation),
    ]);
    if generation == Generation::Rfc {
        let scan = MethodCall::new(path("\\_SB_.CPUS.CSCN"), Vec::new());
        content.0.extend(method("CSCN", 0, false, &[&scan]).0);
    }
    sequence(&[&Device::new(
        path("GED_"),
        Vec::from([&content as &dyn Aml]),
    )])
}

/// `_EVT`: reading the selector clears it, so it is read once.
fn event_method(generation: Generation) -> Bytes {
    let scan_path = match generation {
        Generation::Rfc => "\\_SB_.GED_.CSCN",
        Generation::Old | Generation::New => "\\_SB_.CPUS.CSCN",
    };
    let events = Local(0);
    let button = path("\\_SB_.PWRB");
    let scan = MethodCall::new(path(scan_path), Vec::new());
    method(
        "_EVT",
        1,
        true,
        &[
            &store(&events, &path("ESEL")),
            &if_bit(
                &events,
                GED_POWER_BUTTON,
                &Notify::new(&button, &BUTTON_PRESSED),
            ),
            &if_bit(&events, GED_CPU as u8, &scan),
        ],
    )
}

/// `\_SB.PWRB` (ACPI 6.5, 4.8.2.2.1.2).
fn power_button() -> Bytes {
    let content = sequence(&[
        &Name::new(path("_HID"), &EISAName::new("PNP0C0C")),
        &Name::new(path("_UID"), &ZERO),
    ]);
    sequence(&[&Device::new(
        path("PWRB"),
        Vec::from([&content as &dyn Aml]),
    )])
}

/// `\_SB.COM0`: the PL011.
fn console(base: u32, gsi: u32) -> Bytes {
    let memory = Memory32Fixed::new(true, base, 0x1000);
    let interrupt = Interrupt::new(true, false, false, false, gsi);
    let resources = ResourceTemplate::new(Vec::from([&memory as &dyn Aml, &interrupt]));
    let content = sequence(&[
        &Name::new(path("_HID"), &"ARMH0011"),
        &Name::new(path("_UID"), &ZERO),
        &Name::new(path("_CRS"), &resources),
    ]);
    sequence(&[&Device::new(
        path("COM0"),
        Vec::from([&content as &dyn Aml]),
    )])
}

/// `\_SB.FWCF`: fw_cfg.
fn fw_cfg(base: u32) -> Bytes {
    let memory = Memory32Fixed::new(true, base, 0x18);
    let resources = ResourceTemplate::new(Vec::from([&memory as &dyn Aml]));
    let content = sequence(&[
        &Name::new(path("_HID"), &"QEMU0002"),
        &Name::new(path("_STA"), &0x0Bu8),
        &Name::new(path("_CCA"), &ONE),
        &Name::new(path("_CRS"), &resources),
    ]);
    sequence(&[&Device::new(
        path("FWCF"),
        Vec::from([&content as &dyn Aml]),
    )])
}

/// `\_SB.VR00` and so on: a virtio-mmio slot, whether or not a device is in it.
fn virtio(slot: &VirtioSlot) -> Bytes {
    let memory = Memory32Fixed::new(true, slot.address, VIRTIO_LENGTH);
    let interrupt = Interrupt::new(true, false, false, false, slot.gsi);
    let resources = ResourceTemplate::new(Vec::from([&memory as &dyn Aml, &interrupt]));
    let content = sequence(&[
        &Name::new(path("_HID"), &"LNRO0005"),
        &Name::new(path("_UID"), &slot.number),
        &Name::new(path("_CCA"), &ONE),
        &Name::new(path("_CRS"), &resources),
    ]);
    let name = format!("VR{:02}", slot.number % 100);
    sequence(&[&Device::new(path(&name), Vec::from([&content as &dyn Aml]))])
}
