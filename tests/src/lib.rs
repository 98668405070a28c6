//! Whole-system scenarios: a real QEMU, the real guest, one question each.
//!
//! The scenarios are in `tests/`, one file a subject; the machines that they run on are in [`board`]. They run through
//! `cargo xtask test`, which builds the guests, gets the QEMUs and names both in the environment; a scenario that finds
//! nothing there fails and says so. Every wait ends on an event and has a deadline, generous because the machine may be
//! busy; every guest dies with the test that started it.

pub mod agent_stream;
pub mod board;
pub mod command;
pub mod foreign;
pub mod libvirt;
pub mod qmp;
pub mod raw_qemu;
pub mod smi;

use std::path::PathBuf;
use std::time::Duration;

use hotvcpu::{Guest, GuestConfig, GuestRecord, Operation, Phase};

pub use board::{Board, MICROVM, PC, Q35, VIRT, VIRT_OLD, VIRT_RFC, VIRT_STOCK};

/// Longer than anything takes on a busy machine under emulation.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The guest for x86.
pub fn guest_image() -> PathBuf {
    from_environment("HOTVCPU_GUEST_X86_64")
}

/// The command `hotvcpu`.
pub fn host_command() -> PathBuf {
    from_environment("HOTVCPU_COMMAND")
}

/// The library's example of a test of hotplug, as a program.
pub fn library_example() -> PathBuf {
    from_environment("HOTVCPU_EXAMPLE")
}

/// The QEMU for x86.
pub fn qemu() -> PathBuf {
    from_environment("HOTVCPU_QEMU")
}

/// Debian 12's own QEMU, for what only old versions do.
pub fn qemu_7_2() -> PathBuf {
    from_environment("HOTVCPU_QEMU_7_2")
}

/// The QEMU for ARM.
pub fn qemu_aarch64() -> PathBuf {
    from_environment("HOTVCPU_QEMU_AARCH64")
}

/// Debian 12's own for ARM.
pub fn qemu_7_2_aarch64() -> PathBuf {
    from_environment("HOTVCPU_QEMU_7_2_AARCH64")
}

fn from_environment(name: &str) -> PathBuf {
    std::env::var_os(name)
        .map(PathBuf::from)
        .unwrap_or_else(|| panic!("{name} is not set; run `cargo xtask test`"))
}

/// A guest of `boot` of `max` CPUs whose CPUs do not work, so that it is quiet but for what a scenario asks of it.
pub fn quiet(board: Board, boot: u32, max: u32) -> GuestConfig {
    board.config(boot, max, "workload=paused")
}

/// Starts a guest and waits until its doorbells are armed.
pub fn start(config: GuestConfig) -> Guest {
    let mut guest =
        Guest::start(config).unwrap_or_else(|error| panic!("QEMU does not start: {error}"));
    if let Err(error) = guest.wait_ready(PATIENCE) {
        panic!(
            "the guest does not get ready: {error}\nits console:\n{}",
            console(&guest)
        );
    }
    guest
}

/// What the guest printed.
pub fn console(guest: &Guest) -> String {
    guest
        .console_text()
        .unwrap_or_else(|error| format!("(no console: {error})"))
}

/// Adds `slots` and insists that each is online at the end.
pub fn add(guest: &mut Guest, slots: &[u32]) -> Vec<Operation> {
    let operations = guest
        .add(slots, PATIENCE)
        .unwrap_or_else(|error| panic!("adding {slots:?}: {error}"));
    insist(guest, operations, slots)
}

/// Removes `slots` and insists that each is gone at the end.
pub fn remove(guest: &mut Guest, slots: &[u32]) -> Vec<Operation> {
    let operations = guest
        .remove(slots, PATIENCE)
        .unwrap_or_else(|error| panic!("removing {slots:?}: {error}"));
    insist(guest, operations, slots)
}

fn insist(guest: &Guest, operations: Vec<Operation>, slots: &[u32]) -> Vec<Operation> {
    assert_eq!(
        operations
            .iter()
            .map(|operation| operation.slot)
            .collect::<Vec<_>>(),
        slots
    );
    for operation in &operations {
        assert!(
            operation.ok(),
            "slot {}: {:?}\nconsole:\n{}",
            operation.slot,
            operation.outcome,
            console(guest)
        );
    }
    operations
}

/// The slots that QEMU says are filled, lowest first.
pub fn present(guest: &mut Guest) -> Vec<u32> {
    let slots = guest.slots().expect("QEMU lists its slots");
    let mut present: Vec<u32> = slots
        .iter()
        .filter(|slot| slot.present())
        .map(|slot| slot.index)
        .collect();
    present.sort_unstable();
    present
}

/// Waits for the next record of `phase` about `cpu`.
pub fn await_phase(guest: &mut Guest, phase: Phase, cpu: Option<u32>) -> GuestRecord {
    guest
        .await_phase(phase, cpu, PATIENCE)
        .unwrap_or_else(|error| panic!("{error}\nconsole:\n{}", console(guest)))
}

/// The phases that the guest recorded about `cpu`, in their order.
///
/// A CPU that a busy host has not run yet is signalled a second time. That is no further phase: it is
/// left out, once, and only where it follows the first signal.
pub fn phases_of(guest: &Guest, cpu: u32) -> Vec<Phase> {
    let mut phases = Vec::new();
    let mut may_repeat = false;
    for record in guest.records().map(|it| &it.record) {
        if record.cpu != Some(cpu) {
            continue;
        }
        let starts = record.phase == Phase::Start;
        let second = starts && record.text.as_deref() == Some("second signal");
        if !(second && may_repeat) {
            phases.push(record.phase);
        }
        may_repeat = starts && !second;
    }
    phases
}

/// The texts of all `error` records.
pub fn errors(guest: &Guest) -> Vec<String> {
    let errors = guest
        .records()
        .filter(|record| record.record.phase == Phase::Error);
    errors
        .filter_map(|record| record.record.text.clone())
        .collect()
}

/// Presses the power button, and insists on an orderly end whose verdict on the workload is good.
pub fn shut_down(mut guest: Guest) {
    guest.powerdown().expect("QEMU takes the power button");
    let shutdown = await_phase(&mut guest, Phase::Shutdown, None);
    let verdict = shutdown.record.text.unwrap_or_default();
    assert!(
        verdict.contains("workload right"),
        "the guest's verdict: {verdict}"
    );
    let status = guest.wait_exit(PATIENCE).expect("QEMU ends");
    assert!(status.success(), "QEMU ended with {status}");
}
