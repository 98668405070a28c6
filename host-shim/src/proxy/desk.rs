//! Where QEMU, the monitor and the clients meet: each message in, what follows from it out.

use std::collections::VecDeque;
use std::os::unix::net::UnixStream;
use std::time::Instant;

use serde_json::{Value, json};

use super::client::{Client, ClientId, FromClient};
use super::input::Input;
use super::server::{Asker, Awaited, Message, Proxy};
use crate::backend::now_us;
use crate::monitor::{Command, Output};
use crate::qmp::{self, Event, Failure, Reply};

/// Clients at once.
const MAX_CLIENTS: usize = 32;
/// Commands under way at once, of all clients.
const MAX_UNDER_WAY: usize = 1024;

impl Proxy {
    pub(super) fn handle(&mut self, message: Message) -> Result<(), String> {
        let now = Instant::now();
        match message {
            Message::Qemu(qmp::Incoming::Reply(reply)) => self.reply(reply),
            Message::Qemu(qmp::Incoming::Event(event)) => {
                let outputs = self.translator.qemu_event(&event, now);
                self.tell(&event_line(&event));
                self.perform(outputs)
            }
            Message::Qemu(qmp::Incoming::Closed { reason, .. }) => {
                Err(format!("QEMU's monitor ended ({reason})"))
            }
            Message::Control(item) => {
                let outputs = self.translator.control(item, now);
                self.perform(outputs)
            }
            Message::Connected(stream) => {
                self.welcome(stream);
                Ok(())
            }
            Message::Client(client, FromClient::Input(input)) => self.input(client, input, now),
            Message::Client(client, FromClient::Gone) => {
                self.clients.remove(&client);
                Ok(())
            }
            Message::Stop => Ok(()),
        }
    }

    /// A new client is greeted as QEMU greets. Out-of-band execution would need another negotiation
    /// with QEMU, so it is not offered.
    fn welcome(&mut self, stream: UnixStream) {
        if self.clients.len() >= MAX_CLIENTS {
            return;
        }
        self.last_client += 1;
        let (id, sender) = (self.last_client, self.outbox.clone());
        let sink = move |item| sender.send(Message::Client(id, item)).is_ok();
        // A client whose connection cannot be served is as good as gone.
        if let Ok(client) = Client::serve(stream, sink, self.finished.0.clone()) {
            self.clients.insert(id, client);
            let version = &self.qemu.greeting().version_as_told;
            self.send(
                id,
                &json!({"QMP": {"version": version, "capabilities": []}}),
            );
        }
    }

    fn input(&mut self, client: ClientId, input: Input, now: Instant) -> Result<(), String> {
        let Some(connection) = self.clients.get_mut(&client) else {
            return Ok(());
        };
        let asker = Asker {
            client,
            id: input.id,
        };
        let command = match input.command {
            Ok(command) => command,
            Err(failure) => {
                self.answer(&asker, Err(failure));
                return Ok(());
            }
        };
        let negotiates = command.name == "qmp_capabilities";
        if negotiates || !connection.negotiated {
            let answer = negotiate(&command, connection);
            self.answer(&asker, answer);
            return Ok(());
        }
        if self.awaited.len() >= MAX_UNDER_WAY {
            let desc = "too many commands are under way; wait for their answers".to_owned();
            let class = "GenericError".to_owned();
            self.answer(&asker, Err(Failure { class, desc }));
            return Ok(());
        }
        let outputs = self.translator.command(asker, command, now);
        self.perform(outputs)
    }

    pub(super) fn perform(&mut self, outputs: Vec<Output<Asker>>) -> Result<(), String> {
        let mut outputs = VecDeque::from(outputs);
        while let Some(output) = outputs.pop_front() {
            match output {
                Output::Reply(asker, result) => self.answer(&asker, result),
                Output::Pass(asker, command) => self.ask(Awaited::Command(asker), command)?,
                Output::Ask(question, command) => self.ask(Awaited::Question(question), command)?,
                Output::Request { tag, line } => {
                    if let Err(error) = self.requests.write(&line) {
                        outputs.extend(self.translator.undelivered(tag, &error.to_string()));
                    }
                }
                Output::Event { name, data } => self.tell(&event_line(&Event {
                    name: name.to_owned(),
                    data,
                    timestamp_us: now_us(),
                    at: Instant::now(),
                })),
                Output::Problem(what) => self.problems.push(what),
            }
        }
        Ok(())
    }

    fn ask(&mut self, awaited: Awaited, command: Command) -> Result<(), String> {
        let sent = self.qemu.send(&command.name, command.arguments);
        let id = sent.map_err(|error| error.to_string())?;
        self.awaited.insert(id.0, awaited);
        Ok(())
    }

    fn reply(&mut self, reply: Reply) -> Result<(), String> {
        match reply.id.and_then(|id| self.awaited.remove(&id)) {
            Some(Awaited::Command(asker)) => self.answer(&asker, reply.result),
            Some(Awaited::Question(question)) => {
                let outputs = self.translator.answered(question, reply.result, reply.at);
                return self.perform(outputs);
            }
            None => {}
        }
        Ok(())
    }

    fn answer(&mut self, asker: &Asker, result: Result<Value, Failure>) {
        let mut line = match result {
            Ok(value) => json!({"return": value}),
            Err(failure) => json!({"error": failure}),
        };
        if let Some(id) = &asker.id {
            line["id"] = id.clone();
        }
        self.send(asker.client, &line);
    }

    /// Tells an event to everybody who has negotiated.
    fn tell(&mut self, line: &Value) {
        let clients = self.clients.iter().filter(|(_, client)| client.negotiated);
        let ids: Vec<ClientId> = clients.map(|(id, _)| *id).collect();
        for id in ids {
            self.send(id, line);
        }
    }

    /// One that does not read what it is sent is let go.
    fn send(&mut self, id: ClientId, line: &Value) {
        let message = format!("{line}\r\n").into_bytes();
        if let Some(client) = self.clients.get(&id)
            && client.send(message).is_err()
        {
            self.clients.remove(&id);
        }
    }
}

fn negotiate(command: &Command, client: &mut Client) -> Result<Value, Failure> {
    let refused = |class: &str, desc: &str| {
        let (class, desc) = (class.to_owned(), desc.to_owned());
        Err(Failure { class, desc })
    };
    if command.name != "qmp_capabilities" {
        let desc = "Expecting capabilities negotiation with 'qmp_capabilities'";
        return refused("CommandNotFound", desc);
    }
    if client.negotiated {
        let desc = "Capabilities negotiation is already complete, command ignored";
        return refused("CommandNotFound", desc);
    }
    let enable = command.arguments.get("enable").and_then(Value::as_array);
    if enable.is_some_and(|list| !list.is_empty()) {
        return refused("GenericError", "Capability oob not available");
    }
    client.negotiated = true;
    Ok(json!({}))
}

fn event_line(event: &Event) -> Value {
    let mut line = json!({"event": event.name});
    if !event.data.is_null() {
        line["data"] = event.data.clone();
    }
    line["timestamp"] = match event.timestamp_us {
        Some(us) => json!({"seconds": us / 1_000_000, "microseconds": us % 1_000_000}),
        None => json!({"seconds": -1, "microseconds": -1}),
    };
    line
}
