//! One QMP connection.
//!
//! The handshake runs on the caller's thread, because its errors (wrong socket, monitor held by
//! somebody else) belong to whoever opens the connection. From then on a thread reads, and every
//! message goes to the sink with the time at which it came; that time is what the timelines are
//! made of, so it is taken before anything is parsed.

use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::message::{Event, Greeting, Message, Reply, excerpt};
use super::{MAX_LINE, QmpError};
use crate::lines::{Line, Splitter};

/// How long QEMU may leave our bytes unread before the connection counts as hanging.
const WRITE_DEADLINE: Duration = Duration::from_secs(10);

/// Names one command; its reply carries the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommandId(pub u64);

/// What the reader thread hands over.
#[derive(Clone, Debug)]
pub enum Incoming {
    /// An answer.
    Reply(Reply),
    /// An event.
    Event(Event),
    /// The connection ended, or was given up: always the last item.
    Closed {
        /// How.
        reason: String,
        /// Whether QEMU sent something that is not QMP.
        garbage: bool,
    },
}

/// A negotiated connection. Dropping it closes the connection and ends its thread.
#[derive(Debug)]
pub struct Client {
    stream: UnixStream,
    greeting: Greeting,
    last_id: u64,
    reader: Option<JoinHandle<()>>,
}

impl Client {
    /// Connects to the monitor at `path`; see [`Client::negotiate`].
    ///
    /// # Errors
    /// As `negotiate`, and [`QmpError::Closed`] when nobody listens there.
    pub fn connect(
        path: &Path,
        deadline: Duration,
        sink: impl FnMut(Incoming) -> bool + Send + 'static,
    ) -> Result<Self, QmpError> {
        let stream = UnixStream::connect(path).map_err(|error| QmpError::Unreachable {
            path: path.display().to_string(),
            reason: error.to_string(),
        })?;
        Self::negotiate(stream, deadline, sink)
    }

    /// Reads the greeting, negotiates no capabilities, and starts the reader thread, which calls
    /// `sink` until that returns false or the connection ends.
    ///
    /// # Errors
    /// No greeting, something else than a greeting, a refusal, the connection's end, or nothing
    /// within `deadline`.
    pub fn negotiate(
        stream: UnixStream,
        deadline: Duration,
        mut sink: impl FnMut(Incoming) -> bool + Send + 'static,
    ) -> Result<Self, QmpError> {
        let during = |error: std::io::Error| closed("the QMP handshake", &error);
        stream
            .set_write_timeout(Some(WRITE_DEADLINE))
            .map_err(during)?;
        let mut wire = Wire::new(stream.try_clone().map_err(during)?);
        let greeting = wire.greeting(deadline)?;
        let mut client = Self {
            stream,
            greeting,
            last_id: 0,
            reader: None,
        };
        let id = client.send("qmp_capabilities", json!({}))?;
        let early_events = wire.capabilities_reply(id, deadline)?;
        wire.stream.set_read_timeout(None).map_err(during)?;
        client.reader = Some(std::thread::spawn(move || {
            let goes_on = early_events
                .into_iter()
                .all(|event| sink(Incoming::Event(event)));
            if goes_on {
                wire.forward(&mut sink);
            }
        }));
        Ok(client)
    }

    /// What QEMU said first.
    pub fn greeting(&self) -> &Greeting {
        &self.greeting
    }

    /// Sends a command and returns at once; its reply comes through the sink.
    ///
    /// # Errors
    /// [`QmpError::Closed`] when the connection has ended, or QEMU does not take our bytes.
    pub fn send(&mut self, command: &str, arguments: Value) -> Result<CommandId, QmpError> {
        self.last_id += 1;
        let id = self.last_id;
        let mut line = json!({"execute": command, "arguments": arguments, "id": id}).to_string();
        line.push('\n');
        self.stream
            .write_all(line.as_bytes())
            .map_err(|error| closed(command, &error))?;
        Ok(CommandId(id))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // Errors mean that the connection has ended already, which is all that is wanted.
        let _ = self.stream.shutdown(Shutdown::Both);
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}

/// The reading half.
struct Wire {
    stream: UnixStream,
    splitter: Splitter,
    /// Lines that came with an earlier read, and when; in order.
    ready: std::collections::VecDeque<(Line, Instant)>,
}

/// Why no further message can be had.
enum End {
    Closed(String),
    Garbage(String),
    TimedOut,
}

impl Wire {
    fn new(stream: UnixStream) -> Self {
        Self {
            stream,
            splitter: Splitter::new(MAX_LINE),
            ready: Default::default(),
        }
    }

