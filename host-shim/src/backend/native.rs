//! QEMU does it all itself.

use std::collections::VecDeque;
use std::time::Instant;

use serde_json::Value;

use super::Backend;
use crate::qmp::{Client, CommandId, Greeting, QmpError};
use crate::stream::Incoming;

/// QMP as it is.
#[derive(Debug)]
pub struct Native {
    client: Client,
    ready: VecDeque<Incoming>,
}

impl Native {
    /// Over this connection, whose messages come through the session's inbox.
    pub fn new(client: Client) -> Self {
        let ready = VecDeque::new();
        Self { client, ready }
    }
}

impl Backend for Native {
    fn greeting(&self) -> &Greeting {
        self.client.greeting()
    }

    fn send(&mut self, command: &str, arguments: Value) -> Result<CommandId, QmpError> {
        self.client.send(command, arguments)
    }

    fn take_in(&mut self, item: Incoming) {
        self.ready.push_back(item);
    }

    fn ready(&mut self) -> Option<Incoming> {
        self.ready.pop_front()
    }

    fn deadline(&self) -> Option<Instant> {
        None
    }

    fn expire(&mut self, _: Instant) {}
}
