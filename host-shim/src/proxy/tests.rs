//! The proxy between raw clients, a scripted QEMU and a monitor played over the real files.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::Duration;

use hotvcpu_wire::MAX_LINE;
use hotvcpu_wire::control::{Kind, Op, Report, Request};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::monitor::ControlFiles;
use crate::qmp::scripted_peer::{Step, handshake, play_at, send};

const PATIENCE: Duration = Duration::from_secs(20);

/// A proxy under way, with everything around it.
struct Stage {
    folder: TempDir,
    qemu: JoinHandle<Vec<Value>>,
    proxy: JoinHandle<(String, Vec<String>)>,
    stopper: Stopper,
}

impl Stage {
    /// QEMU plays `script` after the handshake; `reports` is what the monitor has said so far.
    fn new(script: Vec<Step>, reports: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let qmp = folder.path().join("qmp.sock");
        let control = ControlFiles::in_folder(folder.path());
        std::fs::write(&control.reports, reports).expect("written");
        let mode = Mode::RUSR | Mode::WUSR;
        mknodat(CWD, &control.requests, FileType::Fifo, mode, 0).expect("made");
        let mut whole = handshake();
        whole.extend(script);
        let qemu = play_at(&qmp, whole);
        let proxy = Proxy::start(&ProxyConfig {
            qmp,
            control,
            base: None,
            listen: folder.path().join("p.sock"),
        });
        let proxy = proxy.expect("everything is there");
        let stopper = proxy.stopper();
        let proxy = std::thread::spawn(move || {
            let mut problems = Vec::new();
            let reason = proxy.run(|problem| problems.push(problem.to_owned()));
            (reason, problems)
        });
        Self {
            folder,
            qemu,
            proxy,
            stopper,
        }
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("p.sock")
    }

    /// A client that has been greeted.
    fn connect(&self) -> Raw {
        let stream = UnixStream::connect(self.socket()).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let mut raw = Raw {
            reader: BufReader::new(stream.try_clone().expect("a second handle")),
            writer: stream,
        };
        let greeting = raw.next();
        assert_eq!(greeting["QMP"]["version"]["package"], "Debian 1:10.0.2");
        assert_eq!(greeting["QMP"]["capabilities"], json!([]));
        raw
    }

    /// A client that has negotiated.
    fn client(&self) -> Raw {
        let mut raw = self.connect();
        raw.send(r#"{"execute": "qmp_capabilities"}"#);
        assert_eq!(raw.next(), json!({"return": {}}));
        raw
    }

    /// The monitor's end of the channel.
    fn monitor(&self) -> Monitor {
        let files = ControlFiles::in_folder(self.folder.path());
        let mut both_ways = OpenOptions::new();
        let fifo = both_ways.read(true).write(true).open(&files.requests);
        let reports = OpenOptions::new().append(true).open(&files.reports);
        Monitor {
            requests: BufReader::new(fifo.expect("a FIFO")),
            reports: reports.expect("a file"),
            seq: 1,
        }
    }
}

/// A client that knows nothing but lines.
struct Raw {
    reader: BufReader<UnixStream>,
    writer: UnixStream,
}

impl Raw {
    fn send(&mut self, text: &str) {
        self.writer.write_all(text.as_bytes()).expect("taken");
    }

    fn next(&mut self) -> Value {
        let mut line = String::new();
        self.reader.read_line(&mut line).expect("a line in time");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in {line:?}"))
    }
}

/// The monitor, played.
struct Monitor {
    requests: BufReader<std::fs::File>,
    reports: std::fs::File,
    seq: u64,
}

impl Monitor {
    fn request(&mut self) -> Request<String> {
        let mut line = String::new();
        self.requests.read_line(&mut line).expect("a request");
        serde_json::from_str(&line).expect("a request")
    }

