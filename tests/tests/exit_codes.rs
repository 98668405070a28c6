//! Each exit code once, with the kind that JSON has for it.

use std::process::Stdio;

use hotvcpu::{ErrorKind, Guest};
use hotvcpu_tests::command::Host;
use hotvcpu_tests::{Q35, quiet};
use serde_json::{Value, json};

const EIGHT: &str = "[vcpus]\ncurrent = 1\nmaximum = 8\n";

fn running(words: &str) -> Host {
    let host = Host::new();
    host.define_on(Q35, words, EIGHT);
    host.json(&["start", "one"]);
    host
}

/// Insists that the command ends with this kind: as its exit code, in words for people, and in JSON. A command that would do
/// something else at its second time is run once, with JSON.
fn ends(host: &Host, words: &[&str], kind: ErrorKind) {
    let output = host.run(&[words, &["--json"]].concat());
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let code = i32::from(kind.exit_code());
    assert_eq!(output.status.code(), Some(code), "{words:?}: {told}");
    let told: Value = serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error}: {told}"));
    assert_eq!(told["ok"], false, "{told}");
    let of_operation = &told["operations"][0]["kind"];
    let found = told.get("kind").unwrap_or(of_operation);
    assert_eq!(*found, json!(kind), "{told}");
}

#[test]
fn of_0_1_2_3_and_10_no_qemu_is_needed() {
    let host = Host::new();
    assert_eq!(host.run(&["list"]).status.code(), Some(0));
    let folder = host.runtime().to_str().expect("UTF-8");
    ends(&host, &["define", folder], ErrorKind::Io);
    ends(
        &host,
        &["setvcpu", "one", "x", "--enable"],
        ErrorKind::Usage,
    );
    ends(&host, &["vcpucount", "one"], ErrorKind::Domain);
    let nobody = ["--attach", "/nonexistent", "vcpucount"];
    ends(&host, &nobody, ErrorKind::Domain);
    let start = ["start", "one", "--kernel", "/nonexistent"];
    ends(&host, &start, ErrorKind::Setup);
}

#[test]
fn of_4_and_5_a_removal_is_refused() {
    let host = running("misbehave=refuse-eject");
    host.json(&["setvcpus", "one", "2", "--live"]);
    ends(
        &host,
        &["setvcpus", "one", "9", "--live"],
        ErrorKind::Refused,
    );
    let removal = ["setvcpus", "one", "1", "--live"];
    ends(&host, &removal, ErrorKind::GuestRefused);
}

#[test]
fn of_6_an_add_fails_in_the_guest() {
    let host = running("misbehave=fail-start");
    let add = ["setvcpus", "one", "2", "--live"];
    ends(&host, &add, ErrorKind::GuestFailed);
}

#[test]
fn of_7_and_11_a_removal_never_ends() {
    let host = running("misbehave=never-eject");
    host.json(&["setvcpus", "one", "2", "--live"]);
    let removal = ["setvcpus", "one", "1", "--live", "--timeout", "300ms"];
    ends(&host, &removal, ErrorKind::Timeout);
    // The same again, and another command in the middle of it.
    let before = host.eject_requests();
    let mut first = host
        .command(&["setvcpus", "one", "1", "--live", "--timeout", "3s"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("started");
    while host.eject_requests() == before && first.try_wait().expect("a child").is_none() {
        std::thread::yield_now();
    }
    ends(&host, &["setvcpus", "one", "3", "--live"], ErrorKind::Busy);
    assert_eq!(first.wait().expect("it ends").code(), Some(7));
}

#[test]
fn of_8_qemu_refuses() {
    // Nobody has switched on ACPI's CPU hotplug in this machine, and nobody will.
    let config = quiet(Q35, 1, 4).foreign_kernel(true);
    let stays = ["-machine", "acpi=off", "-action", "shutdown=pause"];
    let guest = Guest::start(config.extra_args(stays)).expect("QEMU starts");
    let host = Host::new();
    let socket = guest.qmp_events_socket();
    let attach = ["--attach", socket.to_str().expect("UTF-8")];
    let add = ["setvcpus", "2", "--timeout", "100ms"];
    assert_eq!(
        host.run(&[&attach[..], &add].concat()).status.code(),
        Some(7)
    );
    ends(
        &host,
        &[&attach[..], &["setvcpus", "1"]].concat(),
        ErrorKind::Qemu,
    );
}

#[test]
fn of_9_qemu_aborts() {
    // What is refused beforehand, and can be had with --force.
    let host = Host::new();
    host.start("tcg-single");
    host.json(&["setvcpus", "one", "2", "--live"]);
    let removal = ["setvcpus", "one", "1", "--live"];
    ends(&host, &removal, ErrorKind::Refused);
    let said = host.fails(&[&removal[..], &["--force"]].concat(), 9);
    assert!(said.contains("Resource deadlock avoided"), "{said}");
    ends(&host, &["vcpucount", "one"], ErrorKind::Domain);
}
