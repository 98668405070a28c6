//! CPUs that the guest keeps out of use: by its policy, or because its user took them offline.

use hotvcpu_acpi_events::simulator::{Captured, Effect};
use hotvcpu_cpu_hotplug::{OnlinePolicy, PowerError, Refused, State};

use crate::guest::Call;
use crate::rig::{MS, Rig, ost, policy, with_cpu_hotplug};

const Q35: &str = "x86_64-q35-10.0-1of8";

fn manual(folder: &str) -> Rig {
    Rig::boot_with(folder, |policy| policy.online = OnlinePolicy::Manual)
}

/// A machine with one CPU added, online.
fn with_cpu(folder: &str, cpu: u32) -> Rig {
    let mut rig = Rig::boot(folder);
    rig.add(cpu);
    rig.forget();
    rig
}

/// The same, taken offline again.
fn offline(folder: &str, cpu: u32) -> Rig {
    let mut rig = with_cpu(folder, cpu);
    rig.take_offline(cpu).expect("it can go offline");
    rig.drained(cpu);
    assert_eq!(rig.state(cpu), State::Enabled, "{folder}");
    rig.forget();
    rig
}

#[test]
fn a_cpu_that_is_added_waits_where_the_policy_is_manual() {
    for folder in with_cpu_hotplug() {
        let mut rig = manual(folder);
        rig.plug(3);
        assert_eq!(rig.state(3), State::Enabled, "{folder}");
        assert_eq!(
            rig.effects(),
            [ost(3, 1, 0)],
            "{folder}: to the host, that is success"
        );
        let records = rig.records();
        assert_eq!(records.last().map(String::as_str), Some("3 ost 1 0x0"));
        assert!(records.contains(&"3 present".to_string()), "{records:?}");
        let cpu = rig.hotplug.cpus().find(|cpu| cpu.uid == 3);
        assert!(cpu.is_some_and(|cpu| cpu.cpu.is_some()), "{folder}: known");
        assert_eq!(rig.calls(), [], "{folder}: it was not started");
        assert_eq!(rig.hotplug.next_deadline(), None, "{folder}");

        // Looking at it again changes nothing, and says nothing.
        rig.scan();
        assert_eq!((rig.records().len(), rig.calls().len()), (0, 0));

        rig.bring_online(3).expect("it can go online");
        assert_eq!(rig.state(3), State::Starting, "{folder}");
        rig.hello(3);
        assert_eq!(rig.state(3), State::Online, "{folder}");
        assert_eq!(rig.calls(), [Call::Start(3), Call::Begin(3)], "{folder}");
        assert_eq!(rig.effects(), [], "{folder}: the host has no part in it");
    }
}

#[test]
fn cpus_that_are_there_at_boot_go_online_under_any_policy() {
    let captured = Captured::open(Q35);
    let mut manual = policy(&captured);
    manual.online = OnlinePolicy::Manual;
    let mut rig = Rig::build(&captured, manual);
    rig.host.machine.plug(4);
    rig.scan();
    rig.hello(4);
    assert_eq!(rig.state(4), State::Online);
    // The doorbell of its own adding comes late.
    rig.ring();
    assert_eq!(rig.effects(), [ost(4, 1, 0)]);

    // One that only a later scan finds was added.
    rig.host.machine.cpu_block().plug(5);
    rig.scan();
    assert_eq!(rig.state(5), State::Enabled);
    assert_eq!(rig.effects(), [], "nobody asked");
}

#[test]
fn a_cpu_that_waits_is_removed_at_once() {
    for folder in with_cpu_hotplug() {
        let mut rig = manual(folder);
        rig.plug(3);
        rig.forget();
        rig.unplug(3);
        let expected = [ost(3, 3, 0x84), Effect::Ejected(3), ost(3, 3, 0)];
        assert_eq!(rig.effects(), expected, "{folder}");
        assert_eq!(rig.calls(), [], "{folder}: there is nothing to stop");
        assert_eq!(rig.state(3), State::Ejected, "{folder}");
        rig.plug(3);
        assert_eq!(rig.state(3), State::Enabled, "{folder}: and again");
    }
}

