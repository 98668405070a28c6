//! One connection to the agent.
//!
//! A command at a time, and its answer awaited here, because the agent answers in order and says
//! nothing unasked. Whatever goes wrong leaves the conversation out of step: an answer may still
//! come, so the next call begins with a synchronisation.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
use serde_json::{Value, json};

use super::{AgentError, Answer, Item, MAX_LINE, Reader};

/// How many bytes may come while one answer is awaited. A guest that sends more only keeps us busy.
const MOST_BYTES: usize = 4 << 20;

/// A conversation with the agent of one guest. Dropping it closes the connection.
#[derive(Debug)]
pub struct AgentClient {
    stream: UnixStream,
    reader: Reader,
    /// Items that came with an earlier read, in order.
    ready: VecDeque<Item>,
    last_sync: u64,
    /// Whether the next answer is the next command's.
    in_step: bool,
    patience: Duration,
}

/// One wait for an answer.
struct Wait<'a> {
    during: &'a str,
    after: Duration,
    deadline: Instant,
    /// What may still come.
    bytes: usize,
}

impl<'a> Wait<'a> {
    fn new(during: &'a str, after: Duration) -> Self {
        let deadline = Instant::now() + after;
        Self {
            during,
            after,
            deadline,
            bytes: MOST_BYTES,
        }
    }

    fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    fn closed(&self, reason: impl ToString) -> AgentError {
        AgentError::Closed {
            during: self.during.to_owned(),
            reason: reason.to_string(),
        }
    }

    fn garbage(&self, reason: String) -> AgentError {
        AgentError::Garbage {
            during: self.during.to_owned(),
            reason,
        }
    }

    fn timed_out(&self) -> AgentError {
        AgentError::NoAnswer {
            during: self.during.to_owned(),
            after: self.after,
        }
    }
}

impl AgentClient {
    /// Connects to the socket of an agent's port and synchronises; see [`AgentClient::over`].
    ///
    /// # Errors
    /// As there, and [`AgentError::Unreachable`] when nobody listens there, or more clients wait than
    /// QEMU lets.
    pub fn connect(path: &Path, patience: Duration) -> Result<Self, AgentError> {
        let stream = connect_at_once(path).map_err(|reason| AgentError::Unreachable {
            path: path.to_path_buf(),
            reason,
        })?;
        Self::over(stream, patience)
    }

    /// Synchronises over a connection. `patience` is the deadline of this and of every command that
    /// brings none of its own.
    ///
    /// # Errors
    /// Nothing within `patience`, the connection's end, or bytes without end.
    pub fn over(stream: UnixStream, patience: Duration) -> Result<Self, AgentError> {
        let mut client = Self {
            stream,
            reader: Reader::default(),
            ready: VecDeque::new(),
            last_sync: first_id(),
            in_step: false,
            patience,
        };
        client.sync(patience)?;
        Ok(client)
    }

    /// The deadline of commands that bring none of their own.
    pub fn patience(&self) -> Duration {
        self.patience
    }

    /// Skips everything up to the answer to a `guest-sync-delimited` with a number that was not used
    /// before. Every call does so by itself where it has to.
    ///
    /// # Errors
    /// As [`AgentClient::over`].
    pub fn sync(&mut self, within: Duration) -> Result<(), AgentError> {
        self.sync_within(&mut Wait::new("guest-sync-delimited", within))
    }

    /// Runs one command and returns its answer.
    ///
    /// # Errors
    /// The agent's refusal; no answer `within`; the connection's end; something that is no answer.
    pub fn call(
        &mut self,
        command: &str,
        arguments: Value,
        within: Duration,
    ) -> Result<Value, AgentError> {
        let mut wait = Wait::new(command, within);
        self.send(command, arguments, &mut wait)?;
        self.answer(&mut wait)
    }

