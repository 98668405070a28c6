//! Save, restore, migrate: the exact set of vCPUs goes along, or nothing does.

use hotvcpu_tests::command::Host;
use serde_json::Value;

/// A running domain with the vCPUs 0, 1 and 4 of eight; 1 and 4 were added.
fn domain() -> Host {
    let host = Host::new();
    host.define("[vcpus]\ncurrent = 1\nmaximum = 8\n");
    host.json(&["start", "one"]);
    host.json(&["setvcpu", "one", "1,4", "--enable", "--live"]);
    host
}

/// The vCPUs that the guest of `name` uses and QEMU has.
fn vcpus(host: &Host, name: &str) -> Vec<u64> {
    let listed = host.json(&["vcpuinfo", name]);
    let rows = listed.as_array().expect("a list");
    let online = rows
        .iter()
        .filter(|row| row["guest"] == "online" && row["host"] != "free");
    online.filter_map(|row| row["vcpu"].as_u64()).collect()
}

#[test]
fn a_saved_domain_goes_on_with_the_same_vcpus() {
    let host = domain();
    let file = host.runtime().join("one.state");
    let file = file.to_str().expect("UTF-8");
    host.json(&["save", "one", file]);
    assert_eq!(host.json(&["list", "--all"])[0]["state"], "shut off");
    host.json(&["restore", file]);
    assert_eq!(vcpus(&host, "one"), [0, 1, 4]);
    // The guest answers as before, for old CPUs and for new ones.
    host.json(&["setvcpu", "one", "4", "--disable", "--live"]);
    host.json(&["setvcpu", "one", "2", "--enable", "--live"]);
    assert_eq!(vcpus(&host, "one"), [0, 1, 2]);
    host.json(&["shutdown", "one"]);
}

#[test]
fn plug_migrate_unplug_plug() {
    let host = domain();
    host.json(&["migrate", "one", "--to", "two"]);
    let gone = host.fails(&["vcpucount", "one", "--live"], 3);
    assert!(gone.contains("not running"), "{gone}");
    assert_eq!(vcpus(&host, "two"), [0, 1, 4]);
    host.json(&["setvcpu", "two", "1", "--disable", "--live"]);
    host.json(&["setvcpu", "two", "5", "--enable", "--live"]);
    assert_eq!(vcpus(&host, "two"), [0, 4, 5]);
    host.json(&["reset", "two"]);
    assert_eq!(vcpus(&host, "two"), [0, 4, 5]);
    // From here on this QEMU would hang in it.
    let refused = host.fails(&["migrate", "two", "--to", "one"], 4);
    assert!(refused.contains("setup"), "{refused}");
    host.json(&["shutdown", "two"]);
}

#[test]
fn a_state_with_other_vcpus_is_refused_with_the_difference() {
    let host = domain();
    let file = host.runtime().join("one.state");
    let beside = host.runtime().join("one.state.json");
    let file = file.to_str().expect("UTF-8");
    host.json(&["save", "one", file]);
    let text = std::fs::read_to_string(&beside).expect("readable");
    let mut manifest: Value = serde_json::from_str(&text).expect("JSON");
    manifest["config"]["max_vcpus"] = 16.into();
    manifest["config"]["topology"] = Value::Null;
    manifest["config"]["vcpus"] = 3.into();
    manifest["cpus"]["added"]
        .as_array_mut()
        .expect("a list")
        .remove(0);
    std::fs::write(&beside, manifest.to_string()).expect("written");
    let said = host.fails(&["restore", file], 4);
    for part in ["8 slots, the machine 16", "vcpu 1-2 only in the machine"] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    assert_eq!(
        host.json(&["list"]),
        serde_json::json!([]),
        "nothing was left running"
    );
    std::fs::write(&beside, text).expect("written");
    host.json(&["restore", file, "--paused"]);
    host.json(&["resume", "one"]);
    assert_eq!(vcpus(&host, "one"), [0, 1, 4]);
}

