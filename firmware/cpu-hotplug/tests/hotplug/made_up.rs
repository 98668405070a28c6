//! Tables that contradict themselves.

use acpi_tables::Aml;
use acpi_tables::aml::{BufferData, Device, Name, Scope};
use acpi_tables::sdt::Sdt;
use hotvcpu_acpi_events::simulator::Captured;
use hotvcpu_cpu_hotplug::State;
use hotvcpu_tables::HardwareId;

use crate::guest::Call;
use crate::rig::{Rig, policy};

const FOLDER: &str = "x86_64-microvm-10.0";

/// A processor device: its name, `_UID`, and the CPU and APIC ID in its `_MAT`.
struct Processor {
    name: &'static str,
    uid: u32,
    mat: Option<(u8, u8)>,
}

/// One whose `_MAT` says the same UID as its object in the namespace, and this APIC ID.
fn processor(name: &'static str, uid: u8, apic_id: u8) -> Processor {
    Processor {
        name,
        uid: uid.into(),
        mat: Some((uid, apic_id)),
    }
}

/// A machine that has just these processors.
fn machine(processors: &[Processor]) -> Rig {
    let mut captured = Captured::open(FOLDER);
    captured.dsdt = dsdt(processors);
    Rig::build(&captured, policy(&captured))
}

fn dsdt(processors: &[Processor]) -> Vec<u8> {
    let mut aml = Vec::new();
    for Processor { name, uid, mat } in processors {
        let hid = Name::new("_HID".into(), &"ACPI0007");
        let uid = Name::new("_UID".into(), uid);
        let entry = |(uid, apic_id)| BufferData::new(vec![0, 8, uid, apic_id, 1, 0, 0, 0]);
        let buffer = mat.map(entry);
        let mat = buffer
            .as_ref()
            .map(|buffer| Name::new("_MAT".into(), buffer));
        let mut objects: Vec<&dyn Aml> = vec![&hid, &uid];
        objects.extend(mat.as_ref().map(|mat| mat as &dyn Aml));
        let device = Device::new((*name).into(), objects);
        Scope::new("\\_SB_".into(), vec![&device]).to_aml_bytes(&mut aml);
    }
    let mut table = Sdt::new(*b"DSDT", 36, 2, *b"HOTCPU", *b"MADEUP  ", 1);
    table.append_slice(&aml);
    table.as_slice().to_vec()
}

#[test]
fn two_cpus_with_one_apic_id() {
    let mut rig = machine(&[
        processor("C000", 0, 0),
        processor("C001", 1, 5),
        processor("C002", 2, 5),
        processor("C003", 3, 6),
    ]);
    rig.scan();
    assert_eq!(
        rig.calls(),
        [Call::Start(1), Call::Start(3)],
        "the others go on"
    );
    assert_eq!(rig.state(2), State::Failed);
    let text = "identity: CPU 2 has the hardware ID 0x5, which CPU 1 has already";
    assert!(
        rig.guest.texts.iter().any(|t| t == text),
        "{:?}",
        rig.guest.texts
    );
}

#[test]
fn a_cpu_with_the_boot_cpus_apic_id_is_never_started() {
    let mut rig = machine(&[processor("C000", 0, 0), processor("C001", 1, 0)]);
    rig.scan();
    // UIDs 2 and 3 are in this machine's MADT alone.
    assert_eq!(rig.calls(), [Call::Start(2), Call::Start(3)]);
    assert_eq!(rig.state(1), State::Failed);
    assert!(
        rig.guest
            .texts
            .iter()
            .any(|text| text.contains("boot CPU's hardware ID"))
    );
}

#[test]
fn two_cpus_with_one_uid() {
    let mut rig = machine(&[
        Processor {
            name: "C000",
            uid: 0,
            mat: None,
        },
        Processor {
            name: "C001",
            uid: 1,
            mat: None,
        },
        Processor {
            name: "C00X",
            uid: 1,
            mat: None,
        },
    ]);
    assert_eq!(rig.records(), ["1 error"]);
    assert_eq!(
        rig.last_text(),
        "\\_SB.C00X has the same _UID 1 as \\_SB.C001"
    );
    rig.scan();
    assert_eq!(rig.calls(), [1, 2, 3].map(Call::Start));
    let second = rig.aml.find("\\_SB.C00X").expect("it was loaded");
    rig.forget();
    rig.with(|hotplug, env| hotplug.on_notify(env, second, 1));
    assert_eq!(rig.records(), ["1 notify 0x1", "1 refused"]);
    assert_eq!(rig.calls(), []);
}

#[test]
fn a_mat_for_another_cpu_is_not_believed() {
    let mut rig = machine(&[Processor {
        name: "C001",
        uid: 1,
        mat: Some((9, 9)),
    }]);
    rig.scan();
    let ids: Vec<_> = rig
        .guest
        .started
        .iter()
        .map(|cpu| (cpu.uid, cpu.id))
        .collect();
    assert_eq!(ids[0], (1, HardwareId::Apic(1)), "the MADT's");
}

#[test]
fn a_cpu_that_nothing_identifies_fails_alone() {
    let mut rig = machine(&[
        Processor {
            name: "C001",
            uid: 1,
            mat: None,
        },
        Processor {
            name: "C009",
            uid: 9,
            mat: Some((8, 8)),
        },
    ]);
    rig.scan();
    assert_eq!(rig.calls(), [1, 2, 3].map(Call::Start));
    assert_eq!(rig.state(9), State::Failed);
    assert!(
        rig.guest
            .texts
            .iter()
            .any(|text| text.contains("neither _MAT nor the MADT"))
    );
}

#[test]
fn a_second_madt_entry_for_a_uid_is_reported() {
    let mut captured = Captured::open(FOLDER);
    // CPU 2's entry now claims UID 1.
    captured.madt[44 + 2 * 8 + 2] = 1;
    captured.madt[9] = captured.madt[9].wrapping_add(1);
    let mut rig = Rig::build(&captured, policy(&captured));
    assert_eq!(rig.records(), ["1 error"]);
    rig.scan();
    assert_eq!(rig.calls(), [1, 3].map(Call::Start));
}

#[test]
fn a_boot_cpu_that_the_madt_does_not_know() {
    let captured = Captured::open(FOLDER);
    let mut policy = policy(&captured);
    policy.boot = HardwareId::Apic(77);
    policy.max_cpus = 2;
    let mut rig = Rig::build(&captured, policy);
    assert_eq!(rig.records(), ["error"]);
    assert_eq!(rig.hotplug.boot_uid(), None);
    rig.scan();
    assert_eq!(
        rig.calls(),
        [Call::Start(0)],
        "it counts towards the limit all the same"
    );
}
