//! One CPU goes, or fails to.

use hotvcpu_acpi_events::simulator::Effect;
use hotvcpu_cpu_hotplug::{PowerError, State};

use crate::guest::Call;
use crate::rig::{MS, Rig, ost, with_cpu_hotplug};

/// A machine with one CPU added.
fn with_cpu(folder: &str, cpu: u32) -> Rig {
    let mut rig = Rig::boot(folder);
    rig.add(cpu);
    rig.forget();
    rig
}

#[test]
fn the_whole_way_on_every_machine() {
    for folder in with_cpu_hotplug() {
        let mut rig = with_cpu(folder, 3);
        rig.guest.stuck.insert(3);
        rig.unplug(3);
        assert_eq!(rig.state(3), State::Draining, "{folder}");
        assert_eq!(
            rig.records(),
            ["3 notify 0x3", "3 drain", "3 ost 3 0x84"],
            "{folder}"
        );
        assert_eq!(rig.calls(), [Call::Drain(3)], "{folder}");
        assert_eq!(rig.effects(), [ost(3, 3, 0x84)], "{folder}");

        rig.drained(3);
        assert_eq!(rig.records(), ["3 stop"], "{folder}");
        assert_eq!(rig.calls(), [Call::Stop(3)], "{folder}");
        rig.pass(MS);
        assert_eq!(rig.records(), [""; 0], "{folder}: it is not off yet");

        rig.guest.stuck.clear();
        rig.off(3);
        let new = folder.contains("new") || folder.contains("rfc");
        let status = if new { "3 status 0xd" } else { "3 status 0x0" };
        assert_eq!(
            rig.records(),
            ["3 off", "3 eject", status, "3 ost 3 0x0"],
            "{folder}"
        );
        assert_eq!(
            rig.effects(),
            [Effect::Ejected(3), ost(3, 3, 0)],
            "{folder}"
        );
        assert_eq!(rig.state(3), State::Ejected, "{folder}");
        assert_eq!(rig.hotplug.next_deadline(), None, "{folder}");

        rig.add(3);
        assert_eq!(
            rig.effects(),
            [ost(3, 1, 0)],
            "{folder}: the slot can be used again"
        );
    }
}

#[test]
fn a_hundred_rounds_on_one_slot() {
    for folder in [
        "x86_64-q35-10.0-1of8",
        "x86_64-pc-7.2-1of8",
        "aarch64-new-2of8",
    ] {
        let mut rig = Rig::boot(folder);
        for round in 0..100 {
            rig.add(4);
            rig.unplug(4);
            rig.drained(4);
            assert_eq!(rig.state(4), State::Ejected, "{folder}, round {round}");
        }
        let answers = rig.effects();
        assert_eq!(answers.len(), 100 * 4, "{folder}");
        let objects = rig.aml.object_count();
        rig.add(4);
        assert_eq!(rig.aml.object_count(), objects, "{folder}: nothing grows");
    }
}

#[test]
fn the_boot_cpu_refuses() {
    for folder in with_cpu_hotplug() {
        let mut rig = Rig::boot(folder);
        let node = rig
            .aml
            .find("\\_SB.CPUS.C000")
            .expect("the CPU has an object");
        rig.with(|hotplug, env| hotplug.on_notify(env, node, 3));
        assert_eq!(
            rig.records(),
            ["0 notify 0x3", "0 refused", "0 ost 3 0x80"],
            "{folder}"
        );
        assert_eq!(
            rig.last_text(),
            "the boot CPU cannot be removed",
            "{folder}"
        );
        assert_eq!(rig.state(0), State::Online, "{folder}");
        assert_eq!(rig.calls(), [], "{folder}");
    }
}

#[test]
fn eject_requests_at_the_wrong_time() {
    let mut rig = Rig::boot("x86_64-q35-10.0-1of8");
    rig.unplug(5);
    assert_eq!(
        rig.records(),
        ["5 notify 0x3", "5 refused", "5 ost 3 0x1"],
        "it is not there"
    );
    rig.plug(2);
    rig.forget();
    rig.unplug(2);
    assert_eq!(
        rig.records(),
        ["2 notify 0x3", "2 refused", "2 ost 3 0x82"],
        "it is starting"
    );
    rig.hello(2);
    rig.unplug(2);
    rig.forget();
    rig.unplug(2);
    assert_eq!(
        rig.records(),
        ["2 notify 0x3", "2 ost 3 0x84"],
        "it is under way already"
    );
    assert_eq!(rig.calls(), []);
    rig.plug(2);
    assert_eq!(
        rig.records(),
        ["2 notify 0x1", "2 refused", "2 ost 1 0x1"],
        "it is going"
    );
    rig.drained(2);
    assert_eq!(rig.state(2), State::Ejected);
}

