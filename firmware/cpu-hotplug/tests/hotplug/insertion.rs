//! One CPU comes, or fails to.

use hotvcpu_cpu_hotplug::{PowerError, State};
use hotvcpu_tables::HardwareId;

use crate::guest::Call;
use crate::rig::{MS, Rig, ost, with_cpu_hotplug};

#[test]
fn the_whole_way_on_every_machine() {
    for folder in with_cpu_hotplug() {
        let mut rig = Rig::boot(folder);
        let online = rig.hotplug.online();
        rig.plug(3);
        assert_eq!(
            rig.state(3),
            State::Starting,
            "{folder}: {:?}",
            rig.guest.texts
        );
        let has_srat = folder.contains("numa") || folder.starts_with("loongarch");
        let node = if has_srat { " 0x0" } else { "" };
        let identity = format!("3 identity{node}");
        let expected = ["3 notify 0x1", "3 status 0xf", &identity, "3 start"];
        assert_eq!(rig.records(), expected, "{folder}");
        assert_eq!(rig.calls(), [Call::Start(3)], "{folder}");
        assert_eq!(
            rig.effects(),
            [],
            "{folder}: the answer comes when the CPU runs"
        );

        rig.hello(3);
        assert_eq!(rig.state(3), State::Online, "{folder}");
        assert_eq!(
            rig.records(),
            ["3 hello", "3 online", "3 ost 1 0x0"],
            "{folder}"
        );
        assert_eq!(rig.calls(), [Call::Begin(3)], "{folder}");
        assert_eq!(rig.effects(), [ost(3, 1, 0)], "{folder}");
        assert_eq!(rig.hotplug.online(), online + 1, "{folder}");
        assert_eq!(rig.hotplug.next_deadline(), None, "{folder}");
    }
}

#[test]
fn the_identity_comes_from_where_each_generation_has_it() {
    for folder in with_cpu_hotplug() {
        let mut rig = Rig::boot(folder);
        rig.plug(3);
        // x86 and the old generation on aarch64 have _MAT; the new one has not. LoongArch has one of a kind that
        // does not fit its MADT.
        let of_mat = folder.starts_with("x86_64") || folder.contains("old");
        let source = if of_mat { "_MAT" } else { "MADT" };
        assert_eq!(rig.last_text(), source, "{folder}");
        let cpu = rig.guest.started.last().expect("it was started");
        let id = match folder {
            _ if folder.starts_with("x86_64") => HardwareId::Apic(3),
            _ if folder.starts_with("loongarch") => HardwareId::Core(3),
            _ => HardwareId::Mpidr(3),
        };
        assert_eq!((cpu.uid, cpu.id), (3, id), "{folder}");
    }
}

#[test]
fn numa_machines_name_the_node() {
    for folder in ["aarch64-old-numa", "aarch64-new-numa"] {
        let mut rig = Rig::boot(folder);
        rig.plug(2);
        rig.plug(7);
        let nodes: Vec<_> = rig
            .guest
            .started
            .iter()
            .map(|cpu| (cpu.uid, cpu.node))
            .collect();
        assert_eq!(
            nodes[nodes.len() - 2..],
            [(2, Some(0)), (7, Some(1))],
            "{folder}"
        );
    }
}

#[test]
fn cpus_beyond_the_xapic_are_devices_and_work() {
    let mut rig = Rig::boot("x86_64-q35-10.0-1of288");
    for cpu in [254, 255, 287] {
        rig.add(cpu);
        assert_eq!(
            rig.guest.started.last().expect("started").id,
            HardwareId::Apic(cpu)
        );
        assert_eq!(rig.effects(), [ost(cpu, 1, 0)]);
    }
}

#[test]
fn a_cpu_that_never_answers_is_signalled_twice_and_then_fails() {
    let mut rig = Rig::boot("x86_64-q35-10.0-1of8");
    rig.plug(2);
    assert_eq!(rig.hotplug.next_deadline(), Some(10 * MS));
    rig.pass(10 * MS);
    assert_eq!(rig.calls(), [Call::Start(2), Call::SignalAgain(2)]);
    assert_eq!(rig.hotplug.next_deadline(), Some(5_000 * MS));
    rig.pass(4_989 * MS);
    assert_eq!(rig.state(2), State::Starting);
    rig.forget();
    rig.pass(MS);
    assert_eq!(rig.state(2), State::Failed);
    assert_eq!(rig.calls(), [Call::Cancel(2)]);
    assert_eq!(rig.records(), ["2 failed", "2 ost 1 0x81"]);
    assert!(
        rig.last_text().contains("within 5000 ms"),
        "{}",
        rig.last_text()
    );
    assert_eq!(rig.effects(), [ost(2, 1, 0x81)]);
    assert_eq!(rig.hotplug.next_deadline(), None);

    // Others are not affected, and a new device check tries again.
    rig.add(3);
    rig.add(2);
    assert_eq!(rig.effects(), [ost(3, 1, 0), ost(2, 1, 0)]);
}

#[test]
fn a_hello_that_comes_too_late_is_not_used() {
    let mut rig = Rig::boot("x86_64-q35-10.0-1of8");
    rig.plug(2);
    rig.pass(5_000 * MS);
    rig.forget();
    rig.hello(2);
    assert_eq!(rig.records(), ["2 hello", "2 error"]);
    assert_eq!(rig.calls(), [Call::Cancel(2)], "it must not go on running");
    assert_eq!(rig.effects(), []);
    assert_eq!(rig.state(2), State::Failed);
}