    /// Runs one command that answers only when it fails: nothing within `within`, or the
    /// connection's end, is its success.
    ///
    /// # Errors
    /// As [`AgentClient::call`], but for these.
    pub(super) fn call_without_answer(
        &mut self,
        command: &str,
        arguments: Value,
        within: Duration,
    ) -> Result<(), AgentError> {
        self.send(command, arguments, &mut Wait::new(command, self.patience))?;
        match self.answer(&mut Wait::new(command, within)) {
            Ok(_) | Err(AgentError::NoAnswer { .. } | AgentError::Closed { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn send(
        &mut self,
        command: &str,
        arguments: Value,
        wait: &mut Wait<'_>,
    ) -> Result<(), AgentError> {
        // An answer to nothing: what comes next may be another.
        if !self.in_step || !self.ready.is_empty() {
            self.sync_within(wait)?;
        }
        self.in_step = false;
        self.write(command, arguments, b"", wait)
    }

    fn answer(&mut self, wait: &mut Wait<'_>) -> Result<Value, AgentError> {
        let line = loop {
            match self.item(wait)? {
                Item::Line(line) => break line,
                Item::Delimiter => {}
                Item::TooLong => {
                    let reason = format!("a line of more than {MAX_LINE} bytes");
                    return Err(wait.garbage(reason));
                }
            }
        };
        let Answer(answer) = Answer::parse(&line).map_err(|reason| wait.garbage(reason))?;
        self.in_step = true;
        answer.map_err(|failure| AgentError::Refused {
            command: wait.during.to_owned(),
            failure,
        })
    }

    fn sync_within(&mut self, wait: &mut Wait<'_>) -> Result<(), AgentError> {
        self.in_step = false;
        self.ready.clear();
        self.last_sync = self.last_sync.wrapping_add(1) & MOST_ID;
        let id = self.last_sync;
        // The byte in front makes the agent forget half a command of an earlier client.
        self.write("guest-sync-delimited", json!({"id": id}), &[0xFF], wait)?;
        let mut delimited = false;
        loop {
            match self.item(wait)? {
                Item::Delimiter => delimited = true,
                Item::Line(line) if delimited && answers_sync(&line, id) => break,
                Item::Line(_) | Item::TooLong => delimited = false,
            }
        }
        self.in_step = true;
        Ok(())
    }

    fn write(
        &mut self,
        command: &str,
        arguments: Value,
        before: &[u8],
        wait: &Wait<'_>,
    ) -> Result<(), AgentError> {
        let mut bytes = before.to_vec();
        let message = match arguments.is_null() {
            true => json!({"execute": command}),
            false => json!({"execute": command, "arguments": arguments}),
        };
        bytes.extend_from_slice(message.to_string().as_bytes());
        bytes.push(b'\n');
        let left = wait.left();
        if left.is_zero() {
            return Err(wait.timed_out());
        }
        let set = self.stream.set_write_timeout(Some(left));
        set.map_err(|error| wait.closed(error))?;
        self.stream
            .write_all(&bytes)
            .map_err(|error| match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => wait.timed_out(),
                _ => wait.closed(error),
            })
    }

    fn item(&mut self, wait: &mut Wait<'_>) -> Result<Item, AgentError> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Ok(item);
            }
            self.fill(wait)?;
        }
    }

    fn fill(&mut self, wait: &mut Wait<'_>) -> Result<(), AgentError> {
        let left = wait.left();
        if left.is_zero() {
            return Err(wait.timed_out());
        }
        let set = self.stream.set_read_timeout(Some(left));
        set.map_err(|error| wait.closed(error))?;
        let mut bytes = [0; 16 << 10];
        let length = match self.stream.read(&mut bytes) {
            Ok(0) if self.reader.is_inside_line() => {
                return Err(wait.closed("end of file in the middle of an answer"));
            }
            Ok(0) => return Err(wait.closed("end of file")),
            Ok(length) => length,
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => return Err(wait.timed_out()),
                ErrorKind::Interrupted => return Ok(()),
                _ => return Err(wait.closed(error)),
            },
        };
        let Some(left) = wait.bytes.checked_sub(length) else {
            return Err(wait.garbage(format!("more than {MOST_BYTES} bytes without an answer")));
        };
        wait.bytes = left;
        let read = bytes.get(..length).unwrap_or_default();
        self.ready.extend(self.reader.push(read));
        Ok(())
    }
}

impl Drop for AgentClient {
    fn drop(&mut self) {
        // An error means that it has ended already.
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

/// Numbers that every JSON reader takes as they are.
const MOST_ID: u64 = (1 << 53) - 1;

/// Another one in every process and at every time, so that an answer to an earlier client is not
/// taken for ours.
fn first_id() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let micros = since.map_or(0, |since| since.as_micros());
    let micros = u64::try_from(micros).unwrap_or_default();
    (micros ^ (u64::from(std::process::id()) << 20)) & MOST_ID
}

fn answers_sync(line: &[u8], id: u64) -> bool {
    matches!(Answer::parse(line), Ok(Answer(Ok(value))) if value.as_u64() == Some(id))
}

/// Connects without waiting: QEMU listens, and takes one client at a time.
fn connect_at_once(path: &Path) -> Result<UnixStream, String> {
    let address = SocketAddrUnix::new(path).map_err(|error| error.to_string())?;
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)
        .map_err(|error| error.to_string())?;
    rustix::net::connect(&socket, &address).map_err(|error| match error {
        Errno::AGAIN => "other clients hold it, or wait for it".to_owned(),
        other => other.to_string(),
    })?;
    let stream = UnixStream::from(socket);
    let blocking = stream.set_nonblocking(false);
    blocking.map_err(|error| error.to_string())?;
    Ok(stream)
}

#[cfg(test)]
mod tests;
