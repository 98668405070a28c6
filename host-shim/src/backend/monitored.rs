//! QEMU, and a monitor in the guest that does hotplug for it.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::{Backend, MonitorAccess, MonitorState};
use crate::follow::Follower;
use crate::guest_log::LogProblem;
use crate::monitor::{
    Accepted, Command, ControlItem, Generation, Model, Output, Question, ReportReader, Requests,
    Translator,
};
use crate::qmp::{Client, CommandId, Event, Greeting, QmpError, Reply};
use crate::stream::{Feed, Incoming};

/// What QEMU's next answers are for.
#[derive(Debug)]
enum Awaited {
    /// The session's own command.
    Command(CommandId),
    /// The translator.
    Question(Question<CommandId>),
}

/// A translated connection.
///
/// Every reply of QEMU's is looked up by the connection's own id and gets the session's, so the two
/// kinds of ids never meet.
#[derive(Debug)]
pub struct Monitored {
    client: Client,
    /// Held for its end.
    _follower: Follower,
    requests: Requests,
    accepted: Accepted,
    translator: Translator<CommandId>,
    awaited: BTreeMap<u64, Awaited>,
    last_id: u64,
    ready: VecDeque<Incoming>,
}

impl Monitored {
    /// Over this connection; the monitor's reports go to `feed`, and come back through the session's
    /// inbox.
    ///
    /// # Errors
    /// The reports cannot be followed.
    pub fn start(client: Client, access: &MonitorAccess, feed: Feed) -> io::Result<Self> {
        let reader = ReportReader::default();
        let reports = &access.files.reports;
        let follower = Follower::start(reports, access.base.offset, reader, move |item| {
            feed.send(Incoming::Control(item))
        })?;
        let mut accepted = Accepted::beside(&access.files);
        let mut translator = Translator::new(Some(access.base.model.clone()));
        translator.restore(accepted.read(), Instant::now());
        Ok(Self {
            client,
            _follower: follower,
            requests: Requests::new(&access.files.requests),
            accepted,
            translator,
            awaited: BTreeMap::new(),
            last_id: 0,
            ready: VecDeque::new(),
        })
    }

    /// Does what the translator wants, as of `at`.
    fn perform(&mut self, outputs: Vec<Output<CommandId>>, at: Instant) -> Result<(), QmpError> {
        let mut outputs = VecDeque::from(outputs);
        while let Some(output) = outputs.pop_front() {
            match output {
                Output::Reply(asker, result) => {
                    let id = Some(asker.0);
                    self.ready
                        .push_back(Incoming::Reply(Reply { id, result, at }));
                }
                Output::Pass(asker, command) => self.ask(Awaited::Command(asker), command)?,
                Output::Ask(question, command) => self.ask(Awaited::Question(question), command)?,
                Output::Request { tag, line } => outputs.extend(self.request(tag, &line)),
                Output::Event { name, data } => self.ready.push_back(Incoming::Qmp(Event {
                    name: name.to_owned(),
                    data,
                    timestamp_us: now_us(),
                    at,
                })),
                Output::Problem(reason) => {
                    let problem = LogProblem::Control { reason };
                    self.ready.push_back(Incoming::LogProblem(problem));
                }
            }
        }
        Ok(())
    }

    /// Writes a request; returns what to say if that is not possible.
    fn request(&mut self, tag: u64, line: &[u8]) -> Vec<Output<CommandId>> {
        if let Err(error) = self.requests.write(line) {
            return self.translator.undelivered(tag, &error.to_string());
        }
        if self.translator.is_accepted(tag) {
            // Without the note the next command shows the CPU only when the machine runs again.
            let _ = self.accepted.note(line);
        }
        Vec::new()
    }

    fn ask(&mut self, awaited: Awaited, command: Command) -> Result<(), QmpError> {
        let id = self.client.send(&command.name, command.arguments)?;
        self.awaited.insert(id.0, awaited);
        Ok(())
    }

    fn reply(&mut self, mut reply: Reply) -> Result<(), QmpError> {
        match reply.id.and_then(|id| self.awaited.remove(&id)) {
            Some(Awaited::Command(asker)) => {
                reply.id = Some(asker.0);
                self.ready.push_back(Incoming::Reply(reply));
                Ok(())
            }
            Some(Awaited::Question(question)) => {
                let outputs = self.translator.answered(question, reply.result, reply.at);
                self.perform(outputs, reply.at)
            }
            None => Ok(()),
        }
    }

    fn control(&mut self, item: ControlItem) -> Result<(), QmpError> {
        let at = match &item {
            ControlItem::Report(_, at) => *at,
            _ => Instant::now(),
        };
        let outputs = self.translator.control(item, at);
        if !self.accepted.is_empty() && !self.translator.has_accepted() {
            self.accepted.forget();
        }
        self.perform(outputs, at)
    }
}

impl Backend for Monitored {
    fn greeting(&self) -> &Greeting {
        self.client.greeting()
    }

    fn send(&mut self, command: &str, arguments: Value) -> Result<CommandId, QmpError> {
        self.last_id += 1;
        let (id, now) = (CommandId(self.last_id), Instant::now());
        let command = Command::new(command, arguments);
        let outputs = self.translator.command(id, command, now);
        self.perform(outputs, now)?;
        Ok(id)
    }

    fn take_in(&mut self, item: Incoming) {
        // A connection that takes nothing more has its end in the stream, too.
        let _ = match item {
            Incoming::Reply(reply) => self.reply(reply),
            Incoming::Control(item) => self.control(item),
            Incoming::Qmp(event) => {
                let outputs = self.translator.qemu_event(&event, event.at);
                let at = event.at;
                self.ready.push_back(Incoming::Qmp(event));
                self.perform(outputs, at)
            }
            other => {
                self.ready.push_back(other);
                Ok(())
            }
        };
    }

    fn ready(&mut self) -> Option<Incoming> {
        self.ready.pop_front()
    }

    fn deadline(&self) -> Option<Instant> {
        self.translator.deadline()
    }

    fn expire(&mut self, now: Instant) {
        let outputs = self.translator.expire(now);
        let _ = self.perform(outputs, now);
    }

    fn generation(&self) -> Option<Generation> {
        self.translator.generation()
    }

    fn monitor_state(&self) -> Option<MonitorState<'_>> {
        let unheard = self.translator.has_accepted();
        let model = self.translator.model()?;
        Some(MonitorState { model, unheard })
    }

    fn adopt(&mut self, model: Model) {
        self.translator.adopt(model);
    }
}

/// Microseconds since the epoch, as QEMU's events have them; `None` when the host's clock is wrong.
pub(crate) fn now_us() -> Option<u64> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    u64::try_from(since.as_micros()).ok()
}
