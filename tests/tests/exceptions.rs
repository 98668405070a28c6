//! The guest's own end: exceptions are reported in full, and no table or command line takes it down.

use hotvcpu::{Guest, Machine, Phase};
use hotvcpu_tests::{
    Board, MICROVM, PATIENCE, Q35, console, errors, on_boards, quiet, shut_down, start,
};

/// Starts a guest that runs into `fault`, and looks at its end.
fn ends_in(board: Board, fault: &str, exception: &str) {
    let config = board.config(1, 2, &format!("workload=paused fault={fault}"));
    let mut guest = Guest::start(config).expect("QEMU starts");
    let status = guest.wait_exit(PATIENCE).expect("QEMU ends");
    let console = console(&guest);
    assert_eq!(status.code(), Some(board.fault_status), "{console}");
    assert!(console.contains(exception), "{console}");
    for register in board.registers {
        assert!(console.contains(register), "no {register}in\n{console}");
    }
    let last = guest.records().last().map(|it| it.record.phase);
    assert_eq!(last, Some(Phase::Error), "the last record tells of it");
}

fn a_stack_overflow_hits_the_guard_page_and_is_reported_on_another_stack(board: Board) {
    let exception = match board.machine {
        Machine::Virt => "translation fault",
        _ => "double fault",
    };
    ends_in(board, "stack-overflow", exception);
}

on_boards!(a_stack_overflow_hits_the_guard_page_and_is_reported_on_another_stack: Q35, VIRT);

fn an_invalid_instruction_is_reported(board: Board) {
    let exception = match board.machine {
        Machine::Virt => "undefined instruction",
        _ => "invalid opcode",
    };
    ends_in(board, "invalid-opcode", exception);
}

on_boards!(an_invalid_instruction_is_reported: Q35, VIRT);

fn the_kernel_s_text_cannot_be_written(board: Board) {
    let exception = match board.machine {
        Machine::Virt => "permission fault",
        _ => "page fault",
    };
    ends_in(board, "write-text", exception);
}

on_boards!(the_kernel_s_text_cannot_be_written: Q35, VIRT);

#[test]
fn too_little_memory_ends_with_the_verdict_of_a_fault() {
    let config = quiet(Q35, 1, 2).memory_mib(3);
    let mut guest = Guest::start(config).expect("QEMU starts");
    let status = guest.wait_exit(PATIENCE).expect("QEMU ends");
    let console = console(&guest);
    assert_eq!(status.code(), Some(Q35.fault_status), "{console}");
    assert!(console.contains("memory"), "{console}");
}

#[test]
fn a_probe_of_the_machine_ends_with_a_good_verdict() {
    let config = Q35.config(1, 2, "workload=paused exit_when_ready");
    let mut guest = Guest::start(config).expect("QEMU starts");
    let status = guest.wait_exit(PATIENCE).expect("QEMU ends");
    assert_eq!(status.code(), Some(1), "{}", console(&guest));
}

#[test]
fn without_acpi_the_guest_says_so_and_goes_on() {
    // Not q35, where SeaBIOS makes tables of its own when QEMU gives none.
    // Nor a machine with virtio devices: without ACPI, QEMU tells where they are on the command line.
    let config = quiet(MICROVM, 1, 1)
        .without_agent()
        .extra_args(["-machine", "acpi=off"]);
    let mut guest = Guest::start(config).expect("QEMU starts");
    let record = guest.await_record(PATIENCE, |record| record.record.phase == Phase::Error);
    let text = record
        .expect("the guest reports it")
        .record
        .text
        .unwrap_or_default();
    assert!(text.contains("RSDP"), "{text}");
}

fn a_word_that_is_not_understood_is_reported(board: Board) {
    let guest = start(board.config(1, 2, "workload=paused misbehav=no-ost"));
    assert!(
        errors(&guest)
            .iter()
            .any(|text| text.contains("misbehav=no-ost")),
        "{:?}",
        errors(&guest)
    );
    shut_down(guest);
}

on_boards!(a_word_that_is_not_understood_is_reported: Q35, VIRT);
