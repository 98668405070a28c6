//! The table of CPUs, and those that are there before the guest is.

use hotvcpu_acpi_events::simulator::{Captured, MACHINES};
use hotvcpu_cpu_hotplug::State;

use crate::guest::Call;
use crate::rig::{Rig, policy};

/// A machine just before its first scan.
fn before_scan(folder: &str) -> Rig {
    let captured = Captured::open(folder);
    Rig::build(&captured, policy(&captured))
}

#[test]
fn every_machine_has_its_slots() {
    for machine in MACHINES {
        let rig = before_scan(machine.folder);
        assert_eq!(
            rig.hotplug.slot_count() as u32,
            machine.slots,
            "{}",
            machine.folder
        );
        assert_eq!(rig.hotplug.boot_uid(), Some(0), "{}", machine.folder);
        assert_eq!(rig.hotplug.online(), 1, "{}", machine.folder);
        let uids: Vec<_> = rig.hotplug.cpus().map(|cpu| cpu.uid).collect();
        assert_eq!(
            uids,
            (0..machine.slots).collect::<Vec<_>>(),
            "{}",
            machine.folder
        );
        assert_eq!(rig.guest.records, [""; 0], "{}", machine.folder);
    }
}

#[test]
fn the_cpus_that_are_there_are_started_without_an_answer() {
    for machine in MACHINES {
        let mut rig = before_scan(machine.folder);
        rig.scan();
        let starts: Vec<_> = (1..machine.plugged).map(Call::Start).collect();
        assert_eq!(
            rig.calls(),
            starts,
            "{}: {:?}",
            machine.folder,
            rig.guest.texts
        );
        for cpu in 1..machine.plugged {
            rig.hello(cpu);
        }
        assert_eq!(
            rig.hotplug.online() as u32,
            machine.plugged,
            "{}",
            machine.folder
        );
        assert_eq!(rig.effects(), [], "{}: nobody asked", machine.folder);
        let records = rig.records();
        let failed = records
            .iter()
            .any(|r| r.contains("failed") || r.contains("error"));
        assert!(!failed, "{}: {records:?}", machine.folder);
    }
}

#[test]
fn a_cpu_added_before_the_guest_was_up_is_found_and_answered_later() {
    let mut rig = before_scan("x86_64-q35-10.0-1of8");
    rig.host.machine.plug(4);
    rig.scan();
    assert_eq!(rig.calls(), [Call::Start(4)]);
    assert_eq!(rig.last_text(), "found by a scan");
    // The doorbell rings while it starts: the same start answers the device check.
    rig.ring();
    assert_eq!(rig.calls(), []);
    rig.hello(4);
    assert_eq!(rig.effects(), [crate::rig::ost(4, 1, 0)]);
}

#[test]
fn scanning_again_changes_nothing() {
    for machine in MACHINES {
        let mut rig = Rig::boot(machine.folder);
        let states: Vec<_> = rig.hotplug.cpus().collect();
        rig.scan();
        assert_eq!(rig.calls(), [], "{}", machine.folder);
        assert_eq!(
            rig.hotplug.cpus().collect::<Vec<_>>(),
            states,
            "{}",
            machine.folder
        );
    }
}

#[test]
fn the_generations_differ_in_what_a_free_slot_is() {
    for (folder, state) in [
        ("aarch64-old-2of8", State::Absent),
        ("aarch64-new-2of8", State::Disabled),
        ("aarch64-rfc5-2of8", State::Disabled),
        ("x86_64-q35-10.0-1of8", State::Absent),
    ] {
        assert_eq!(Rig::boot(folder).state(3), state, "{folder}");
    }
}