#[test]
fn work_that_cannot_be_drained_keeps_the_cpu() {
    let mut rig = with_cpu("x86_64-q35-10.0-1of8", 3);
    rig.unplug(3);
    assert_eq!(rig.hotplug.next_deadline(), Some(5_000 * MS));
    rig.forget();
    rig.pass(5_000 * MS);
    assert_eq!(rig.state(3), State::Online);
    assert_eq!(rig.records(), ["3 failed", "3 ost 3 0x81"]);
    assert!(
        rig.last_text().contains("within 5000 ms"),
        "{}",
        rig.last_text()
    );
    assert_eq!(rig.calls(), [Call::Begin(3)], "it takes work again");

    rig.drained(3);
    assert_eq!(rig.records(), ["3 error"], "too late");
    rig.unplug(3);
    rig.drained(3);
    assert_eq!(rig.state(3), State::Ejected, "a second request works");
}

#[test]
fn a_cpu_that_does_not_stop_fails_and_can_be_asked_for_again() {
    let mut rig = with_cpu("aarch64-new-2of8", 3);
    rig.guest.stuck.insert(3);
    rig.unplug(3);
    rig.drained(3);
    rig.forget();
    rig.pass(5_000 * MS);
    assert_eq!(rig.state(3), State::Failed);
    assert_eq!(rig.records(), ["3 failed", "3 ost 3 0x82"]);
    assert!(rig.last_text().starts_with("stop:"), "{}", rig.last_text());
    assert_eq!(
        rig.effects(),
        [ost(3, 3, 0x82)],
        "a CPU that may run is never ejected"
    );

    rig.guest.stuck.clear();
    rig.unplug(3);
    let expected = [
        "3 notify 0x3",
        "3 ost 3 0x84",
        "3 stop",
        "3 off",
        "3 eject",
        "3 status 0xd",
        "3 ost 3 0x0",
    ];
    assert_eq!(rig.records(), expected);
    assert_eq!(rig.state(3), State::Ejected);
}

#[test]
fn a_cpu_that_cannot_be_told_to_stop_stays_online() {
    let mut rig = with_cpu("x86_64-q35-10.0-1of8", 3);
    rig.guest.stop_error = Some(PowerError::NotDelivered);
    rig.unplug(3);
    rig.forget();
    rig.drained(3);
    assert_eq!(rig.records(), ["3 stop", "3 failed", "3 ost 3 0x82"]);
    assert_eq!(rig.calls(), [Call::Stop(3), Call::Begin(3)]);
    assert_eq!(rig.state(3), State::Online);
}

#[test]
fn a_failed_cpu_can_be_removed() {
    let mut rig = Rig::boot("x86_64-q35-10.0-1of8");
    rig.plug(2);
    rig.pass(5_000 * MS);
    rig.forget();
    rig.unplug(2);
    let expected = [
        "2 notify 0x3",
        "2 ost 3 0x84",
        "2 stop",
        "2 off",
        "2 eject",
        "2 status 0x0",
        "2 ost 3 0x0",
    ];
    assert_eq!(rig.records(), expected);
    assert_eq!(rig.calls(), [Call::Stop(2)], "it has no work to drain");
}

#[test]
fn a_cpu_that_never_started_is_given_back_at_once() {
    let mut rig = Rig::boot("x86_64-q35-10.0-1of8");
    rig.guest.start_error = Some(PowerError::NoMemory);
    rig.plug(2);
    rig.forget();
    rig.unplug(2);
    assert_eq!(rig.calls(), [], "there is nothing to stop");
    assert_eq!(
        rig.effects(),
        [ost(2, 3, 0x84), Effect::Ejected(2), ost(2, 3, 0)]
    );
    assert_eq!(rig.state(2), State::Ejected);
}

#[test]
fn an_aml_error_in_the_ejection_is_reported_and_the_next_request_ends_it() {
    for folder in with_cpu_hotplug() {
        let mut rig = with_cpu(folder, 3);
        rig.unplug(3);
        rig.forget();
        rig.host.machine.fail_after = Some(0);
        rig.drained(3);
        assert_eq!(rig.state(3), State::Failed, "{folder}");
        assert_eq!(
            rig.records(),
            ["3 stop", "3 off", "3 failed", "3 failed"],
            "{folder}"
        );
        assert!(
            rig.guest.texts[0].contains("_EJ0"),
            "{folder}: {}",
            rig.guest.texts[0]
        );
        rig.host.machine.fail_after = None;
        rig.unplug(3);
        assert_eq!(rig.state(3), State::Ejected, "{folder}");
        let expected = [ost(3, 3, 0x84), Effect::Ejected(3), ost(3, 3, 0)];
        assert_eq!(rig.effects(), expected, "{folder}");
    }
}
