//! The guest agent's protocol: what the guest says of its CPUs, and does with them, on request.
//!
//! The other end is a program in the guest: our own guest's, or `qemu-guest-agent`. They share the port
//! `org.qemu.guest_agent.0` and the protocol (QEMU's documentation, "QEMU Guest Agent Protocol Reference"): one JSON
//! object a line, one answer a command, no events. Three parts, as in [`crate::qmp`]: [`Reader`] cuts
//! the bytes, [`Answer`] gives a line its meaning, [`AgentClient`] holds one connection.
//!
//! The guest is not trusted. It may send nothing, half an answer, somebody else's, or bytes without
//! end; each costs bounded memory, ends at a deadline, and is one error. Answers of earlier clients may
//! still be on their way, so a conversation begins with `guest-sync-delimited`, and begins anew after
//! anything that went wrong. QEMU serves one client at a time: hold a connection no longer than it is
//! needed.
//!
//! ```no_run
//! use std::time::Duration;
//! use hotvcpu::agent::AgentClient;
//!
//! # fn main() -> Result<(), hotvcpu::agent::AgentError> {
//! let mut agent = AgentClient::connect("agent.sock".as_ref(), Duration::from_secs(5))?;
//! for vcpu in agent.vcpus()? {
//!     println!("vcpu {}: online {}", vcpu.logical_id, vcpu.online);
//! }
//! # Ok(())
//! # }
//! ```

mod answer;
mod client;
mod commands;
mod error;
mod port;
mod reader;
#[cfg(test)]
pub(crate) mod scripted_agent;
mod set;
mod types;

pub use answer::Answer;
pub use client::AgentClient;
pub use error::AgentError;
pub use port::{find_socket, reach};
pub use reader::{Item, Reader};
pub use set::{VcpuChange, to_count, to_list};
pub use types::{CpuStats, GuestInfo, GuestVcpu, ShutdownMode, SupportedCommand};

/// The name of the port in the guest.
pub const PORT: &str = "org.qemu.guest_agent.0";

/// The longest answer accepted, in bytes: enough for the statistics of 4096 CPUs.
pub const MAX_LINE: usize = 1 << 20;
