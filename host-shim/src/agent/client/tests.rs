//! Conversations with agents, most of which no real guest can be brought to on demand.

use serde_json::json;

use super::super::scripted_agent::{Step, play, play_at};
use super::super::{ShutdownMode, VcpuChange};
use super::*;
use crate::mutant::{Random, mutate};

const PATIENCE: Duration = Duration::from_secs(20);
/// For what never comes.
const SHORT: Duration = Duration::from_millis(30);

fn client(script: Vec<Step>) -> AgentClient {
    let (stream, _player) = play(script);
    AgentClient::over(stream, PATIENCE).expect("it synchronises")
}

/// What a call meets after a synchronisation.
fn ping(steps: Vec<Step>, within: Duration) -> AgentError {
    let script = [Step::Sync, Step::Expect("guest-ping")];
    let mut client = client(script.into_iter().chain(steps).collect());
    let answer = client.call("guest-ping", Value::Null, within);
    answer.expect_err("no answer")
}

#[test]
fn commands_are_answered_one_after_the_other() {
    let vcpus = json!([
        {"logical-id": 1, "online": false, "can-offline": true},
        {"logical-id": 0, "online": true}
    ]);
    let stats = json!([{"type": "linux", "cpu": 0, "user": 1, "nice": 2, "system": 3, "idle": 4, "steal": 9}]);
    let info = json!({"version": "8.2", "supported_commands": [{"name": "guest-ping", "enabled": true, "success-response": true}]});
    let mut client = client(vec![
        Step::Sync,
        Step::Expect("guest-get-vcpus"),
        Step::Return(vcpus),
        Step::Expect("guest-get-cpustats"),
        Step::Return(stats),
        Step::Expect("guest-info"),
        Step::Return(info),
        Step::Expect("guest-get-time"),
        Step::Return(json!(1_500_000_000)),
        Step::Expect("guest-ping"),
        Step::Return(json!({})),
    ]);
    let vcpus = client.vcpus().expect("a list");
    let seen: Vec<_> = vcpus
        .iter()
        .map(|vcpu| (vcpu.logical_id, vcpu.online, vcpu.can_offline))
        .collect();
    assert_eq!(seen, [(0, true, None), (1, false, Some(true))]);
    let stats = client.cpu_stats().expect("statistics");
    assert_eq!((stats[0].busy(), stats[0].idle), (6, 4));
    assert_eq!(
        client.info().expect("information").supported_commands[0].name,
        "guest-ping"
    );
    assert_eq!(client.time().expect("a time"), Duration::from_millis(1500));
    client.ping().expect("an answer");
}

#[test]
fn what_is_stale_is_skipped() {
    let mut client = client(vec![
        Step::SyncAfter(
            b"{\"error\": {\"class\": \"GenericError\", \"desc\": \"bad JSON\"}}\n\xff{\"return\": 7}\n{\"return\": \"half".to_vec(),
        ),
        Step::Expect("guest-ping"),
        Step::Return(json!({})),
    ]);
    client.ping().expect("the answer to the ping");
}

#[test]
fn after_an_answer_that_came_too_late_it_synchronises_again() {
    let (stream, _player) = play(vec![
        Step::Sync,
        Step::Expect("guest-get-time"),
        // Only now, so that nothing depends on how long it takes.
        Step::SyncAfter(b"{\"return\": 1}\n".to_vec()),
        Step::Expect("guest-get-time"),
        Step::Return(json!(2)),
    ]);
    let mut client = AgentClient::over(stream, PATIENCE).expect("it synchronises");
    let late = client.call("guest-get-time", Value::Null, SHORT);
    assert!(matches!(late, Err(AgentError::NoAnswer { .. })), "{late:?}");
    assert_eq!(
        client.time().expect("the second answer"),
        Duration::from_nanos(2)
    );
}