#[test]
fn a_cpu_is_taken_offline_and_brought_back_a_hundred_times() {
    for folder in with_cpu_hotplug() {
        let mut rig = with_cpu(folder, 3);
        let objects = rig.aml.object_count();
        for round in 0..100 {
            rig.take_offline(3).expect("it can go offline");
            assert_eq!(rig.state(3), State::Draining, "{folder}, round {round}");
            assert_eq!(rig.take_offline(3), Ok(()), "it is under way");
            rig.drained(3);
            assert_eq!(rig.state(3), State::Enabled, "{folder}, round {round}");
            assert_eq!(rig.take_offline(3), Ok(()), "it is offline");
            assert_eq!(rig.records(), ["3 drain", "3 stop", "3 off", "3 offline"]);
            assert_eq!(rig.calls(), [Call::Drain(3), Call::Stop(3)]);

            rig.bring_online(3).expect("it can go online");
            assert_eq!(rig.bring_online(3), Ok(()), "it is under way");
            rig.hello(3);
            assert_eq!(rig.bring_online(3), Ok(()), "it is online");
            let expected = [
                "3 status 0xf",
                "3 identity",
                "3 start",
                "3 hello",
                "3 online",
            ];
            let mut records = rig.records();
            records.iter_mut().for_each(|record| {
                // The node, where there is one.
                if let Some(rest) = record.strip_prefix("3 identity") {
                    assert!(rest.len() <= 4, "{rest}");
                    *record = "3 identity".into();
                }
            });
            assert_eq!(records, expected, "{folder}, round {round}");
            assert_eq!(rig.calls(), [Call::Start(3), Call::Begin(3)]);
        }
        assert_eq!(rig.effects(), [], "{folder}: the host has no part in it");
        assert_eq!(rig.aml.object_count(), objects, "{folder}: nothing grows");
        rig.unplug(3);
        rig.drained(3);
        assert_eq!(rig.state(3), State::Ejected, "{folder}");
    }
}

#[test]
fn what_is_impossible_is_refused_with_its_reason() {
    let mut rig = Rig::boot(Q35);
    assert_eq!(rig.take_offline(0), Err(Refused::BootCpu(0)));
    assert_eq!(rig.bring_online(0), Ok(()));
    assert_eq!(rig.take_offline(5), Err(Refused::NotThere(5)));
    assert_eq!(rig.bring_online(5), Err(Refused::NotThere(5)));
    assert_eq!(rig.take_offline(99), Err(Refused::NoSuchCpu(99)));
    assert_eq!(rig.bring_online(99), Err(Refused::NoSuchCpu(99)));

    rig.plug(2);
    let starting = Refused::UnderWay(2, State::Starting);
    assert_eq!(rig.take_offline(2), Err(starting));
    rig.hello(2);
    rig.take_offline(2).expect("it can go offline");
    let draining = Refused::UnderWay(2, State::Draining);
    assert_eq!(rig.bring_online(2), Err(draining));
    rig.drained(2);
    rig.bring_online(2).expect("it can go online");
    rig.hello(2);
    rig.unplug(2);
    assert_eq!(rig.take_offline(2), Err(Refused::BeingRemoved(2)));
    assert_eq!(rig.bring_online(2), Err(Refused::BeingRemoved(2)));
    rig.drained(2);
    assert_eq!(rig.state(2), State::Ejected);
    assert_eq!(rig.take_offline(2), Err(Refused::NotThere(2)));
}

