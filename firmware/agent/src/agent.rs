//! The agent: bytes in, bytes out, one command at a time.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::commands::{self, Outcome};
use crate::framing::{Fault, Frame, Framer, MAX_MESSAGE};
use crate::reply::{self, Reply};
use crate::request;
use crate::vcpus::Job;
use crate::{Refusal, System};

/// A command that changed something, or tried to: for the guest's own records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// The command, with what came of it.
    pub text: String,
}

/// A guest agent.
#[derive(Debug)]
pub struct Agent {
    framer: Framer,
    /// What is to be sent, and how much of it has been.
    outgoing: Vec<u8>,
    sent: usize,
    under_way: Option<UnderWay>,
    happening: Option<Happening>,
}

/// A command that takes time.
#[derive(Debug)]
struct UnderWay {
    job: Job,
    /// What its reply is to be told by.
    id: Option<Vec<u8>>,
    /// Whoever asked is gone.
    orphaned: bool,
}

impl Default for Agent {
    fn default() -> Self {
        Self::new()
    }
}

impl Agent {
    /// An agent that has heard nothing yet.
    pub const fn new() -> Self {
        Self {
            framer: Framer::new(),
            outgoing: Vec::new(),
            sent: 0,
            under_way: None,
            happening: None,
        }
    }

    /// Takes in up to one message, and carries it out or begins to; returns how many bytes that took. None are taken
    /// while a command is under way or a reply waits to be sent.
    pub fn feed(&mut self, bytes: &[u8], system: &mut dyn System) -> usize {
        if !self.is_listening() {
            return 0;
        }
        let (used, frame) = self.framer.feed(bytes);
        match frame {
            Some(Frame::Message(message)) => self.answer(&message, system),
            Some(Frame::Broken(fault)) => self.reply(&Err(refusal(fault)), None),
            None => {}
        }
        used
    }

    /// Whether more could be taken in.
    pub fn is_listening(&self) -> bool {
        self.under_way.is_none() && self.outgoing.is_empty()
    }

    /// Goes on with what is under way.
    pub fn go_on(&mut self, system: &mut dyn System) {
        let Some(UnderWay { job, .. }) = &mut self.under_way else {
            return;
        };
        let Some(result) = job.go_on(system) else {
            return;
        };
        let mut text = job.describe();
        if let Err(Refusal { description, .. }) = &result {
            text += &format!(", {description}");
        }
        self.happening = Some(Happening { text });
        let result = result.map(|done| Reply::new(done.to_string()));
        if let Some(UnderWay { id, orphaned, .. }) = self.under_way.take()
            && !orphaned
        {
            self.reply(&result, id.as_deref());
        }
    }

    /// Whether a command is under way: then [`Agent::go_on`] is to be called whenever something has happened.
    pub fn is_busy(&self) -> bool {
        self.under_way.is_some()
    }

    /// Whether [`Agent::go_on`] is to be called again at once: all that keeps the command is that one turn has an end.
    pub fn has_more(&self) -> bool {
        let under_way = self.under_way.as_ref();
        under_way.is_some_and(|under_way| under_way.job.has_more())
    }

    /// When to call [`Agent::go_on`] although nothing has happened, in ns.
    pub fn deadline_ns(&self) -> Option<u64> {
        self.under_way.as_ref()?.job.deadline_ns()
    }

    /// What is to be sent.
    pub fn outgoing(&self) -> &[u8] {
        self.outgoing.get(self.sent..).unwrap_or(&[])
    }

    /// So many bytes of it have been.
    pub fn sent(&mut self, count: usize) {
        self.sent = self.sent.saturating_add(count);
        if self.sent >= self.outgoing.len() {
            self.outgoing = Vec::new();
            self.sent = 0;
        }
    }

    /// The host has closed its end: what was half said is void, and what was not sent yet has no reader. A command
    /// that is under way goes on.
    pub fn hang_up(&mut self) {
        self.framer.reset();
        self.outgoing = Vec::new();
        self.sent = 0;
        if let Some(under_way) = &mut self.under_way {
            under_way.orphaned = true;
        }
    }

    /// What has happened since the last call.
    pub fn take_happening(&mut self) -> Option<Happening> {
        self.happening.take()
    }

    fn answer(&mut self, message: &[u8], system: &mut dyn System) {
        let (request, id) = request::read(message);
        let id = id.map(|id| id.text());
        let outcome = request.and_then(|request| commands::execute(&request, system));
        match outcome {
            Ok(Outcome::Reply(reply)) => self.reply(&Ok(reply), id),
            Ok(Outcome::Silence(words)) => {
                self.happening = Some(Happening { text: words.into() });
            }
            Ok(Outcome::Job(job)) => {
                self.under_way = Some(UnderWay {
                    job,
                    id: id.map(Vec::from),
                    orphaned: false,
                });
                self.go_on(system);
            }
            Err(refusal) => self.reply(&Err(refusal), id),
        }
    }

    fn reply(&mut self, result: &Result<Reply, Refusal>, id: Option<&[u8]>) {
        self.outgoing.extend(reply::line(result, id));
    }
}

fn refusal(fault: Fault) -> Refusal {
    match fault {
        Fault::Flaw(flaw) => Refusal::not_json(&flaw),
        Fault::TooLong => Refusal::new(format!(
            "JSON parse error, the message is longer than {MAX_MESSAGE} bytes"
        )),
    }
}
