//! The interrupt lines of devices that are no doorbells: PCI functions, and virtio-mmio slots.

use hotvcpu_acpi_events::pci_routing;
use hotvcpu_acpi_events::simulator::Captured;
use hotvcpu_acpi_events::{Devices, EventError, Line, Source};
use hotvcpu_aml::PciFunction;
use hotvcpu_tables::{Polarity, Trigger};

use crate::rig::Rig;

/// What there is on a machine, all of it in order.
fn devices(rig: &mut Rig) -> Devices {
    let mut problems = Vec::new();
    let devices = Devices::discover(&mut rig.aml, &mut rig.host, &mut problems);
    assert_eq!(problems, []);
    devices
}

/// Functions 0 of these devices, each behind the one before.
fn path(devices: &[u8]) -> Vec<PciFunction> {
    let function = |(bus, device): (usize, &u8)| PciFunction {
        segment: 0,
        bus: bus as u8,
        device: *device,
        function: 0,
    };
    devices.iter().enumerate().map(function).collect()
}

/// The line of a function's pin, `\_PIC` having been told that there are I/O APICs.
fn route(rig: &mut Rig, devices_on_the_way: &[u8], pin: u8) -> Result<Option<Line>, EventError> {
    let bridge = devices(rig).host_bridges[0];
    pci_routing::choose_apic_mode(&mut rig.aml, &mut rig.host)?;
    let path = path(devices_on_the_way);
    pci_routing::route(&mut rig.aml, &mut rig.host, &bridge, &path, pin)
}

fn level(gsi: u32) -> Line {
    Line {
        gsi,
        trigger: Trigger::Level,
        polarity: Polarity::High,
        source: Source::Device,
    }
}

#[test]
fn a_pin_on_the_root_bus_has_the_line_of_the_routing_table() {
    let mut rig = Rig::boot(&Captured::open("x86_64-q35-10.0-1of8"));
    // PRTA: devices 0 to 24 take GSIE to GSIH in turn, those above GSIA onwards.
    assert_eq!(route(&mut rig, &[0], 0), Ok(Some(level(0x14))));
    assert_eq!(route(&mut rig, &[1], 0), Ok(Some(level(0x15))));
    assert_eq!(route(&mut rig, &[2], 0), Ok(Some(level(0x16))));
    assert_eq!(route(&mut rig, &[2], 2), Ok(Some(level(0x14))));
    assert_eq!(route(&mut rig, &[31], 0), Ok(Some(level(0x10))));
}

#[test]
fn a_bridge_without_a_table_turns_the_pins() {
    let mut rig = Rig::boot(&Captured::open("x86_64-q35-10.0-1of8"));
    let direct = route(&mut rig, &[3], 1);
    // Behind the bridge at 3, INTA of device 1 leaves as INTB; that of device 4 as INTA.
    assert_eq!(route(&mut rig, &[3, 1], 0), direct);
    assert_eq!(route(&mut rig, &[3, 5], 0), direct);
    assert_eq!(route(&mut rig, &[3, 4], 1), direct);
    // Device 2 behind device 1 behind the bridge at 3: two turns, then one.
    assert_eq!(route(&mut rig, &[3, 1, 2], 2), direct);
}

#[test]
fn a_link_that_is_routed_nowhere_gives_no_line() {
    // The simulated bridge's registers read as 0: no link has a line.
    let mut rig = Rig::boot(&Captured::open("x86_64-pc-10.0-1of8"));
    assert_eq!(route(&mut rig, &[3], 0), Ok(None));
}

#[test]
fn the_clock_is_where_the_namespace_says() {
    for (folder, port) in [
        ("x86_64-q35-10.0-1of8", Some(0x70)),
        ("x86_64-microvm-10.0", Some(0x70)),
        ("aarch64-virt-10.0-ged-memory", None),
    ] {
        let mut rig = Rig::boot(&Captured::open(folder));
        assert_eq!(devices(&mut rig).rtc, port, "{folder}");
    }
}

#[test]
fn every_machine_answers_for_every_pin() {
    for captured in Captured::all() {
        let mut rig = Rig::boot(&captured);
        for bridge in devices(&mut rig).host_bridges {
            for device in 0..32 {
                let path = path(&[device]);
                for pin in 0..4 {
                    let line = pci_routing::route(&mut rig.aml, &mut rig.host, &bridge, &path, pin);
                    assert!(line.is_ok(), "{}: {line:?}", captured.profile.folder);
                }
            }
        }
    }
}

#[test]
fn virtio_slots_are_where_the_namespace_says() {
    let mut rig = Rig::boot(&Captured::open("aarch64-virt-10.0-ged-memory"));
    let slots = devices(&mut rig).virtio_mmio;
    assert_eq!(slots.len(), 32);
    for (index, slot) in slots.iter().enumerate() {
        assert_eq!(slot.address, 0x0A00_0000 + 0x200 * index as u64);
        assert_eq!(slot.length, 0x200);
        assert_eq!(slot.line, level(48 + index as u32));
    }
    let mut rig = Rig::boot(&Captured::open("x86_64-q35-10.0-1of8"));
    assert_eq!(devices(&mut rig).virtio_mmio, []);
}
