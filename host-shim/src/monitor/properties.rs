//! Whatever comes in whatever order: every command is answered exactly once, and what goes out is
//! bounded.

use std::collections::BTreeSet;
use std::time::Instant;

use hotvcpu_wire::control::{Kind, Report, Request};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::follow::LineReader;
use crate::qmp::{Event, Failure};

/// One thing that comes in.
#[derive(Clone, Debug)]
enum Step {
    Command(usize, u32),
    /// The answer to one of the open questions.
    Answer(usize, bool),
    /// A report with the tag of one of the requests, or a foreign one.
    Report(Kind, usize, Option<u32>, Option<u64>, Option<String>),
    CaughtUp,
    Garbage(Vec<u8>),
    Event(&'static str),
    Undelivered(usize),
    /// Seconds pass.
    Wait(u64),
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop::sample::select(vec![
        Kind::Hello,
        Kind::Slot,
        Kind::Done,
        Kind::Done,
        Kind::Refused,
        Kind::Ost,
        Kind::Deleted,
        Kind::Error,
    ])
}

fn steps() -> impl Strategy<Value = Step> {
    let cpu = prop_oneof![Just(None), (0..6u32).prop_map(Some), Just(Some(u32::MAX))];
    let text = prop_oneof![
        Just(None),
        "new|old|rfc|x|a[0-9]".prop_map(|text| Some(text.to_owned()))
    ];
    prop_oneof![
        4 => (0..8usize, 0..5u32).prop_map(|(name, cpu)| Step::Command(name, cpu)),
        4 => (any::<usize>(), prop::bool::weighted(0.9)).prop_map(|(at, ok)| Step::Answer(at, ok)),
        8 => (kinds(), any::<usize>(), cpu, prop::option::of(0..4u64), text)
            .prop_map(|(kind, at, cpu, value, text)| Step::Report(kind, at, cpu, value, text)),
        1 => Just(Step::CaughtUp),
        1 => prop::collection::vec(any::<u8>(), 0..80).prop_map(Step::Garbage),
        1 => prop::sample::select(vec!["STOP", "RESUME", "RESET"]).prop_map(Step::Event),
        1 => any::<usize>().prop_map(Step::Undelivered),
        1 => (0..7u64).prop_map(Step::Wait),
    ]
}

/// Feeds a translator and keeps the books.
struct Books {
    translator: Translator<u32>,
    reader: ReportReader,
    now: Instant,
    asked: u32,
    answered: BTreeSet<u32>,
    questions: Vec<(Question<u32>, Command)>,
    tags: Vec<u64>,
    problems: usize,
}

impl Books {
    fn take(&mut self, outputs: Vec<Output<u32>>) {
        for output in outputs {
            match output {
                Output::Reply(asker, _) | Output::Pass(asker, _) => {
                    assert!(asker < self.asked, "nobody asked");
                    assert!(self.answered.insert(asker), "{asker} was answered twice");
                }
                Output::Ask(question, command) => self.questions.push((question, command)),
                Output::Request { tag, line } => {
                    let request = Request::decode(&line).expect("a well-formed request");
                    assert_eq!(request.tag, tag);
                    assert!(!self.tags.contains(&tag), "a tag twice");
                    self.tags.push(tag);
                }
                Output::Event { .. } => {}
                Output::Problem(_) => self.problems += 1,
            }
        }
    }