#[test]
fn on_7_2_a_removal_is_followed_by_no_reset_and_no_save() {
    let host = Host::new();
    let qemu = hotvcpu_tests::qemu_7_2();
    host.define(&format!(
        "qemu = {qemu:?}\n[vcpus]\ncurrent = 1\nmaximum = 8\n"
    ));
    host.json(&["start", "one"]);
    host.json(&["setvcpus", "one", "3", "--live"]);
    host.json(&["reset", "one"]);
    let file = host.runtime().join("one.state");
    let file = file.to_str().expect("UTF-8");
    host.json(&["save", "one", file]);
    host.json(&["restore", file]);
    assert_eq!(vcpus(&host, "one"), [0, 1, 2]);
    host.json(&["setvcpus", "one", "2", "--live"]);
    for command in [
        &["reset", "one"][..],
        &["reboot", "one"],
        &["save", "one", file],
    ] {
        let said = host.fails(command, 4);
        assert!(said.contains("QEMU 7.2"), "{said}");
    }
    host.json(&["shutdown", "one"]);
}

/// The same domain on aarch64, where the monitor knows which vCPUs count.
fn domain_with_monitor(generation: &str) -> Host {
    let host = Host::new();
    host.start_aarch64(generation);
    host.json(&["setvcpu", "one", "1,4", "--enable", "--live"]);
    host
}

#[test]
fn what_a_monitor_plays_is_saved_and_goes_on() {
    let host = domain_with_monitor("old");
    let file = host.runtime().join("one.state");
    let file = file.to_str().expect("UTF-8");
    host.json(&["save", "one", file]);
    host.json(&["restore", file]);
    assert_eq!(vcpus(&host, "one"), [0, 1, 4]);
    host.json(&["setvcpu", "one", "2", "--enable", "--live"]);
    assert_eq!(vcpus(&host, "one"), [0, 1, 2, 4]);
    // The same state once more: what came after it is not in it.
    host.json(&["destroy", "one"]);
    host.json(&["restore", file]);
    assert_eq!(vcpus(&host, "one"), [0, 1, 4]);
    host.json(&["shutdown", "one"]);
}

#[test]
fn with_a_monitor_plug_migrate_unplug_plug() {
    let host = domain_with_monitor("new");
    host.json(&["migrate", "one", "--to", "two"]);
    assert_eq!(vcpus(&host, "two"), [0, 1, 4]);
    host.json(&["setvcpu", "two", "1", "--disable", "--live"]);
    host.json(&["setvcpu", "two", "5", "--enable", "--live"]);
    assert_eq!(vcpus(&host, "two"), [0, 4, 5]);
    host.json(&["reset", "two"]);
    assert_eq!(vcpus(&host, "two"), [0, 4, 5]);
    host.json(&["migrate", "two", "--to", "one"]);
    host.json(&["setvcpu", "one", "5", "--disable", "--live"]);
    assert_eq!(vcpus(&host, "one"), [0, 4]);
    host.json(&["shutdown", "one"]);
}

#[test]
fn what_a_monitor_has_still_to_hear_of_is_not_left_behind() {
    let host = domain_with_monitor("new");
    host.json(&["suspend", "one"]);
    // Accepted, and to be done when the machine runs.
    host.json(&["setvcpu", "one", "2", "--enable", "--live", "--async"]);
    let file = host.runtime().join("state");
    let file = file.to_str().expect("UTF-8");
    for command in [
        &["save", "one", file][..],
        &["migrate", "one", "--to", "two"],
    ] {
        let said = host.fails(command, 4);
        assert!(said.contains("hotvcpu resume"), "{said}");
    }
    assert!(!std::path::Path::new(file).exists());
    // It runs on, and nothing is lost.
    host.json(&["resume", "one"]);
    host.await_answer(&["vcpucount", "one"], |told| told["online"] == 4);
}
