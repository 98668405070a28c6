//! The examples do what they say, on captured tables.

mod support;

use std::path::PathBuf;
use std::process::Command;

use support::tables;

/// Runs an example; what it prints. Cargo builds examples beside the tests, but not for `--test` alone.
fn run(example: &str, machine: &str) -> String {
    let test = std::env::current_exe().expect("this test's path");
    let built: PathBuf = test.ancestors().nth(2).expect("target/PROFILE").into();
    let program = built.join("examples").join(example);
    let output = Command::new(&program)
        .arg(tables().join(machine).join("DSDT.aml"))
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{machine}: {errors}");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn a_new_cpu_is_notified_and_enabled_on_each_machine() {
    let machines = [
        "x86_64-q35-10.0-1of8",
        "x86_64-pc-7.2-1of8",
        "aarch64-old-2of8",
        "aarch64-new-2of8",
        "aarch64-rfc5-2of8",
    ];
    for machine in machines {
        let expected =
            "\\_SB.CPUS.C002: Notify 1\n  _STA is Integer 0xF\n  _OST was told of the success\n";
        assert_eq!(run("hotplug", machine), expected, "{machine}");
    }
}

#[test]
fn devices_are_listed_with_their_ids_and_resources() {
    let list = run("devices", "x86_64-q35-10.0-1of8");
    for line in ["\\_SB.PCI0\n", "  _HID: PNP0A08\n", "  _CRS: Io("] {
        assert!(list.contains(line), "{line:?} is not in {list}");
    }
}
