//! CPUs come and go: one by one, several at once, again, in the middle of work, before the guest is up.

use hotvcpu::{ErrorKind, Guest, Outcome, Phase};
use hotvcpu_tests::{
    Board, PATIENCE, VIRT_OLD, add, await_phase, errors, on_boards, phases_of, present, quiet,
    remove, shut_down, start,
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

fn a_cpu_comes_and_goes(board: Board) {
    let mut guest = start(quiet(board, 1, 4));
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

on_boards!(a_cpu_comes_and_goes: Q35, PC, VIRT, VIRT_RFC);

/// The old generation on ARM: a CPU comes, and stays.
#[test]
fn on_the_old_generation_a_cpu_comes_and_its_removal_is_refused() {
    let mut guest = start(quiet(VIRT_OLD, 2, 4));
    add(&mut guest, &[2]);
    assert_eq!(phases_of(&guest, 2), COMING);
    let identity = guest
        .records()
        .find(|it| it.record.phase == Phase::Identity && it.record.cpu == Some(2));
    let source = identity.and_then(|it| it.record.text.clone());
    assert_eq!(
        source.as_deref(),
        Some("_MAT"),
        "the old generation brings the identity along"
    );
    let operations = guest.remove(&[2], PATIENCE).expect("it is asked for");
    let Outcome::Failed(refused) = &operations[0].outcome else {
        panic!("hosts of this generation refuse: {operations:?}");
    };
    assert_eq!(refused.kind(), ErrorKind::Refused, "{refused}");
    assert!(refused.to_string().contains("can only add"), "{refused}");
    assert_eq!(present(&mut guest), [0, 1, 2]);
    add(&mut guest, &[3]);
    shut_down(guest);
}

fn the_statuses_of_ost_are_the_specification_s(board: Board) {
    let mut guest = start(quiet(board, 1, 4));
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

on_boards!(the_statuses_of_ost_are_the_specification_s: Q35, VIRT);

fn several_come_and_go_at_once(board: Board) {
    let mut guest = start(quiet(board, 1, 16));
    add(&mut guest, &[1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(present(&mut guest), [0, 1, 2, 3, 4, 5, 6, 7]);
    remove(&mut guest, &[7, 5, 3, 1]);
    assert_eq!(present(&mut guest), [0, 2, 4, 6]);
    shut_down(guest);
}

on_boards!(several_come_and_go_at_once: Q35, VIRT);

fn a_slot_is_used_again(board: Board) {
    // QEMU's bug 3: no more than maxcpus CPUs in the life of a process.
    let mut guest = start(quiet(board, 1, 16));
    for _ in 0..5 {
        add(&mut guest, &[3]);
        remove(&mut guest, &[3]);
    }
    assert_eq!(present(&mut guest), [0]);
    shut_down(guest);
}

on_boards!(a_slot_is_used_again: Q35, VIRT);

fn an_add_during_a_scan_is_not_lost(board: Board) {
    let mut guest = start(quiet(board, 1, 16));
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

on_boards!(an_add_during_a_scan_is_not_lost: Q35, VIRT);

/// Waits until the CPU of `slot` is online, whether its record has been looked at or not.
fn await_any_order(guest: &mut Guest, slot: u32) {
    let is_online = |guest: &Guest| phases_of(guest, slot).contains(&Phase::Online);
    while !is_online(guest) {
        await_phase(guest, Phase::Online, None);
    }
}

fn throughput_follows_the_cpus_and_no_work_is_lost(board: Board) {
    let mut guest = start(board.config(1, 16, "workload=paced"));
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

on_boards!(throughput_follows_the_cpus_and_no_work_is_lost: Q35, VIRT);

fn cpus_added_before_the_guest_runs_are_found_at_boot(board: Board) {
    let mut guest = Guest::start(quiet(board, 1, 8).paused(true)).expect("QEMU starts");
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

on_boards!(cpus_added_before_the_guest_runs_are_found_at_boot: Q35, VIRT);

fn cpus_present_at_boot_work_and_the_boot_cpu_stays(board: Board) {
    let mut guest = start(board.config(4, 8, "workload=paced"));
    assert_eq!(present(&mut guest), [0, 1, 2, 3]);
    let error = guest
        .remove(&[0], PATIENCE)
        .expect_err("the boot CPU must stay");
    assert!(error.to_string().contains("boot"), "{error}");
    shut_down(guest);
}

on_boards!(cpus_present_at_boot_work_and_the_boot_cpu_stays: Q35, VIRT);

fn a_removal_waits_for_the_vm_to_run(board: Board) {
    let mut guest = start(quiet(board, 1, 4));
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
    let deleted = guest.await_event(PATIENCE, |event| event.name == "DEVICE_DELETED");
    deleted.expect("the removal ends");
    assert_eq!(present(&mut guest), [0]);
    shut_down(guest);
}

on_boards!(a_removal_waits_for_the_vm_to_run: Q35, VIRT);