#[test]
fn a_second_answer_is_not_taken_for_the_next_one() {
    let mut client = client(vec![
        Step::Sync,
        Step::Expect("guest-get-time"),
        Step::Raw(b"{\"return\": 1}\n{\"return\": 666}\n".to_vec()),
        Step::Sync,
        Step::Expect("guest-get-time"),
        Step::Return(json!(2)),
    ]);
    assert_eq!(client.time().expect("the first"), Duration::from_nanos(1));
    assert_eq!(client.time().expect("the second"), Duration::from_nanos(2));
}

#[test]
fn an_agent_that_says_nothing_costs_its_deadline() {
    let (stream, _silent) = UnixStream::pair().expect("a socket pair");
    let error = AgentClient::over(stream, SHORT).expect_err("nobody answers");
    assert!(
        matches!(&error, AgentError::NoAnswer { during, .. } if during == "guest-sync-delimited")
    );
    assert_eq!(error.kind(), crate::ErrorKind::Agent);
}

#[test]
fn a_guest_that_sends_no_answer_is_one_clear_error() {
    let said = |bytes: &[u8]| ping(vec![Step::Raw(bytes.to_vec())], PATIENCE).to_string();
    assert!(said(b"}{ \x1b[31m nonsense\n").contains("nonsense"));
    assert!(!said(b"}{ \x1b[31m nonsense\n").contains('\x1b'));
    assert!(said(b"{\"event\": \"STOP\"}\n").contains("neither return nor error"));
    assert!(said(b"{\"return\": \"half").contains("in the middle of an answer"));
    assert!(said(&[b'x'; MAX_LINE + 1]).contains("more than 1048576 bytes"));
    assert!(said(&[b'['; 5000]).contains("end of file in the middle"));
    let deep: Vec<u8> = [b'['; 5000].into_iter().chain(*b"\n").collect();
    assert!(said(&deep).contains("recursion limit"));
}

#[test]
fn a_half_answer_that_never_ends_costs_its_deadline() {
    let error = ping(vec![Step::Raw(b"{\"return\":".to_vec()), Step::Hold], SHORT);
    assert!(matches!(error, AgentError::NoAnswer { .. }), "{error}");
}

#[test]
fn a_flood_is_given_up() {
    for flood in [
        b"\xff".to_vec(),
        b"\n".to_vec(),
        b"\xff{}\n".to_vec(),
        vec![b'x'; 4096],
    ] {
        let (stream, player) = play(vec![Step::Flood(flood.repeat(1024))]);
        let error = AgentClient::over(stream, PATIENCE).expect_err("no end");
        assert!(
            matches!(&error, AgentError::Garbage { reason, .. } if reason.contains("without an answer")),
            "{error}"
        );
        player.join().expect("the flood ends with the client");
    }
}

#[test]
fn the_agents_refusal_keeps_its_words_and_the_conversation() {
    let mut client = client(vec![
        Step::Sync,
        Step::Expect("guest-get-cpustats"),
        Step::Refuse(
            "CommandNotFound",
            "The command guest-get-cpustats has not been found",
        ),
        Step::Expect("guest-ping"),
        Step::Return(json!({})),
    ]);
    let error = client.cpu_stats().expect_err("an old agent");
    assert!(
        error
            .to_string()
            .contains("guest-get-cpustats has not been found"),
        "{error}"
    );
    assert_eq!(error.kind(), crate::ErrorKind::Agent);
    client.ping().expect("no synchronisation was needed");
}

#[test]
fn an_answer_of_another_shape_is_told() {
    let vcpus = |answer: Value| {
        let mut client = client(vec![
            Step::Sync,
            Step::Expect("guest-get-vcpus"),
            Step::Return(answer),
        ]);
        client.vcpus().expect_err("no list").to_string()
    };
    assert!(vcpus(json!({})).contains("something else than documented"));
    assert!(vcpus(json!([{"logical-id": -1, "online": true}])).contains("u32"));
    let one = json!({"logical-id": 1, "online": true});
    assert!(vcpus(json!([one, one])).contains("named twice"));
}