    /// The next line and when it came. Empty lines are skipped.
    fn line(&mut self, deadline: Option<Instant>) -> Result<(Vec<u8>, Instant), End> {
        loop {
            match self.ready.pop_front() {
                Some((Line::Whole(line), _)) if line.is_empty() => {}
                Some((Line::Whole(line), at)) => return Ok((line, at)),
                Some((Line::TooLong, _)) => {
                    return Err(End::Garbage(format!(
                        "a line of more than {MAX_LINE} bytes"
                    )));
                }
                None => self.fill(deadline)?,
            }
        }
    }

    fn fill(&mut self, deadline: Option<Instant>) -> Result<(), End> {
        if let Some(deadline) = deadline {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(End::TimedOut);
            }
            self.stream
                .set_read_timeout(Some(left))
                .map_err(|e| End::Closed(e.to_string()))?;
        }
        let mut bytes = [0; 16 << 10];
        match self.stream.read(&mut bytes) {
            Ok(0) if self.splitter.is_inside_line() => Err(End::Closed(
                "end of file in the middle of a message".to_owned(),
            )),
            Ok(0) => Err(End::Closed("end of file".to_owned())),
            Ok(length) => {
                let at = Instant::now();
                let lines = self.splitter.push(bytes.get(..length).unwrap_or_default());
                self.ready.extend(lines.into_iter().map(|line| (line, at)));
                Ok(())
            }
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => Err(End::TimedOut),
                ErrorKind::Interrupted => Ok(()),
                _ => Err(End::Closed(error.to_string())),
            },
        }
    }

    fn message(&mut self, deadline: Option<Instant>) -> Result<Message, End> {
        let (line, at) = self.line(deadline)?;
        Message::parse(&line, at).map_err(End::Garbage)
    }

    fn greeting(&mut self, within: Duration) -> Result<Greeting, QmpError> {
        let during = "the QMP greeting";
        let (line, at) = self
            .line(Some(Instant::now() + within))
            .map_err(|end| end.into_error(during, within))?;
        match Message::parse(&line, at) {
            Ok(Message::Greeting(greeting)) => Ok(greeting),
            _ => Err(QmpError::NoGreeting {
                found: excerpt(&line),
            }),
        }
    }

    /// Awaits the reply to `qmp_capabilities`; returns the events that came before it.
    fn capabilities_reply(
        &mut self,
        id: CommandId,
        within: Duration,
    ) -> Result<Vec<Event>, QmpError> {
        let command = "qmp_capabilities";
        let deadline = Instant::now() + within;
        let mut events = Vec::new();
        loop {
            match self
                .message(Some(deadline))
                .map_err(|end| end.into_error(command, within))?
            {
                Message::Event(event) => events.push(event),
                Message::Reply(reply) if reply.id == Some(id.0) => {
                    let command = command.to_owned();
                    return match reply.result {
                        Ok(_) => Ok(events),
                        Err(failure) => Err(QmpError::Refused { command, failure }),
                    };
                }
                Message::Reply(_) | Message::Greeting(_) => {}
            }
        }
    }

    fn forward(&mut self, sink: &mut impl FnMut(Incoming) -> bool) {
        loop {
            let item = match self.message(None) {
                Ok(Message::Reply(reply)) => Incoming::Reply(reply),
                Ok(Message::Event(event)) => Incoming::Event(event),
                Ok(Message::Greeting(_)) => continue,
                Err(end) => {
                    // Given up by us: the other side should learn it, too.
                    let _ = self.stream.shutdown(Shutdown::Both);
                    sink(end.into_item());
                    return;
                }
            };
            if !sink(item) {
                return;
            }
        }
    }
}

impl End {
    fn into_error(self, during: &str, after: Duration) -> QmpError {
        let during = during.to_owned();
        match self {
            Self::Closed(reason) => QmpError::Closed { during, reason },
            Self::Garbage(reason) => QmpError::Garbage { during, reason },
            Self::TimedOut => QmpError::NoAnswer { during, after },
        }
    }

    fn into_item(self) -> Incoming {
        match self {
            Self::Closed(reason) => Incoming::Closed {
                reason,
                garbage: false,
            },
            Self::Garbage(reason) => Incoming::Closed {
                reason,
                garbage: true,
            },
            Self::TimedOut => Incoming::Closed {
                reason: "timed out".to_owned(),
                garbage: false,
            },
        }
    }
}

fn closed(during: &str, error: &std::io::Error) -> QmpError {
    QmpError::Closed {
        during: during.to_owned(),
        reason: error.to_string(),
    }
}

#[cfg(test)]
mod tests;
