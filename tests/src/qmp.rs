//! A second client of a QEMU: somebody else, behind the back of the command `hotvcpu`.

use std::path::Path;
use std::sync::mpsc::{Receiver, channel};

use hotvcpu::qmp::{Client, Failure, Incoming};
use serde_json::Value;

use crate::PATIENCE;

/// The client.
pub struct Qmp {
    client: Client,
    incoming: Receiver<Incoming>,
    /// The names of the events that came while an answer was awaited.
    events: Vec<String>,
}

impl Qmp {
    /// Connects to this monitor.
    pub fn connect(socket: &Path) -> Self {
        let (sender, incoming) = channel();
        let sink = move |item| sender.send(item).is_ok();
        let client = Client::connect(socket, PATIENCE, sink).expect("connected");
        let events = Vec::new();
        Self {
            client,
            incoming,
            events,
        }
    }

    /// Runs a command; QEMU's answer.
    pub fn ask(&mut self, command: &str, arguments: Value) -> Result<Value, Failure> {
        let id = self.client.send(command, arguments).expect("sent").0;
        loop {
            match self.incoming.recv_timeout(PATIENCE).expect("QEMU answers") {
                Incoming::Reply(reply) if reply.id == Some(id) => return reply.result,
                Incoming::Event(event) => self.events.push(event.name),
                _ => {}
            }
        }
    }

    /// Runs a command that QEMU has to carry out.
    pub fn run(&mut self, command: &str, arguments: Value) -> Value {
        let answer = self.ask(command, arguments);
        answer.unwrap_or_else(|failure| panic!("{command}: {failure}"))
    }

    /// Writes to an I/O port as the guest would, through QEMU's own monitor: `o /w 0x604 0x2400`.
    pub fn write_port(&mut self, line: &str) {
        let arguments = serde_json::json!({"command-line": line});
        let said = self.run("human-monitor-command", arguments);
        assert_eq!(said.as_str(), Some(""), "{line}");
    }

    /// Waits for the event of this name, which may have come already.
    pub fn await_event(&mut self, name: &str) {
        if self.events.iter().any(|event| event == name) {
            return;
        }
        loop {
            match self.incoming.recv_timeout(PATIENCE) {
                Ok(Incoming::Event(event)) if event.name == name => return,
                Ok(_) => {}
                Err(error) => panic!("no {name}: {error}"),
            }
        }
    }
}
