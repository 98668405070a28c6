//! Interruptions at every place, with machines that show how far it came.

use std::path::Path;

use serde_json::json;

use super::*;
use crate::accel::Accel;
use crate::backend::{Native, Stream};
use crate::history::HistoryStore;
use crate::qmp::Client;
use crate::qmp::scripted_peer::{Step, handshake, play};
use crate::session::MachineFacts;
use crate::slots::tests::{answer, machine};
use crate::stream::Inbox;

const PATIENCE: Duration = Duration::from_secs(20);

/// A definition of one vCPU of eight, its store, and the journal of `setvcpus 4`.
struct Interrupted {
    _root: tempfile::TempDir,
    store: DefinitionStore,
    lock: DefinitionLock,
    journal: Journal,
}

fn interrupted() -> Interrupted {
    let root = tempfile::tempdir().expect("a folder");
    let store = DefinitionStore::at(root.path().join("hotvcpu").join("domains"));
    let text = "name = 'demo'\nmachine = 'q35'\nkernel = '/k'\n[vcpus]\ncurrent = 1\nmaximum = 8\n";
    let before = Definition::read(text, Path::new("/"), "test").expect("a definition");
    let after = before
        .with_vcpus(&[1, 2, 3], true, false)
        .expect("possible");
    let lock = store.lock("demo", "test").expect("free");
    store.put(&before, &lock).expect("written");
    let plan = LivePlan {
        direction: Direction::Add,
        slots: vec![1, 2, 3],
        disorder: None,
        by_count: true,
    };
    let config = ConfigChange {
        store: &store,
        lock: &lock,
        before,
        after,
        process: None,
        command: "setvcpus 4 --live --config".to_owned(),
    };
    let journal = Journal::begin(&plan, &config).expect("written");
    Interrupted {
        _root: root,
        store,
        lock,
        journal,
    }
}

impl Interrupted {
    /// The repair with a machine that has these CPUs beside its boot CPU, and the definition after it.
    fn repair(&self, plugged: &[u32]) -> (Repair, String) {
        let mut script = handshake();
        script.push(Step::Expect("query-hotpluggable-cpus"));
        script.push(Step::Return(answer(&machine(1, 8, plugged))));
        // It stays open, and says nothing more.
        script.push(Step::Expect("query-status"));
        script.push(Step::Return(json!({"status": "running"})));
        let (stream, player) = play(script);
        let (feed, inbox) = Inbox::new();
        let client = Client::negotiate(stream, PATIENCE, move |item| feed.send(item));
        let facts = MachineFacts {
            accel: Accel::TcgMulti,
            x86: true,
            speaks: false,
            stderr: None,
        };
        let backend = Native::new(client.expect("greeted"));
        let stream = Stream::new(inbox, Box::new(backend));
        let history = HistoryStore::in_memory();
        let mut session = Session::new(stream, None, facts, history);
        let found = Journal::find(&self.store, "demo").expect("readable");
        let repaired =
            found
                .expect("a journal")
                .repair(&self.store, &self.lock, Some(&mut session));
        session.run_state().expect("answered");
        player.join().expect("asked as expected");
        (repaired.expect("repaired"), self.enabled())
    }

    fn enabled(&self) -> String {
        assert!(
            Journal::find(&self.store, "demo")
                .expect("readable")
                .is_none(),
            "the journal has gone"
        );
        let definition = self.store.require("demo").expect("there");
        definition.enabled().to_string()
    }
}

#[test]
fn before_anything_changed_nothing_is_done() {
    let (repair, enabled) = interrupted().repair(&[]);
    assert!(matches!(repair, Repair::Nothing(_)), "{repair:?}");
    assert_eq!(enabled, "0");
    assert!(
        repair.to_string().contains("`setvcpus 4 --live --config`"),
        "{repair}"
    );
}

#[test]
fn after_the_machine_the_definition_follows() {
    let (repair, enabled) = interrupted().repair(&[1, 2, 3]);
    assert!(matches!(repair, Repair::Completed { .. }), "{repair:?}");
    assert_eq!(enabled, "0-3");
}

#[test]
fn in_the_middle_the_definition_says_what_has_happened() {
    let (repair, enabled) = interrupted().repair(&[1, 3]);
    assert_eq!(enabled, "0-1,3");
    let text = repair.to_string();
    assert!(text.contains("vcpu 1,3 changed, vcpu 2 did not"), "{text}");
}

#[test]
fn at_the_very_end_there_is_nothing_left_to_do() {
    let at = interrupted();
    at.store.put(&at.journal.after, &at.lock).expect("written");
    // The machine need not be asked for that.
    let repair = at
        .journal
        .repair(&at.store, &at.lock, None)
        .expect("repaired");
    assert!(matches!(repair, Repair::All(_)), "{repair:?}");
    assert_eq!(at.enabled(), "0-3");
}

#[test]
fn what_somebody_else_has_decided_since_stays() {
    let at = interrupted();
    let other = at
        .journal
        .before
        .with_vcpus(&[5], true, true)
        .expect("possible");
    at.store.put(&other, &at.lock).expect("written");
    let repair = at
        .journal
        .repair(&at.store, &at.lock, None)
        .expect("looked at");
    assert!(matches!(repair, Repair::Overtaken(_)), "{repair:?}");
    assert_eq!(at.enabled(), "0,5");
}

#[test]
fn a_machine_that_is_no_more_changes_no_definition() {
    let at = interrupted();
    let repair = at
        .journal
        .repair(&at.store, &at.lock, None)
        .expect("repaired");
    assert!(matches!(repair, Repair::Ended(_)), "{repair:?}");
    assert_eq!(at.enabled(), "0");
}

#[test]
fn a_journal_is_about_one_process() {
    let at = interrupted();
    let process = ProcessId {
        pid: 5,
        start_time: 7,
    };
    assert!(!at.journal.is_about(Some(process)) && !at.journal.is_about(None));
    let journal = Journal {
        process: Some(process),
        ..at.journal.clone()
    };
    assert!(journal.is_about(Some(process)));
    assert!(!journal.is_about(Some(ProcessId {
        start_time: 8,
        ..process
    })));
    assert_eq!(
        serde_json::to_value(&journal).expect("JSON")["slots"],
        json!([1, 2, 3])
    );
}
