//! A session against scripted peers: what QEMU cannot be brought to do on demand.

use std::io::Write;
use std::thread::JoinHandle;

use serde_json::Value;

use super::*;
use crate::backend::Native;
use crate::error::ErrorKind;
use crate::guest_log::Parser;
use crate::qmp::Client;
use crate::stream::Inbox;

use crate::ops::Outcome;
use crate::qmp::scripted_peer::{Step, handshake, play, send};
use crate::slots::tests::{answer, machine};

const PATIENCE: Duration = Duration::from_secs(20);

/// What `query-hotpluggable-cpus` returns for one boot CPU of four, with these live-added.
fn listed(plugged: &[u32]) -> Step {
    Step::Return(answer(&machine(1, 4, plugged)))
}

/// The conversation up to the first `device_add` or `device_del`.
fn until_change(plugged: &[u32]) -> Vec<Step> {
    let mut script = handshake();
    script.extend([
        Step::Expect("query-hotpluggable-cpus"),
        listed(plugged),
        Step::Expect("query-status"),
        Step::Return(json!({"status": "running", "running": true})),
    ]);
    script
}

/// A session with a guest that keeps no event file, unless one is given.
pub(crate) fn session(
    script: Vec<Step>,
    events: Option<&std::path::Path>,
) -> (Session, JoinHandle<Vec<Value>>) {
    let (stream, player) = play(script);
    let (feed, inbox) = Inbox::new();
    let sink = feed.clone();
    let client = Client::negotiate(stream, PATIENCE, move |item| sink.send(item)).expect("greeted");
    let follower = events.map(|path| {
        Follower::start(path, 0, Parser::default(), move |item| feed.send(item)).expect("followed")
    });
    let stream = Stream::new(inbox, Box::new(Native::new(client)));
    let facts = MachineFacts {
        accel: Accel::TcgMulti,
        x86: true,
        speaks: events.is_some(),
        stderr: None,
    };
    (
        Session::new(stream, follower, facts, HistoryStore::in_memory()),
        player,
    )
}

#[test]
fn a_close_in_the_middle_names_what_was_under_way() {
    let mut script = until_change(&[]);
    script.extend([Step::Expect("device_add"), Step::Return(json!({}))]);
    let (mut session, _player) = session(script, None);
    let error = session.add(&[1], PATIENCE, false).expect_err("closed");
    assert_eq!(error.kind(), ErrorKind::Lost);
    assert!(error.to_string().contains("device_add of vcpu1"), "{error}");
    let later = session.slots().expect_err("still closed");
    assert_eq!(later.kind(), ErrorKind::Lost, "{later}");
}

#[test]
fn garbage_in_the_middle_is_told_as_such() {
    let mut script = until_change(&[1]);
    script.extend([Step::Expect("device_del"), send("HTTP/1.1 400 Bad Request")]);
    let (mut session, _player) = session(script, None);
    let error = session.remove(&[1], PATIENCE, false).expect_err("garbage");
    let text = error.to_string();
    assert!(
        text.contains("device_del of vcpu1") && text.contains("HTTP/1.1"),
        "{text}"
    );
}