#[test]
fn a_start_that_fails_at_once_says_why() {
    for (error, status) in [
        (PowerError::NoMemory, 0x91),
        (PowerError::Unreachable, 0x82),
        (PowerError::NotDelivered, 0x81),
        (PowerError::Denied, 0x82),
        (PowerError::InvalidParameters, 1),
        (PowerError::AlreadyOn, 0x81),
        (PowerError::OnPending, 0x80),
        (PowerError::Unknown(-77), 0x81),
    ] {
        let mut rig = Rig::boot("aarch64-new-2of8");
        rig.guest.start_error = Some(error);
        rig.plug(4);
        assert_eq!(rig.state(4), State::Failed);
        assert_eq!(rig.last_text(), format!("start: {error}"));
        assert_eq!(rig.effects(), [ost(4, 1, status)]);
        rig.guest.start_error = None;
        rig.add(4);
    }
}

#[test]
fn a_device_check_for_a_cpu_that_is_not_there_fails() {
    for folder in with_cpu_hotplug() {
        let mut rig = Rig::boot(folder);
        let node = rig
            .aml
            .find("\\_SB.CPUS.C003")
            .expect("the CPU has an object");
        rig.with(|hotplug, env| hotplug.on_notify(env, node, 1));
        let new = folder.contains("new") || folder.contains("rfc");
        let (status, state) = if new {
            ("3 status 0xd", State::Disabled)
        } else {
            ("3 status 0x0", State::Absent)
        };
        let expected = ["3 notify 0x1", status, "3 failed", "3 ost 1 0x1"];
        assert_eq!(rig.records(), expected, "{folder}");
        assert_eq!(rig.state(3), state, "{folder}");
        assert_eq!(rig.calls(), [], "{folder}");
    }
}

#[test]
fn a_second_device_check_changes_nothing() {
    let mut rig = Rig::boot("x86_64-q35-10.0-1of8");
    rig.plug(2);
    rig.plug(2);
    assert_eq!(rig.calls(), [Call::Start(2)]);
    rig.hello(2);
    assert_eq!(rig.effects(), [ost(2, 1, 0)], "one answer for both");
    rig.forget();
    rig.plug(2);
    assert_eq!(rig.records(), ["2 notify 0x1", "2 ost 1 0x0"]);
    assert_eq!(rig.calls(), []);
    rig.plug(0);
    assert_eq!(
        rig.records(),
        ["0 notify 0x1", "0 ost 1 0x0"],
        "also for the boot CPU"
    );
}

#[test]
fn an_aml_error_ends_only_the_operation_that_it_hits() {
    for folder in with_cpu_hotplug() {
        let mut rig = Rig::boot(folder);
        let nodes = [2, 3].map(|cpu| {
            rig.host.machine.cpu_block().plug(cpu);
            rig.aml
                .find(&format!("\\_SB.CPUS.C00{cpu}"))
                .expect("the CPU has an object")
        });
        rig.host.machine.fail_after = Some(0);
        rig.with(|hotplug, env| hotplug.on_notify(env, nodes[0], 1));
        // _STA fails, and so does the _OST that says so.
        assert_eq!(
            rig.records(),
            ["2 notify 0x1", "2 failed", "2 failed"],
            "{folder}"
        );
        assert!(
            rig.last_text().contains("_OST"),
            "{folder}: {}",
            rig.last_text()
        );
        rig.host.machine.fail_after = None;
        for (cpu, node) in [3, 2].into_iter().zip([nodes[1], nodes[0]]) {
            rig.with(|hotplug, env| hotplug.on_notify(env, node, 1));
            rig.hello(cpu);
            assert_eq!(rig.state(cpu), State::Online, "{folder}");
        }
    }
}

#[test]
fn what_makes_no_sense_is_reported_and_ignored() {
    let mut rig = Rig::boot("x86_64-q35-10.0-1of8");
    let button = rig.aml.find("\\_SB.PCI0").expect("q35 has a host bridge");
    rig.with(|hotplug, env| hotplug.on_notify(env, button, 0x80));
    assert_eq!(rig.records(), ["error"]);
    assert!(
        rig.last_text().contains("\\_SB.PCI0"),
        "{}",
        rig.last_text()
    );

    let cpu = rig
        .aml
        .find("\\_SB.CPUS.C002")
        .expect("the CPU has an object");
    rig.with(|hotplug, env| hotplug.on_notify(env, cpu, 0x82));
    assert_eq!(rig.records(), ["2 notify 0x82", "2 error", "2 ost 130 0x2"]);

    for call in [Rig::hello, Rig::drained, Rig::off] {
        call(&mut rig, 99);
        assert_eq!(rig.records(), ["99 error"]);
        call(&mut rig, 5);
        assert_eq!(rig.records().last().map(String::as_str), Some("5 error"));
    }
    assert_eq!(rig.calls(), []);
}

#[test]
fn a_failed_cpu_that_the_host_took_back_leaves_its_place() {
    let mut rig = Rig::boot_with("x86_64-q35-10.0-1of8", |policy| policy.max_cpus = 2);
    rig.plug(2);
    rig.pass(5_000 * MS);
    rig.plug(3);
    assert_eq!(
        rig.state(3),
        State::Enabled,
        "CPU 2 may still run, and there is room for one"
    );
    rig.host.machine.take_away(2);
    let node = rig
        .aml
        .find("\\_SB.CPUS.C002")
        .expect("the CPU has an object");
    rig.with(|hotplug, env| hotplug.on_notify(env, node, 1));
    assert_eq!(rig.state(2), State::Absent);
    rig.add(3);
}
