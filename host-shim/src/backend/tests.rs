//! A session over a monitor: QEMU is scripted, the monitor is played over its real files.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::thread::JoinHandle;
use std::time::Duration;

use hotvcpu_wire::control::{Kind, Op, Report, Request};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde_json::json;

use super::*;
use crate::accel::Accel;
use crate::error::ErrorKind;
use crate::history::HistoryStore;
use crate::monitor::Model;
use crate::qmp::scripted_peer::{Step, handshake, play};
use crate::session::{MachineFacts, Session};
use crate::slots::Origin;

const PATIENCE: Duration = Duration::from_secs(20);

/// Two CPUs, as QEMU 10.0.2 tells of them, and a running machine.
fn questions() -> Vec<Step> {
    let cpu = |index: u32| {
        json!({"thread-id": 9, "props": {"core-id": index, "thread-id": 0, "socket-id": 0, "cluster-id": 0},
            "qom-path": format!("/machine/unattached/device[{index}]"), "cpu-index": index})
    };
    vec![
        Step::Expect("query-status"),
        Step::Return(json!({"status": "running", "running": true})),
        Step::Expect("query-cpus-fast"),
        Step::Return(json!([cpu(0), cpu(1)])),
        // Each change asks for the run state together with the slots, an add for QEMU's other devices.
        Step::Expect("query-status"),
        Step::Return(json!({"status": "running", "running": true})),
        Step::Expect("qom-get"),
        Step::Return(json!("cortex-a57-arm-cpu")),
        Step::Expect("qom-list"),
        Step::Return(json!([])),
        Step::Expect("query-status"),
        Step::Return(json!({"status": "running", "running": true})),
        Step::Expect("query-status"),
        Step::Return(json!({"status": "running", "running": true})),
    ]
}

fn session(folder: &Path, generation: Generation) -> Session {
    let files = ControlFiles::in_folder(folder);
    let (stream, _) = play(handshake().into_iter().chain(questions()).collect());
    let (feed, inbox) = Inbox::new();
    let sink = feed.clone();
    let client = Client::negotiate(stream, PATIENCE, move |item| sink.send(item));
    let access = MonitorAccess {
        files,
        base: ControlBase::at_beginning(Model::at_power_on(generation, 1)),
    };
    let backend = open(client.expect("greeted"), Some(&access), feed).expect("followed");
    let facts = MachineFacts {
        accel: Accel::TcgMulti,
        x86: false,
        speaks: false,
        stderr: None,
    };
    let stream = Stream::new(inbox, backend);
    Session::new(stream, None, facts, HistoryStore::in_memory())
}

/// Plays the monitor and a guest that does as it is told, for `count` requests.
fn play_monitor(folder: &Path, generation: Generation, count: usize) -> JoinHandle<()> {
    let files = ControlFiles::in_folder(folder);
    std::fs::write(&files.reports, "").expect("written");
    let mode = Mode::RUSR | Mode::WUSR;
    mknodat(CWD, &files.requests, FileType::Fifo, mode, 0).expect("made");
    let mut both_ways = OpenOptions::new();
    let fifo = both_ways.read(true).write(true).open(&files.requests);
    let mut requests = BufReader::new(fifo.expect("a FIFO")).lines();
    let mut reports = OpenOptions::new()
        .append(true)
        .open(&files.reports)
        .expect("a file");
    let mut seq = 0;
    let mut say = move |mut report: Report<String>| {
        report.seq = seq;
        seq += 1;
        let line = serde_json::to_string(&report).expect("JSON");
        writeln!(reports, "{line}").expect("written");
    };
    let (text, cpu) = (Some(generation.to_string()), Some(1));
    say(Report {
        text,
        cpu,
        value: Some(2),
        ..Report::new(0, Kind::Hello)
    });
    std::thread::spawn(move || {
        for _ in 0..count {
            let line = requests.next().expect("a request").expect("a line");
            let request: Request<String> = serde_json::from_str(&line).expect("a request");
            let about = |kind| Report {
                cpu: Some(1),
                ..Report::new(0, kind)
            };
            let ost = |event, status| Report {
                event: Some(event),
                value: Some(status),
                ..about(Kind::Ost)
            };
            say(Report {
                tag: Some(request.tag),
                ..about(Kind::Done)
            });
            if request.op == Op::Plug {
                say(ost(1, 0));
            }
            if request.op == Op::Unplug {
                say(ost(3, 0x84));
                say(about(Kind::Deleted));
                say(ost(3, 0));
            }
        }
    })
}

#[test]
fn a_session_cannot_tell_a_monitor_from_a_native_host() {
    let folder = tempfile::tempdir().expect("a folder");
    let monitor = play_monitor(folder.path(), Generation::New, 2);
    let mut session = session(folder.path(), Generation::New);
    let added = session.add(&[1], PATIENCE, false).expect("sent");
    assert!(added[0].ok(), "{added:?}");
    let slots = session.slots().expect("a list");
    assert_eq!(slots[1].origin(), Some(Origin::Plugged("vcpu1".to_owned())));
    let removed = session.remove(&[1], PATIENCE, false).expect("sent");
    assert!(removed[0].ok(), "{removed:?}");
    let phases = removed[0].timeline.phases_us();
    for phase in ["reply", "qmp_ost", "qmp_deleted", "end"] {
        assert!(phases.contains_key(phase), "{phase} is not in {phases:?}");
    }
    let boot = session
        .remove(&[0], PATIENCE, false)
        .expect_err("the boot CPU");
    assert_eq!(boot.kind(), ErrorKind::Refused);
    monitor.join().expect("it was asked as expected");
}

#[test]
fn the_old_generation_explains_that_it_cannot_remove() {
    let folder = tempfile::tempdir().expect("a folder");
    let monitor = play_monitor(folder.path(), Generation::Old, 1);
    let mut session = session(folder.path(), Generation::Old);
    assert!(session.add(&[1], PATIENCE, false).expect("sent")[0].ok());
    let refused = session.remove(&[1], PATIENCE, false).expect("answered");
    let error = refused[0].error().expect("a refusal");
    assert_eq!(error.kind(), ErrorKind::Refused);
    let text = error.to_string();
    assert!(
        text.contains("can only add") && text.contains("unsupported device type"),
        "{text}"
    );
    monitor.join().expect("it was asked as expected");
}
