//! libvirt drives the guest, as its users do: by virsh, from an XML file.

use std::ops::Range;
use std::path::PathBuf;

use hotvcpu::Phase;
use hotvcpu_tests::command::Host;
use hotvcpu_tests::libvirt::{Libvirt, NAME, Records};
use hotvcpu_tests::{qemu, qemu_7_2};

/// Has virsh add `cpus`, and waits until the guest uses them.
fn add(libvirt: &Libvirt, records: &mut Records, cpus: Range<u32>) {
    libvirt.done(&["setvcpus", NAME, &cpus.end.to_string(), "--live"]);
    for ost in records.await_each(Phase::Ost, cpus.clone()) {
        assert_eq!((ost.event, ost.value), (Some(1), Some(0)), "{ost:?}");
    }
    assert_eq!(libvirt.live(), cpus.end.to_string());
}

fn virsh_adds_vcpus(qemu: PathBuf, machine: &str) {
    let libvirt = Libvirt::start();
    let mut records = libvirt.boot(qemu, machine, "");
    assert_eq!(libvirt.live(), "1");
    add(&libvirt, &mut records, 1..3);
    let came = [1, 2].map(|cpu| records.of(cpu));
    for phases in &came {
        assert!(phases.iter().any(|it| it.0 == Phase::Online), "{phases:?}");
    }
    libvirt.done(&["setvcpu", NAME, "5", "--enable", "--live"]);
    records.await_phase(Phase::Online, Some(5));
    let said = libvirt.refused(&["setvcpus", NAME, "9", "--live"]);
    assert!(said.contains("max allowable vcpus"), "{said}");

    libvirt.done(&["setvcpus", NAME, "2", "--config"]);
    libvirt.done(&["shutdown", NAME, "--mode", "acpi"]);
    let end = records.await_phase(Phase::Shutdown, None);
    assert!(end.text.unwrap_or_default().contains("workload right"));
    libvirt.await_shut_off();
    let mut records = libvirt.start_domain();
    assert_eq!(libvirt.live(), "2");
    records = reset(&libvirt, records);
    drop(records);
    libvirt.done(&["destroy", NAME]);
    libvirt.done(&["undefine", NAME]);
    assert_eq!(libvirt.done(&["list", "--all", "--name"]), "");
}

/// Presses the reset button, and waits until the guest is up again.
fn reset(libvirt: &Libvirt, mut records: Records) -> Records {
    libvirt.done(&["reset", NAME]);
    assert_eq!(records.await_phase(Phase::Ready, None).value, Some(2));
    records
}

#[test]
fn virsh_adds_vcpus_on_q35() {
    virsh_adds_vcpus(qemu(), "q35");
}

#[test]
fn virsh_adds_vcpus_on_pc() {
    virsh_adds_vcpus(qemu(), "pc");
}

#[test]
fn virsh_adds_vcpus_on_debian_s_own_qemu() {
    virsh_adds_vcpus(qemu_7_2(), "q35");
}

/// QEMU under TCG does not tell libvirt that a vCPU is gone (docs/src/qemu.md), so virsh waits in vain for what the guest
/// has long done.
#[test]
fn a_removal_is_done_by_the_guest_missed_by_virsh_and_seen_by_hotvcpu() {
    let mut libvirt = Libvirt::start();
    let host = Host::new();
    let socket = libvirt.qmp();
    let attach = |words: &[&str]| host.json(&[&["--attach", &socket], words].concat());
    let mut records = libvirt.boot(qemu(), "q35", "");
    add(&libvirt, &mut records, 1..3);

    let before = records.of(2).len();
    let said = libvirt.refused(&["setvcpus", NAME, "2", "--live"]);
    assert!(
        said.contains("vcpu unplug request timed out. Unplug result must be manually inspected"),
        "{said}"
    );
    records.await_phase(Phase::Eject, Some(2));
    records.await_phase(Phase::Ost, Some(2));
    let went = &records.of(2)[before..];
    assert_eq!(went.first(), Some(&(Phase::Notify, Some(3))));
    assert_eq!(went.last(), Some(&(Phase::Ost, Some(0))));
    assert!(went.contains(&(Phase::Eject, None)), "{went:?}");
    assert_eq!(libvirt.live(), "3", "libvirt does not know");

    let slots = attach(&["vcpuinfo"]);
    assert_eq!(slots[1]["host"], "added as vcpu1, can be removed");
    assert_eq!(slots[2]["host"], "free", "{slots}");
    attach(&["setvcpus", "2"]);
    // What virsh has not begun is done at once.
    attach(&["setvcpu", "1", "--disable"]);
    records.await_phase(Phase::Eject, Some(1));
    records.await_phase(Phase::Ost, Some(1));
    assert_eq!(attach(&["vcpucount", "--live"])["count"], 1);

    // A daemon that starts asks QEMU, and is right again.
    libvirt.restart();
    libvirt.await_live("1");
    add(&libvirt, &mut records, 1..3);
}