#[test]
fn work_that_cannot_be_drained_keeps_the_cpu_online() {
    let mut rig = with_cpu(Q35, 3);
    rig.take_offline(3).expect("it can go offline");
    rig.pass(5_000 * MS);
    assert_eq!(rig.state(3), State::Online);
    assert_eq!(rig.records(), ["3 drain", "3 failed"]);
    assert_eq!(rig.calls(), [Call::Drain(3), Call::Begin(3)]);
    assert_eq!(rig.effects(), []);
}

#[test]
fn a_cpu_that_does_not_stop_fails_and_can_be_taken_offline_again() {
    let mut rig = with_cpu("aarch64-new-2of8", 3);
    rig.guest.stuck.insert(3);
    rig.take_offline(3).expect("it can go offline");
    rig.drained(3);
    rig.pass(5_000 * MS);
    assert_eq!(rig.state(3), State::Failed);
    assert_eq!(rig.effects(), [], "the host is not told");
    rig.guest.stuck.clear();
    rig.forget();
    rig.take_offline(3).expect("it can be tried again");
    assert_eq!(rig.state(3), State::Enabled);
    assert_eq!(rig.records(), ["3 stop", "3 off", "3 offline"]);
}

#[test]
fn a_cpu_that_does_not_start_fails_and_can_be_brought_online_again() {
    let mut rig = offline(Q35, 3);
    rig.guest.start_error = Some(PowerError::NotDelivered);
    let error = rig.bring_online(3).expect_err("it fails at once");
    assert!(
        matches!(&error, Refused::Failed(text) if text.starts_with("start:")),
        "{error}"
    );
    assert_eq!(rig.state(3), State::Failed);

    rig.guest.start_error = None;
    rig.bring_online(3).expect("it can be tried again");
    rig.pass(5_000 * MS);
    assert_eq!(rig.state(3), State::Failed, "no hello");
    assert!(rig.last_text().starts_with("hello:"), "{}", rig.last_text());
    rig.bring_online(3).expect("it can be tried again");
    rig.hello(3);
    assert_eq!(rig.state(3), State::Online);
    assert_eq!(rig.effects(), [], "the host is not told");
}

#[test]
fn an_eject_request_on_the_way_offline_goes_all_the_way() {
    for drained_first in [false, true] {
        let mut rig = with_cpu(Q35, 3);
        rig.guest.stuck.insert(3);
        rig.take_offline(3).expect("it can go offline");
        if drained_first {
            rig.drained(3);
        }
        rig.unplug(3);
        assert_eq!(rig.state(3), State::Draining);
        assert_eq!(rig.effects(), [ost(3, 3, 0x84)]);
        assert_eq!(rig.take_offline(3), Err(Refused::BeingRemoved(3)));
        rig.guest.stuck.clear();
        match drained_first {
            true => rig.off(3),
            false => rig.drained(3),
        }
        assert_eq!(rig.effects(), [Effect::Ejected(3), ost(3, 3, 0)]);
        assert_eq!(rig.state(3), State::Ejected);
    }
}

#[test]
fn an_eject_request_on_the_way_offline_is_answered_if_that_fails() {
    let mut rig = with_cpu(Q35, 3);
    rig.take_offline(3).expect("it can go offline");
    rig.unplug(3);
    rig.pass(5_000 * MS);
    assert_eq!(rig.state(3), State::Online);
    assert_eq!(rig.effects(), [ost(3, 3, 0x84), ost(3, 3, 0x81)]);
}

#[test]
fn an_eject_request_on_the_way_online_is_answered_with_busy() {
    let mut rig = offline(Q35, 3);
    rig.bring_online(3).expect("it can go online");
    rig.unplug(3);
    assert_eq!(rig.effects(), [ost(3, 3, 0x82)]);
    rig.hello(3);
    assert_eq!(rig.state(3), State::Online);
}

