//! Everything that can go wrong, in one enum.
//!
//! Each message names the cause and what to do about it, because it is all that most users will
//! read. [`ErrorKind`] groups the causes by what a caller does about them; the command's exit codes
//! are these kinds.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::agent::AgentError;
use crate::definition::DefinitionError;
use crate::demo::DemoError;
use crate::domain::{DomainError, MovingError};
use crate::guard::{Direction, Refusal};
use crate::images::ImageError;
use crate::launch::LaunchError;
use crate::plan::PlanError;
use crate::qemu_binary::BinaryError;
use crate::qmp::QmpError;
use crate::quirks::Quirk;
use crate::slots::BadList;

/// The result of most functions here.
pub type Result<T> = std::result::Result<T, Error>;

/// Any failure.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A wrong argument.
    #[error("{0}")]
    Usage(String),
    /// A wrong slot list.
    #[error(transparent)]
    BadList(#[from] BadList),
    /// A domain that is not there, not running, or not ours to use.
    #[error(transparent)]
    Domain(#[from] DomainError),
    /// A definition that is missing, wrong, or cannot be changed like this.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    /// The target cannot be reached.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The machine may not be changed in this way now.
    #[error(transparent)]
    Guard(#[from] Refusal),
    /// QEMU would not survive it.
    #[error(transparent)]
    Quirk(#[from] Quirk),
    /// The QMP connection, or a command on it.
    #[error(transparent)]
    Qmp(#[from] QmpError),
    /// The guest's agent is not there, does not answer, or refused.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// No QEMU to run.
    #[error(transparent)]
    Binary(#[from] BinaryError),
    /// QEMU did not start.
    #[error(transparent)]
    Launch(#[from] LaunchError),
    /// No guest to start.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// The guest said no.
    #[error(
        "the guest refused to let go of vcpu '{slot}': {reason}; nothing has changed; try again later, remove another one, or change the guest's policy"
    )]
    GuestRefused {
        /// The CPU.
        slot: u32,
        /// The guest's words, or the meaning of its `_OST` status.
        reason: String,
    },
    /// The guest tried and failed.
    #[error("the guest could not {} vcpu '{slot}': {reason}; {}", .direction.verb(), remedy_after_failure(*.direction))]
    GuestFailed {
        /// The CPU.
        slot: u32,
        /// What was tried.
        direction: Direction,
        /// The guest's words, or the meaning of its `_OST` status.
        reason: String,
    },
    /// The end did not come in time.
    #[error("vcpu '{slot}': the {} timed out after {after:?}: {reached}; {}", name_of(*.direction), remedy_after_timeout(*.direction))]
    Timeout {
        /// The CPU.
        slot: u32,
        /// What was tried.
        direction: Direction,
        /// How far it came.
        reached: String,
        /// How long it was given.
        after: Duration,
    },
    /// The guest could not answer yet.
    #[error(
        "vcpu '{slot}' is plugged, and the guest could not answer: it was booting or paused; it takes the vCPU when it comes up, so let it run (`Guest::resume`) and await its readiness first"
    )]
    Pending {
        /// The CPU.
        slot: u32,
    },
    /// Something awaited did not happen.
    #[error("{what} did not happen within {after:?}; {hint}")]
    NotInTime {
        /// What was awaited.
        what: String,
        /// How long it was given.
        after: Duration,
        /// What is known, or what to do.
        hint: String,
    },
    /// QEMU ended, or its monitor did.
    #[error("QEMU was lost during {during}: {reason}{}", last_words(.stderr))]
    Lost {
        /// What was under way.
        during: String,
        /// How it ended.
        reason: String,
        /// The end of QEMU's error output.
        stderr: String,
    },
    /// The demonstration did not go as it should.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// A file or the like.
    #[error("{what}: {source}")]
    Io {
        /// What was tried, with the path.
        what: String,
        /// The system's error.
        source: std::io::Error,
    },
}

/// What a caller does about it. As a number it is the command's exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum ErrorKind {
    /// A file, a socket or the system failed.
    Io = 1,
    /// Wrong arguments.
    Usage = 2,
    /// There is no such domain, it is not running, or it exists already.
    Domain = 3,
    /// Refused beforehand by plan, guard or quirk; nothing was sent.
    Refused = 4,
    /// The guest refused.
    GuestRefused = 5,
    /// The guest tried and failed.
    GuestFailed = 6,
    /// The end did not come in time; the operation may still complete.
    Timeout = 7,
    /// QEMU refused a command, or its monitor failed.
    Qemu = 8,
    /// QEMU ended in the middle of it.
    Lost = 9,
    /// QEMU or the guest image is missing, too old, or did not start.
    Setup = 10,
    /// Another operation on the same domain is under way.
    Busy = 11,
    /// The guest has no agent, or it did not answer as it should.
    Agent = 12,
}

impl ErrorKind {
    /// The command's exit code.
    pub fn exit_code(self) -> u8 {
        self as u8
    }
}

/// As text: a test that returns an error shows it in this form, and what to do stands in the text.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} ({:?})", self.kind())
    }
}