#[test]
fn all_adds_are_sent_before_any_is_awaited() {
    let ost = |slot: u32| {
        send(&format!(
            r#"{{"event": "ACPI_DEVICE_OST", "data": {{"info": {{"slot": "{slot}", "slot-type": "CPU", "source": 1, "status": 0}}}}}}"#
        ))
    };
    let mut script = until_change(&[]);
    script.extend([
        Step::Expect("device_add"),
        Step::Expect("device_add"),
        send(r#"{"return": {}, "id": 4}"#),
        send(r#"{"return": {}, "id": 5}"#),
        ost(3),
        ost(1),
        Step::Expect("query-status"),
        Step::Return(json!({"status": "running"})),
    ]);
    let (mut session, player) = session(script, None);
    let operations = session.add(&[1, 3], PATIENCE, false).expect("sent");
    assert!(
        operations.iter().all(|operation| operation.ok()),
        "{operations:?}"
    );
    assert_eq!(session.run_state().expect("answered"), "running");
    let commands = player.join().expect("the script was followed");
    assert_eq!(commands[3]["arguments"]["core-id"], 1);
    assert_eq!(commands[4]["arguments"]["id"], "vcpu3");
}

#[test]
fn a_removal_without_any_signal_is_found_by_the_last_look() {
    let mut script = until_change(&[2]);
    script.extend([
        Step::Expect("device_del"),
        Step::Return(json!({})),
        Step::Expect("query-hotpluggable-cpus"),
        listed(&[]),
    ]);
    let (mut session, _player) = session(script, None);
    let operations = session
        .remove(&[2], Duration::from_millis(30), false)
        .expect("sent");
    assert!(operations[0].ok(), "{operations:?}");
}

#[test]
fn a_removal_that_times_out_says_so() {
    let mut script = until_change(&[2]);
    script.extend([
        Step::Expect("device_del"),
        Step::Return(json!({})),
        Step::Expect("query-hotpluggable-cpus"),
        listed(&[2]),
    ]);
    let (mut session, _player) = session(script, None);
    let operations = session
        .remove(&[2], Duration::from_millis(30), false)
        .expect("sent");
    let Outcome::Failed(error) = &operations[0].outcome else {
        panic!("{operations:?}")
    };
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.to_string().contains("has not reacted"), "{error}");
}

#[test]
fn what_is_refused_is_not_sent() {
    let mut script = until_change(&[]);
    script.push(Step::Expect("quit"));
    let (mut session, player) = session(script, None);
    let error = session.remove(&[0], PATIENCE, true).expect_err("refused");
    assert!(
        matches!(
            error,
            Error::Guard(Refusal::AlreadyThere(_) | Refusal::BootCpu)
        ),
        "{error}"
    );
    let _ = session.execute("quit", json!({}));
    player.join().expect("nothing came before `quit`");
}

#[test]
fn a_creation_that_qemu_would_not_survive_is_refused_unless_forced() {
    let answers = [Step::Expect("device_add"), Step::Return(json!({}))];
    let mut script = until_change(&[]);
    script.extend(until_change(&[]).into_iter().skip(handshake().len()));
    script.extend(answers);
    let (mut session, _player) = session(script, None);
    session
        .history
        .count(crate::guard::Direction::Add, 3)
        .expect("in memory");
    let refused = session
        .add(&[1], PATIENCE, false)
        .expect_err("the fifth creation of four");
    assert!(refused.to_string().contains("--force"), "{refused}");
    let forced = session
        .add(&[1], PATIENCE, true)
        .expect_err("sent, and QEMU is gone");
    assert_eq!(forced.kind(), ErrorKind::Lost);
}

/// Asks for slot 255 of 300, on a CPU model that says this of its x2APIC.
fn add_255(x2apic: Step) -> Result<Vec<crate::ops::Operation>> {
    let mut script = handshake();
    script.extend([
        Step::Expect("query-hotpluggable-cpus"),
        Step::Return(answer(&machine(1, 300, &[]))),
        Step::Expect("query-status"),
        Step::Return(json!({"status": "running"})),
        Step::Expect("qom-get"),
        x2apic,
        Step::Expect("device_add"),
        send(r#"{"error": {"class": "GenericError", "desc": "enough"}, "id": $ID}"#),
    ]);
    let (mut session, _player) = session(script, None);
    session.add(&[255], PATIENCE, false)
}

#[test]
fn an_apic_id_that_the_model_cannot_have_is_refused_and_one_that_it_may_have_is_not() {
    let refused = add_255(Step::Return(json!(false))).expect_err("QEMU would abort");
    assert_eq!(refused.kind(), ErrorKind::Refused);
    assert!(refused.to_string().contains("+x2apic"), "{refused}");
    let unknown = r#"{"error": {"class": "GenericError", "desc": "no such property"}, "id": $ID}"#;
    for answer in [Step::Return(json!(true)), send(unknown)] {
        let operations = add_255(answer).expect("it was sent");
        let error = operations[0].error().expect("refused by QEMU");
        assert!(error.to_string().contains("enough"), "{error}");
    }
}

#[test]
fn a_guest_that_floods_and_lies_costs_bounded_memory_and_clear_warnings() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    for _ in 0..20_000 {
        file.write_all(b"flood\n").expect("written");
    }
    file.write_all(
        b"{\"seq\":0,\"t_ns\":18446744073709551615,\"phase\":\"online\",\"cpu\":4294967295}\n",
    )
    .expect("written");
    let (mut session, _player) = session(handshake(), Some(file.path()));
    session.await_caught_up(PATIENCE).expect("read to its end");
    assert!(session.log_problems().len() <= crate::guest_log::MAX_REPORTED as usize + 1);
    assert!(!session.guest_view().ready() && session.guest_view().online().is_empty());
}

#[test]
fn a_wait_looks_at_each_record_once() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    for seq in 0..3 {
        writeln!(file, "{{\"seq\":{seq},\"t_ns\":{seq},\"phase\":\"scan\"}}").expect("written");
    }
    let (mut session, _player) = session(handshake(), Some(file.path()));
    let mut next = |timeout| session.await_record(timeout, |record| record.record.seq != 1);
    assert_eq!(next(PATIENCE).expect("the first").record.seq, 0);
    assert_eq!(next(PATIENCE).expect("the third").record.seq, 2);
    assert!(
        next(Duration::from_millis(10)).is_err(),
        "all were looked at"
    );
}

