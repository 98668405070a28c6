//! What goes wrong ends in a clear error that names its cause; the guest goes on, the other CPUs go on, and no event
//! is lost.

use std::process::Command;
use std::time::Duration;

use hotvcpu::{ErrorKind, Guest, GuestConfig, Operation, Outcome, Phase};
use hotvcpu_tests::{
    Board, PATIENCE, Q35, add, await_phase, errors, on_boards, phases_of, present, quiet, remove,
    shut_down, start,
};

/// The text of the error that an operation ended in.
fn failure(operation: &Operation) -> String {
    match &operation.outcome {
        Outcome::Failed(error) => error.to_string(),
        other => panic!("slot {} was to fail, but: {other:?}", operation.slot),
    }
}

fn a_cpu_that_never_answers_fails_at_its_deadline_and_the_others_come(board: Board) {
    let config = board.config(
        1,
        8,
        "workload=paused fault=no-start:2 hello_deadline_ms=500",
    );
    let mut guest = start(config);
    let operations = guest.add(&[1, 2, 3], PATIENCE).expect("QEMU takes them");
    assert!(operations[0].ok() && operations[2].ok(), "{operations:?}");
    let text = failure(&operations[1]);
    assert!(
        text.contains("hello"),
        "the missed step is not named: {text}"
    );
    let ost = guest
        .records()
        .find(|record| record.record.phase == Phase::Ost && record.record.cpu == Some(2));
    let status = ost
        .and_then(|record| record.record.value)
        .expect("the host is answered");
    assert!(status >= 0x80, "_OST reports success: {status:#x}");
    add(&mut guest, &[4]);
    shut_down(guest);
}

on_boards!(a_cpu_that_never_answers_fails_at_its_deadline_and_the_others_come: Q35, VIRT);

/// Lets the register access number `accesses` after `ready` fail, and adds two CPUs.
fn an_aml_error_loses_no_event(board: Board, accesses: u32) {
    let config = board.config(1, 8, &format!("workload=paused fault=region:{accesses}"));
    let mut guest = start(config);
    let added = guest.add(&[1], PATIENCE).expect("QEMU takes it");
    assert!(
        phases_of(&guest, 1).contains(&Phase::Online),
        "access {accesses}: {added:?}"
    );
    add(&mut guest, &[2]);
    remove(&mut guest, &[2]);
    let errors = errors(&guest);
    assert!(
        errors.iter().any(|text| text.contains(board.handler)),
        "access {accesses}: {errors:?}"
    );
    shut_down(guest);
}

fn an_aml_error_in_the_middle_of_a_scan_loses_no_event(board: Board) {
    // One early in the scan, and one after its first events were cleared.
    for accesses in [5, 9] {
        an_aml_error_loses_no_event(board, accesses);
    }
}

on_boards!(an_aml_error_in_the_middle_of_a_scan_loses_no_event: Q35, VIRT);

fn a_guest_that_refuses_is_reported_as_refusing(board: Board) {
    let mut guest = start(board.config(1, 4, "workload=paused misbehave=refuse-eject"));
    add(&mut guest, &[1]);
    let operations = guest.remove(&[1], PATIENCE).expect("QEMU takes it");
    assert!(
        matches!(&operations[0].outcome, Outcome::Failed(error) if error.kind() == ErrorKind::GuestRefused)
    );
    assert_eq!(present(&mut guest), [0, 1]);
    shut_down(guest);
}

on_boards!(a_guest_that_refuses_is_reported_as_refusing: Q35, VIRT);

fn a_guest_that_never_ejects_ends_at_the_deadline_with_the_last_phase(board: Board) {
    let mut guest = start(board.config(1, 4, "workload=paused misbehave=never-eject"));
    add(&mut guest, &[1]);
    let operations = guest
        .remove(&[1], Duration::from_secs(3))
        .expect("QEMU takes it");
    assert!(
        matches!(&operations[0].outcome, Outcome::Failed(error) if error.kind() == ErrorKind::Timeout)
    );
    let text = failure(&operations[0]);
    assert!(
        text.contains("off"),
        "the phase that it reached is not named: {text}"
    );
    shut_down(guest);
}

on_boards!(a_guest_that_never_ejects_ends_at_the_deadline_with_the_last_phase: Q35, VIRT);

fn a_guest_without_ost_is_understood_by_its_other_signs(board: Board) {
    let mut guest = start(board.config(1, 4, "workload=paused misbehave=no-ost"));
    add(&mut guest, &[1]);
    remove(&mut guest, &[1]);
    assert_eq!(present(&mut guest), [0]);
    shut_down(guest);
}

