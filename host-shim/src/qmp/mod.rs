//! QEMU's machine protocol (QMP): one JSON object a line over a socket.
//!
//! Built in three parts, so that each can be tested alone: [`Message`] gives a line its meaning,
//! [`Client`] holds one connection (greeting, negotiation, commands with ids), and the reader
//! thread hands every message, stamped with the time at which it came, to whoever owns the
//! connection. Nobody here waits for a reply: replies, events and the end of the connection come
//! through one sink in the order in which QEMU sent them, because the end of a hotplug operation is
//! found in several of them at once.
//!
//! We speak QMP over a plain socket with `serde_json` rather than through the `qapi` crate: its
//! generated schema is tied to one QEMU version, while slot properties and events have to pass
//! through us as whatever QEMU said (7.2 to 11.1 and downstreams).

mod client;
mod error;
mod message;
#[cfg(test)]
pub(crate) mod scripted_peer;

pub use client::{Client, CommandId, Incoming};
pub use error::QmpError;
pub(crate) use message::excerpt;
pub use message::{Event, Failure, Greeting, Message, Reply, Version};

/// The longest message accepted, in bytes. The largest seen is `query-qmp-schema`, 0.5 MB on QEMU
/// 10; `query-hotpluggable-cpus` with 4096 slots is 0.6 MB.
pub const MAX_LINE: usize = 8 << 20;
