//! The command `hotvcpu` as a person or a script uses it: one domain from start to shutdown, and its refusals.

use hotvcpu_tests::command::Host;
use hotvcpu_tests::guest_image;
use serde_json::{Value, json};

#[test]
fn a_domain_from_start_to_shutdown() {
    let host = Host::new();
    host.start("tcg");
    let added = host.json(&["setvcpus", "one", "4", "--live"]);
    let added = added["operations"]
        .as_array()
        .expect("a list of operations");
    assert_eq!(
        added
            .iter()
            .map(|operation| operation["cpu"].as_u64())
            .collect::<Vec<_>>(),
        [1, 2, 3].map(Some)
    );
    assert!(
        added
            .iter()
            .all(|operation| operation["phases_us"]["online"].is_u64()),
        "{added:?}"
    );
    assert_eq!(host.current(), Some(4));
    host.json(&["setvcpu", "one", "2", "--disable", "--live"]);
    assert_eq!(host.current(), Some(3));
    // The highest one goes first.
    let removed = host.json(&["setvcpus", "one", "2", "--live"]);
    assert_eq!(removed["operations"][0]["cpu"].as_u64(), Some(3));
    host.json(&["shutdown", "one"]);
    let said = host.fails(&["vcpucount", "one"], 3);
    assert!(said.contains("one"), "{said}");
}

#[test]
fn on_aarch64_the_monitor_is_chosen_where_qemu_has_no_hotplug() {
    let host = Host::new();
    host.start_aarch64("new");
    assert_eq!(host.json(&["list"])[0]["backend"], "monitor");
    host.json(&["setvcpus", "one", "3", "--live"]);
    assert_eq!(host.current(), Some(3));
    host.json(&["setvcpus", "one", "2", "--live"]);
    assert_eq!(host.current(), Some(2));
    host.json(&["shutdown", "one"]);
}

#[test]
fn on_aarch64_the_old_generation_refuses_a_removal() {
    let host = Host::new();
    host.start_aarch64("old");
    host.json(&["setvcpus", "one", "2", "--live"]);
    let refused = host.run(&["setvcpus", "one", "1", "--live"]);
    assert_eq!(refused.status.code(), Some(4));
    let said = String::from_utf8_lossy(&refused.stdout);
    assert!(said.contains("can only add"), "{said}");
    assert_eq!(host.current(), Some(2));
    let vcpus = host.json(&["vcpuinfo", "one"]);
    assert_eq!(vcpus[1]["host"], "added as vcpu1, cannot be removed");
    host.json(&["shutdown", "one"]);
}

/// The monitor of a stopped machine is stopped, too: that an add was accepted is known all the same.
#[test]
fn on_aarch64_an_add_while_the_vm_is_paused_is_counted_by_the_next_command() {
    let host = Host::new();
    host.start_aarch64("new");
    let state = || host.json(&["list"])[0]["state"].clone();
    assert_eq!(state(), "running");
    host.json(&["suspend", "one"]);
    assert_eq!(state(), "paused");
    let added = host.json(&["setvcpus", "one", "3", "--live"]);
    assert_eq!(added["operations"][0]["outcome"], "pending", "{added}");
    let counts = host.json(&["vcpucount", "one"]);
    assert_eq!(counts["pending"], serde_json::json!([1, 2]), "{counts}");
    assert_eq!(counts["current"], 3, "{counts}");
    let said = host.fails(&["setvcpu", "one", "2", "--enable", "--live"], 4);
    assert!(said.contains("already in requested state"), "{said}");
    host.json(&["resume", "one"]);
    let told = std::cell::RefCell::new(String::new());
    host.await_answer(&["vcpucount", "one"], |answer| {
        told.borrow_mut().push_str(&answer["notes"].to_string());
        answer["pending"].as_array().is_none_or(Vec::is_empty)
    });
    let told = told.borrow();
    assert_eq!(told.matches("is online by now").count(), 2, "{told}");
    assert!(!told.contains("gone"), "{told}");
    let removed = host.json(&["setvcpus", "one", "1", "--live"]);
    assert_eq!(removed["operations"][0]["outcome"], "done", "{removed}");
}

