//! What is refused before anything is sent, on a real QEMU in the state that stands in the way.

use std::process::Stdio;

use hotvcpu_tests::Q35;
use hotvcpu_tests::command::Host;
use serde_json::{Value, json};

/// A running domain of one of eight vCPUs, with these words for the guest.
fn domain(words: &str) -> Host {
    let host = Host::new();
    host.define_on(Q35, words, "[vcpus]\ncurrent = 1\nmaximum = 8\n");
    host.json(&["start", "one"]);
    host
}

/// Runs these commands on the domain's other monitor, behind the command's back.
fn qmp(host: &Host, commands: &[(&str, Value)]) {
    let mut client = host.qmp();
    for (command, arguments) in commands {
        client.run(command, arguments.clone());
    }
}

#[test]
fn nothing_is_changed_while_the_vm_is_migrated() {
    let host = domain("");
    host.json(&["setvcpus", "one", "2", "--live"]);
    // So slow that it does not end.
    qmp(
        &host,
        &[
            ("migrate-set-parameters", json!({"max-bandwidth": 4096})),
            ("migrate", json!({"uri": "exec:cat > /dev/null"})),
        ],
    );
    for count in ["1", "3"] {
        let said = host.fails(&["setvcpus", "one", count, "--live", "--config"], 4);
        assert!(said.contains("being migrated"), "{said}");
    }
    let said = host.fails(&["save", "one", "/dev/null"], 4);
    assert!(said.contains("being migrated"), "{said}");
    qmp(&host, &[("migrate_cancel", json!({}))]);
    assert_eq!(host.live_and_config(), (vec![0, 1], "0".into()));
}

#[test]
fn a_guest_that_has_powered_off_is_not_asked() {
    let host = domain("");
    qmp(
        &host,
        &[
            ("set-action", json!({"shutdown": "pause"})),
            ("system_powerdown", json!({})),
        ],
    );
    host.await_answer(&["dominfo", "one"], |told| told["state"] == "shutdown");
    let said = host.fails(&["setvcpus", "one", "2", "--live"], 4);
    assert!(said.contains("shut down"), "{said}");
    // The remedy that `resume` names works.
    let said = host.fails(&["resume", "one"], 4);
    assert!(said.contains("hotvcpu reset"), "{said}");
    host.json(&["reset", "one"]);
    host.json(&["setvcpus", "one", "2", "--live"]);
}

#[test]
fn the_guests_own_maximum_is_kept() {
    let host = domain("max_cpus=2");
    let said = host.fails(&["setvcpus", "one", "3", "--live"], 4);
    assert!(said.contains("max_cpus=2"), "{said}");
    assert_eq!(host.current(), Some(1), "nothing was sent");
    host.json(&["setvcpus", "one", "2", "--live"]);
}

#[test]
fn a_second_command_learns_who_is_at_work() {
    let host = domain("misbehave=never-eject");
    host.json(&["setvcpus", "one", "2", "--live"]);
    let mut first = host
        .command(&["setvcpus", "one", "1", "--live", "--timeout", "3s"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("started");
    let holder = format!("process {} runs `setvcpus 1 --live`", first.id());
    // From here on it waits for the guest.
    while host.eject_requests() == 0 {
        std::thread::yield_now();
    }
    let said = host.fails(&["setvcpus", "one", "3", "--live"], 11);
    assert!(said.contains(&holder), "{said}");
    let code = first.wait().expect("it ends").code();
    assert_eq!(code, Some(7));
}
