//! What ends the machine, and what only asks about it.

use hotvcpu_agent::ShutdownMode;
use serde_json::json;

use crate::machine::Host;

#[test]
fn a_shutdown_is_not_answered_and_is_told_the_guest() {
    for (arguments, mode, words) in [
        ("", ShutdownMode::Powerdown, "powerdown"),
        (r#","arguments":{}"#, ShutdownMode::Powerdown, "powerdown"),
        (
            r#","arguments":{"mode":"powerdown"}"#,
            ShutdownMode::Powerdown,
            "powerdown",
        ),
        (
            r#","arguments":{"mode":"reboot"}"#,
            ShutdownMode::Reboot,
            "reboot",
        ),
        (
            r#","arguments":{"mode":"halt"}"#,
            ShutdownMode::Halt,
            "halt",
        ),
    ] {
        let mut host = Host::with_cpus(1);
        let said = host.say(format!("{{\"execute\":\"guest-shutdown\"{arguments}}}").as_bytes());
        assert_eq!(said, b"");
        assert_eq!(host.machine.ending, Some(mode));
        let happening = host.agent.take_happening().expect("it is recorded");
        assert_eq!(happening.text, format!("guest-shutdown {words}"));
    }
}

#[test]
fn another_mode_is_refused() {
    let mut host = Host::with_cpus(1);
    let message = r#"{"execute":"guest-shutdown","arguments":{"mode":"sleep"}}"#;
    let words = "Parameter 'mode' expects halt|powerdown|reboot";
    assert_eq!(host.refused(message), words);
    assert_eq!(host.machine.ending, None);
}

#[test]
fn what_only_asks_is_answered_at_once() {
    let mut host = Host::with_cpus(2);
    let time = host.ask(r#"{"execute":"guest-get-time"}"#);
    assert_eq!(time, json!({"return": 1_700_000_000_000_000_000_i64}));
    let info = host.ask(r#"{"execute":"guest-info"}"#);
    let commands = info["return"]["supported_commands"].as_array();
    for command in commands.expect("a list") {
        let replies = command["name"] != "guest-shutdown";
        assert_eq!(command["success-response"], replies, "{command}");
    }
    let stats = host.ask(r#"{"execute":"guest-get-cpustats"}"#);
    let expected = json!({
        "type": "linux", "cpu": 1, "user": 1, "nice": 0, "system": 0, "idle": u64::MAX,
    });
    assert_eq!(stats["return"][1], expected);
    let system = host.ask(r#"{"execute":"guest-get-osinfo"}"#);
    assert_eq!(system["return"]["machine"], "x86_64");
}
