//! Whether a CPU that is added goes online by itself is the guest's policy, and the host understands either.

use hotvcpu::Phase;
use hotvcpu_tests::command::Host;
use hotvcpu_tests::{
    Board, add, await_phase, errors, on_boards, phases_of, present, remove, shut_down, start,
};

/// A CPU that is added to a guest with `online=manual`: known, and no further.
const REGISTERED: [Phase; 5] = [
    Phase::Notify,
    Phase::Status,
    Phase::Identity,
    Phase::Present,
    Phase::Ost,
];

fn with_online_manual_a_cpu_that_is_added_is_present_and_waits(board: Board) {
    let mut guest = start(board.config(2, 4, "workload=paused online=manual"));
    assert!(
        phases_of(&guest, 1).contains(&Phase::Online),
        "a CPU that is there at boot goes online"
    );
    // Twice: an ejection forgets that it waited.
    for round in 0..2 {
        let before = phases_of(&guest, 2).len();
        let added = add(&mut guest, &[2]);
        assert!(added[0].left_offline, "round {round}: {added:?}");
        assert_eq!(phases_of(&guest, 2)[before..], REGISTERED, "round {round}");
        let answer = guest
            .records()
            .filter(|it| it.record.phase == Phase::Ost && it.record.cpu == Some(2))
            .last()
            .map(|it| (it.record.event, it.record.value));
        assert_eq!(answer, Some((Some(1), Some(0))), "to the host, a success");
        assert_eq!(present(&mut guest), [0, 1, 2]);

        remove(&mut guest, &[2]);
        await_phase(&mut guest, Phase::Eject, Some(2));
        assert!(
            !phases_of(&guest, 2).contains(&Phase::Stop),
            "it never ran, so there is nothing to stop"
        );
        assert_eq!(present(&mut guest), [0, 1]);
    }
    assert_eq!(errors(&guest), Vec::<String>::new());
    shut_down(guest);
}

on_boards!(with_online_manual_a_cpu_that_is_added_is_present_and_waits: Q35, VIRT);

#[test]
fn the_command_says_what_such_a_cpu_waits_for() {
    let host = Host::new();
    host.start_with("workload=paused online=manual");
    let output = host.run(&["setvcpus", "one", "3", "--live"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("guestvcpus --enable"), "{said}");

    let counts = host.json(&["vcpucount", "one"]);
    assert_eq!(counts["current"], 3);
    assert_eq!(counts["online"], 1);
    assert_eq!(counts["offline"], serde_json::json!([1, 2]));
    assert_eq!(counts["pending"], serde_json::json!([]));
    let rows = host.json(&["vcpuinfo", "one"]);
    assert_eq!(rows[2]["guest"], "offline");
    let output = host.run(&["vcpucount", "one"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("present and offline: vcpu 1, 2"), "{said}");

    host.json(&["setvcpus", "one", "1", "--live"]);
    host.json(&["setvcpus", "one", "2", "--live"]);
    // After a reset, it is a CPU that was there at boot.
    host.json(&["reset", "one"]);
    let counts = host.json(&["vcpucount", "one"]);
    assert_eq!(counts["online"], 2);
    assert_eq!(counts["offline"], serde_json::json!([]));
    host.json(&["shutdown", "one"]);
}
