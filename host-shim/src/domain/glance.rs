//! A look at a domain that stands in nobody's way.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::DomainFolder;
use crate::guest_log::printable;
use crate::qmp::Client;
use crate::stream::{Inbox, Incoming};

/// How long QEMU has to greet and to answer. It does at once, unless somebody else follows its events.
const GLANCE: Duration = Duration::from_millis(500);

impl DomainFolder {
    /// QEMU's word for the state of a domain that runs, by the second monitor and without a lock. `None` where that
    /// monitor is another's, or QEMU does not answer.
    pub fn glance(&self) -> Option<String> {
        let deadline = Instant::now() + GLANCE;
        let (feed, inbox) = Inbox::new();
        let sink = move |item| feed.send(item);
        let mut client = Client::connect(&self.files().qmp_events(), GLANCE, sink).ok()?;
        client.send("query-status", json!({})).ok()?;
        loop {
            match inbox.next(deadline)? {
                // Nothing else was asked.
                Incoming::Reply(reply) => {
                    let status = reply.result.ok()?;
                    return status.get("status").and_then(Value::as_str).map(printable);
                }
                Incoming::QmpClosed { .. } => return None,
                _ => {}
            }
        }
    }
}
