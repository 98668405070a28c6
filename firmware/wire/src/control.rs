//! The control channel: what the host asks of the aarch64 monitor, and what the monitor reports.
//!
//! On hosts with CPU hotplug of their own, QEMU itself takes these requests over QMP. The monitor plays that part on
//! a QEMU that cannot, so its words follow QMP's: a request is `device_add` or `device_del` and is answered by QMP's
//! `{}` ([`Kind::Done`]) or by QEMU's own error ([`Kind::Refused`]); what follows arrives unasked, as QMP's events do.
//!
//! Both directions are lines of JSON of at most [`MAX_LINE`] bytes, newline included. Requests go into a FIFO, whose
//! writes of up to `PIPE_BUF` bytes are whole, so one write per line lets any number of writers share it. Reports are
//! appended to a file, so any number of readers can follow them from the beginning.
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::{MAX_LINE, line};

/// The longest device id, in bytes. Ids are `[A-Za-z0-9._-]`, as QEMU's are, and begin with a letter.
pub const MAX_ID: usize = 31;

/// [`Report::value`] of [`Kind::Refused`]: QMP's class `GenericError`.
pub const GENERIC_ERROR: u64 = 0;
/// [`Report::value`] of [`Kind::Refused`]: QMP's class `DeviceNotFound`.
pub const DEVICE_NOT_FOUND: u64 = 1;

/// Whether `id` is one that this channel carries: QEMU's own rule (`id_wellformed`: a letter, then letters, digits,
/// `-`, `.`, `_`), and at most [`MAX_ID`] bytes.
pub fn is_valid_id(id: &str) -> bool {
    id.len() <= MAX_ID
        && id.starts_with(|c: char| c.is_ascii_alphabetic())
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Add the CPU of slot `cpu`; `id` names it for a later removal. QMP's `device_add`.
    Plug,
    /// Ask the guest to give back the CPU called `id`, or, without an `id`, the one in slot `cpu` (which QMP
    /// addresses by its QOM path). QMP's `device_del`.
    Unplug,
    /// Say what is plugged: one [`Kind::Slot`] per plugged slot, then [`Kind::Done`].
    State,
}

/// One request to the monitor.
///
/// `T` is the type of the text: `&str` where requests are read without an allocator, either where they are written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request<T> {
    /// The asker's own number; the answer carries it back. Writers that share a channel keep their numbers apart.
    pub tag: u64,
    /// What is asked.
    pub op: Op,
    /// The slot: QEMU's linear index, which is also the selector and the ACPI processor UID.
    #[serde(skip_serializing_if = "Option::is_none", default = "Option::default")]
    pub cpu: Option<u32>,
    /// The device id; see [`is_valid_id`].
    #[serde(skip_serializing_if = "Option::is_none", default = "Option::default")]
    pub id: Option<T>,
}

impl<T> Request<T> {
    /// A request with neither slot nor id yet.
    pub fn new(tag: u64, op: Op) -> Self {
        Self {
            tag,
            op,
            cpu: None,
            id: None,
        }
    }
}

impl<T: AsRef<str>> Request<T> {
    /// Writes the request and a newline into `line`; returns the bytes to send, or the reason why the id cannot be
    /// sent.
    pub fn encode<'b>(&self, line: &'b mut [u8; MAX_LINE]) -> Result<&'b [u8], RequestError> {
        let id = self.id.as_ref().map(AsRef::as_ref);
        if id.is_some_and(|id| !is_valid_id(id)) {
            return Err(RequestError::BadId);
        }
        let request = Request {
            tag: self.tag,
            op: self.op,
            cpu: self.cpu,
            id,
        };
        Ok(line::encode(request, line))
    }
}

impl line::Line for Request<&str> {
    // A request with a valid id always fits; see `a_request_always_fits`.
    fn shorten_text(&mut self) {
        self.id = None;
    }
}

impl<'a> Request<&'a str> {
    /// Reads one line, with or without its newline.
    ///
    /// # Errors
    /// [`BadRequest`], with the tag if the line has one that can be read.
    pub fn decode(line: &'a [u8]) -> Result<Self, BadRequest> {
        let line = line.trim_ascii();
        let bad = |error| BadRequest {
            tag: tag_of(line),
            error,
        };
        if line.len() >= MAX_LINE {
            return Err(bad(RequestError::TooLong));
        }
        let (request, used) = serde_json_core::from_slice::<Self>(line)
            .map_err(|_| bad(RequestError::NotARequest))?;
        if line.get(used..).is_some_and(|rest| !rest.is_empty()) {
            return Err(bad(RequestError::NotARequest));
        }
        request.check().map_err(bad)?;
        Ok(request)
    }

    fn check(&self) -> Result<(), RequestError> {
        if self.id.is_some_and(|id| !is_valid_id(id)) {
            return Err(RequestError::BadId);
        }
        match self.op {
            Op::Plug if self.cpu.is_none() => Err(RequestError::NoCpu),
            Op::Unplug if self.cpu.is_none() && self.id.is_none() => Err(RequestError::NoTarget),
            _ => Ok(()),
        }
    }
}

