//! The commands that ask the guest's agent, as a person or a script uses them.

use std::os::unix::net::UnixStream;
use std::time::{SystemTime, UNIX_EPOCH};

use hotvcpu::qmp::Event;
use hotvcpu_tests::command::Host;
use hotvcpu_tests::{Board, PATIENCE, Q35, on_boards, quiet, start};
use serde_json::{Value, json};

fn started(board: Board, words: &str) -> Host {
    let host = Host::new();
    host.start_on(board, &format!("workload=paused {words}"));
    host
}

/// The guest's CPUs that are online, as a list.
fn online(host: &Host) -> Value {
    host.json(&["guestvcpus", "one"])["online"].clone()
}

fn the_listing_follows_the_machine(board: Board) {
    let host = started(board, "");
    let only = host.json(&["guestvcpus", "one"]);
    assert_eq!(
        (&only["vcpus"], &only["online"], &only["offlinable"]),
        (&json!("0"), &json!("0"), &json!(""))
    );
    host.json(&["setvcpus", "one", "3", "--live"]);
    let three = host.json(&["guestvcpus", "one"]);
    assert_eq!(
        (&three["vcpus"], &three["online"], &three["offlinable"]),
        (&json!("0-2"), &json!("0-2"), &json!("1-2"))
    );
    assert_eq!(
        three["list"][2],
        json!({"vcpu": 2, "online": true, "offlinable": true})
    );
    let shown = host.run(&["guestvcpus", "one"]);
    let shown = String::from_utf8_lossy(&shown.stdout);
    assert!(shown.contains("offlinable     : 1-2\n"), "{shown}");
    assert_eq!(
        host.json(&["vcpucount", "one", "--guest"]),
        json!({"ok": true, "count": 3, "source": "agent"})
    );
    assert_eq!(host.json(&["dominfo", "one"])["agent"]["state"], "answers");
    let time = host.json(&["domtime", "one"]);
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970");
    let seconds = time["seconds"].as_u64().expect("a number");
    assert!(seconds.abs_diff(now.as_secs()) < 3600, "{time}");
    host.json(&["shutdown", "one", "--mode", "agent"]);
    host.fails(&["guestvcpus", "one"], 3);
}

on_boards!(the_listing_follows_the_machine: Q35, VIRT);

fn cpus_go_offline_and_come_back(board: Board, words: &str, after_the_add: &str) {
    let host = started(board, words);
    host.json(&["setvcpus", "one", "3", "--live"]);
    assert_eq!(online(&host), after_the_add);
    let set = |list: &str, word: &str| {
        let answer = host.json(&["guestvcpus", "one", "--cpulist", list, word]);
        answer["online"].clone()
    };
    for round in 0..2 {
        assert_eq!(set("1-2", "--enable"), "0-2", "round {round}");
        assert_eq!(set("1", "--disable"), "0,2", "round {round}");
        let rows = host.json(&["vcpuinfo", "one"]);
        assert_eq!(rows[1]["guest"], "offline", "round {round}");
        assert_eq!(rows[2]["guest"], "online", "round {round}");
        assert_eq!(host.current(), Some(3), "it stays in the machine");
    }
    let again = host.json(&["guestvcpus", "one", "--cpulist", "1", "--disable"]);
    assert_eq!(again["changed"], json!([]), "it is offline already");
    // What is offline can be taken away, and comes back as the guest's policy says.
    host.json(&["setvcpu", "one", "1", "--disable", "--live"]);
    let left = host.json(&["guestvcpus", "one"]);
    assert_eq!(
        (&left["vcpus"], &left["online"]),
        (&json!("0,2"), &json!("0,2"))
    );
    host.json(&["setvcpu", "one", "1", "--enable", "--live"]);
    assert_eq!(set("1-2", "--enable"), "0-2");
}

fn with_online_auto(board: Board) {
    cpus_go_offline_and_come_back(board, "online=auto", "0-2");
}

fn with_online_manual(board: Board) {
    cpus_go_offline_and_come_back(board, "online=manual", "0");
}

on_boards!(with_online_auto: Q35, VIRT);
on_boards!(with_online_manual: Q35, VIRT);

fn a_number_of_cpus_is_reached(board: Board) {
    let host = started(board, "online=manual");
    host.json(&["setvcpus", "one", "4", "--live"]);
    let set = |count: &str| host.json(&["setvcpus", "one", count, "--guest"]);
    assert_eq!(set("4")["online"], "0-3");
    let one = set("1");
    assert_eq!(one["online"], "0");
    let offline = |vcpu: u32| json!({"vcpu": vcpu, "online": false});
    assert_eq!(one["changed"], json!([offline(3), offline(2), offline(1)]));
    assert_eq!(set("3")["online"], "0-2");
    assert_eq!(set("3")["changed"], json!([]));
    assert_eq!(host.current(), Some(4), "the machine has not changed");
    let said = host.fails(&["setvcpus", "one", "5", "--guest"], 4);
    assert!(said.contains("less cpu than requested"), "{said}");
    let said = host.fails(&["setvcpus", "one", "0", "--guest"], 4);
    assert!(said.contains("Cannot offline enough CPUs"), "{said}");
    assert_eq!(online(&host), "0-2");
}

on_boards!(a_number_of_cpus_is_reached: Q35, VIRT);

