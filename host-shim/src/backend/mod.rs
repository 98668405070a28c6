//! Who does CPU hotplug on the other side of a session: QEMU itself, or QEMU and a monitor in the guest.
//!
//! A session speaks QMP and listens to a stream; it cannot tell the two apart. [`Native`] is QEMU's own
//! protocol as it is. [`Monitored`] translates what QEMU does not know (see [`crate::monitor`]). A backend has
//! no thread and no lock of its own: everything that arrives passes through it on the session's way, in
//! [`Stream`].

mod monitored;
mod native;

use std::fmt;
use std::time::Instant;

use serde_json::Value;

pub use monitored::Monitored;
pub(crate) use monitored::now_us;
pub use native::Native;

use crate::monitor::{ControlBase, ControlFiles, Generation, Model};
use crate::qmp::{Client, CommandId, Greeting, QmpError};
use crate::stream::{Feed, Inbox, Incoming};

/// Speaks QMP, whoever answers.
pub trait Backend: fmt::Debug + Send {
    /// What QEMU said first.
    fn greeting(&self) -> &Greeting;

    /// Sends a command and returns at once; its reply comes out of [`Backend::ready`].
    ///
    /// # Errors
    /// The connection has ended, or QEMU does not take our bytes.
    fn send(&mut self, command: &str, arguments: Value) -> Result<CommandId, QmpError>;

    /// Takes in one thing that has come.
    fn take_in(&mut self, item: Incoming);

    /// The next thing that has come, as the session is to see it.
    fn ready(&mut self) -> Option<Incoming>;

    /// When [`Backend::expire`] is due.
    fn deadline(&self) -> Option<Instant>;

    /// Gives up what has waited too long.
    fn expire(&mut self, now: Instant);

    /// Which generation of aarch64 hotplug is played; `None` where QEMU does hotplug itself.
    fn generation(&self) -> Option<Generation> {
        None
    }

    /// What the monitor's reports add up to; `None` where there is no monitor, or it has not said a word.
    fn monitor_state(&self) -> Option<MonitorState<'_>> {
        None
    }

    /// The state of another machine is to be let into this one, whose monitor goes on from there.
    fn adopt(&mut self, _model: Model) {}
}

/// What is plugged in a machine with a monitor.
#[derive(Clone, Copy, Debug)]
pub struct MonitorState<'a> {
    /// As the monitor's reports have it.
    pub model: &'a Model,
    /// Adds were accepted while the machine was stopped, which its monitor has still to hear of.
    pub unheard: bool,
}

/// Which backend a machine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackendKind {
    /// QEMU's own hotplug, or none.
    Native,
    /// A monitor that plays this generation.
    Monitor(Generation),
}

impl fmt::Display for BackendKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Native => f.write_str("native"),
            Self::Monitor(generation) => write!(f, "monitor ({generation})"),
        }
    }
}

/// The monitor of a machine that has one: where to reach it, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonitorAccess {
    /// Its files.
    pub files: ControlFiles,
    /// From where on its reports are read.
    pub base: ControlBase,
}

/// The backend over a negotiated connection; with a monitor where `monitor` says how to reach it.
///
/// # Errors
/// The monitor's reports cannot be followed.
pub(crate) fn open(
    client: Client,
    monitor: Option<&MonitorAccess>,
    feed: Feed,
) -> std::io::Result<Box<dyn Backend>> {
    Ok(match monitor {
        None => Box::new(Native::new(client)),
        Some(access) => Box::new(Monitored::start(client, access, feed)?),
    })
}

/// Everything that a running QEMU tells, behind its backend.
///
/// The inbox stands first because fields are dropped in order: a source that waits for room in it
/// must be let go before its thread is joined.
#[derive(Debug)]
pub struct Stream {
    inbox: Inbox,
    backend: Box<dyn Backend>,
}

impl Stream {
    /// What comes through `inbox`, as `backend` understands it.
    pub fn new(inbox: Inbox, backend: Box<dyn Backend>) -> Self {
        Self { inbox, backend }
    }

    /// What QEMU said first.
    pub fn greeting(&self) -> &Greeting {
        self.backend.greeting()
    }

    /// Which generation is played; see [`Backend::generation`].
    pub fn generation(&self) -> Option<Generation> {
        self.backend.generation()
    }

    /// What is known of a monitor; see [`Backend::monitor_state`].
    pub fn monitor_state(&self) -> Option<MonitorState<'_>> {
        self.backend.monitor_state()
    }

    /// Goes on from another machine's state; see [`Backend::adopt`].
    pub fn adopt(&mut self, model: Model) {
        self.backend.adopt(model);
    }

    /// Sends a command; see [`Backend::send`].
    ///
    /// # Errors
    /// As there.
    pub fn send(&mut self, command: &str, arguments: Value) -> Result<CommandId, QmpError> {
        self.backend.send(command, arguments)
    }

    /// The next item; `None` when `deadline` passes first, or when every source is gone.
    pub fn next(&mut self, deadline: Instant) -> Option<Incoming> {
        loop {
            if let Some(item) = self.backend.ready() {
                return Some(item);
            }
            let due = self.backend.deadline();
            let until = due.map_or(deadline, |due| due.min(deadline));
            match self.inbox.next(until) {
                Some(item) => self.backend.take_in(item),
                None => {
                    let now = Instant::now();
                    if now >= deadline || now < until {
                        return None;
                    }
                    self.backend.expire(now);
                }
            }
        }
    }

    /// An item that has come already.
    pub fn take(&mut self) -> Option<Incoming> {
        loop {
            if let Some(item) = self.backend.ready() {
                return Some(item);
            }
            self.backend.take_in(self.inbox.take()?);
        }
    }
}

#[cfg(test)]
mod tests;
