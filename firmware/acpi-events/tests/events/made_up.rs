//! Machines that are wrong, or right in a way that no captured one is.

use acpi_tables::Aml;
use acpi_tables::aml::{
    Device, EISAName, Field, FieldAccessType, FieldEntry, FieldLockRule, FieldUpdateRule,
    Interrupt, Method, Name, Notify, ONE, OpRegion, OpRegionSpace, ResourceTemplate, Scope, ZERO,
};
use acpi_tables::sdt::Sdt;
use hotvcpu_acpi_events::simulator::Captured;
use hotvcpu_acpi_events::{EventError, Line, Source};
use hotvcpu_tables::{Polarity, Trigger};

use crate::rig::Rig;

/// A DSDT with these objects.
pub fn dsdt(objects: &[&dyn Aml]) -> Vec<u8> {
    let mut aml = Vec::new();
    for object in objects {
        object.to_aml_bytes(&mut aml);
    }
    let mut table = Sdt::new(*b"DSDT", 36, 2, *b"HOTCPU", *b"MADEUP  ", 1);
    table.append_slice(&aml);
    table.as_slice().to_vec()
}

/// A captured machine's hardware under another DSDT.
pub fn machine(folder: &str, objects: &[&dyn Aml]) -> Rig {
    let mut captured = Captured::open(folder);
    captured.dsdt = dsdt(objects);
    let mut rig = Rig::boot(&captured);
    rig.doorbells
        .enable(&mut rig.host)
        .expect("the doorbells can be armed");
    rig
}

#[test]
fn an_edge_is_cleared_before_its_handler_and_a_level_after_it() {
    // Both handlers notify with the status register as they see it.
    let device = Device::new("TEST".into(), vec![]);
    let region = OpRegion::new("GREG".into(), OpRegionSpace::SystemIO, &0x620u16, &1u8);
    let field = Field::new(
        "GREG".into(),
        FieldAccessType::Byte,
        FieldLockRule::NoLock,
        FieldUpdateRule::Preserve,
        vec![FieldEntry::Named(*b"GSTS", 8)],
    );
    let test = acpi_tables::aml::Path::new("\\TEST");
    let status = acpi_tables::aml::Path::new("\\GSTS");
    let notify = Notify::new(&test, &status);
    let edge = Method::new("_E02".into(), 0, false, vec![&notify]);
    let level = Method::new("_L03".into(), 0, false, vec![&notify]);
    let gpe = Scope::new("\\_GPE".into(), vec![&edge, &level]);
    let mut rig = machine("x86_64-q35-10.0-1of8", &[&device, &region, &field, &gpe]);
    assert_eq!(rig.problems, []);
    for event in [2, 3] {
        rig.host.machine.set_gpe_status(event);
    }
    let service = rig.service(9);
    let numbers: Vec<_> = service.runs.iter().map(|run| run.number).collect();
    assert_eq!(numbers, [2, 3]);
    let seen: Vec<_> = rig.notifies().into_iter().map(|(_, value)| value).collect();
    assert_eq!(
        seen,
        [1 << 3, 1 << 3],
        "event 2 is gone before its handler runs, event 3 is not"
    );
    assert!(!rig.host.machine.sci_asserted());
}

#[test]
fn only_events_with_a_handler_are_enabled() {
    let handler = Method::new("_L0A".into(), 0, false, vec![]);
    let gpe = Scope::new("\\_GPE".into(), vec![&handler]);
    let mut rig = machine("x86_64-q35-10.0-1of8", &[&gpe]);
    rig.host.machine.set_gpe_status(2);
    assert!(!rig.host.machine.sci_asserted());
    assert!(rig.service(9).runs.is_empty());
    rig.host.machine.set_gpe_status(10);
    assert!(rig.host.machine.sci_asserted());
    assert_eq!(rig.service(9).runs.len(), 1);
}

#[test]
fn handlers_that_can_never_run_are_reported() {
    let methods = ["_E02", "_L02", "_L7F", "_E40", "_EXX", "_W01"]
        .map(|name| Method::new(name.into(), 0, false, vec![]));
    let gpe = Scope::new(
        "\\_GPE".into(),
        methods.iter().map(|method| method as &dyn Aml).collect(),
    );
    let rig = machine("x86_64-q35-10.0-1of8", &[&gpe]);
    let path = |name: &str| format!("\\_GPE.{name}");
    assert_eq!(
        rig.problems,
        [
            EventError::DuplicateHandler { path: path("_L02") },
            EventError::NoSuchGpe { path: path("_L7F") },
            EventError::NoSuchGpe { path: path("_E40") },
        ]
    );
}

#[test]
fn two_geds_with_an_interrupt_each() {
    let hid = Name::new("_HID".into(), &"ACPI0013");
    let interrupts = [20u32, 21].map(|gsi| Interrupt::new(true, gsi == 20, gsi == 21, false, gsi));
    let templates = interrupts
        .each_ref()
        .map(|interrupt| ResourceTemplate::new(vec![interrupt]));
    let resources = templates
        .each_ref()
        .map(|template| Name::new("_CRS".into(), template));
    let arg = acpi_tables::aml::Arg(0);
    let scope = acpi_tables::aml::Path::new("\\_SB_");
    let notify = Notify::new(&scope, &arg);
    let handler = Method::new("_EVT".into(), 1, true, vec![&notify]);
    let [first, second] = [0, 1].map(|index| {
        let name = if index == 0 { "GED0" } else { "GED1" };
        Device::new(name.into(), vec![&hid, &resources[index], &handler])
    });
    let scope = Scope::new("\\_SB_".into(), vec![&first, &second]);
    let mut rig = machine("x86_64-microvm-10.0", &[&scope]);
    let lines: Vec<_> = rig.doorbells.lines().map(|line| line.gsi).collect();
    assert_eq!(lines, [20, 21]);
    for gsi in [21, 20] {
        let service = rig.service(gsi);
        assert_eq!(service.runs.len(), 1, "only the device that rang");
        assert_eq!(service.runs[0].number, gsi);
        let name = if gsi == 20 {
            "\\_SB.GED0._EVT"
        } else {
            "\\_SB.GED1._EVT"
        };
        assert_eq!(rig.paths(&service), [name]);
        assert_eq!(
            rig.notifies()[0].1,
            u64::from(gsi),
            "_EVT is told which interrupt it was"
        );
    }
}