fn what_cannot_be_is_refused(board: Board) {
    let host = started(board, "");
    let refused =
        |list: &str, word: &str| host.fails(&["guestvcpus", "one", "--cpulist", list, word], 4);
    let said = refused("0", "--disable");
    assert!(said.contains("vCPU '0' is not offlinable"), "{said}");
    let said = refused("5,7", "--enable");
    assert!(said.contains("guest is missing vCPUs '5,7'"), "{said}");

    host.json(&["suspend", "one"]);
    for words in [
        &["guestvcpus", "one"][..],
        &["setvcpus", "one", "1", "--guest"],
        &["domtime", "one"],
    ] {
        let said = host.fails(words, 4);
        assert!(said.contains("hotvcpu resume"), "{said}");
    }
    assert_eq!(
        host.json(&["vcpucount", "one", "--guest"])["source"],
        "records",
        "these can be read while it is paused"
    );
    assert_eq!(
        host.json(&["dominfo", "one"])["agent"]["state"],
        "not_asked"
    );
    host.json(&["resume", "one"]);
    assert_eq!(online(&host), "0");
}

on_boards!(what_cannot_be_is_refused: Q35, VIRT);

fn a_guest_that_starts_again_answers_again(board: Board) {
    let host = started(board, "");
    host.json(&["setvcpus", "one", "3", "--live"]);
    for how in ["reset", "reboot"] {
        host.json(&["guestvcpus", "one", "--cpulist", "1", "--disable"]);
        assert_eq!(online(&host), "0,2");
        host.json(&[how, "one"]);
        assert_eq!(
            online(&host),
            "0-2",
            "after {how} all are there from its boot"
        );
    }
}

on_boards!(a_guest_that_starts_again_answers_again: Q35, VIRT);

#[test]
fn an_agent_whose_socket_is_held_does_not_hold_us() {
    let host = started(Q35, "");
    let socket = host.runtime().join("hotvcpu/one/agent.sock");
    let holder = UnixStream::connect(socket).expect("the socket of its port");
    let said = host.fails(&["guestvcpus", "one", "--timeout", "1s"], 12);
    assert!(said.contains("another client holds"), "{said}");
    let count = host.json(&["vcpucount", "one", "--guest"]);
    assert_eq!(
        (&count["count"], &count["source"]),
        (&json!(1), &json!("records"))
    );
    drop(holder);
    assert_eq!(online(&host), "0");
}

#[test]
fn a_domain_that_moves_takes_its_agent_along() {
    let host = started(Q35, "");
    host.json(&["setvcpus", "one", "3", "--live"]);
    host.json(&["guestvcpus", "one", "--cpulist", "2", "--disable"]);
    let file = host.runtime().join("one.state");
    let file = file.to_str().expect("UTF-8");
    host.json(&["save", "one", file]);
    host.json(&["restore", file]);
    assert_eq!(online(&host), "0-1");
    host.json(&["migrate", "one", "--to", "two"]);
    let set = host.json(&["guestvcpus", "two", "--cpulist", "2", "--enable"]);
    assert_eq!(set["online"], "0-2");
    host.json(&["shutdown", "two", "--mode", "agent"]);
}

#[test]
fn a_guest_that_keeps_no_records_is_asked() {
    let host = Host::new();
    let kernel = hotvcpu_tests::guest_image();
    let kernel = kernel.to_str().expect("UTF-8");
    let arguments = [
        "start",
        "one",
        "--kernel",
        kernel,
        "--vcpus",
        "2",
        "--maxvcpus",
        "4",
    ];
    let foreign = ["--foreign-kernel", "--accel", "tcg"];
    host.json(&[&arguments[..], &foreign].concat());
    // Nobody tells when such a guest is up.
    let rows = host.await_answer(&["vcpuinfo", "one"], |rows| rows[1]["guest"] == "online");
    assert_eq!(rows[2]["guest"], Value::Null);
    let count = host.json(&["vcpucount", "one", "--guest"]);
    assert_eq!(
        (&count["count"], &count["source"]),
        (&json!(2), &json!("agent"))
    );
}

#[test]
fn the_agent_of_somebody_elses_qemu_is_found() {
    let host = Host::new();
    let socket = host.runtime().join("own.sock");
    let monitor = format!("unix:{},server=on,wait=off", socket.display());
    let mut guest = start(quiet(Q35, 2, 4).extra_args(["-qmp", &monitor]));
    let socket = socket.to_str().expect("UTF-8");
    let agent = guest.agent_socket();
    let agent = agent.to_str().expect("UTF-8");
    let opens = |event: &Event| event.name == "VSERPORT_CHANGE" && event.data["open"] == true;
    guest.await_event(PATIENCE, opens).expect("an agent");
    let found = host.json(&["--attach", socket, "guestvcpus"]);
    assert_eq!(found["vcpus"], "0-1");
    let named = ["--attach", socket, "--agent", agent];
    let set = host.json(&[&named[..], &["setvcpus", "1", "--guest"]].concat());
    assert_eq!(set["online"], "0");
    let nowhere = ["--attach", socket, "--agent", "/nonexistent/agent.sock"];
    let said = host.fails(&[&nowhere[..], &["guestvcpus"]].concat(), 12);
    assert!(said.contains("/nonexistent/agent.sock"), "{said}");
    host.json(&["--attach", socket, "shutdown", "--mode", "agent"]);
    let status = guest.wait_exit(PATIENCE).expect("QEMU ends");
    assert!(status.success(), "QEMU ended with {status}");
}

#[test]
fn a_machine_without_an_agents_port_says_so() {
    let host = Host::new();
    let socket = host.runtime().join("own.sock");
    let monitor = format!("unix:{},server=on,wait=off", socket.display());
    let guest = start(
        quiet(Q35, 1, 4)
            .without_agent()
            .extra_args(["-qmp", &monitor]),
    );
    let socket = socket.to_str().expect("UTF-8");
    let said = host.fails(&["--attach", socket, "guestvcpus"], 2);
    assert!(said.contains("--agent SOCKET"), "{said}");
    drop(guest);
}
