//! States of a real machine in which a change is refused: the reason is named, what to do is said, nothing is sent.

use hotvcpu::{Guest, GuestConfig};
use hotvcpu_tests::command::Host;
use hotvcpu_tests::qmp::Qmp;
use hotvcpu_tests::{Q35, add, present, quiet, start};
use serde_json::json;

/// Insists that neither an add nor a removal is sent to the QEMU behind this socket.
fn refused(host: &Host, guest: &mut Guest, state: &str, remedy: &str) {
    let before = present(guest);
    let socket = guest.qmp_events_socket();
    let socket = socket.to_str().expect("UTF-8");
    for words in [["setvcpus", "1", ""], ["setvcpu", "3", "--enable"]] {
        let words = words.iter().copied().filter(|word| !word.is_empty());
        let words: Vec<_> = ["--attach", socket].into_iter().chain(words).collect();
        let told = host.fails(&words, 4);
        for part in [state, remedy] {
            assert!(told.contains(part), "{part} is not in {told}");
        }
    }
    assert_eq!(present(guest), before);
}

/// A guest with one added CPU, and somebody else's connection to its QEMU.
fn running(config: GuestConfig) -> (Host, Guest) {
    let mut guest = start(config);
    add(&mut guest, &[1]);
    (Host::new(), guest)
}

#[test]
fn asleep() {
    let (host, mut guest) = running(quiet(Q35, 1, 4));
    let mut other = Qmp::connect(&guest.qmp_events_socket());
    // PM1a_CNT of q35: S3, and go (ACPI 6.5, 4.8.3.2.1).
    other.write_port("o /w 0x604 0x2400");
    other.await_event("SUSPEND");
    drop(other);
    refused(&host, &mut guest, "suspended", "wake it first");
}

#[test]
fn crashed() {
    let pauses = ["-device", "pvpanic", "-action", "panic=pause"];
    let (host, mut guest) = running(quiet(Q35, 1, 4).extra_args(pauses));
    let mut other = Qmp::connect(&guest.qmp_events_socket());
    other.write_port("o /b 0x505 0x1");
    other.await_event("STOP");
    drop(other);
    refused(&host, &mut guest, "guest-panicked", "reset or destroy");
}

#[test]
fn bitten_by_its_watchdog() {
    let pauses = ["-device", "ib700", "-action", "watchdog=pause"];
    let (host, mut guest) = running(quiet(Q35, 1, 4).extra_args(pauses));
    let mut other = Qmp::connect(&guest.qmp_events_socket());
    // The shortest patience that it has.
    other.write_port("o /b 0x443 0xf");
    other.await_event("STOP");
    drop(other);
    refused(&host, &mut guest, "watchdog", "reset or destroy");
}

#[test]
fn waiting_for_its_state() {
    let added = "qemu64-x86_64-cpu,id=vcpu1,socket-id=0,core-id=1,thread-id=0";
    let config = quiet(Q35, 1, 4).paused(true);
    let config = config.extra_args(["-device", added, "-incoming", "defer"]);
    let mut guest = Guest::start(config).expect("QEMU starts");
    refused(&Host::new(), &mut guest, "inmigrate", "wait for its end");
}

#[test]
fn moved_away() {
    let (host, mut guest) = running(quiet(Q35, 1, 4));
    let mut run = |command: &str, arguments| {
        let done = guest.execute(command, arguments);
        done.unwrap_or_else(|error| panic!("{command}: {error}"));
    };
    run("stop", json!({}));
    let capability = json!([{"capability": "events", "state": true}]);
    run(
        "migrate-set-capabilities",
        json!({"capabilities": capability}),
    );
    run("migrate", json!({"uri": "exec:cat > /dev/null"}));
    let done = guest.await_event(hotvcpu_tests::PATIENCE, |event| {
        event.name == "MIGRATION" && event.data["status"] == "completed"
    });
    done.expect("it is saved");
    refused(&host, &mut guest, "postmigrate", "where it runs");
}

#[test]
fn paused_it_takes_adds_only() {
    let (host, mut guest) = running(quiet(Q35, 1, 4));
    guest.execute("stop", json!({})).expect("QEMU stops it");
    let socket = guest.qmp_events_socket();
    let attach = ["--attach", socket.to_str().expect("UTF-8")];
    let told = host.fails(&[&attach[..], &["setvcpus", "1"]].concat(), 4);
    assert!(told.contains("hotvcpu resume"), "{told}");
    let added = host.json(&[&attach[..], &["setvcpus", "3"]].concat());
    assert_eq!(added["operations"][0]["outcome"], "pending", "{added}");
    assert_eq!(present(&mut guest), [0, 1, 2]);
}
