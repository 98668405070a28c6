//! What the guest says: its event file, followed and read.
//!
//! The guest writes JSON lines (crate `hotvcpu-wire`) through a debug port into a file, so any
//! number of readers can follow, the history stays, and it outlives a crash of QEMU. Everything in
//! that file is the guest's word: [`Parser`] bounds it and believes nothing,
//! [`Follower`](crate::follow::Follower) waits for more of it (inotify, no polling), and [`Clock`]
//! maps the guest's clock to the host's.

mod clock;
mod parser;

pub use clock::Clock;
pub use parser::{GuestItem, GuestRecord, LogProblem, MAX_REPORTED, Parser, printable};
