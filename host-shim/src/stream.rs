//! Everything that a running QEMU tells us, in one stream.
//!
//! The end of a hotplug operation may be found in a QMP event, in a reply, in a guest's record, or
//! in QEMU's death, in any order. One bounded channel carries them all, so that whoever waits waits
//! once, with one deadline, on events only.

use std::process::ExitStatus;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Instant;

use crate::guest_log::{GuestItem, GuestRecord, LogProblem};
use crate::monitor::ControlItem;
use crate::qmp::{self, Event, Reply};

/// Items that may wait. Beyond it the senders wait: the socket and the file keep what follows.
const CAPACITY: usize = 4096;

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Incoming {
    /// QEMU answered a command.
    Reply(Reply),
    /// QEMU told of an event.
    Qmp(Event),
    /// The guest wrote a record.
    Guest(GuestRecord),
    /// The guest wrote something else.
    LogProblem(LogProblem),
    /// Every record that was there when following began has been handed over.
    CaughtUp,
    /// Every record of a QEMU that has ended has been handed over.
    LogEnded,
    /// Something was read from the reports of an aarch64 monitor. Backends use it up.
    Control(ControlItem),
    /// The QMP connection ended.
    QmpClosed {
        /// How.
        reason: String,
        /// Whether QEMU sent something that is not QMP.
        garbage: bool,
    },
    /// QEMU ended; the status is known only of our own child.
    QemuExited(Option<ExitStatus>),
}

impl From<qmp::Incoming> for Incoming {
    fn from(item: qmp::Incoming) -> Self {
        match item {
            qmp::Incoming::Reply(reply) => Self::Reply(reply),
            qmp::Incoming::Event(event) => Self::Qmp(event),
            qmp::Incoming::Closed { reason, garbage } => Self::QmpClosed { reason, garbage },
        }
    }
}

impl From<GuestItem> for Incoming {
    fn from(item: GuestItem) -> Self {
        match item {
            GuestItem::Record(record) => Self::Guest(record),
            GuestItem::Problem(problem) => Self::LogProblem(problem),
            GuestItem::CaughtUp => Self::CaughtUp,
            GuestItem::End => Self::LogEnded,
        }
    }
}

/// The sending end, for one source.
#[derive(Clone, Debug)]
pub struct Feed(SyncSender<Incoming>);

impl Feed {
    /// Hands over one item; false when nobody listens any more.
    pub fn send(&self, item: impl Into<Incoming>) -> bool {
        self.0.send(item.into()).is_ok()
    }
}

/// The receiving end. Drop it before the sources: one of them may be waiting for room.
#[derive(Debug)]
pub struct Inbox(Receiver<Incoming>);

impl Inbox {
    /// A stream and the feed to clone for each of its sources.
    pub fn new() -> (Feed, Self) {
        let (sender, receiver) = sync_channel(CAPACITY);
        (Feed(sender), Self(receiver))
    }

    /// The next item; `None` when `deadline` passes first, or when every source is gone.
    pub fn next(&self, deadline: Instant) -> Option<Incoming> {
        let left = deadline.saturating_duration_since(Instant::now());
        self.0.recv_timeout(left).ok()
    }

    /// An item that has come already.
    pub fn take(&self) -> Option<Incoming> {
        self.0.try_recv().ok()
    }
}
