//! From QMP to the control channel and back: what is said to whom, and when. Pure.
//!
//! Commands, QEMU's answers to questions of our own, its events and the monitor's reports go in; what is to be
//! said comes out, in order. `T` names whoever sent a command, and comes back with its answer.
//!
//! A command that is translated waits until three things are known: the slots (asked of QEMU once), whether
//! the machine runs (likewise, then kept by its events), and what is plugged (the reports so far). While the
//! machine is stopped its monitor is, too; QEMU takes `device_add` and `device_del` all the same, and acts later. So
//! they are then answered at once, and the request waits in the FIFO.

use std::collections::VecDeque;
use std::time::Instant;

use hotvcpu_wire::control::{Op, Request};
use serde_json::{Value, json};

use super::answers;
use super::checks::{Add, refused};
use super::generation::Generation;
use super::model::{Layout, MAX_SLOTS, Model};
use super::outstanding::{Asked, DEADLINE, Outstanding};
use crate::qmp::{Event, Failure};

/// Commands that may wait for the machine to be known.
const MAX_WAITING: usize = 256;

/// A QMP command.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// Its name.
    pub name: String,
    /// Its arguments; an object, or null for none.
    pub arguments: Value,
}

impl Command {
    /// A command.
    pub fn new(name: impl Into<String>, arguments: Value) -> Self {
        let name = name.into();
        Self { name, arguments }
    }
}

/// A question to QEMU on the translator's own account, or on behalf of a command.
#[derive(Clone, Debug, PartialEq)]
pub enum Question<T> {
    /// Which CPUs QEMU has.
    Cpus,
    /// The type of the first one; here are all of them.
    Type(Value),
    /// Whether the machine runs.
    Status,
    /// QEMU's part of the answer to `query-cpus-fast`.
    CpusFast(T),
    /// QEMU's part of the answer to `query-acpi-ospm-status`.
    OspmStatus(T),
    /// Which ids QEMU's other devices have, before this CPU is added.
    Peripherals(T, Command),
}

/// Something to be said.
#[derive(Clone, Debug, PartialEq)]
pub enum Output<T> {
    /// Answer a command.
    Reply(T, Result<Value, Failure>),
    /// Hand a command to QEMU as it is; its answer is QEMU's.
    Pass(T, Command),
    /// Ask QEMU; the answer is for [`Translator::answered`].
    Ask(Question<T>, Command),
    /// Write a line to the monitor; if that cannot be done, say so to [`Translator::undelivered`].
    Request {
        /// Its tag.
        tag: u64,
        /// The line.
        line: Vec<u8>,
    },
    /// Tell everybody of an event.
    Event {
        /// Its name.
        name: &'static str,
        /// Its data.
        data: Value,
    },
    /// Something is wrong with the monitor or its channel. Comes once.
    Problem(String),
}

/// The translation of one machine.
#[derive(Debug)]
pub struct Translator<T> {
    pub(super) layout: Option<Layout>,
    pub(super) model: Option<Model>,
    /// Whether the machine is stopped; `None`: not known yet.
    pub(super) stopped: Option<bool>,
    pub(super) caught_up: bool,
    /// Whether the questions to QEMU are on their way.
    asking: bool,
    waiting: VecDeque<(T, Command, Instant)>,
    pub(super) outstanding: Outstanding<T>,
    problem_told: bool,
    pub(super) outputs: Vec<Output<T>>,
}

impl<T> Translator<T> {
    /// What the monitor plays, as far as it is known.
    pub fn generation(&self) -> Option<Generation> {
        self.model.as_ref().map(|model| model.generation)
    }

    /// The translation of a machine of which nothing is known, or what was plugged before the first
    /// report to come.
    pub fn new(model: Option<Model>) -> Self {
        Self {
            layout: None,
            model,
            stopped: None,
            caught_up: false,
            asking: false,
            waiting: VecDeque::new(),
            outstanding: Outstanding::new(),
            problem_told: false,
            outputs: Vec::new(),
        }
    }

    /// Takes in what earlier commands were told is accepted, while the machine was stopped.
    pub fn restore(&mut self, accepted: impl IntoIterator<Item = Request<String>>, now: Instant) {
        for request in accepted {
            if let (Op::Plug, Some(slot)) = (request.op, request.cpu.filter(|it| *it < MAX_SLOTS)) {
                let id = request.id;
                self.outstanding.restore(request.tag, Add { slot, id }, now);
            }
        }
    }