#[test]
fn a_device_check_for_a_cpu_that_is_known_succeeds_and_changes_nothing() {
    let mut rig = offline(Q35, 3);
    rig.notify(3, 1);
    assert_eq!(rig.effects(), [ost(3, 1, 0)], "offline");
    assert_eq!((rig.state(3), rig.calls()), (State::Enabled, vec![]));

    rig.bring_online(3).expect("it can go online");
    rig.notify(3, 1);
    assert_eq!(rig.effects(), [], "answered when it has started");
    rig.hello(3);
    assert_eq!(rig.effects(), [ost(3, 1, 0)]);

    rig.take_offline(3).expect("it can go offline");
    rig.notify(3, 1);
    assert_eq!(rig.effects(), [ost(3, 1, 0)], "on its way offline");
    rig.drained(3);
    assert_eq!(rig.state(3), State::Enabled);
}

#[test]
fn a_scan_leaves_cpus_offline_that_were_taken_offline() {
    let mut rig = offline(Q35, 3);
    rig.scan();
    assert_eq!(rig.calls(), []);
    // Not even an AML error makes more of it.
    rig.host.machine.fail_after = Some(0);
    rig.scan();
    rig.host.machine.fail_after = None;
    assert_eq!(rig.state(3), State::Enabled);
    rig.bring_online(3).expect("it can go online");
}

#[test]
fn a_cpu_that_the_host_took_meanwhile_is_noticed() {
    let mut rig = offline(Q35, 3);
    rig.host.machine.cpu_block().take_away(3);
    let error = rig.bring_online(3).expect_err("it is gone");
    assert!(matches!(error, Refused::Failed(_)), "{error}");
    assert_eq!(rig.state(3), State::Absent);
    rig.add(3);
}

#[test]
fn the_limit_counts_cpus_in_use_only() {
    let mut rig = Rig::boot_with(Q35, |policy| {
        policy.max_cpus = 2;
        policy.online = OnlinePolicy::Manual;
    });
    rig.plug(1);
    rig.plug(2);
    assert_eq!(rig.effects(), [ost(1, 1, 0), ost(2, 1, 0)]);
    rig.bring_online(1).expect("there is room for one");
    rig.hello(1);
    let error = rig.bring_online(2).expect_err("there is no more room");
    assert!(error.to_string().contains("all of its 2 CPUs"), "{error}");
    assert_eq!(rig.state(2), State::Enabled);
    rig.take_offline(1).expect("it can go offline");
    rig.drained(1);
    rig.bring_online(2).expect("now there is room");
}

#[test]
fn a_failed_cpu_that_may_run_is_never_ejected_unseen() {
    let mut rig = manual(Q35);
    rig.plug(3);
    rig.bring_online(3).expect("it can go online");
    rig.pass(5_000 * MS);
    assert_eq!(rig.state(3), State::Failed, "no hello");
    // The host asks for it once more; the CPU is registered again, and may yet run.
    rig.notify(3, 1);
    assert_eq!(rig.state(3), State::Enabled);
    rig.guest.stuck.insert(3);
    rig.forget();
    rig.unplug(3);
    assert_eq!(rig.state(3), State::Draining);
    assert_eq!(rig.effects(), [ost(3, 3, 0x84)]);
    rig.guest.stuck.clear();
    rig.off(3);
    assert_eq!(rig.effects(), [Effect::Ejected(3), ost(3, 3, 0)]);
}

#[test]
fn a_hello_that_comes_after_all_does_not_leave_the_cpu_running() {
    let mut rig = manual(Q35);
    rig.plug(3);
    rig.bring_online(3).expect("it can go online");
    rig.pass(5_000 * MS);
    rig.notify(3, 1);
    assert_eq!(rig.state(3), State::Enabled, "registered again");
    rig.forget();
    rig.hello(3);
    assert_eq!(rig.records(), ["3 hello", "3 error"]);
    assert_eq!(rig.calls(), [Call::Cancel(3)]);
    assert_eq!(rig.state(3), State::Enabled);
    rig.bring_online(3).expect("it can be started anew");
    rig.hello(3);
    assert_eq!(rig.state(3), State::Online);
}
