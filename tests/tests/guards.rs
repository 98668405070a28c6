//! What is refused before anything is sent, on a real QEMU in the state that stands in the way.

use std::process::Stdio;

use hotvcpu::Generation;
use hotvcpu_tests::command::Host;
use hotvcpu_tests::{Board, Q35, on_boards};
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
fn the_definition_s_maximum_is_kept() {
    let host = domain("");
    let said = host.fails(&["setvcpus", "one", "9", "--config"], 4);
    for part in ["persistent domain: 9 > 8", "--maximum --config"] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    host.fails(&["setvcpus", "one", "9", "--live", "--config"], 4);
    assert_eq!(host.live_and_config(), (vec![0], "0".into()));
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

fn a_guest_of_another_generation_is_not_given_cpus(board: Board) {
    let forced = match board.generation {
        Some(Generation::Old) => "new",
        _ => "old",
    };
    let words = format!("generation={forced} hello_deadline_ms=500");
    let host = Host::new();
    host.define_on(board, &words, "[vcpus]\ncurrent = 2\nmaximum = 4\n");
    host.json(&["start", "one"]);
    let said = host.fails(&["setvcpus", "one", "3", "--live"], 4);
    for part in [&format!("generation={forced}: this host"), "--force"] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    assert_eq!(host.current(), Some(2), "nothing was sent");
    let sent = host.run(&[
        "setvcpus",
        "one",
        "3",
        "--live",
        "--force",
        "--timeout",
        "5s",
    ]);
    assert!(matches!(sent.status.code(), Some(6 | 7)), "{sent:?}");
}

on_boards!(a_guest_of_another_generation_is_not_given_cpus: VIRT, VIRT_RFC, VIRT_OLD);

fn cpus_of_the_start_stay(board: Board) {
    let host = Host::new();
    host.define_on(board, "", "[vcpus]\ncurrent = 2\nmaximum = 4\n");
    host.json(&["start", "one"]);
    let said = host.fails(&["setvcpu", "one", "0", "--disable", "--live"], 4);
    assert!(said.contains("the guest boots on it"), "{said}");
    let said = host.fails(&["setvcpu", "one", "1", "--disable", "--live"], 4);
    assert!(
        said.contains("present when the domain was started"),
        "{said}"
    );
    let said = host.fails(&["setvcpus", "one", "1", "--live"], 4);
    assert!(said.contains("0 of 2 can be removed"), "{said}");
    assert_eq!(host.current(), Some(2));
}

on_boards!(cpus_of_the_start_stay: Q35, VIRT, VIRT_OLD);

#[test]
fn maxima_and_machines_are_known_before_qemu_is_started() {
    let host = Host::new();
    let kernel = hotvcpu_tests::guest_image();
    let arm = hotvcpu_tests::board::guest_image_aarch64();
    let rom = hotvcpu_tests::board::rom();
    let [kernel, arm, rom] = [&kernel, &arm, &rom].map(|path| path.to_str().expect("UTF-8"));
    let fails = |words: &[&str], code, part: &str| {
        let said = host.fails(&[&["start", "two", "--kernel"], words].concat(), code);
        assert!(said.contains(part), "{part} is not in {said}");
    };
    let pc = [kernel, "--machine", "pc", "--maxvcpus", "256"];
    fails(&pc, 2, "choose --maxvcpus 255 or less");
    fails(
        &[kernel, "--vcpus", "3", "--maxvcpus", "2"],
        2,
        "--maxvcpus",
    );
    let old = [arm, "--firmware", rom, "--machine", "virt-4.1"];
    fails(&old, 2, "machine types before virt-4.2 have no GED");
    assert_eq!(host.json(&["list"]), json!([]), "nothing was started");
}
