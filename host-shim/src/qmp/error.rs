//! What can go wrong between QEMU's monitor and us.

use std::time::Duration;

use super::message::Failure;

/// A QMP connection that failed, or a command that QEMU refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QmpError {
    /// The socket did not greet as a QMP monitor does.
    #[error(
        "this is not a QMP monitor: instead of a greeting it sent {found:?}; name the socket of `-qmp` or of `-mon mode=control`"
    )]
    NoGreeting {
        /// What came instead, shortened.
        found: String,
    },
    /// Nobody listens.
    #[error(
        "nobody can be reached at the QMP socket {path} ({reason}); is that QEMU running, and was it started with `-qmp unix:PATH,server=on,wait=off`?"
    )]
    Unreachable {
        /// The socket.
        path: String,
        /// The system's error.
        reason: String,
    },
    /// Nothing came in time.
    #[error(
        "QEMU did not answer {during} within {after:?}; another client may hold this monitor (a QMP socket serves one at a time), or QEMU hangs"
    )]
    NoAnswer {
        /// What was under way.
        during: String,
        /// How long it was given.
        after: Duration,
    },
    /// The connection ended.
    #[error("QEMU closed the QMP connection during {during} ({reason})")]
    Closed {
        /// What was under way.
        during: String,
        /// How it ended.
        reason: String,
    },
    /// QEMU sent something that is not QMP.
    #[error("QEMU sent what is not QMP ({reason}) during {during}; the connection was given up")]
    Garbage {
        /// What was under way.
        during: String,
        /// What was wrong, with the beginning of the line.
        reason: String,
    },
    /// QEMU refused a command.
    #[error("QEMU refused {command}: {failure}{}", crate::qemu_says::remedy(.failure))]
    Refused {
        /// The command.
        command: String,
        /// QEMU's class and text.
        failure: Failure,
    },
    /// A reply that does not have the documented shape.
    #[error(
        "QEMU answered {command} in a shape that this version of hotvcpu does not know: {reason}"
    )]
    Unexpected {
        /// The command.
        command: String,
        /// What was missing.
        reason: String,
    },
}
