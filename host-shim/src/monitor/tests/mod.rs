//! The translator against a scripted QEMU and a scripted monitor: the scene, and in the files below what is
//! played on it.

mod commands;
mod life_cycle;

use std::time::Instant;

use hotvcpu_wire::control::{Kind, Report, Request};
use serde_json::{Value, json};

use super::*;
use crate::qmp::{Event, Failure};

/// Drives a translator: QEMU's answers are given, everything else is collected.
struct Scene {
    translator: Translator<u32>,
    now: Instant,
    running: bool,
    /// CPUs that QEMU has.
    cpus: u32,
    replies: Vec<(u32, Result<Value, Failure>)>,
    requests: Vec<Request<String>>,
    events: Vec<(&'static str, Value)>,
    passed: Vec<Command>,
    problems: Vec<String>,
    seq: u64,
}

/// As QEMU 10.0.2 answers for `-smp CPUS`, but for the thread's number.
fn cpus_fast(cpus: u32) -> Value {
    let cpu = |index: u32| {
        json!({"thread-id": 9, "props": {"core-id": index, "thread-id": 0, "socket-id": 0, "cluster-id": 0},
            "qom-path": format!("/machine/unattached/device[{index}]"), "cpu-index": index, "target": "aarch64"})
    };
    (0..cpus).map(cpu).collect()
}

fn report(kind: Kind) -> Report<String> {
    Report::new(0, kind)
}

impl Scene {
    fn new(power_on: Option<Model>, running: bool) -> Self {
        Self {
            translator: Translator::new(power_on),
            now: Instant::now(),
            running,
            cpus: 4,
            replies: Vec::new(),
            requests: Vec::new(),
            events: Vec::new(),
            passed: Vec::new(),
            problems: Vec::new(),
            seq: 0,
        }
    }

    /// A running machine whose monitor has said hello: `boot` CPUs of four.
    fn up(generation: &str, boot: u32) -> Self {
        let mut scene = Self::new(None, true);
        scene.hello(generation, boot);
        scene.control(ControlItem::CaughtUp);
        scene
    }

    fn hello(&mut self, generation: &str, boot: u32) {
        let (text, cpu) = (Some(generation.to_owned()), Some(boot));
        self.report(Report {
            text,
            cpu,
            value: Some(4),
            ..report(Kind::Hello)
        });
    }

    fn report(&mut self, mut report: Report<String>) {
        self.seq += 1;
        report.seq = self.seq;
        self.control(ControlItem::Report(report, self.now));
    }

    fn control(&mut self, item: ControlItem) {
        let outputs = self.translator.control(item, self.now);
        self.collect(outputs);
    }

    fn command(&mut self, asker: u32, name: &str, arguments: Value) {
        let command = Command::new(name, arguments);
        let outputs = self.translator.command(asker, command, self.now);
        self.collect(outputs);
    }

    fn event(&mut self, name: &str) {
        let event = Event {
            name: name.to_owned(),
            data: Value::Null,
            timestamp_us: None,
            at: self.now,
        };
        let outputs = self.translator.qemu_event(&event, self.now);
        self.collect(outputs);
    }

    fn add(&mut self, asker: u32, slot: u32, id: &str) {
        let arguments = json!({"driver": "cortex-a57-arm-cpu", "id": id, "core-id": slot,
            "thread-id": 0, "socket-id": 0, "cluster-id": 0});
        self.command(asker, "device_add", arguments);
    }

    /// The monitor takes the last request.
    fn take(&mut self) {
        let tag = self.requests.last().map(|request| request.tag);
        self.report(Report {
            tag,
            ..report(Kind::Done)
        });
    }

    fn plug(&mut self, slot: u32, id: &str) {
        self.add(100, slot, id);
        self.take();
        assert_eq!(self.replies.pop(), Some((100, Ok(json!({})))));
    }

    fn collect(&mut self, outputs: Vec<Output<u32>>) {
        for output in outputs {
            match output {
                Output::Reply(asker, result) => self.replies.push((asker, result)),
                Output::Pass(_, command) => self.passed.push(command),
                Output::Ask(question, command) => self.answer(question, &command),
                Output::Request { line, .. } => {
                    let request = Request::decode(&line).expect("a request");
                    self.requests.push(Request {
                        tag: request.tag,
                        op: request.op,
                        cpu: request.cpu,
                        id: request.id.map(str::to_owned),
                    });
                }
                Output::Event { name, data } => self.events.push((name, data)),
                Output::Problem(what) => self.problems.push(what),
            }
        }
    }

    fn answer(&mut self, question: Question<u32>, command: &Command) {
        let answer = match command.name.as_str() {
            "query-cpus-fast" => cpus_fast(self.cpus),
            "qom-get" => {
                assert_eq!(command.arguments["path"], "/machine/unattached/device[0]");
                json!("cortex-a57-arm-cpu")
            }
            "query-status" => json!({"status": "x", "running": self.running}),
            "query-acpi-ospm-status" => json!([]),
            // As QEMU 10.0.2 answers.
            "qom-list" => json!([{"name": "type", "type": "string"},
                {"name": "control-bus", "type": "child<virtio-serial-device>"}]),
            other => panic!("{other} was asked"),
        };
        let outputs = self.translator.answered(question, Ok(answer), self.now);
        self.collect(outputs);
    }

    fn reply(&mut self) -> Value {
        let (_, result) = self.replies.pop().expect("a reply");
        result.expect("a success")
    }

    fn refusal(&mut self) -> String {
        let (_, result) = self.replies.pop().expect("a reply");
        let failure = result.expect_err("a refusal");
        assert_eq!(failure.class, "GenericError");
        failure.desc
    }

    /// The object of each slot's CPU, ascending.
    fn paths(&mut self) -> Vec<Option<String>> {
        self.command(99, "query-hotpluggable-cpus", json!({}));
        let slots = crate::slots::parse(&self.reply()).expect("a list of slots");
        slots.into_iter().map(|slot| slot.qom_path).collect()
    }
}
