//! CPUs come and go: one by one, several at once, again, in the middle of work, before the guest is up.

use hotvcpu::{Guest, Machine, Outcome, Phase};
use hotvcpu_tests::{
    PATIENCE, add, await_phase, errors, phases_of, present, quiet, remove, shut_down, start,
    with_cmdline,
};

/// The phases of a CPU that comes, in the order that the specification wants.
const COMING: [Phase; 7] = [
    Phase::Notify,
    Phase::Status,
    Phase::Identity,
    Phase::Start,
    Phase::Hello,
    Phase::Online,
    Phase::Ost,
];

/// And of one that goes: the first `_OST` says "in progress", the second "done"; `_STA` in between confirms the eject.
const GOING: [Phase; 8] = [
    Phase::Notify,
    Phase::Drain,
    Phase::Ost,
    Phase::Stop,
    Phase::Off,
    Phase::Eject,
    Phase::Status,
    Phase::Ost,
];

fn comes_and_goes(machine: Machine) {
    let mut guest = start(quiet(machine, 1, 4));
    add(&mut guest, &[2]);
    assert_eq!(present(&mut guest), [0, 2]);
    assert_eq!(phases_of(&guest, 2), COMING);

    let before = phases_of(&guest, 2).len();
    remove(&mut guest, &[2]);
    assert_eq!(present(&mut guest), [0]);
    assert_eq!(phases_of(&guest, 2)[before..], GOING);
    assert_eq!(errors(&guest), Vec::<String>::new());
    shut_down(guest);
}

#[test]
fn a_cpu_comes_and_goes_on_q35() {
    comes_and_goes(Machine::Q35);
}

#[test]
fn a_cpu_comes_and_goes_on_pc() {
    comes_and_goes(Machine::Pc);
}

#[test]
fn the_statuses_of_ost_are_the_specification_s() {
    let mut guest = start(quiet(Machine::Q35, 1, 4));
    add(&mut guest, &[1]);
    remove(&mut guest, &[1]);
    let osts: Vec<_> = guest
        .records()
        .filter(|record| record.record.phase == Phase::Ost)
        .map(|record| (record.record.cpu, record.record.event, record.record.value))
        .collect();
    assert_eq!(
        osts,
        [
            (Some(1), Some(1), Some(0)),
            (Some(1), Some(3), Some(0x84)),
            (Some(1), Some(3), Some(0))
        ]
    );
}

#[test]
fn several_come_and_go_at_once() {
    let mut guest = start(quiet(Machine::Q35, 1, 16));
    add(&mut guest, &[1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(present(&mut guest), [0, 1, 2, 3, 4, 5, 6, 7]);
    remove(&mut guest, &[7, 5, 3, 1]);
    assert_eq!(present(&mut guest), [0, 2, 4, 6]);
    shut_down(guest);
}

#[test]
fn a_slot_is_used_again() {
    // QEMU's bug 3: no more than maxcpus CPUs in the life of a process.
    let mut guest = start(quiet(Machine::Q35, 1, 16));
    for _ in 0..5 {
        add(&mut guest, &[3]);
        remove(&mut guest, &[3]);
    }
    assert_eq!(present(&mut guest), [0]);
    shut_down(guest);
}

#[test]
fn an_add_during_a_scan_is_not_lost() {
    let mut guest = start(quiet(Machine::Q35, 1, 16));
    // Sent without waiting for anything: later ones arrive while the guest works on earlier ones.
    for slot in guest
        .slots()
        .expect("QEMU lists its slots")
        .into_iter()
        .filter(|slot| !slot.present())
    {
        let mut arguments = slot.props.clone();
        arguments.insert("driver".into(), slot.type_name.clone().into());
        arguments.insert("id".into(), format!("cpu{}", slot.index).into());
        guest
            .execute("device_add", arguments.into())
            .expect("QEMU takes it");
    }
    for slot in 1..16 {
        await_any_order(&mut guest, slot);
    }
    shut_down(guest);
}

/// Waits until the CPU of `slot` is online, whether its record has been looked at or not.
fn await_any_order(guest: &mut Guest, slot: u32) {
    let is_online = |guest: &Guest| phases_of(guest, slot).contains(&Phase::Online);
    while !is_online(guest) {
        await_phase(guest, Phase::Online, None);
    }
}

#[test]
fn throughput_follows_the_cpus_and_no_work_is_lost() {
    let mut guest = start(with_cmdline(Machine::Q35, 1, 16, "workload=paced"));
    let rate = |guest: &mut Guest| {
        // The interval under way spans the change; the one after it does not.
        await_phase(guest, Phase::Workload, None);
        let record = await_phase(guest, Phase::Workload, None).record;
        let text = record.text.unwrap_or_default();
        assert!(text.contains("workload right"), "{text}");
        record.value.expect("a workload record has a rate")
    };
    let alone = rate(&mut guest);
    add(&mut guest, &[1, 2, 3]);
    let four = rate(&mut guest);
    assert!(four > alone * 2, "4 CPUs did {four}/s, 1 did {alone}/s");
    // In the middle of their work:
    remove(&mut guest, &[1, 2, 3]);
    let after = rate(&mut guest);
    assert!(
        after < four,
        "after the removal {after}/s, before it {four}/s"
    );
    shut_down(guest);
}

#[test]
fn cpus_added_before_the_guest_runs_are_found_at_boot() {
    let mut guest = Guest::start(quiet(Machine::Q35, 1, 8).paused(true)).expect("QEMU starts");
    let operations = guest
        .add(&[2, 5], PATIENCE)
        .expect("QEMU takes CPUs before it runs");
    for operation in &operations {
        assert!(
            matches!(operation.outcome, Outcome::Pending),
            "{:?}",
            operation.outcome
        );
    }
    guest.resume().expect("QEMU runs");
    let ready = guest.wait_ready(PATIENCE).expect("the guest gets ready");
    assert_eq!(ready.cpus_online, 3);
    remove(&mut guest, &[5]);
    assert_eq!(present(&mut guest), [0, 2]);
    shut_down(guest);
}

#[test]
fn cpus_present_at_boot_work_and_the_boot_cpu_stays() {
    let mut guest = start(with_cmdline(Machine::Q35, 4, 8, "workload=paced"));
    assert_eq!(present(&mut guest), [0, 1, 2, 3]);
    let error = guest
        .remove(&[0], PATIENCE)
        .expect_err("the boot CPU must stay");
    assert!(error.to_string().contains("boot"), "{error}");
    shut_down(guest);
}

#[test]
fn a_removal_waits_for_the_vm_to_run() {
    let mut guest = start(quiet(Machine::Q35, 1, 4));
    add(&mut guest, &[1]);
    guest
        .execute("stop", serde_json::json!({}))
        .expect("QEMU stops the VM");
    guest
        .execute("device_del", serde_json::json!({ "id": "vcpu1" }))
        .expect("QEMU takes the removal");
    guest.resume().expect("QEMU runs the VM");
    await_phase(&mut guest, Phase::Eject, Some(1));
    await_phase(&mut guest, Phase::Ost, Some(1));
    assert_eq!(present(&mut guest), [0]);
    shut_down(guest);
}
