//! Conversations that a real QEMU cannot be brought to on demand.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::json;

use super::super::scripted_peer::{GREETING, Step, handshake, play, send};
use super::*;
use crate::mutant::{Random, mutate};

const PATIENCE: Duration = Duration::from_secs(20);

fn negotiate(script: Vec<Step>) -> Result<(Client, Receiver<Incoming>), QmpError> {
    let (stream, _player) = play(script);
    let (sender, receiver) = channel();
    let client = Client::negotiate(stream, PATIENCE, move |item| sender.send(item).is_ok())?;
    Ok((client, receiver))
}

fn next(receiver: &Receiver<Incoming>) -> Incoming {
    receiver
        .recv_timeout(PATIENCE)
        .expect("the peer's next message")
}

#[test]
fn a_missing_greeting_is_told() {
    let error = negotiate(vec![]).expect_err("closed at once");
    assert!(matches!(&error, QmpError::Closed { during, .. } if during.contains("greeting")));
    let error = negotiate(vec![send("220 mail.example ESMTP")]).expect_err("another protocol");
    assert!(matches!(&error, QmpError::NoGreeting { found } if found.contains("ESMTP")));
}

#[test]
fn a_monitor_that_never_answers_is_told() {
    let (stream, _silent_peer) = UnixStream::pair().expect("a socket pair");
    let error =
        Client::negotiate(stream, Duration::from_millis(20), |_| true).expect_err("nobody spoke");
    assert!(matches!(error, QmpError::NoAnswer { .. }), "{error}");
}

#[test]
fn a_close_in_the_middle_of_the_handshake_names_it() {
    let error = negotiate(vec![send(GREETING), Step::Expect("qmp_capabilities")])
        .expect_err("closed before the reply");
    assert!(matches!(&error, QmpError::Closed { during, .. } if during == "qmp_capabilities"));
}

#[test]
fn an_event_between_command_and_reply_keeps_its_place() {
    let mut script = handshake();
    script.extend([
        Step::Expect("query-status"),
        send(r#"{"event": "STOP", "timestamp": {"seconds": 1, "microseconds": 0}}"#),
        Step::Return(json!({"status": "paused"})),
    ]);
    let (mut client, receiver) = negotiate(script).expect("negotiated");
    let id = client.send("query-status", json!({})).expect("sent");
    assert!(matches!(next(&receiver), Incoming::Event(event) if event.name == "STOP"));
    let Incoming::Reply(reply) = next(&receiver) else {
        panic!("not the reply")
    };
    assert_eq!(reply.id, Some(id.0));
    assert_eq!(reply.result.expect("success")["status"], "paused");
    assert!(matches!(
        next(&receiver),
        Incoming::Closed { garbage: false, .. }
    ));
}

#[test]
fn an_event_before_the_negotiation_ends_is_not_lost() {
    let script = vec![
        send(GREETING),
        Step::Expect("qmp_capabilities"),
        send(r#"{"event": "RESUME"}"#),
        Step::Return(json!({})),
    ];
    let (_client, receiver) = negotiate(script).expect("negotiated");
    assert!(matches!(next(&receiver), Incoming::Event(event) if event.name == "RESUME"));
}

#[test]
fn an_error_reply_keeps_class_and_text() {
    let mut script = handshake();
    script.extend([
        Step::Expect("device_del"),
        send(
            r#"{"id": $ID, "error": {"class": "DeviceNotFound", "desc": "Device 'zz' not found"}}"#,
        ),
    ]);
    let (mut client, receiver) = negotiate(script).expect("negotiated");
    client
        .send("device_del", json!({"id": "zz"}))
        .expect("sent");
    let Incoming::Reply(reply) = next(&receiver) else {
        panic!("not the reply")
    };
    let failure = reply.result.expect_err("a refusal");
    assert_eq!(
        failure.to_string(),
        "Device 'zz' not found (DeviceNotFound)"
    );
}

#[test]
fn garbage_ends_the_connection_and_shows_itself() {
    let mut script = handshake();
    script.push(send("}{ nonsense"));
    let (_client, receiver) = negotiate(script).expect("negotiated");
    let Incoming::Closed { reason, garbage } = next(&receiver) else {
        panic!("not the end")
    };
    assert!(garbage && reason.contains("nonsense"), "{reason}");
}

#[test]
fn an_endless_line_ends_the_connection() {
    let mut script = handshake();
    script.push(Step::Raw(vec![b'x'; MAX_LINE + 1]));
    let (_client, receiver) = negotiate(script).expect("negotiated");
    let Incoming::Closed { reason, garbage } = next(&receiver) else {
        panic!("not the end")
    };
    assert!(garbage && reason.contains("more than"), "{reason}");
}

#[test]
fn a_close_in_the_middle_of_a_message_says_so() {
    let mut script = handshake();
    script.push(Step::Raw(b"{\"event\": \"SHUT".to_vec()));
    let (_client, receiver) = negotiate(script).expect("negotiated");
    let Incoming::Closed { reason, .. } = next(&receiver) else {
        panic!("not the end")
    };
    assert!(reason.contains("middle of a message"), "{reason}");
}

#[test]
fn damaged_conversations_end_in_one_way() {
    let good = format!(
        "{GREETING}\r\n{{\"return\": {{}}, \"id\": 1}}\r\n{{\"event\": \"STOP\", \"timestamp\": {{\"seconds\": 1, \"microseconds\": 2}}, \"data\": {{\"a\": [1, \"x\"]}}}}\r\n{{\"error\": {{\"class\": \"GenericError\", \"desc\": \"no\"}}, \"id\": 2}}\r\n"
    );
    let mut random = Random::new();
    let (mut negotiated, mut refused) = (0, 0);
    for _ in 0..600 {
        let bytes = mutate(good.as_bytes(), &mut random);
        match negotiate(vec![Step::Raw(bytes)]) {
            Err(_) => refused += 1,
            Ok((_client, receiver)) => {
                negotiated += 1;
                let items: Vec<Incoming> = receiver.iter().collect();
                let is_end = |item: &&Incoming| matches!(item, Incoming::Closed { .. });
                assert_eq!(items.iter().filter(is_end).count(), 1);
                assert!(items.last().as_ref().is_some_and(is_end));
            }
        }
    }
    assert!(negotiated > 20 && refused > 20, "{negotiated} {refused}");
}
