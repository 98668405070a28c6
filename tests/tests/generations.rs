//! ARM's two generations of the protocol: the guest finds out by itself which one its host speaks, and a wrong one that
//! it was told to be is explained.

use hotvcpu::{BackendKind, Generation, Guest, GuestConfig, Phase};
use hotvcpu_tests::board::guest_flat_aarch64;
use hotvcpu_tests::{
    Board, PATIENCE, VIRT, VIRT_OLD, VIRT_RFC, VIRT_STOCK, add, errors, present, qemu_7_2_aarch64,
    qemu_aarch64, quiet, remove, shut_down, start,
};

/// What the guest says about its host.
fn found(guest: &Guest) -> String {
    let mut records = guest.records();
    let record = records.find(|it| it.record.phase == Phase::Generation);
    let text = record.and_then(|it| it.record.text.clone());
    text.expect("the guest says which generation it found")
}

#[test]
fn the_guest_finds_out_what_the_monitor_plays() {
    for (board, played, expected) in [
        (VIRT, Generation::New, "new (openEuler): "),
        (VIRT_RFC, Generation::Rfc, "new (upstream): "),
        (VIRT_OLD, Generation::Old, "old: "),
    ] {
        let guest = start(quiet(board, 1, 4));
        assert_eq!(guest.backend(), BackendKind::Monitor(played));
        let found = found(&guest);
        assert!(found.starts_with(expected), "{found}");
        shut_down(guest);
    }
}

#[test]
fn without_monitor_there_is_none_and_adding_is_refused() {
    let mut guest = start(quiet(VIRT_STOCK, 2, 2));
    let found = found(&guest);
    assert!(found.starts_with("none: "), "{found}");
    let error = guest
        .add(&[1], PATIENCE)
        .expect_err("the machine has no hotplug");
    assert!(error.to_string().contains("hotplug"), "{error}");
    shut_down(guest);
}

/// A guest that is told to be of the generation that its host does not speak.
fn forced(board: Board, word: &str, why: &str) {
    let cmdline = format!("workload=paused generation={word}");
    let mut guest = start(board.config(1, 4, &cmdline));
    let said = errors(&guest);
    let explained =
        |text: &String| text.contains(&format!("generation={word}")) && text.contains(why);
    assert!(said.iter().any(explained), "{said:?}");
    let operations = guest.add(&[1], PATIENCE).expect("the host takes it");
    assert!(!operations[0].ok(), "a CPU came online all the same");
    shut_down(guest);
}

#[test]
fn old_forced_on_a_new_host_is_explained() {
    forced(VIRT, "old", "_MAT");
}

#[test]
fn new_forced_on_an_old_host_is_explained() {
    forced(VIRT_OLD, "new", "online capable");
}

#[test]
fn the_right_generation_may_be_forced() {
    for (board, word) in [(VIRT, "new"), (VIRT_OLD, "old")] {
        let cmdline = format!("workload=paused generation={word}");
        let mut guest = start(board.config(1, 4, &cmdline));
        add(&mut guest, &[1]);
        assert_eq!(errors(&guest), Vec::<String>::new());
        shut_down(guest);
    }
}

#[test]
fn on_7_2_the_monitor_works_as_well() {
    let mut guest = start(quiet(VIRT, 1, 4).qemu(qemu_7_2_aarch64()));
    add(&mut guest, &[1, 3]);
    remove(&mut guest, &[3]);
    add(&mut guest, &[3]);
    assert_eq!(present(&mut guest), [0, 1, 3]);
    shut_down(guest);
}

/// The guest started by QEMU's own loader, without any firmware, with these options of the machine.
fn direct(options: &[&str]) {
    let config = GuestConfig::new(VIRT.machine, guest_flat_aarch64())
        .qemu(qemu_aarch64())
        .cpus(2, 2)
        .memory_mib(64)
        .cmdline("workload=paused exit_when_ready")
        .extra_args(options.iter().copied());
    let mut guest = Guest::start(config).expect("QEMU starts");
    let ready = guest.wait_ready(PATIENCE).expect("the guest gets ready");
    assert_eq!(ready.cpus_online, 2);
    assert!(found(&guest).starts_with("none: "));
    let status = guest.wait_exit(PATIENCE).expect("QEMU ends");
    assert!(status.success(), "QEMU ended with {status}");
}

#[test]
fn without_firmware_the_guest_loads_its_tables_itself() {
    direct(&[]);
}

#[test]
fn entered_at_el2_the_guest_goes_down_to_el1_itself() {
    direct(&["-machine", "virtualization=on"]);
}