    /// Whether adds were accepted that the monitor has not answered.
    pub fn has_accepted(&self) -> bool {
        self.outstanding.accepted().next().is_some()
    }

    /// Whether the request with this tag is such an add.
    pub fn is_accepted(&self, tag: u64) -> bool {
        self.outstanding.is_accepted(tag)
    }

    /// What is plugged as a client may know it: also what was accepted.
    pub(super) fn view(&self) -> Option<Model> {
        let mut view = self.model.clone()?;
        for (slot, cpu) in self.outstanding.accepted() {
            view.plug(slot, cpu.id().map(str::to_owned));
        }
        Some(view)
    }

    /// What the reports add up to, if that is known.
    pub fn model(&self) -> Option<&Model> {
        self.model.as_ref()
    }

    /// Takes another machine's state for this one's, whose monitor goes on from there.
    pub fn adopt(&mut self, model: Model) {
        self.model = Some(model);
    }

    /// What is plugged, if that is known.
    pub(super) fn into_model(self) -> Option<Model> {
        self.model
    }

    /// Takes in a command that came at `now`.
    pub fn command(&mut self, asker: T, command: Command, now: Instant) -> Vec<Output<T>> {
        if !self.is_translated(&command) {
            self.pass(asker, command);
        } else if self.is_known() {
            self.act(asker, command, now);
        } else if self.is_unstarted() {
            self.reply(asker, Err(not_started()));
        } else if self.waiting.len() >= MAX_WAITING {
            let desc = "too many commands wait for the monitor's first report";
            self.reply(asker, Err(refused(desc)));
        } else {
            self.waiting.push_back((asker, command, now));
            self.ask_machine();
        }
        self.taken()
    }

    /// Takes in QEMU's answer to a question.
    pub fn answered(
        &mut self,
        question: Question<T>,
        answer: Result<Value, Failure>,
        now: Instant,
    ) -> Vec<Output<T>> {
        match (question, answer) {
            (Question::Cpus, Ok(cpus)) => self.ask_type(cpus),
            (Question::Type(cpus), Ok(type_name)) => {
                self.layout = Layout::read(&cpus, type_name.as_str().unwrap_or_default());
                if self.layout.is_none() {
                    self.give_up(&refused("QEMU lists its CPUs in an unknown shape"));
                }
            }
            (Question::Status, Ok(status)) => {
                let running = status.get("running").and_then(Value::as_bool);
                // An event that came meanwhile is younger.
                self.stopped.get_or_insert(!running.unwrap_or(true));
            }
            (Question::Cpus | Question::Type(_) | Question::Status, Err(failure)) => {
                self.give_up(&failure);
            }
            (Question::CpusFast(asker), answer) => {
                let view = self.view();
                let answer = answer.map(|theirs| match &view {
                    Some(model) => answers::cpus_fast(theirs, model),
                    None => theirs,
                });
                self.reply(asker, answer);
            }
            (Question::Peripherals(asker, command), answer) => {
                self.add_beside(asker, &command, answer.ok(), now);
            }
            (Question::OspmStatus(asker), answer) => {
                if let (Some(layout), Some(model)) = (&self.layout, self.view()) {
                    let whole = answers::ospm_status(answer.ok(), layout, &model);
                    self.reply(asker, Ok(whole));
                }
            }
        }
        self.act_on_waiting(now);
        self.taken()
    }

    /// Takes notice of an event of QEMU's; passing it on is the caller's business.
    pub fn qemu_event(&mut self, event: &Event, now: Instant) -> Vec<Output<T>> {
        match event.name.as_str() {
            "STOP" => {
                self.stopped = Some(true);
                for asker in self.outstanding.take_askers() {
                    self.reply(asker, Ok(json!({})));
                }
            }
            "RESUME" => {
                self.stopped = Some(false);
                self.outstanding.restart_clocks(now);
            }
            _ => {}
        }
        self.act_on_waiting(now);
        self.taken()
    }

    /// A request could not be written.
    pub fn undelivered(&mut self, tag: u64, reason: &str) -> Vec<Output<T>> {
        let desc = format!("the monitor's control channel does not take the request: {reason}");
        match self.outstanding.take(tag).and_then(|waiting| waiting.asker) {
            Some(asker) => self.reply(asker, Err(refused(desc))),
            None => self.problem(desc),
        }
        self.taken()
    }

