//! `--attach`: a QEMU that `hotvcpu` did not start, whose guest keeps no records for us.

use hotvcpu_tests::command::Host;
use hotvcpu_tests::{Q35, quiet, start};

#[test]
fn a_qemu_of_somebody_else_is_changed_paused_and_reset() {
    let host = Host::new();
    let socket = host.runtime().join("own.sock");
    let monitor = format!("unix:{},server=on,wait=off", socket.display());
    let guest = start(quiet(Q35, 1, 8).extra_args(["-qmp", &monitor]));
    let socket = socket.to_str().expect("UTF-8");
    let json = |words: &[&str]| host.json(&[&["--attach", socket], words].concat());
    let count = |words: &[&str]| json(&[&["vcpucount"], words].concat())["count"].clone();
    json(&["setvcpus", "3"]);
    assert_eq!(count(&["--active", "--live"]), 3);
    json(&["setvcpu", "2", "--disable"]);
    assert_eq!(
        (count(&["--live"]), count(&["--maximum"])),
        (2.into(), 8.into())
    );
    json(&["suspend"]);
    let said = host.fails(&["--attach", socket, "setvcpus", "1"], 4);
    assert!(said.contains("hotvcpu resume"), "{said}");
    json(&["resume"]);
    json(&["reset"]);
    json(&["reboot"]);
    assert_eq!(count(&["--live"]), 2, "it is the same QEMU");
    let said = host.fails(&["--attach", socket, "setvcpus", "2", "--config"], 2);
    assert!(said.contains("definition"), "{said}");
    let said = host.fails(&["vcpucount"], 2);
    assert!(said.contains("--attach"), "{said}");
    json(&["destroy"]);
    let said = host.fails(&["--attach", socket, "vcpucount"], 3);
    assert!(said.contains(socket), "{said}");
    drop(guest);
}
