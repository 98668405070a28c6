//! The machines and CPUs that the guest has to run on.

use hotvcpu::{ErrorKind, GuestConfig, Phase};
use hotvcpu_tests::board::guest_flat_aarch64;
use hotvcpu_tests::{
    Board, MICROVM, PATIENCE, PC, Q35, VIRT, VIRT_STOCK, add, await_phase, console, errors,
    on_boards, present, qemu_7_2, qemu_7_2_aarch64, qemu_aarch64, quiet, remove, shut_down, start,
};

#[test]
fn eight_cpus_need_no_more_than_32_mib() {
    let mut guest = start(quiet(Q35, 1, 8).memory_mib(32));
    add(&mut guest, &[1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(errors(&guest), Vec::<String>::new());
    shut_down(guest);
}

fn sixty_four_cpus_come_one_by_one_and_all_at_once(board: Board) {
    // One more than are used: QEMU's bug 3 on x86.
    let mut guest = start(quiet(board, 1, 65).memory_mib(256));
    for cpu in 1..32 {
        add(&mut guest, &[cpu]);
    }
    let rest: Vec<u32> = (32..64).collect();
    add(&mut guest, &rest);
    assert_eq!(present(&mut guest), (0..64).collect::<Vec<_>>());
    assert_eq!(errors(&guest), Vec::<String>::new());
    shut_down(guest);
}

on_boards!(sixty_four_cpus_come_one_by_one_and_all_at_once: Q35, VIRT);

#[test]
fn x2apic_is_used_where_the_cpu_has_it() {
    let mut guest = start(quiet(Q35, 1, 4).cpu_model("qemu64,+x2apic"));
    assert!(console(&guest).contains("x2APIC"), "{}", console(&guest));
    add(&mut guest, &[3]);
    remove(&mut guest, &[3]);
    shut_down(guest);
}

#[test]
fn apic_ids_beyond_8_bits_are_reached_by_x2apic() {
    let config = quiet(Q35, 1, 288)
        .cpu_model("qemu64,+x2apic")
        .extra_args(["-device", "intel-iommu,intremap=on,eim=on"]);
    let mut guest = start(config);
    add(&mut guest, &[254, 255, 287]);
    remove(&mut guest, &[255, 287]);
    assert_eq!(present(&mut guest), [0, 254]);
    shut_down(guest);
}

#[test]
fn xapic_is_used_elsewhere() {
    let guest = start(quiet(Q35, 1, 4).cpu_model("qemu64,-x2apic"));
    assert!(console(&guest).contains("xAPIC"), "{}", console(&guest));
    shut_down(guest);
}

#[test]
fn sparse_apic_ids_are_the_guest_s_business_too() {
    // Three cores a socket: APIC IDs have holes, so that UID and APIC ID differ.
    let config = quiet(Q35, 1, 6).topology("sockets=2,cores=3,threads=1");
    let mut guest = start(config);
    add(&mut guest, &[3, 5]);
    let identity = |cpu| {
        let found = guest.records().find(|record| {
            record.record.phase == Phase::Identity && record.record.cpu == Some(cpu)
        });
        found.and_then(|record| record.record.hw_id)
    };
    assert_eq!((identity(3), identity(5)), (Some(4), Some(6)));
    shut_down(guest);
}

/// The power button of a machine without CPU hotplug, whose doorbell is answered by this method.
fn rings(config: GuestConfig, handler: &str) {
    let mut guest = start(config);
    guest.powerdown().expect("QEMU takes the power button");
    let doorbell = await_phase(&mut guest, Phase::Doorbell, None);
    assert!(doorbell.record.value.is_some());
    let scan = await_phase(&mut guest, Phase::Scan, None);
    assert!(
        scan.record
            .text
            .as_deref()
            .is_some_and(|method| method.ends_with(handler)),
        "{scan:?}"
    );
    await_phase(&mut guest, Phase::PowerButton, None);
    let status = guest.wait_exit(PATIENCE).expect("QEMU ends");
    assert!(status.success(), "QEMU ended with {status}");
}

#[test]
fn on_microvm_the_power_button_arrives_over_the_ged() {
    rings(quiet(MICROVM, 2, 2), "_EVT");
}

#[test]
fn on_virt_without_monitor_the_power_button_arrives_over_the_ged() {
    rings(quiet(VIRT_STOCK, 2, 2), "_EVT");
}

#[test]
fn on_virt_without_firmware_the_power_button_is_a_pin_of_the_gpio_controller() {
    for qemu in [qemu_aarch64(), qemu_7_2_aarch64()] {
        let config = GuestConfig::new(VIRT_STOCK.machine, guest_flat_aarch64())
            .qemu(qemu)
            .cpus(2, 2)
            .memory_mib(64)
            .cmdline("workload=paused");
        rings(config, "_E03");
    }
}

/// One redistributor range holds 123 CPUs on virt; the others are in a second one, beyond 256 GiB.
#[test]
fn cpus_of_the_second_redistributor_range_come_and_go() {
    let mut guest = start(quiet(VIRT, 1, 512).memory_mib(256));
    add(&mut guest, &[122, 123, 124, 511]);
    remove(&mut guest, &[123, 511]);
    add(&mut guest, &[511]);
    assert_eq!(present(&mut guest), [0, 122, 124, 511]);
    assert_eq!(errors(&guest), Vec::<String>::new());
    shut_down(guest);
}

#[test]
fn on_7_2_the_aml_switches_the_legacy_registers_and_a_cpu_comes_and_goes() {
    for machine in [Q35, PC] {
        let mut guest = start(quiet(machine, 1, 4).qemu(qemu_7_2()));
        add(&mut guest, &[1, 2]);
        remove(&mut guest, &[2]);
        assert_eq!(present(&mut guest), [0, 1]);
        assert_eq!(errors(&guest), Vec::<String>::new());
        shut_down(guest);
    }
}

#[test]
fn on_7_2_an_add_after_a_removal_is_refused_because_qemu_would_crash() {
    let mut guest = start(quiet(Q35, 1, 4).qemu(qemu_7_2()));
    add(&mut guest, &[1]);
    remove(&mut guest, &[1]);
    let error = guest
        .add(&[2], PATIENCE)
        .expect_err("this QEMU would not survive it");
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    assert!(error.to_string().contains("7.2"), "{error}");
    assert_eq!(present(&mut guest), [0]);
    shut_down(guest);
}

#[test]
fn the_power_button_of_q35_and_pc_ends_in_s5() {
    for machine in [Q35, PC] {
        shut_down(start(quiet(machine, 1, 2)));
    }
}

fn a_reset_boots_the_guest_again_with_the_cpus_that_it_had(board: Board) {
    let mut guest = start(quiet(board, 1, 4));
    await_phase(&mut guest, Phase::Ready, None);
    add(&mut guest, &[2]);
    guest.reset().expect("QEMU resets the VM");
    let boot = await_phase(&mut guest, Phase::Boot, None);
    assert_eq!(boot.record.seq, 0);
    let ready = await_phase(&mut guest, Phase::Ready, None);
    assert_eq!(ready.record.value, Some(2));
    remove(&mut guest, &[2]);
    shut_down(guest);
}

on_boards!(a_reset_boots_the_guest_again_with_the_cpus_that_it_had: Q35, VIRT);

/// By the FADT's register, by a triple fault where the FADT names none, or by PSCI.
fn a_guest_resets_its_machine(board: Board) {
    let mut guest = start(board.config(1, 4, "workload=paused power_button=reset"));
    await_phase(&mut guest, Phase::Ready, None);
    guest.powerdown().expect("QEMU takes the power button");
    await_phase(&mut guest, Phase::Shutdown, None);
    let boot = await_phase(&mut guest, Phase::Boot, None);
    assert_eq!(boot.record.seq, 0);
    await_phase(&mut guest, Phase::Ready, None);
    assert_eq!(errors(&guest), Vec::<String>::new());
}

on_boards!(a_guest_resets_its_machine: Q35, PC, MICROVM, VIRT);

fn more_cpus_than_the_guest_takes_are_refused_one_by_one(board: Board) {
    let config = board.config(1, 8, "workload=paused max_cpus=3");
    let mut guest = start(config);
    add(&mut guest, &[6, 7]);
    let operations = guest.add(&[2], PATIENCE).expect("QEMU takes it");
    assert!(
        !operations[0].ok(),
        "a CPU beyond the guest's limit came online"
    );
    let refused = guest
        .records()
        .find(|record| record.record.phase == Phase::Refused);
    let text = refused
        .and_then(|record| record.record.text.clone())
        .expect("the guest says why");
    assert!(text.contains('3'), "the limit is not named: {text}");
    // Its place is free again once another has left.
    remove(&mut guest, &[7]);
    shut_down(guest);
}

on_boards!(more_cpus_than_the_guest_takes_are_refused_one_by_one: Q35, VIRT);