#[test]
fn refusals_name_the_reason_and_send_nothing() {
    let host = Host::new();
    host.start("tcg");
    assert!(
        host.fails(&["setvcpu", "one", "0", "--disable", "--live"], 4)
            .contains("boot")
    );
    assert!(
        host.fails(&["setvcpus", "one", "9", "--live"], 4)
            .contains("9 > 8")
    );
    assert!(
        host.fails(&["setvcpu", "one", "99", "--enable", "--live"], 4)
            .contains("99")
    );
    assert!(
        host.fails(&["setvcpus", "one", "2", "--config"], 3)
            .contains("hotvcpu define")
    );
    assert!(
        host.fails(&["start", "two", "--kernel", "no-such-kernel"], 10)
            .contains("no-such-kernel")
    );
    assert!(
        host.fails(
            &["start", "two", "--kernel", "x", "--qemu", "no-such-qemu"],
            10
        )
        .contains("no-such-qemu")
    );
    assert_eq!(host.current(), Some(1));
}

#[test]
fn single_threaded_tcg_takes_no_removal() {
    let host = Host::new();
    host.start("tcg-single");
    host.json(&["setvcpus", "one", "2", "--live"]);
    let said = host.fails(&["setvcpus", "one", "1", "--live"], 4);
    assert!(said.contains("thread"), "{said}");
    assert_eq!(host.current(), Some(2));
}

#[test]
fn no_more_vcpus_than_qemu_survives() {
    let host = Host::new();
    host.start("tcg");
    // Each cycle makes one more of the 8 vCPUs that this process can make.
    let mut refusal = None;
    for _ in 0..8 {
        let output = host.run(&["setvcpus", "one", "2", "--live"]);
        if !output.status.success() {
            refusal = Some(output);
            break;
        }
        host.json(&["setvcpus", "one", "1", "--live"]);
    }
    let refusal = refusal.expect("QEMU was let into its abort");
    assert_eq!(refusal.status.code(), Some(4));
    let said = String::from_utf8_lossy(&refusal.stderr);
    assert!(
        said.contains("maxvcpus") || said.contains("maxcpus"),
        "{said}"
    );
    assert_eq!(host.current(), Some(1));
}

#[test]
fn vcpus_that_another_client_has_made_count_as_well() {
    let host = Host::new();
    host.define("[vcpus]\ncurrent = 1\nmaximum = 4\n");
    host.json(&["start", "one"]);
    for round in 0..3 {
        let slot = json!({"driver": "qemu64-x86_64-cpu", "id": format!("c{round}"),
            "socket-id": 0, "core-id": 1, "thread-id": 0});
        host.qmp().run("device_add", slot);
        host.await_answer(&["vcpucount", "one"], |told| told["online"] == 2);
        host.json(&["setvcpus", "one", "1", "--live"]);
    }
    // With the one of the start, all four that this process can make are made.
    let add = ["setvcpus", "one", "2", "--live"];
    let said = host.fails(&add, 4);
    assert!(said.contains("4 of 4 were"), "{said}");
    // It is so: QEMU aborts.
    let said = host.fails(&[&add[..], &["--force"]].concat(), 9);
    assert!(said.contains("tcg_register_thread"), "{said}");
}

#[test]
fn an_apic_id_that_qemu_would_abort_on_is_refused_beforehand() {
    let host = Host::new();
    let kernel = guest_image();
    let kernel = kernel.to_str().expect("the image's path is UTF-8");
    let options = ["--maxvcpus", "288", "--accel", "tcg"];
    host.json(&[&["start", "one", "--kernel", kernel], &options[..]].concat());
    let said = host.fails(&["setvcpu", "one", "255", "--enable", "--live"], 4);
    assert!(said.contains("x2apic"), "{said}");
    host.json(&["setvcpu", "one", "254", "--enable", "--live"]);
    assert_eq!(host.current(), Some(2));
    let forced = ["setvcpu", "one", "255", "--enable", "--live", "--force"];
    let said = host.fails(&forced, 9);
    assert!(said.contains("x2apic=on"), "{said}");
}

#[test]
fn with_json_even_wrong_arguments_are_json() {
    let output = Host::new().run(&["setvcpus", "one", "many", "--live", "--json"]);
    assert_eq!(output.status.code(), Some(2));
    let said: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(said["kind"], "usage", "{said}");
}
