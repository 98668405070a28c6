//! What is refused, and with which words.

use hotvcpu_agent::{MAX_DEPTH, MAX_MESSAGE};
use serde_json::json;

use crate::machine::Host;

#[test]
fn errors_are_qemu_gas() {
    let mut host = Host::with_cpus(1);
    for (message, words) in [
        ("[1]", "QMP input must be a JSON object"),
        ("{}", "QMP input lacks member 'execute'"),
        (
            r#"{"execute":5}"#,
            "QMP input member 'execute' must be a string",
        ),
        (
            r#"{"execute":"guest-ping","arguments":[]}"#,
            "QMP input member 'arguments' must be an object",
        ),
        (
            r#"{"execute":"guest-ping","more":1}"#,
            "QMP input member 'more' is unexpected",
        ),
        (
            r#"{"execute":"guest-ping","execute":"guest-info"}"#,
            "JSON parse error, duplicate key",
        ),
        (
            r#"{"execute":"guest-sync","arguments":{"id":1,"\u0069d":2}}"#,
            "JSON parse error, duplicate key",
        ),
        (
            r#"{"execute":"guest-set-vcpus","arguments":{"vcpus":[{"logical-id":0,"online":true,"online":false}]}}"#,
            "JSON parse error, duplicate key",
        ),
        (
            r#"{"execute":"guest-sync-delimited"}"#,
            "Parameter 'id' is missing",
        ),
        (
            r#"{"execute":"guest-sync","arguments":{"id":1.5}}"#,
            "Invalid parameter type for 'id', expected: integer",
        ),
        (
            r#"{"execute":"guest-set-vcpus","arguments":{"vcpus":{}}}"#,
            "Invalid parameter type for 'vcpus', expected: array",
        ),
        (
            r#"{"execute":"guest-set-vcpus","arguments":{"vcpus":[1]}}"#,
            "Invalid parameter type for 'vcpus[0]', expected: object",
        ),
        (
            r#"{"execute":"guest-set-vcpus","arguments":{"vcpus":[{"logical-id":0,"online":1}]}}"#,
            "Invalid parameter type for 'vcpus[0].online', expected: boolean",
        ),
        (
            r#"{"execute":"guest-set-vcpus","arguments":{"vcpus":[{"logical-id":0,"online":true,"x":0}]}}"#,
            "Parameter 'vcpus[0].x' is unexpected",
        ),
    ] {
        assert_eq!(host.refused(message), words, "{message}");
        assert_eq!(
            host.ask(r#"{"execute":"guest-ping"}"#),
            json!({"return": {}})
        );
    }
}

#[test]
fn an_unknown_command_has_its_own_class() {
    let mut host = Host::with_cpus(1);
    let answer = host.ask(r#"{"execute":"guest-\"x\"","id":"7"}"#);
    let error = json!({
        "class": "CommandNotFound", "desc": "The command guest-\"x\" has not been found",
    });
    assert_eq!(answer, json!({"error": error, "id": "7"}));
}

#[test]
fn what_an_answer_repeats_of_a_question_is_bounded() {
    let mut host = Host::with_cpus(1);
    let name = "\u{1}é".repeat(8_000);
    let message = json!({"execute": name}).to_string();
    assert!(message.len() < MAX_MESSAGE);
    let text = host.refused(&message);
    assert!(text.len() < 1_000, "{} bytes", text.len());
    let many = format!("{{\"{}\":1}}", "x".repeat(10_000));
    assert!(host.refused(&many).len() < 1_000);
}

#[test]
fn too_much_costs_one_error() {
    let mut host = Host::with_cpus(1);
    let long = format!("{{\"x\":\"{}\"}}", "y".repeat(2 * MAX_MESSAGE));
    assert!(host.refused(&long).contains("longer than"));
    let deep = "[".repeat(9 * MAX_DEPTH) + &"]".repeat(9 * MAX_DEPTH);
    assert!(host.refused(&deep).contains("nested more than"));
    assert_eq!(
        host.ask(r#"{"execute":"guest-ping"}"#),
        json!({"return": {}})
    );
}

#[test]
fn synchronisation_finds_its_answer_behind_anything() {
    let mut host = Host::with_cpus(1);
    host.say(b"{\"execute\":\"guest-in");
    let said = host.say(b"\xFF{\"execute\":\"guest-sync-delimited\",\"arguments\":{\"id\":-3}}");
    let sentinel = said
        .iter()
        .position(|byte| *byte == 0xFF)
        .expect("it is there");
    assert_eq!(&said[sentinel + 1..], b"{\"return\":-3}\n");
    assert!(said[..sentinel].ends_with(b"\n"), "an error came first");
    let sync = r#"{"execute":"guest-sync","arguments":{"id":12}}"#;
    assert_eq!(host.ask(sync), json!({"return": 12}));
}

#[test]
fn an_answer_that_is_not_taken_holds_the_next_command_back() {
    let mut host = Host::with_cpus(1);
    let ping = br#"{"execute":"guest-ping"}"#;
    assert_eq!(host.agent.feed(ping, &mut host.machine), ping.len());
    assert_eq!(host.agent.feed(ping, &mut host.machine), 0);
    host.agent.sent(3);
    assert_eq!(host.agent.feed(ping, &mut host.machine), 0);
    host.agent.hang_up();
    assert_eq!(host.agent.outgoing(), b"");
    assert_eq!(
        host.ask(r#"{"execute":"guest-ping"}"#),
        json!({"return": {}})
    );
}
