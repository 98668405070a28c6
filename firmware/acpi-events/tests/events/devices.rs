//! The interrupt lines of devices that are no doorbells: PCI functions, and virtio-mmio slots.

use acpi_tables::Aml;
use acpi_tables::aml::{Device, Interrupt, Method, Name, Package, ResourceTemplate, Scope, ZERO};
use hotvcpu_acpi_events::pci_routing;
use hotvcpu_acpi_events::simulator::Captured;
use hotvcpu_acpi_events::{Devices, EventError, Line, Source};
use hotvcpu_aml::PciFunction;
use hotvcpu_tables::{Polarity, Trigger};

use crate::made_up::machine;
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

/// A machine with a host bridge, these objects under it, and two links beside it: to GSI 10 and 11.
fn made_up(below: Vec<&dyn Aml>) -> Rig {
    let hid = Name::new("_HID".into(), &"PNP0A03");
    let below = [vec![&hid as &dyn Aml], below].concat();
    let bridge = Device::new("PCI0".into(), below);
    let interrupts = [10, 11].map(|gsi| Interrupt::new(true, false, false, false, gsi));
    let [ten, eleven] = interrupts
        .each_ref()
        .map(|interrupt| ResourceTemplate::new(vec![interrupt]));
    let (ten, eleven) = (
        Name::new("_CRS".into(), &ten),
        Name::new("_CRS".into(), &eleven),
    );
    let (lnka, lnkb) = (
        Device::new("LNKA".into(), vec![&ten]),
        Device::new("LNKB".into(), vec![&eleven]),
    );
    let scope = Scope::new("\\_SB_".into(), vec![&bridge, &lnka, &lnkb]);
    machine("x86_64-q35-10.0-1of8", &[&scope])
}

#[test]
fn links_that_are_named_by_strings_are_found_beside_the_table() {
    let routes = ["LNKA", "\\_SB.LNKB", "^LNKB", "NONE"];
    let addresses: Vec<u32> = (0..4).map(|device| device << 16 | 0xFFFF).collect();
    let routes: Vec<_> = routes
        .iter()
        .zip(&addresses)
        .map(|(link, address)| Package::new(vec![address, &ZERO, link, &ZERO]))
        .collect();
    let routes = Package::new(routes.iter().map(|route| route as &dyn Aml).collect());
    let table = Name::new("_PRT".into(), &routes);
    let mut rig = made_up(vec![&table]);
    assert_eq!(route(&mut rig, &[0], 0), Ok(Some(level(10))));
    assert_eq!(route(&mut rig, &[1], 0), Ok(Some(level(11))));
    assert_eq!(route(&mut rig, &[2], 0), Ok(Some(level(11))));
    assert!(matches!(
        route(&mut rig, &[3], 0),
        Err(EventError::WrongType { .. })
    ));
}

#[test]
fn a_bridge_is_found_by_the_address_of_all_its_functions_and_beside_broken_ones() {
    let broken = Method::new("_ADR".into(), 0, false, vec![]);
    let broken = Device::new("BAD0".into(), vec![&broken]);
    let all = Name::new("_ADR".into(), &0x0003_FFFFu32);
    let entry = Package::new(vec![&0x0001_FFFFu32, &ZERO, &ZERO, &42u8]);
    let table = Package::new(vec![&entry]);
    let table = Name::new("_PRT".into(), &table);
    let bridge = Device::new("BRDG".into(), vec![&all, &table]);
    let mut rig = made_up(vec![&broken, &bridge]);
    let line = route(&mut rig, &[3, 1], 0).expect("its own table is used");
    assert_eq!(line.map(|line| line.gsi), Some(42));
    assert!(
        route(&mut rig, &[4, 1], 0).is_err(),
        "it may be the broken one"
    );
}