#[test]
fn after_a_reset_the_guest_is_not_ready() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(b"{\"seq\":0,\"t_ns\":0,\"phase\":\"boot\"}\n")
        .expect("written");
    file.write_all(b"{\"seq\":1,\"t_ns\":9,\"phase\":\"ready\"}\n")
        .expect("written");
    let mut script = handshake();
    script.extend([
        Step::Expect("system_reset"),
        Step::Return(json!({})),
        send(r#"{"event": "RESET", "data": {"guest": false}}"#),
    ]);
    let (mut session, _player) = session(script, Some(file.path()));
    session.await_ready(PATIENCE).expect("it was ready");
    session.reset().expect("the event came");
    assert!(!session.guest_view().ready());
}

#[test]
fn a_machine_without_hotplug_is_told_as_such() {
    for desc in [
        "machine does not support hot-plugging CPUs",
        "The feature 'query-hotpluggable-cpus' is not enabled",
    ] {
        let mut script = handshake();
        let refusal = json!({"class": "GenericError", "desc": desc});
        script.extend([
            Step::Expect("query-hotpluggable-cpus"),
            send(&format!("{{\"id\": $ID, \"error\": {refusal}}}")),
            Step::Expect("query-status"),
            Step::Return(json!({"status": "running"})),
        ]);
        let (mut session, _player) = session(script, None);
        let error = session.add(&[1], PATIENCE, false).expect_err("no hotplug");
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert!(error.to_string().contains(desc), "{error}");
    }
}

#[test]
fn a_guest_that_powers_off_is_not_asked() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    for (seq, phase) in ["boot", "ready", "shutdown"].iter().enumerate() {
        writeln!(
            file,
            "{{\"seq\":{seq},\"t_ns\":{seq},\"phase\":\"{phase}\"}}"
        )
        .expect("written");
    }
    for (plugged, slot) in [(&[][..], 1), (&[1], 1)] {
        let (mut session, _player) = session(until_change(plugged), Some(file.path()));
        session.await_caught_up(PATIENCE).expect("read");
        let refused = match plugged {
            [] => session.add(&[slot], PATIENCE, false),
            _ => session.remove(&[slot], PATIENCE, false),
        };
        let refused = refused.expect_err("it is on its way out");
        assert!(
            refused.to_string().contains("the guest has shut down"),
            "{refused}"
        );
    }
}