#[test]
fn incomplete_geds_are_reported_and_absent_ones_are_not() {
    let hid = Name::new("_HID".into(), &"ACPI0013");
    let interrupt = Interrupt::new(true, true, false, false, 20);
    let resources = ResourceTemplate::new(vec![&interrupt]);
    let crs = Name::new("_CRS".into(), &resources);
    let no_buffer = Name::new("_CRS".into(), &ONE);
    let handler = Method::new("_EVT".into(), 1, true, vec![]);
    let absent = Name::new("_STA".into(), &ZERO);
    let silent = Device::new("GED0".into(), vec![&hid, &handler]);
    let deaf = Device::new("GED1".into(), vec![&hid, &crs]);
    let wrong = Device::new("GED2".into(), vec![&hid, &no_buffer, &handler]);
    let gone = Device::new("GED3".into(), vec![&hid, &absent]);
    let fine = Device::new("GED4".into(), vec![&hid, &crs, &handler]);
    let scope = Scope::new("\\_SB_".into(), vec![&silent, &deaf, &wrong, &gone, &fine]);
    let mut rig = machine("x86_64-microvm-10.0", &[&scope]);
    let texts: Vec<_> = rig.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "the generic event device \\_SB.GED0 has no interrupt in its _CRS; it is ignored",
            "the generic event device \\_SB.GED1 has no _EVT; it is ignored",
            "\\_SB.GED2._CRS should be a buffer",
        ]
    );
    assert_eq!(rig.doorbells.lines().count(), 1);
    assert_eq!(rig.service(20).runs.len(), 1);
}

#[test]
fn a_power_button_may_have_a_compressed_id() {
    let id = EISAName::new("PNP0C0C");
    let hid = Name::new("_HID".into(), &id);
    let button = Device::new("PWRB".into(), vec![&hid]);
    let scope = Scope::new("\\_SB_".into(), vec![&button]);
    let rig = machine("x86_64-microvm-10.0", &[&scope]);
    let node = rig.aml.find("\\_SB.PWRB").expect("it was loaded");
    let pressed = hotvcpu_acpi_events::Notify { node, value: 0x80 };
    assert!(rig.doorbells.is_power_button(&pressed));
}

/// Makes a table's bytes add up to 0 again.
fn seal(table: &mut [u8]) {
    table[9] = 0;
    let sum = table.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
    table[9] = sum.wrapping_neg();
}

#[test]
fn a_second_gpe_block_has_its_own_base() {
    let methods = ["_E02", "_L41", "_E50"].map(|name| Method::new(name.into(), 0, false, vec![]));
    let gpe = Scope::new(
        "\\_GPE".into(),
        methods.iter().map(|method| method as &dyn Aml).collect(),
    );
    let mut captured = Captured::open("x86_64-pc-10.0-1of8");
    captured.dsdt = dsdt(&[&gpe]);
    // GPE1_BLK, GPE1_BLK_LEN and GPE1_BASE: two status bytes, for events 0x40 to 0x4F.
    captured.fadt[84..88].copy_from_slice(&0x640u32.to_le_bytes());
    captured.fadt[93..95].copy_from_slice(&[4, 0x40]);
    seal(&mut captured.fadt);
    let mut rig = Rig::boot(&captured);
    let outside = EventError::NoSuchGpe {
        path: "\\_GPE._E50".to_string(),
    };
    assert_eq!(rig.problems, [outside]);
    rig.doorbells
        .enable(&mut rig.host)
        .expect("the doorbells can be armed");
    for event in [0x41, 2] {
        rig.host.machine.set_gpe_status(event);
        assert!(rig.host.machine.sci_asserted(), "{event:#x}");
        let service = rig.service(9);
        let numbers: Vec<_> = service.runs.iter().map(|run| run.number).collect();
        assert_eq!(numbers, [u32::from(event)]);
        assert!(!rig.host.machine.sci_asserted(), "{event:#x}");
    }
}

#[test]
fn the_sci_goes_where_the_madt_sends_it() {
    let mut captured = Captured::open("x86_64-q35-10.0-1of8");
    // The override of ISA interrupt 9: to GSI 20, edge-triggered, active low.
    captured.madt[0x90..0x96].copy_from_slice(&[20, 0, 0, 0, 0b0111, 0]);
    seal(&mut captured.madt);
    let rig = Rig::boot(&captured);
    let expected = Line {
        gsi: 20,
        trigger: Trigger::Edge,
        polarity: Polarity::Low,
        source: Source::Sci,
    };
    assert_eq!(rig.doorbells.lines().collect::<Vec<_>>(), [expected]);

    // Without an override it is what the specification says of the SCI.
    captured.madt[0x8F] = 3;
    seal(&mut captured.madt);
    let rig = Rig::boot(&captured);
    let expected = Line {
        gsi: 9,
        trigger: Trigger::Level,
        ..expected
    };
    assert_eq!(rig.doorbells.lines().collect::<Vec<_>>(), [expected]);
}
