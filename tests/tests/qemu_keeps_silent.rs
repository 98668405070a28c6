//! Where QEMU accepts and says nothing more (docs/src/qemu.md, "Where QEMU keeps silent"): what `hotvcpu` makes of it, on real machines.
//!
//! The tests are named after the rows. Those of an add before the guest runs, of a removal that a reset loses and of one that never
//! ends are in `windows.rs`; of a stopped VM in `life_cycle.rs` and `states.rs`; of a state with other CPUs in `moving.rs`.

use std::process::Stdio;
use std::time::Instant;

use hotvcpu_tests::command::Host;
use hotvcpu_tests::{Board, PATIENCE, Q35, on_boards};
use serde_json::{Value, json};

const EIGHT: &str = "[vcpus]\ncurrent = 1\nmaximum = 8\n";

fn defined(board: Board, words: &str) -> Host {
    let host = Host::new();
    host.define_on(board, words, EIGHT);
    host
}

/// Waits until the guest of the domain uses so many vCPUs.
fn await_online(host: &Host, count: u64) {
    host.await_answer(&["vcpucount", "one"], |told| told["online"] == count);
}

fn add_in_the_middle_of_a_guest_s_boot(board: Board) {
    let host = defined(board, "");
    host.json(&["start", "one", "--no-wait"]);
    let added = host.json(&["setvcpus", "one", "4", "--live"]);
    for operation in added["operations"].as_array().expect("a list") {
        let outcome = operation["outcome"].as_str().expect("a word");
        assert!(["pending", "done"].contains(&outcome), "{operation}");
    }
    await_online(&host, 4);
    assert_eq!(host.json(&["vcpucount", "one"])["pending"], json!([]));
}

on_boards!(add_in_the_middle_of_a_guest_s_boot: Q35, VIRT);

fn add_then_system_reset(board: Board) {
    let host = defined(board, "");
    host.json(&["start", "one"]);
    host.json(&["setvcpus", "one", "3", "--live", "--async"]);
    // Not by our command, which would wait for the guest.
    host.qmp().run("system_reset", json!({}));
    await_online(&host, 3);
    let reset = host.json(&["reset", "one"]);
    assert_eq!(
        (&reset["vcpus_online"], &reset["missing"]),
        (&json!(3), &json!([]))
    );
}

on_boards!(add_then_system_reset: Q35, VIRT);

fn a_guest_that_never_ejects(board: Board) {
    let host = defined(board, "misbehave=never-eject");
    host.json(&["start", "one"]);
    host.json(&["setvcpus", "one", "2", "--live"]);
    let output = host.run(&["setvcpus", "one", "1", "--live", "--timeout", "1s"]);
    assert_eq!(output.status.code(), Some(7));
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("the guest reached `off`"), "{told}");
    assert_eq!(host.current(), Some(2));
}

on_boards!(a_guest_that_never_ejects: Q35, VIRT);

#[test]
fn guest_that_cannot_use_the_cpu_yet_reports_success() {
    let host = defined(
        Q35,
        "misbehave=no-ost fault=no-start:2 hello_deadline_ms=60000",
    );
    host.json(&["start", "one"]);
    let mut add = host
        .command(&["setvcpu", "one", "2", "--enable", "--live"])
        .args(["--timeout", "3s", "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("started");
    await_record(&host, "start");
    // What such a guest's _OST does: the event and the status, into q35's register block.
    let mut other = host.qmp();
    for write in [
        "o /w 0xcd8 2",
        "o /b 0xcdd 1",
        "o /w 0xce0 1",
        "o /b 0xcdd 2",
        "o /w 0xce0 0",
    ] {
        other.write_port(write);
    }
    other.await_event("ACPI_DEVICE_OST");
    let code = add.wait().expect("it ends").code();
    let mut told = String::new();
    let mut stdout = add.stdout.take().expect("piped");
    std::io::Read::read_to_string(&mut stdout, &mut told).expect("text");
    assert_eq!(code, Some(7), "success was believed: {told}");
    let told: Value = serde_json::from_str(&told).expect("JSON");
    let error = told["operations"][0]["error"].as_str().expect("a reason");
    assert!(error.contains("`start`"), "{error}");
    let counted = host.json(&["vcpucount", "one"]);
    assert_eq!(counted["pending"], json!([2]), "{counted}");
}

/// Waits until the guest of the domain `one` has written a record of this phase.
fn await_record(host: &Host, phase: &str) {
    let path = host.runtime().join("hotvcpu/one/events.jsonl");
    let wanted = format!("\"phase\":\"{phase}\"");
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        let records = std::fs::read_to_string(&path).expect("records");
        if records.contains(&wanted) {
            return;
        }
        std::thread::yield_now();
    }
    panic!("no record `{phase}`");
}

#[test]
fn add_without_id() {
    let host = defined(Q35, "");
    host.json(&["start", "one"]);
    host.qmp().run(
        "device_add",
        json!({"driver": "qemu64-x86_64-cpu", "socket-id": 0, "core-id": 2, "thread-id": 0}),
    );
    await_online(&host, 2);
    let row = host.json(&["vcpuinfo", "one"])[2].clone();
    assert_eq!(row["host"], "added without a name, cannot be removed");
    let told = host.fails(&["setvcpu", "one", "2", "--disable", "--live"], 4);
    assert!(told.contains("without an id"), "{told}");
    let told = host.fails(&["setvcpus", "one", "1", "--live"], 4);
    assert!(told.contains("0 of 2 can be removed"), "{told}");
    // Others come and go beside it.
    host.json(&["setvcpus", "one", "3", "--live"]);
    host.json(&["setvcpus", "one", "2", "--live"]);
}