    fn do_step(&mut self, step: Step) {
        let now = self.now;
        let pick = |length: usize, at: usize| (length > 0).then(|| at % length.max(1));
        let outputs = match step {
            Step::Command(which, cpu) => {
                let asker = self.asked;
                self.asked += 1;
                self.translator.command(asker, command(which, cpu), now)
            }
            Step::Answer(at, ok) => match pick(self.questions.len(), at) {
                Some(at) => {
                    let (question, command) = self.questions.remove(at);
                    self.translator
                        .answered(question, answer(&command, ok), now)
                }
                None => Vec::new(),
            },
            Step::Report(kind, at, cpu, value, text) => {
                let tag = pick(self.tags.len() + 2, at).map(|at| self.tags.get(at).copied());
                let event = value.map(|value| value as u32);
                let report = Report {
                    seq: 0,
                    tag: tag.flatten(),
                    kind,
                    cpu,
                    id: text.clone(),
                    event,
                    value,
                    text,
                };
                self.translator
                    .control(ControlItem::Report(report, now), now)
            }
            Step::CaughtUp => self.translator.control(ControlItem::CaughtUp, now),
            Step::Garbage(bytes) => {
                let items = self.reader.push(&bytes, now);
                let items = items.into_iter();
                items
                    .flat_map(|item| self.translator.control(item, now))
                    .collect()
            }
            Step::Event(name) => {
                let (name, data, timestamp_us) = (name.to_owned(), Value::Null, None);
                let event = Event {
                    name,
                    data,
                    timestamp_us,
                    at: now,
                };
                self.translator.qemu_event(&event, now)
            }
            Step::Undelivered(at) => match pick(self.tags.len(), at) {
                Some(at) => self.translator.undelivered(self.tags[at], "full"),
                None => Vec::new(),
            },
            Step::Wait(seconds) => {
                self.now += std::time::Duration::from_secs(seconds);
                self.translator.expire(self.now)
            }
        };
        self.take(outputs);
    }

    /// QEMU answers everything, the machine runs, and time passes.
    fn end(&mut self) {
        self.answer_all();
        self.do_step(Step::Event("RESUME"));
        self.answer_all();
        self.do_step(Step::Wait(60));
    }

    fn answer_all(&mut self) {
        while let Some((question, command)) = self.questions.pop() {
            let outputs = self
                .translator
                .answered(question, answer(&command, true), self.now);
            self.take(outputs);
        }
    }
}

fn command(which: usize, cpu: u32) -> Command {
    let add = json!({"driver": "cortex-a57-arm-cpu", "id": format!("a{cpu}"), "core-id": cpu,
        "thread-id": 0, "socket-id": 0, "cluster-id": 0});
    let mut anonymous = add.clone();
    anonymous.as_object_mut().expect("an object").remove("id");
    match which {
        0 => Command::new("query-hotpluggable-cpus", json!({})),
        1 => Command::new("query-cpus-fast", json!({})),
        2 => Command::new("query-acpi-ospm-status", Value::Null),
        3 => Command::new("device_add", add),
        4 => Command::new("device_add", anonymous),
        5 => Command::new("device_del", json!({"id": format!("a{cpu}")})),
        6 => Command::new(
            "device_del",
            json!({"id": format!("/machine/unattached/device[{cpu}]")}),
        ),
        _ => Command::new("query-status", json!({})),
    }
}

fn answer(command: &Command, ok: bool) -> Result<Value, Failure> {
    if !ok {
        let (class, desc) = ("GenericError".to_owned(), "no".to_owned());
        return Err(Failure { class, desc });
    }
    let cpu = |index: u32| {
        json!({"props": {"core-id": index, "thread-id": 0, "socket-id": 0, "cluster-id": 0},
            "qom-path": format!("/machine/unattached/device[{index}]"), "cpu-index": index})
    };
    Ok(match command.name.as_str() {
        "query-cpus-fast" => (0..4).map(cpu).collect(),
        "qom-get" => json!("cortex-a57-arm-cpu"),
        "query-status" => json!({"running": true}),
        _ => json!([]),
    })
}

proptest! {
    #[test]
    fn every_command_is_answered_once_and_faults_are_told_once(
        known in any::<bool>(),
        steps in prop::collection::vec(steps(), 0..120),
    ) {
        let power_on = Model::at_power_on(Generation::New, 2);
        let mut books = Books {
            translator: Translator::new(known.then_some(power_on)),
            reader: ReportReader::default(),
            now: Instant::now(),
            asked: 0,
            answered: BTreeSet::new(),
            questions: Vec::new(),
            tags: Vec::new(),
            problems: 0,
        };
        for step in steps {
            books.do_step(step);
        }
        books.end();
        prop_assert_eq!(books.answered.len() as u32, books.asked);
        prop_assert!(books.problems <= 1);
    }
}
