//! Several CPUs at once.

use hotvcpu_acpi_events::simulator::Effect;
use hotvcpu_cpu_hotplug::State;

use crate::guest::Call;
use crate::rig::{MS, Rig, ost, with_cpu_hotplug};

#[test]
fn all_cpus_in_one_scan_start_together() {
    for folder in with_cpu_hotplug() {
        let mut rig = Rig::boot(folder);
        let slots = rig.hotplug.slot_count() as u32;
        let first = rig.hotplug.online() as u32;
        for cpu in first..slots {
            rig.host.machine.plug(cpu);
        }
        rig.ring();
        let starts: Vec<_> = (first..slots).map(Call::Start).collect();
        assert_eq!(
            rig.calls(),
            starts,
            "{folder}: nobody waits for another one"
        );
        for cpu in (first..slots).rev() {
            rig.hello(cpu);
        }
        let answers: Vec<_> = (first..slots).rev().map(|cpu| ost(cpu, 1, 0)).collect();
        assert_eq!(
            rig.effects(),
            answers,
            "{folder}: in the order of their hellos"
        );
        assert_eq!(rig.hotplug.online(), slots as usize, "{folder}");
    }
}

#[test]
fn one_that_hangs_holds_up_no_other() {
    let mut rig = Rig::boot("x86_64-q35-10.0-1of8");
    rig.plug(1);
    rig.pass(MS);
    rig.add(2);
    rig.unplug(2);
    rig.add(3);
    rig.drained(2);
    assert_eq!(
        (rig.state(1), rig.state(2)),
        (State::Starting, State::Ejected)
    );
    rig.pass(5_000 * MS);
    assert_eq!((rig.state(1), rig.state(3)), (State::Failed, State::Online));
}

#[test]
fn requests_that_come_in_the_middle_of_others() {
    for folder in [
        "x86_64-q35-7.2-1of8",
        "x86_64-q35-10.0-1of8",
        "x86_64-pc-10.0-1of8",
    ] {
        let mut rig = Rig::boot(folder);
        for cpu in 1..5 {
            rig.add(cpu);
        }
        rig.forget();
        // Two go and one comes with a single ring.
        rig.host.machine.request_unplug(2);
        rig.host.machine.request_unplug(4);
        rig.host.machine.plug(6);
        rig.ring();
        rig.unplug(1);
        rig.drained(4);
        rig.hello(6);
        rig.drained(1);
        rig.drained(2);
        let states: Vec<_> = (0..8).map(|cpu| rig.state(cpu)).collect();
        use State::{Absent, Ejected, Online};
        let expected = [
            Online, Ejected, Ejected, Online, Ejected, Absent, Online, Absent,
        ];
        assert_eq!(states, expected, "{folder}");
        let ejected = rig
            .effects()
            .into_iter()
            .filter(|e| matches!(e, Effect::Ejected(_)));
        assert_eq!(
            ejected.collect::<Vec<_>>(),
            [4, 1, 2].map(Effect::Ejected),
            "{folder}"
        );
    }
}

#[test]
fn deadlines_of_several_are_kept_apart() {
    let mut rig = Rig::boot_with("aarch64-new-2of8", |policy| {
        policy.deadlines.second_signal_ns = None;
    });
    rig.plug(2);
    rig.pass(100 * MS);
    rig.plug(3);
    assert_eq!(rig.hotplug.next_deadline(), Some(5_000 * MS));
    rig.pass(4_900 * MS);
    assert_eq!(
        (rig.state(2), rig.state(3)),
        (State::Failed, State::Starting)
    );
    assert_eq!(rig.hotplug.next_deadline(), Some(5_100 * MS));
    rig.hello(3);
    assert_eq!(rig.hotplug.next_deadline(), None);
}

#[test]
fn a_scan_makes_up_for_lost_notifications() {
    let mut rig = Rig::boot("x86_64-q35-10.0-1of8");
    rig.host.notifies = hotvcpu_acpi_events::NotifyQueue::new(2);
    for cpu in 1..8 {
        rig.host.machine.plug(cpu);
    }
    rig.ring();
    assert_eq!(rig.host.notifies.take_lost(), 5);
    rig.scan();
    for cpu in 1..8 {
        rig.hello(cpu);
    }
    assert_eq!(rig.hotplug.online(), 8);
    let answered = rig.effects();
    assert_eq!(
        answered,
        [ost(1, 1, 0), ost(2, 1, 0)],
        "only those that were notified"
    );
}

#[test]
fn a_scan_makes_up_for_an_error_in_a_handler() {
    for folder in with_cpu_hotplug() {
        let mut rig = Rig::boot(folder);
        rig.host.machine.plug(3);
        rig.host.machine.fail_after = Some(3);
        assert!(rig.ring().runs[0].result.is_err(), "{folder}");
        rig.host.machine.fail_after = None;
        rig.scan();
        rig.hello(3);
        assert_eq!(rig.state(3), State::Online, "{folder}");
        // The event still waits on the host; when the doorbell rings again, it gets its answer.
        rig.forget();
        rig.host.machine.ring_for_cpus();
        rig.ring();
        assert_eq!(rig.effects(), [ost(3, 1, 0)], "{folder}");
    }
}
