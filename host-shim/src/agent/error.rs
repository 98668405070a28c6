//! What can go wrong between the guest's agent and us.

use std::path::PathBuf;
use std::time::Duration;

use crate::error::ErrorKind;
use crate::qmp::Failure;

/// An agent that is not there, does not answer, or refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AgentError {
    /// The guest has not opened the port.
    #[error(
        "Guest agent is not responding: QEMU guest agent is not connected: nobody in the guest has opened the port org.qemu.guest_agent.0; install and start qemu-guest-agent there, or wait until the guest has booted"
    )]
    NotConnected,
    /// The machine has no port.
    #[error(
        "QEMU guest agent is not configured: domain '{0}' has no port for one, because an earlier version of hotvcpu started it; shut it down and start it again"
    )]
    NoPort(String),
    /// The port of a QEMU that is not ours is not known.
    #[error(
        "where the guest's agent is reached is not known; name the socket of its port with --agent SOCKET"
    )]
    NoSocket,
    /// Nobody can be reached at the socket.
    #[error("cannot connect to the guest agent's socket {path}: {reason}")]
    Unreachable {
        /// The socket.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// Nothing came in time.
    #[error(
        "Guest agent is not responding: no answer to {during} within {after:?}; it may be busy or stopped, the guest may be rebooting, or another client holds the agent's socket (it serves one at a time); try again"
    )]
    NoAnswer {
        /// What was under way.
        during: String,
        /// How long it was given.
        after: Duration,
    },
    /// The connection ended.
    #[error("the connection to the guest's agent ended during {during} ({reason})")]
    Closed {
        /// What was under way.
        during: String,
        /// How it ended.
        reason: String,
    },
    /// The guest sent something that is no answer.
    #[error(
        "the guest's agent sent what is no answer ({reason}) during {during}; nothing else is read from it until it has answered guest-sync-delimited"
    )]
    Garbage {
        /// What was under way.
        during: String,
        /// What was wrong, with the beginning of the line.
        reason: String,
    },
    /// The agent refused a command.
    #[error("the guest's agent refused {command}: {failure}")]
    Refused {
        /// The command.
        command: String,
        /// Its class and text.
        failure: Failure,
    },
    /// An answer without the documented shape.
    #[error("the guest's agent answered {command} with something else than documented: {reason}")]
    Unexpected {
        /// The command.
        command: String,
        /// What is wrong.
        reason: String,
    },
    /// It cannot be asked of this guest.
    #[error("{0}")]
    Impossible(String),
}

impl AgentError {
    /// The kind.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Refused { failure, .. } if failure.class == "GenericError" => {
                ErrorKind::GuestRefused
            }
            Self::Impossible(_) => ErrorKind::Refused,
            Self::NoSocket => ErrorKind::Usage,
            _ => ErrorKind::Agent,
        }
    }
}
