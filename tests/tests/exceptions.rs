//! The guest's own end: exceptions are reported in full, and no table or command line takes it down.

use hotvcpu::{Guest, Machine};
use hotvcpu_tests::{PATIENCE, console, errors, quiet, shut_down, start, with_cmdline};

/// QEMU's exit status for the guest's verdict "fault".
const FAULT: i32 = 0x10 << 1 | 1;

fn ends_in(fault: &str, exception: &str) {
    let config = with_cmdline(
        Machine::Q35,
        1,
        2,
        &format!("workload=paused fault={fault}"),
    );
    let mut guest = Guest::start(config).expect("QEMU starts");
    let status = guest.wait_exit(PATIENCE).expect("QEMU ends");
    let console = console(&guest);
    assert_eq!(status.code(), Some(FAULT), "{console}");
    assert!(console.contains(exception), "{console}");
    for register in ["rip ", "rsp ", "cr2 ", "r15 "] {
        assert!(console.contains(register), "no {register}in\n{console}");
    }
}

#[test]
fn a_stack_overflow_hits_the_guard_page_and_is_reported_on_another_stack() {
    ends_in("stack-overflow", "double fault");
}

#[test]
fn an_invalid_instruction_is_reported() {
    ends_in("invalid-opcode", "invalid opcode");
}

#[test]
fn the_kernel_s_text_cannot_be_written() {
    ends_in("write-text", "page fault");
}

#[test]
fn too_little_memory_ends_with_the_verdict_of_a_fault() {
    let config = quiet(Machine::Q35, 1, 2).memory_mib(3);
    let mut guest = Guest::start(config).expect("QEMU starts");
    let status = guest.wait_exit(PATIENCE).expect("QEMU ends");
    let console = console(&guest);
    assert_eq!(status.code(), Some(FAULT), "{console}");
    assert!(console.contains("memory"), "{console}");
}

#[test]
fn a_probe_of_the_machine_ends_with_a_good_verdict() {
    let config = with_cmdline(Machine::Q35, 1, 2, "workload=paused exit_when_ready");
    let mut guest = Guest::start(config).expect("QEMU starts");
    let status = guest.wait_exit(PATIENCE).expect("QEMU ends");
    assert_eq!(status.code(), Some(1), "{}", console(&guest));
}

#[test]
fn without_acpi_the_guest_says_so_and_goes_on() {
    // Not q35, where SeaBIOS makes tables of its own when QEMU gives none.
    let config = quiet(Machine::Microvm, 1, 1).extra_args(["-machine", "acpi=off"]);
    let mut guest = Guest::start(config).expect("QEMU starts");
    let record = guest.await_record(PATIENCE, |record| {
        record.record.phase == hotvcpu::Phase::Error
    });
    let text = record
        .expect("the guest reports it")
        .record
        .text
        .unwrap_or_default();
    assert!(text.contains("RSDP"), "{text}");
}

#[test]
fn a_word_that_is_not_understood_is_reported() {
    let guest = start(with_cmdline(
        Machine::Q35,
        1,
        2,
        "workload=paused misbehav=no-ost",
    ));
    assert!(
        errors(&guest)
            .iter()
            .any(|text| text.contains("misbehav=no-ost")),
        "{:?}",
        errors(&guest)
    );
    shut_down(guest);
}