/// What the guest says of its CPUs, a line each.
fn guestvcpus(libvirt: &Libvirt) -> Vec<String> {
    let said = libvirt.done(&["guestvcpus", NAME]);
    let lines = said.lines().filter_map(|line| line.split_once(':'));
    lines
        .map(|(what, cpus)| format!("{} {}", what.trim(), cpus.trim()))
        .collect()
}

/// The guest's kernel is the guest agent that virsh asks.
fn virsh_reaches_the_guest_agent(qemu: PathBuf, machine: &str) {
    let libvirt = Libvirt::start();
    let mut records = libvirt.boot(qemu, machine, "");
    add(&libvirt, &mut records, 1..3);
    libvirt.await_agent();
    let guest = || guestvcpus(&libvirt);
    assert_eq!(guest(), ["vcpus 0-2", "online 0-2", "offlinable 1-2"]);

    libvirt.done(&["setvcpus", NAME, "2", "--guest"]);
    records.await_phase(Phase::Offline, Some(1));
    assert_eq!(guest(), ["vcpus 0-2", "online 0,2", "offlinable 1-2"]);
    assert_eq!(libvirt.done(&["vcpucount", NAME, "--guest"]), "2");
    assert_eq!(libvirt.live(), "3", "it is still in the machine");
    libvirt.done(&["guestvcpus", NAME, "--cpulist", "1", "--enable"]);
    records.await_phase(Phase::Online, Some(1));
    assert_eq!(libvirt.done(&["vcpucount", NAME, "--guest"]), "3");
    let said = libvirt.refused(&["guestvcpus", NAME, "--cpulist", "0", "--disable"]);
    assert!(said.contains("vCPU '0' is not offlinable"), "{said}");
    assert_eq!(guest()[1], "online 0-2");
    let time = libvirt.done(&["domtime", NAME]);
    assert!(time.starts_with("Time: "), "{time}");

    libvirt.done(&["reboot", NAME, "--mode", "agent"]);
    assert_eq!(records.await_phase(Phase::Ready, None).value, Some(3));
    libvirt.await_agent();
    let output = libvirt.virsh(&["shutdown", NAME, "--mode", "agent"]);
    if !output.status.success() {
        // QEMU may be gone before virsh has taken in that this is what it waits for.
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("End of file from agent socket"), "{said}");
    }
    let told = records.await_phase(Phase::Agent, None);
    assert_eq!(told.text.as_deref(), Some("guest-shutdown powerdown"));
    records.await_phase(Phase::Shutdown, None);
    libvirt.await_shut_off();
    libvirt.done(&["undefine", NAME]);
}

#[test]
fn virsh_reaches_the_guest_agent_on_q35() {
    virsh_reaches_the_guest_agent(qemu(), "q35");
}

#[test]
fn virsh_reaches_the_guest_agent_on_debian_s_own_pc() {
    virsh_reaches_the_guest_agent(qemu_7_2(), "pc");
}

/// Where the guest's policy leaves a new CPU offline, virsh brings it online.
#[test]
fn a_guest_that_waits_is_told_by_virsh() {
    let libvirt = Libvirt::start();
    let mut records = libvirt.boot(qemu(), "q35", "online=manual");
    add(&libvirt, &mut records, 1..3);
    libvirt.await_agent();
    assert_eq!(guestvcpus(&libvirt)[1], "online 0");
    libvirt.done(&["setvcpus", NAME, "3", "--guest"]);
    records.await_each(Phase::Online, 1..3);
    assert_eq!(guestvcpus(&libvirt)[1], "online 0-2");
}
