//! Domains and demonstrations for which no image is named: our own guest is found. (That one inside the program is found,
//! too, is the step `dist` of the test run; here the environment names them.)

use std::fs;

use hotvcpu_tests::command::Host;
use serde_json::Value;

#[test]
fn a_domain_without_a_kernel_is_our_guest() {
    let host = Host::new();
    let started = host.json(&[
        "start",
        "one",
        "--accel",
        "tcg",
        "--cmdline",
        "workload=paused mistyped=1",
    ]);
    let told = started["notes"].to_string();
    assert!(told.contains("mistyped=1"), "{started}");
    assert!(told.contains("no domain 'one' is defined"), "{started}");
    host.json(&["setvcpus", "one", "2", "--live"]);
    assert_eq!(host.current(), Some(2));
    host.json(&["shutdown", "one"]);
    // A ROM of ours goes with it where there has to be one.
    let arch = ["start", "one", "--arch", "aarch64", "--accel", "tcg"];
    let said = host.fails(&[&arch[..], &["--cpu", "cortex-a15"]].concat(), 2);
    assert!(said.contains("64-bit"), "{said}");
    let started = host.json(&arch);
    assert_eq!(started["domain"]["backend"], "monitor", "{started}");
    host.json(&["setvcpus", "one", "2", "--live"]);
    host.json(&["shutdown", "one"]);
}

#[test]
fn a_definition_needs_no_kernel_and_goes_before_our_guest() {
    let host = Host::new();
    let file = host.runtime().join("one.toml");
    let text =
        "name = \"one\"\nmachine = \"virt\"\naccel = \"tcg\"\n[vcpus]\ncurrent = 2\nmaximum = 4\n";
    fs::write(&file, text).expect("written");
    host.json(&["define", file.to_str().expect("UTF-8")]);
    for command in ["vcpucount", "dumpconf"] {
        let said = host.fails(&[command, "oen"], 3);
        assert!(said.contains("did you mean 'one'?"), "{said}");
    }
    let said = host.fails(&["start", "one", "--vcpus", "1"], 2);
    assert!(said.contains("--vcpus") && said.contains("edit"), "{said}");
    let started = host.json(&["start", "one"]);
    assert_eq!(started["domain"]["backend"], "monitor", "{started}");
    host.json(&["setvcpus", "one", "4", "--live"]);
    assert_eq!(host.current(), Some(4));
    host.json(&["shutdown", "one"]);
}

#[test]
fn without_any_image_it_says_what_to_do() {
    let host = Host::new();
    for arguments in [&["start", "one"][..], &["demo", "--arch", "x86_64"]] {
        let mut command = host.command(arguments);
        let output = command.env_remove("HOTVCPU_GUEST_X86_64").output();
        let output = output.expect("hotvcpu runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{arguments:?}");
        for words in ["HOTVCPU_GUEST_X86_64", "cargo xtask dist"] {
            assert!(said.contains(words), "no {words:?} in: {said}");
        }
    }
}

#[test]
fn the_demonstration_of_the_old_generation_refuses_as_it_has_to() {
    let host = Host::new();
    let arguments = ["demo", "--generation", "old", "--accel", "tcg"];
    let report = host.json(&arguments);
    assert_eq!(report["ok"], true, "{report}");
    assert_eq!(report["generation"], "old");
    let steps = report["steps"].as_array().expect("steps");
    let refused = steps.last().expect("a step")["refused"].as_str();
    assert!(
        refused.is_some_and(|it| it.contains("can only add")),
        "{report}"
    );
    let wrong = host.run(&["demo", "--machine", "microvm", "--json"]);
    let said: Value = serde_json::from_slice(&wrong.stdout).expect("JSON");
    assert_eq!(
        (wrong.status.code(), &said["kind"]),
        (Some(2), &"usage".into())
    );
}
