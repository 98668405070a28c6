//! What the tables of real hypervisors say, and what happens when their doorbells ring.

use hotvcpu_acpi_events::simulator::{Captured, MACHINES};
use hotvcpu_acpi_events::{EventError, Line, Source};
use hotvcpu_tables::{Polarity, Trigger};

use crate::rig::Rig;

/// The machines on which CPUs can be added.
fn with_cpu_hotplug() -> impl Iterator<Item = &'static str> {
    MACHINES
        .iter()
        .filter(|m| m.cpu_block.is_some() && m.plugged < m.slots)
        .map(|m| m.folder)
}

#[test]
fn each_machine_has_the_line_that_its_tables_name() {
    let edge = |gsi| Line {
        gsi,
        trigger: Trigger::Edge,
        polarity: Polarity::High,
        source: Source::Ged,
    };
    for captured in Captured::all() {
        let folder = captured.profile.folder;
        let rig = Rig::boot(&captured);
        assert_eq!(rig.problems, [], "{folder}");
        let expected = match folder {
            _ if folder.contains("microvm") => edge(9),
            _ if folder.starts_with("aarch64") => edge(41),
            _ if folder.starts_with("loongarch") => edge(0x47),
            _ => Line {
                trigger: Trigger::Level,
                source: Source::Sci,
                ..edge(9)
            },
        };
        assert_eq!(
            rig.doorbells.lines().collect::<Vec<_>>(),
            [expected],
            "{folder}"
        );
    }
}

#[test]
fn an_added_cpu_rings_and_is_notified_once() {
    for folder in with_cpu_hotplug() {
        let mut rig = Rig::armed(folder);
        rig.host.machine.plug(3);
        let gsi = rig.gsi();
        let service = rig.service(gsi);
        let scan = if folder.starts_with("x86_64") {
            "\\_GPE._E02"
        } else {
            "\\_SB.GED._EVT"
        };
        assert_eq!(rig.paths(&service), [scan], "{folder}");
        assert!(
            service.runs[0].result.is_ok(),
            "{folder}: {:?}",
            service.runs[0].result
        );
        assert_eq!(
            rig.notifies(),
            [("\\_SB.CPUS.C003".to_string(), 1)],
            "{folder}"
        );
        assert!(!rig.host.machine.cpu_block().has_events(), "{folder}");
        assert!(!rig.host.machine.sci_asserted(), "{folder}");
        if folder.starts_with("x86_64") {
            assert!(rig.service(gsi).runs.is_empty(), "{folder}: it rang once");
        }
    }
}

#[test]
fn insertions_and_ejections_in_one_scan_all_arrive() {
    for folder in with_cpu_hotplug() {
        let mut rig = Rig::armed(folder);
        for cpu in [1, 3] {
            rig.host.machine.plug(cpu);
        }
        rig.host.machine.request_unplug(2);
        let gsi = rig.gsi();
        rig.service(gsi);
        let mut notifies = rig.notifies();
        notifies.sort();
        let expected = [("C001", 1), ("C002", 3), ("C003", 1)];
        let expected = expected.map(|(cpu, value)| (format!("\\_SB.CPUS.{cpu}"), value));
        assert_eq!(notifies, expected, "{folder}");
    }
}

#[test]
fn more_cpus_than_one_batch_of_the_scan_holds() {
    let mut rig = Rig::armed("x86_64-q35-10.0-1of288");
    for cpu in 1..288 {
        rig.host.machine.plug(cpu);
    }
    let service = rig.service(9);
    assert!(service.runs[0].result.is_ok());
    assert_eq!(rig.notifies().len(), 287);
    assert_eq!(rig.host.notifies.take_lost(), 0);
}

#[test]
fn an_event_from_before_the_doorbells_were_armed_is_not_lost() {
    let mut rig = Rig::boot(&Captured::open("x86_64-q35-10.0-1of8"));
    rig.host.machine.plug(5);
    assert!(!rig.host.machine.sci_asserted());
    rig.doorbells
        .enable(&mut rig.host)
        .expect("the doorbells can be armed");
    assert!(rig.host.machine.sci_asserted());
    rig.service(9);
    assert_eq!(rig.notifies(), [("\\_SB.CPUS.C005".to_string(), 1)]);
}

#[test]
fn an_aml_error_is_reported_and_the_same_event_works_again() {
    for folder in with_cpu_hotplug() {
        let mut rig = Rig::armed(folder);
        rig.host.machine.plug(2);
        rig.host.machine.fail_after = Some(3);
        let gsi = rig.gsi();
        let service = rig.service(gsi);
        let error = service.runs[0]
            .result
            .as_ref()
            .expect_err("the fourth access fails");
        assert!(matches!(error, EventError::Aml { .. }), "{folder}: {error}");
        assert!(
            error.to_string().contains("CSCN"),
            "{folder}: {error} names the method"
        );
        rig.host.machine.fail_after = None;
        rig.host.machine.ring_for_cpus();
        assert!(rig.service(gsi).runs[0].result.is_ok(), "{folder}");
        assert_eq!(
            rig.notifies(),
            [("\\_SB.CPUS.C002".to_string(), 1)],
            "{folder}"
        );
    }
}

#[test]
fn a_line_that_is_no_doorbell_does_nothing() {
    for captured in Captured::all() {
        let mut rig = Rig::boot(&captured);
        let service = rig.service(4242);
        assert!(service.runs.is_empty() && service.errors.is_empty() && !service.power_button);
    }
}

#[test]
fn the_scan_that_does_not_exist_is_reported() {
    // The trap: with CPU hotplug off, this QEMU's _EVT still names a scan method that is not there.
    let mut rig = Rig::armed("aarch64-new-hotplug-off");
    rig.host.machine.ring_for_cpus();
    let service = rig.service(41);
    let error = service.runs[0]
        .result
        .as_ref()
        .expect_err("CSCN is missing");
    assert!(error.to_string().contains("_EVT"), "{error}");
    rig.host.machine.press_power_button();
    assert!(
        rig.service(41).runs[0].result.is_ok(),
        "the power button works all the same"
    );
    assert_eq!(rig.notifies(), [("\\_SB.PWRB".to_string(), 0x80)]);
}

#[test]
fn lost_notifications_are_counted() {
    let mut rig = Rig::armed("x86_64-q35-10.0-1of8");
    rig.host.notifies = hotvcpu_acpi_events::NotifyQueue::new(2);
    for cpu in 1..8 {
        rig.host.machine.plug(cpu);
    }
    rig.service(9);
    assert_eq!(rig.notifies().len(), 2);
    assert_eq!(rig.host.notifies.take_lost(), 5);
    assert_eq!(rig.host.notifies.take_lost(), 0, "they are reported once");
}
