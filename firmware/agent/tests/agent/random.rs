//! Anything at all.

use proptest::prelude::*;
use serde_json::Value;

use crate::machine::Host;

/// Pieces of conversations, and noise.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let text = |text: &str| Just(text.as_bytes().to_vec());
    prop_oneof![
        text(r#"{"execute":"guest-ping"}"#),
        text(r#"{"execute":"guest-get-vcpus","id":[1]}"#),
        text(
            r#"{"execute":"guest-set-vcpus","arguments":{"vcpus":[{"logical-id":1,"online":false}]}}"#
        ),
        text(
            r#"{"execute":"guest-set-vcpus","arguments":{"vcpus":[{"logical-id":1,"online":true}]}}"#
        ),
        text(r#"{"execute":"guest-sync-delimited","arguments":{"id":5}}"#),
        text(r#"{"execute":"#),
        text("\n"),
        Just(vec![0xFF]),
        proptest::collection::vec(any::<u8>(), 0..40),
        "[{}\\[\\]\":,a-z0-9\\\\ ]{0,30}".prop_map(String::into_bytes),
    ]
}

proptest! {
    #[test]
    fn whatever_is_said_it_answers_in_lines_and_understands_the_next(
        pieces in proptest::collection::vec((piece(), any::<bool>()), 0..20),
    ) {
        let mut host = Host::with_cpus(3);
        let mut said = Vec::new();
        for (piece, hang_up) in pieces {
            let mut rest = &piece[..];
            while !rest.is_empty() {
                let used = host.agent.feed(rest, &mut host.machine);
                rest = &rest[used..];
                said.extend(host.hear());
                host.machine.arrive();
                host.agent.go_on(&mut host.machine);
                said.extend(host.hear());
            }
            if hang_up {
                host.agent.hang_up();
            }
        }
        for line in said.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let line = line.strip_prefix(&[0xFF]).unwrap_or(line);
            let answer: Value = serde_json::from_slice(line).expect("every line is JSON");
            prop_assert!(answer["return"] != Value::Null || answer["error"]["desc"].is_string());
        }
        let sync = b"\xFF{\"execute\":\"guest-sync-delimited\",\"arguments\":{\"id\":9}}";
        let answer = b"\xFF{\"return\":9}\n";
        prop_assert!(host.say(sync).ends_with(answer));
    }
}
