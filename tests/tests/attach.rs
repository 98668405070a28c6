//! `--attach`: a QEMU that `hotvcpu` did not start, whose guest keeps no records for us.

use std::path::PathBuf;
use std::time::Instant;

use hotvcpu::domain;
use hotvcpu::stream::Incoming;
use hotvcpu_tests::command::Host;
use hotvcpu_tests::{PATIENCE, Q35, quiet, start};

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
    let said = host.fails(&["--attach", socket, "events", "--history"], 2);
    assert!(said.contains("--history"), "{said}");
    json(&["destroy"]);
    let said = host.fails(&["--attach", socket, "vcpucount"], 3);
    assert!(said.contains(socket), "{said}");
    drop(guest);
}

#[test]
fn the_events_of_a_qemu_of_somebody_else_are_followed_to_its_end() {
    let host = Host::new();
    let [ours, followed] = ["ours", "followed"].map(|name| host.runtime().join(name));
    let monitor = |path: &PathBuf| format!("unix:{},server=on,wait=off", path.display());
    let (first, second) = (monitor(&ours), monitor(&followed));
    let guest = start(quiet(Q35, 1, 2).extra_args(["-qmp", &first, "-qmp", &second]));
    let mut follow = domain::follow(&followed).expect("the monitor is free");
    let ours = ours.to_str().expect("UTF-8");
    let run = |word: &str| host.json(&["--attach", ours, word]);
    let mut next = || follow.next(Instant::now() + PATIENCE).expect("in time");
    for (command, event) in [("suspend", "STOP"), ("resume", "RESUME")] {
        run(command);
        let came = next();
        assert!(
            matches!(&came, Incoming::Qmp(it) if it.name == event),
            "{came:?}"
        );
    }
    run("destroy");
    while !matches!(next(), Incoming::QemuExited(_) | Incoming::QmpClosed { .. }) {}
    drop(guest);
}