const CHANGES: [VcpuChange; 3] = [
    VcpuChange {
        logical_id: 1,
        online: true,
    },
    VcpuChange {
        logical_id: 2,
        online: true,
    },
    VcpuChange {
        logical_id: 3,
        online: true,
    },
];

#[test]
fn the_rest_is_sent_again_for_the_reason() {
    let (stream, player) = play(vec![
        Step::Sync,
        Step::Expect("guest-set-vcpus"),
        Step::Return(json!(2)),
        Step::Expect("guest-set-vcpus"),
        Step::Refuse("GenericError", "vCPU #3 does not start"),
    ]);
    let mut client = AgentClient::over(stream, PATIENCE).expect("it synchronises");
    let error = client.set_vcpus(&CHANGES).expect_err("the third");
    assert!(
        error.to_string().contains("vCPU #3 does not start"),
        "{error}"
    );
    assert_eq!(error.kind(), crate::ErrorKind::GuestRefused);
    let commands = player.join().expect("the whole script");
    let sent = |at: usize| {
        commands[at]["arguments"]["vcpus"]
            .as_array()
            .expect("a list")
            .len()
    };
    assert_eq!((sent(0), sent(1)), (3, 1));
    assert_eq!(
        commands[1]["arguments"]["vcpus"][0],
        json!({"logical-id": 3, "online": true})
    );
}

#[test]
fn a_number_that_cannot_be_ends_it() {
    for answer in [json!(0), json!(4), json!(-1), json!("3"), json!(null)] {
        let mut client = client(vec![
            Step::Sync,
            Step::Expect("guest-set-vcpus"),
            Step::Return(answer),
        ]);
        let error = client.set_vcpus(&CHANGES).expect_err("a lie");
        assert!(matches!(error, AgentError::Unexpected { .. }), "{error}");
    }
}

#[test]
fn a_shutdown_has_no_answer_but_a_refusal() {
    let shutdown = |steps: Vec<Step>, within| {
        let script = [Step::Sync, Step::Expect("guest-shutdown")];
        let (stream, player) = play(script.into_iter().chain(steps).collect());
        let mut client = AgentClient::over(stream, PATIENCE).expect("it synchronises");
        let outcome = client.shutdown(ShutdownMode::Powerdown, within);
        drop(client);
        let commands = player.join().expect("the whole script");
        assert_eq!(commands[0]["arguments"]["mode"], "powerdown");
        outcome
    };
    shutdown(vec![Step::Hold], SHORT).expect("nothing was said against it");
    shutdown(vec![], PATIENCE).expect("the machine is gone");
    let refused = shutdown(vec![Step::Refuse("GenericError", "no")], PATIENCE);
    assert!(matches!(refused, Err(AgentError::Refused { .. })));
}

#[test]
fn a_socket_without_an_agent_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("agent.sock");
    let error = AgentClient::connect(&path, PATIENCE).expect_err("nothing there");
    assert!(matches!(error, AgentError::Unreachable { .. }), "{error}");
    let player = play_at(&path, vec![Step::Sync]);
    AgentClient::connect(&path, PATIENCE).expect("an agent");
    player.join().expect("the whole script");
}

#[test]
fn damaged_answers_end_in_an_answer_or_an_error() {
    let answer = b"{\"return\": [{\"logical-id\": 0, \"online\": true, \"can-offline\": false}, {\"logical-id\": 1, \"online\": true}]}\n\xff{\"return\": 1}\n{\"error\": {\"class\": \"GenericError\", \"desc\": \"x\"}}\n";
    let mut random = Random::new();
    let (mut answers, mut errors) = (0, 0);
    for _ in 0..600 {
        let bytes = mutate(answer, &mut random);
        let mut client = client(vec![
            Step::Sync,
            Step::Expect("guest-get-vcpus"),
            Step::Raw(bytes),
        ]);
        match client.vcpus() {
            Ok(_) => answers += 1,
            Err(_) => errors += 1,
        }
    }
    assert!(answers > 20 && errors > 20, "{answers} {errors}");
}