/// The tag of a line that is otherwise no request, so that its writer at least gets its answer.
fn tag_of(line: &[u8]) -> Option<u64> {
    #[derive(Deserialize)]
    struct Tagged {
        tag: u64,
    }
    let (tagged, _) = serde_json_core::from_slice::<Tagged>(line).ok()?;
    Some(tagged.tag)
}

/// A line that is no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadRequest {
    /// The tag, where one could be read.
    pub tag: Option<u64>,
    /// What is wrong.
    pub error: RequestError,
}

/// What is wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestError {
    /// Longer than [`MAX_LINE`].
    TooLong,
    /// Not one JSON object with the fields of [`Request`].
    NotARequest,
    /// The id is not one that [`is_valid_id`] accepts.
    BadId,
    /// `plug` without `cpu`.
    NoCpu,
    /// `unplug` with neither `id` nor `cpu`.
    NoTarget,
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "the line is longer than {MAX_LINE} bytes"),
            Self::NotARequest => f.write_str(
                "not a request: expected {\"tag\":N,\"op\":\"plug|unplug|state\",\"cpu\":N,\"id\":\"NAME\"}",
            ),
            Self::BadId => write!(
                f,
                "the id is not a letter followed by letters, digits, '.', '_', '-', {MAX_ID} bytes in all"
            ),
            Self::NoCpu => f.write_str("plug needs a cpu"),
            Self::NoTarget => f.write_str("unplug needs an id or a cpu"),
        }
    }
}

impl core::error::Error for RequestError {}

/// What a report says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// The monitor started, at power-on or after a reset: what was asked before and not yet reported is gone.
    /// `text`: the generation (`old`, `new`, `rfc`); `value`: number of slots; `cpu`: CPUs plugged at power-on.
    Hello,
    /// A plugged slot; one each right after `hello` and in answer to [`Op::State`] (then with its tag). `cpu`: the
    /// slot; `id`: if it was hot-added with one; `value`: its MPIDR.
    Slot,
    /// The request was taken: QMP's `{}`. For [`Op::State`] it comes last.
    Done,
    /// The request was refused. `text`: QEMU's own error text; `value`: [`GENERIC_ERROR`] or [`DEVICE_NOT_FOUND`].
    Refused,
    /// The guest evaluated `_OST`: QMP's `ACPI_DEVICE_OST`. `event`: the source event; `value`: the status.
    Ost,
    /// The guest ejected the CPU: QMP's `DEVICE_DELETED`.
    Deleted,
    /// `text`: what was wrong with a line, or with the guest.
    Error,
}

/// One report of the monitor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report<T> {
    /// Position in the stream since the monitor's last start, from 0. A gap means that reports were lost.
    pub seq: u64,
    /// The request that this answers.
    #[serde(skip_serializing_if = "Option::is_none", default = "Option::default")]
    pub tag: Option<u64>,
    /// What it says.
    pub kind: Kind,
    /// The slot.
    #[serde(skip_serializing_if = "Option::is_none", default = "Option::default")]
    pub cpu: Option<u32>,
    /// The device id, for a hot-added CPU that has one.
    #[serde(skip_serializing_if = "Option::is_none", default = "Option::default")]
    pub id: Option<T>,
    /// For [`Kind::Ost`]: the source event (1 insertion, 3 ejection request; ACPI 6.5, 6.3.5).
    #[serde(skip_serializing_if = "Option::is_none", default = "Option::default")]
    pub event: Option<u32>,
    /// The kind's own number; see [`Kind`].
    #[serde(skip_serializing_if = "Option::is_none", default = "Option::default")]
    pub value: Option<u64>,
    /// The kind's own text; see [`Kind`].
    #[serde(skip_serializing_if = "Option::is_none", default = "Option::default")]
    pub text: Option<T>,
}

impl<T> Report<T> {
    /// A report of `kind` with nothing else said yet.
    pub fn new(seq: u64, kind: Kind) -> Self {
        Self {
            seq,
            tag: None,
            kind,
            cpu: None,
            id: None,
            event: None,
            value: None,
            text: None,
        }
    }
}

impl Report<&str> {
    /// Writes the report and a newline into `line`; returns the bytes to send. A text too long for the line is cut.
    pub fn encode<'b>(&self, line: &'b mut [u8; MAX_LINE]) -> &'b [u8] {
        line::encode(self.clone(), line)
    }
}

impl line::Line for Report<&str> {
    fn shorten_text(&mut self) {
        if self.text.is_none() {
            self.id = self.id.and_then(line::shorten);
        }
        self.text = self.text.and_then(line::shorten);
    }
}

#[cfg(test)]
#[path = "control_tests.rs"]
mod tests;
