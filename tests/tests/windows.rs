//! What happens between a request and its end: the guest boots, is reset, or takes longer than anybody waits.

use hotvcpu::Machine;
use hotvcpu_tests::command::Host;
use hotvcpu_tests::{Board, on_boards};
use serde_json::Value;

/// The guest of one boot CPU of 64, with these words.
fn defined(board: Board, words: &str) -> Host {
    let host = Host::new();
    host.define_on(board, words, "[vcpus]\ncurrent = 1\nmaximum = 64\n");
    host
}

fn notes(told: &Value) -> String {
    told["notes"].to_string()
}

fn an_add_before_the_guest_runs_is_confirmed_later_and_after_a_reset(board: Board) {
    let host = defined(board, "");
    host.json(&["start", "one", "--paused"]);
    let added = host.json(&["setvcpus", "one", "3", "--live"]);
    assert_eq!(added["operations"][0]["outcome"], "pending", "{added}");
    let counted = host.json(&["vcpucount", "one"]);
    // A monitor that does not run has not acted yet: then a note says so.
    let waits = counted["pending"] == serde_json::json!([0, 1, 2]);
    let noted =
        board.machine == Machine::Virt && notes(&counted).contains("comes when the VM runs");
    assert!(waits || noted, "{counted}");
    host.json(&["resume", "one"]);
    // It waits for the guest's boot; each add is told once, as it comes.
    let told = std::cell::RefCell::new(String::new());
    host.await_answer(&["vcpucount", "one"], |answer| {
        told.borrow_mut().push_str(&notes(answer));
        let told = told.borrow();
        [1, 2].iter().all(|cpu| {
            let text = format!("vcpu {cpu}, added by `setvcpus 3 --live`");
            told.matches(&text).count() == 1
        })
    });
    assert!(told.borrow().contains("is online by now"));
    let reset = host.json(&["reset", "one"]);
    assert_eq!(
        (reset["vcpus_online"].as_u64(), &reset["missing"]),
        (Some(3), &serde_json::json!([]))
    );
    let told = host.json(&["vcpucount", "one"]);
    assert_eq!(told["notes"], Value::Null, "it is told once");
}

on_boards!(an_add_before_the_guest_runs_is_confirmed_later_and_after_a_reset: Q35, VIRT);

fn the_late_end_of_a_removal_is_told_by_the_next_command(board: Board) {
    let host = defined(board, "");
    host.json(&["start", "one"]);
    host.json(&["setvcpus", "one", "2", "--live", "--config"]);
    let hasty = [
        "setvcpus",
        "one",
        "1",
        "--live",
        "--config",
        "--timeout",
        "0ms",
    ];
    // A quick guest may be done all the same: then once more.
    let said = (0..20).find_map(|_| {
        let output = host.run(&hasty);
        if output.status.success() {
            host.json(&["setvcpus", "one", "2", "--live", "--config"]);
            return None;
        }
        assert_eq!(output.status.code(), Some(7));
        Some(String::from_utf8_lossy(&output.stderr).into_owned())
    });
    let said = said.expect("20 removals were done in no time");
    assert!(said.contains("the definition is as it was"), "{said}");
    // Under way, or ended: either is told, until it has ended.
    host.await_answer(&["vcpucount", "one"], |told| {
        let told = notes(told);
        assert!(told.contains("the removal of vcpu 1"), "{told}");
        told.contains("it is gone")
    });
    assert_eq!(host.live_and_config(), (vec![0], "0-1".into()));
}

on_boards!(the_late_end_of_a_removal_is_told_by_the_next_command: Q35, VIRT);

fn a_removal_that_a_reset_has_lost_is_sent_again(board: Board) {
    let host = defined(board, "misbehave=never-eject");
    host.json(&["start", "one"]);
    host.json(&["setvcpus", "one", "2", "--live"]);
    host.fails(&["setvcpus", "one", "1", "--live", "--timeout", "500ms"], 7);
    host.json(&["reset", "one"]);
    let told = notes(&host.json(&["vcpucount", "one"]));
    assert!(
        told.contains("lost by a reset of the guest and has been sent again"),
        "{told}"
    );
    assert_eq!(host.eject_requests(), 2, "one before the reset, one after");
}

on_boards!(a_removal_that_a_reset_has_lost_is_sent_again: Q35, VIRT);

fn a_reset_in_the_middle_of_a_removal_does_not_lose_it(board: Board) {
    let host = defined(board, "misbehave=never-eject");
    host.json(&["start", "one"]);
    host.json(&["setvcpus", "one", "2", "--live"]);
    let mut removal = host
        .command(&["setvcpus", "one", "1", "--live", "--timeout", "4s"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("started");
    while host.eject_requests() == 0 {
        std::thread::yield_now();
    }
    // The domain is busy, but a reset can come from anywhere: here over its other monitor.
    let monitor = host.runtime().join("hotvcpu/one/qmp-events.sock");
    host.json(&["--attach", monitor.to_str().expect("UTF-8"), "reset"]);
    let status = removal.wait().expect("it ends");
    assert_eq!(status.code(), Some(7), "the guest never ejects");
    assert_eq!(host.eject_requests(), 2, "one before the reset, one after");
}

on_boards!(a_reset_in_the_middle_of_a_removal_does_not_lose_it: Q35, VIRT);