on_boards!(a_guest_without_ost_is_understood_by_its_other_signs: Q35, VIRT);

fn a_slot_that_is_taken_or_does_not_exist_is_refused_beforehand(board: Board) {
    let mut guest = start(quiet(board, 2, 4));
    for slots in [&[1][..], &[4], &[2, 99]] {
        let error = guest.add(slots, PATIENCE).expect_err("nothing may be sent");
        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    }
    assert_eq!(present(&mut guest), [0, 1]);
    shut_down(guest);
}

on_boards!(a_slot_that_is_taken_or_does_not_exist_is_refused_beforehand: Q35, VIRT);

fn qemu_dying_in_the_middle_of_an_operation_is_one_clear_error(board: Board) {
    let config = board.config(1, 4, "workload=paused misbehave=never-eject");
    let mut guest = start(config);
    add(&mut guest, &[1]);
    // QEMU ends itself as soon as it handles this, which is while the removal waits for the guest.
    guest
        .execute("device_del", serde_json::json!({ "id": "vcpu1" }))
        .expect("QEMU takes the removal");
    await_phase(&mut guest, Phase::Off, Some(1));
    guest
        .execute("quit", serde_json::json!({}))
        .expect("QEMU says goodbye");
    let error = guest.remove(&[1], PATIENCE).expect_err("QEMU is gone");
    assert_eq!(error.kind(), ErrorKind::Lost, "{error}");
}

on_boards!(qemu_dying_in_the_middle_of_an_operation_is_one_clear_error: Q35, VIRT);

#[test]
fn a_line_that_nobody_clears_does_not_keep_the_guest_from_its_work() {
    let mut guest = start(quiet(Q35, 1, 4));
    // Enables the PM1 global event and status bit 0: a cause that no handler of this guest has.
    let storm = serde_json::json!({ "command-line": "o /w 0x602 0x101" });
    guest
        .execute("human-monitor-command", storm)
        .expect("QEMU takes it");
    add(&mut guest, &[1]);
    remove(&mut guest, &[1]);
    assert_eq!(present(&mut guest), [0]);
}

/// Compiles `source` and gives the table to QEMU, beside its own.
fn with_table(source: &str) -> (GuestConfig, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder for the table");
    let asl = folder.path().join("extra.asl");
    std::fs::write(&asl, source).expect("the source is written");
    let iasl = std::env::var_os("IASL").expect("IASL is not set; run `cargo xtask test`");
    let output = Command::new(iasl).arg(&asl).output().expect("iasl runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    let option = format!("file={}", folder.path().join("extra.aml").display());
    (quiet(Q35, 1, 4).extra_args(["-acpitable", &option]), folder)
}

#[test]
fn two_cpus_with_one_apic_id_are_reported_and_the_others_work() {
    let (config, _folder) = with_table(
        r#"DefinitionBlock ("extra.aml", "SSDT", 2, "HOTVCP", "TWIN", 1) {
            Device (\_SB.TWIN) {
                Name (_HID, "ACPI0007")
                Name (_UID, 77)
                Name (_STA, 0xF)
                Name (_MAT, Buffer () { 0x00, 0x08, 77, 0x00, 0x01, 0x00, 0x00, 0x00 })
            }
        }"#,
    );
    let mut guest: Guest = start(config);
    let about_twin = guest.records().find(|record| {
        record.record.cpu == Some(77) && matches!(record.record.phase, Phase::Failed | Phase::Error)
    });
    let text = about_twin
        .and_then(|record| record.record.text.clone())
        .expect("the twin is reported");
    assert!(text.contains("boot CPU") || text.contains("APIC"), "{text}");
    add(&mut guest, &[1]);
    shut_down(guest);
}

#[test]
fn a_table_with_garbage_in_it_is_reported_and_the_rest_works() {
    let folder = tempfile::tempdir().expect("a folder for the table");
    let data = folder.path().join("garbage");
    std::fs::write(&data, [0x5B, 0x82, 0xFF, 0xFF, 0x10, 0x00, 0x14])
        .expect("the table is written");
    let option = format!("sig=SSDT,rev=2,data={}", data.display());
    let mut guest = start(quiet(Q35, 1, 4).extra_args(["-acpitable", &option]));
    assert!(
        errors(&guest).iter().any(|text| text.contains("SSDT")),
        "{:?}",
        errors(&guest)
    );
    add(&mut guest, &[1]);
    remove(&mut guest, &[1]);
    shut_down(guest);
}