    fn report(&mut self, mut report: Report<&str>) {
        report.seq = self.seq;
        self.seq += 1;
        let mut line = [0; MAX_LINE];
        self.reports
            .write_all(report.encode(&mut line))
            .expect("written");
    }
}

const HELLO: &str = "{\"seq\":0,\"kind\":\"hello\",\"cpu\":1,\"value\":2,\"text\":\"new\"}\n";

/// What the proxy asks QEMU before it translates anything, with the answers of QEMU 10.0.2.
fn questions() -> Vec<Step> {
    let cpu = |index: u32| {
        json!({"thread-id": 9698, "props": {"core-id": index, "thread-id": 0, "socket-id": 0, "cluster-id": 0},
            "qom-path": format!("/machine/unattached/device[{index}]"), "cpu-index": index, "target": "aarch64"})
    };
    vec![
        Step::Expect("query-status"),
        Step::Return(json!({"status": "running", "running": true})),
        Step::Expect("query-cpus-fast"),
        Step::Return(json!([cpu(0), cpu(1)])),
        Step::Expect("qom-get"),
        Step::Return(json!("cortex-a57-arm-cpu")),
    ]
}

fn event(name: &str) -> Step {
    send(&format!(
        r#"{{"timestamp": {{"seconds": 1795422065, "microseconds": 740098}}, "event": "{name}"}}"#
    ))
}

#[test]
fn a_client_is_greeted_negotiates_and_gets_its_ids_back() {
    let script = vec![
        Step::Expect("query-status"),
        Step::Return(json!({"status": "running"})),
        Step::Expect("nonsense"),
        send(
            r#"{"id": $ID, "error": {"class": "CommandNotFound", "desc": "The command nonsense has not been found"}}"#,
        ),
        Step::Expect("quit"),
    ];
    let stage = Stage::new(script, HELLO);
    let mut client = stage.connect();
    client.send("{\"execute\": \"query-status\", \"id\": 1}\r\n");
    let refused = client.next();
    assert_eq!(refused["error"]["class"], "CommandNotFound");
    assert_eq!(refused["id"], 1);
    client.send(r#"{"execute": "qmp_capabilities", "arguments": {"enable": ["oob"]}}"#);
    assert_eq!(client.next()["error"]["class"], "GenericError");
    client.send(r#"{"execute": "qmp_capabilities", "id": "c"}"#);
    assert_eq!(client.next(), json!({"return": {}, "id": "c"}));
    client.send(r#"{"execute": "qmp_capabilities"}"#);
    assert_eq!(client.next()["error"]["class"], "CommandNotFound");
    client.send("}{ x\n");
    let refused = client.next();
    let desc = refused["error"]["desc"].as_str().expect("a refusal");
    assert!(desc.starts_with("JSON parse error"), "{refused}");
    client.send(r#"{"execute": "query-status", "id": {"any": ["id"]}}"#);
    let answer = json!({"return": {"status": "running"}, "id": {"any": ["id"]}});
    assert_eq!(client.next(), answer);
    client.send(r#"{"execute": "nonsense"}"#);
    let refused = client.next();
    let desc = "The command nonsense has not been found";
    assert_eq!(
        refused,
        json!({"error": {"class": "CommandNotFound", "desc": desc}})
    );
    client.send(r#"{"execute": "quit"}"#);
    let commands = stage.qemu.join().expect("the script was followed");
    assert_eq!(commands[1]["arguments"], json!({}));
}

#[test]
fn answers_out_of_order_find_their_askers() {
    let script = vec![
        Step::Expect("query-status"),
        Step::Expect("query-name"),
        send(r#"{"return": {"name": "n"}, "id": 3}"#),
        send(r#"{"return": {"status": "s"}, "id": 2}"#),
        Step::Expect("quit"),
    ];
    let stage = Stage::new(script, HELLO);
    let (mut one, mut other) = (stage.client(), stage.client());
    one.send(r#"{"execute": "query-status", "id": "one"}{"execute": "query-name", "id": "two"}"#);
    assert_eq!(one.next(), json!({"return": {"name": "n"}, "id": "two"}));
    assert_eq!(one.next(), json!({"return": {"status": "s"}, "id": "one"}));
    other.send(r#"{"execute": "quit"}"#);
    stage.qemu.join().expect("the script was followed");
}

#[test]
fn a_cpu_is_added_and_removed_by_a_client_that_knows_nothing_of_monitors() {
    let mut script = questions();
    let devices = json!([{"name": "control-bus", "type": "child<virtio-serial-device>"}]);
    script.extend([
        Step::Expect("qom-list"),
        Step::Return(devices),
        Step::Expect("quit"),
    ]);
    let stage = Stage::new(script, HELLO);
    let mut monitor = stage.monitor();
    let (mut client, mut other) = (stage.client(), stage.client());
    client.send(r#"{"execute": "query-hotpluggable-cpus", "id": 1}"#);
    let slots = client.next();
    assert_eq!(slots["return"][0]["props"]["core-id"], 1);
    assert_eq!(slots["return"][0].get("qom-path"), None);
    client.send(r#"{"execute": "device_add", "id": 2, "arguments": {"driver": "cortex-a57-arm-cpu", "id": "hp1", "socket-id": 0, "cluster-id": 0, "core-id": 1, "thread-id": 0}}"#);
    let plug = monitor.request();
    assert_eq!(
        (plug.op, plug.cpu, plug.id.as_deref()),
        (Op::Plug, Some(1), Some("hp1"))
    );
    let answer = |kind| Report {
        cpu: Some(1),
        id: Some("hp1"),
        ..Report::new(0, kind)
    };
    monitor.report(Report {
        tag: Some(plug.tag),
        ..answer(Kind::Done)
    });
    assert_eq!(client.next(), json!({"return": {}, "id": 2}));
    monitor.report(Report {
        event: Some(1),
        value: Some(0),
        ..answer(Kind::Ost)
    });
    for listener in [&mut client, &mut other] {
        let told = listener.next();
        assert_eq!(told["event"], "ACPI_DEVICE_OST");
        assert_eq!(told["data"]["info"]["device"], "hp1");
        assert!(
            told["timestamp"]["seconds"]
                .as_u64()
                .is_some_and(|seconds| seconds > 0)
        );
    }
    other.send(r#"{"execute": "device_del", "id": 3, "arguments": {"id": "hp1"}}"#);
    let unplug = monitor.request();
    assert_eq!((unplug.op, unplug.id.as_deref()), (Op::Unplug, Some("hp1")));
    monitor.report(Report {
        tag: Some(unplug.tag),
        ..answer(Kind::Done)
    });
    assert_eq!(other.next(), json!({"return": {}, "id": 3}));
    monitor.report(answer(Kind::Deleted));
    for listener in [&mut client, &mut other] {
        let told = listener.next();
        assert_eq!(told["event"], "DEVICE_DELETED");
        assert_eq!(
            told["data"],
            json!({"device": "hp1", "path": "/machine/peripheral/hp1"})
        );
    }
    client.send(r#"{"execute": "quit"}"#);
    stage.qemu.join().expect("the script was followed");
}

#[test]
fn it_ends_with_qemu_whose_last_words_are_passed_on() {
    let script = vec![Step::Expect("quit"), event("SHUTDOWN")];
    let stage = Stage::new(script, HELLO);
    let (mut waiting, mut client) = (stage.connect(), stage.client());
    client.send(r#"{"execute": "quit"}"#);
    let told = client.next();
    let timestamp = json!({"seconds": 1795422065, "microseconds": 740098});
    assert_eq!(told, json!({"event": "SHUTDOWN", "timestamp": timestamp}));
    let (reason, problems) = stage.proxy.join().expect("it ends");
    assert!(reason.contains("QEMU's monitor ended"), "{reason}");
    assert!(problems.is_empty(), "{problems:?}");
    let mut rest = String::new();
    let length = waiting
        .reader
        .read_line(&mut rest)
        .expect("closed in order");
    assert_eq!(
        (length, rest.as_str()),
        (0, ""),
        "one that has not negotiated is told nothing"
    );
    assert!(!stage.folder.path().join("p.sock").exists());
}

#[test]
fn one_that_does_not_read_is_let_go_and_the_others_are_told_everything() {
    const EVENTS: usize = 6000;
    let mut script = vec![Step::Expect("query-name"), Step::Return(json!({}))];
    let padding = "x".repeat(4000);
    let told = format!(r#"{{"event": "VSERPORT_CHANGE", "data": {{"id": "{padding}"}}}}"#);
    script.extend((0..EVENTS).map(|_| send(&told)));
    script.push(Step::Expect("quit"));
    let stage = Stage::new(script, HELLO);
    let (mut reader, mut lazy) = (stage.client(), stage.client());
    reader.send(r#"{"execute": "query-name"}"#);
    assert_eq!(reader.next(), json!({"return": {}}));
    for _ in 0..EVENTS {
        assert_eq!(reader.next()["event"], "VSERPORT_CHANGE");
    }
    let mut line = String::new();
    let mut received = 0;
    while matches!(lazy.reader.read_line(&mut line), Ok(length) if length > 0) {
        received += 1;
        line.clear();
    }
    assert!(received < EVENTS, "it was served although it did not read");
    reader.send(r#"{"execute": "quit"}"#);
    stage.qemu.join().expect("the script was followed");
}

#[test]
fn one_that_sends_without_end_is_let_go() {
    let stage = Stage::new(vec![Step::Expect("quit")], HELLO);
    let (mut flood, mut client) = (stage.client(), stage.client());
    let endless = [b'x'; 64 << 10];
    flood.send(r#"{"execute": ""#);
    let sent = (0..64).all(|_| flood.writer.write_all(&endless).is_ok());
    let mut rest = String::new();
    let read = flood.reader.read_line(&mut rest);
    assert!(!sent || matches!(read, Ok(0) | Err(_)), "{rest}");
    client.send(r#"{"execute": "quit"}"#);
    stage.qemu.join().expect("the script was followed");
}

#[test]
fn a_monitor_that_talks_nonsense_is_told_once_and_a_stop_ends_the_proxy() {
    let stage = Stage::new(vec![Step::Expect("never")], "garbage\nmore of it\n");
    let client = stage.client();
    stage.stopper.stop();
    let (reason, problems) = stage.proxy.join().expect("it ends");
    assert!(reason.contains("stop"), "{reason}");
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(!stage.folder.path().join("p.sock").exists());
    drop(client);
}