impl From<MovingError> for Error {
    fn from(error: MovingError) -> Self {
        DomainError::Moving(error).into()
    }
}

impl Error {
    /// An I/O error and what was tried.
    pub fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }

    /// The kind.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Usage(_)
            | Self::BadList(_)
            | Self::Domain(DomainError::BadName(_))
            | Self::Launch(LaunchError::Impossible(_)) => ErrorKind::Usage,
            Self::Domain(DomainError::Busy { .. }) => ErrorKind::Busy,
            Self::Domain(DomainError::Moving(MovingError::Failed { .. })) => ErrorKind::Qemu,
            Self::Domain(DomainError::Moving(
                MovingError::OtherCpus(_) | MovingError::NotStarted | MovingError::Unheard,
            )) => ErrorKind::Refused,
            Self::Domain(DomainError::NotReady { cause, .. }) => cause.kind(),
            Self::Domain(_)
            | Self::Definition(DefinitionError::Undefined(_))
            | Self::Qmp(QmpError::Unreachable { .. }) => ErrorKind::Domain,
            Self::Definition(DefinitionError::Config(_)) => ErrorKind::Refused,
            Self::Definition(DefinitionError::Nodes(_)) => ErrorKind::Setup,
            Self::Definition(_) => ErrorKind::Usage,
            Self::Plan(_) | Self::Guard(_) | Self::Quirk(_) => ErrorKind::Refused,
            Self::Qmp(QmpError::Closed { .. }) | Self::Lost { .. } => ErrorKind::Lost,
            Self::Qmp(_) => ErrorKind::Qemu,
            Self::Agent(error) => error.kind(),
            Self::Binary(_) | Self::Launch(_) | Self::Image(_) => ErrorKind::Setup,
            Self::GuestRefused { .. } => ErrorKind::GuestRefused,
            Self::GuestFailed { .. } | Self::Demo(_) => ErrorKind::GuestFailed,
            Self::Timeout { .. } | Self::Pending { .. } | Self::NotInTime { .. } => {
                ErrorKind::Timeout
            }
            Self::Io { .. } => ErrorKind::Io,
        }
    }
}

fn name_of(direction: Direction) -> &'static str {
    match direction {
        Direction::Add => "add",
        Direction::Remove => "unplug request",
    }
}

fn remedy_after_failure(direction: Direction) -> &'static str {
    match direction {
        Direction::Add => {
            "it stays plugged, unused; remove it with `hotvcpu setvcpu NAME LIST --disable --live`"
        }
        Direction::Remove => "it stays in the guest; try again, or remove another one",
    }
}

fn remedy_after_timeout(direction: Direction) -> &'static str {
    match direction {
        Direction::Add => {
            "it is plugged, and the guest may still take it; see `hotvcpu events NAME`"
        }
        Direction::Remove => {
            "the guest may still let go of it; see `hotvcpu vcpucount NAME`, or try again with a longer --timeout"
        }
    }
}

/// The last line of QEMU's error output, to follow a message: what comes before it are warnings, as
/// a rule.
pub(crate) fn last_words(stderr: &str) -> String {
    match stderr.trim().lines().last() {
        None => String::new(),
        Some(words) => format!("; its last words: {words}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_returns_it_shows_what_to_do() {
        let error = Error::from(ImageError::NoCache);
        let shown = format!("{error:?}");
        assert_eq!(shown, format!("{error} (Setup)"));
    }

    #[test]
    fn a_wrong_argument_is_one_wherever_it_is_noticed() {
        let wrong: [Error; 3] = [
            DomainError::BadName("a/b".to_owned()).into(),
            LaunchError::Impossible("no vCPU at all".to_owned()).into(),
            Error::Usage("--live is missing".to_owned()),
        ];
        for error in wrong {
            assert_eq!(error.kind().exit_code(), 2, "{error}");
        }
    }
}