    /// Ends what has waited too long.
    pub fn expire(&mut self, now: Instant) -> Vec<Output<T>> {
        let desc = format!(
            "the monitor did not answer within {DEADLINE:?}; is the ROM's monitor running in this machine?"
        );
        if self.stopped != Some(true) {
            for late in self.outstanding.take_late(now) {
                match late.asker {
                    Some(asker) => self.reply(asker, Err(refused(desc.clone()))),
                    None => self.problem("a request was never answered".to_owned()),
                }
            }
        }
        while let Some((_, _, since)) = self.waiting.front()
            && now >= *since + DEADLINE
        {
            if let Some((asker, _, _)) = self.waiting.pop_front() {
                self.reply(asker, Err(refused(desc.clone())));
            }
        }
        self.taken()
    }

    /// When [`Translator::expire`] is due next.
    pub fn deadline(&self) -> Option<Instant> {
        let oldest = self.waiting.front().map(|(_, _, since)| *since + DEADLINE);
        let request = match self.stopped {
            Some(true) => None,
            _ => self.outstanding.deadline(),
        };
        [oldest, request].into_iter().flatten().min()
    }

    /// Whether nothing will be known before the machine runs: its monitor has never said a word.
    fn is_unstarted(&self) -> bool {
        let asked = self.layout.is_some() && self.stopped == Some(true);
        asked && self.caught_up && self.model.is_none()
    }

    pub(super) fn is_known(&self) -> bool {
        let known = self.layout.is_some() && self.model.is_some();
        known && self.stopped.is_some() && self.caught_up && !self.is_settling()
    }

    /// Whether the machine runs and its monitor has still to say what became of adds that were accepted before. It
    /// answers in order: a question for its state is answered when they are, or are lost.
    fn is_settling(&self) -> bool {
        self.stopped == Some(false) && self.outstanding.has_earlier()
    }

    fn settle(&mut self, now: Instant) {
        let known = self.layout.is_some() && self.model.is_some() && self.caught_up;
        if known && self.is_settling() && !self.outstanding.asks_state() {
            self.request(None, Asked::State, now);
        }
    }

    fn ask_machine(&mut self) {
        let answered = self.layout.is_some() && self.stopped.is_some();
        if answered || std::mem::replace(&mut self.asking, true) {
            return;
        }
        let ask = |name| Command::new(name, json!({}));
        self.ask(Question::Status, ask("query-status"));
        self.ask(Question::Cpus, ask("query-cpus-fast"));
    }

    fn ask_type(&mut self, cpus: Value) {
        let path = cpus.get(0).and_then(|cpu| cpu.get("qom-path")).cloned();
        let arguments = json!({"path": path, "property": "type"});
        self.ask(Question::Type(cpus), Command::new("qom-get", arguments));
    }

    /// QEMU does not tell what its slots are; the next command asks again.
    fn give_up(&mut self, failure: &Failure) {
        self.asking = false;
        for (asker, _, _) in std::mem::take(&mut self.waiting) {
            self.reply(asker, Err(failure.clone()));
        }
    }

    pub(super) fn act_on_waiting(&mut self, now: Instant) {
        self.settle(now);
        while self.is_known()
            && let Some((asker, command, _)) = self.waiting.pop_front()
        {
            self.act(asker, command, now);
        }
        if self.is_unstarted() {
            for (asker, _, _) in std::mem::take(&mut self.waiting) {
                self.reply(asker, Err(not_started()));
            }
        }
    }

    pub(super) fn reply(&mut self, asker: T, result: Result<Value, Failure>) {
        self.outputs.push(Output::Reply(asker, result));
    }

    pub(super) fn pass(&mut self, asker: T, command: Command) {
        self.outputs.push(Output::Pass(asker, command));
    }

    pub(super) fn ask(&mut self, question: Question<T>, command: Command) {
        self.outputs.push(Output::Ask(question, command));
    }

    pub(super) fn problem(&mut self, what: String) {
        if !std::mem::replace(&mut self.problem_told, true) {
            self.outputs.push(Output::Problem(what));
        }
    }

    pub(super) fn taken(&mut self) -> Vec<Output<T>> {
        std::mem::take(&mut self.outputs)
    }
}

fn not_started() -> Failure {
    refused("the monitor has not started yet: let the machine run (cont) first")
}
