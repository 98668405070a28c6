//! Domains: QEMUs that every command can reach by a name.
//!
//! As a rule they outlive the command that started them; one may also be [`Attached`] to a terminal
//! and end with it. A domain is a folder in the runtime directory: who QEMU is (`meta.json`), its
//! sockets, the guest's records, QEMU's error output, what this QEMU has been through
//! (`history.json`), and from where on the records are read (`events-base.json`).
//! Nothing else is remembered, so there is nothing to fall out of step: each command looks at the
//! process, asks QEMU, and reads the records. A process is ours only if number *and* start time
//! agree. Every change holds the job lock for as long as it lasts.

mod attached;
mod connect;
mod console;
mod defined;
mod events_base;
mod external;
mod folder;
mod glance;
mod job;
mod meta;
mod moving;
mod recipe;
mod records;
mod reports_base;
mod start;
mod tracked;

use std::path::PathBuf;

use crate::error::{Error, last_words};

pub use attached::Attached;
pub use connect::{Connected, Follow};
pub use external::{External, follow};
pub use folder::DomainFolder;
pub use job::Job;
pub use meta::{BackendName, HotplugNote, Meta, ProcessId};
pub use moving::{Difference, Manifest, MovingError, SavedCpus};
pub use records::Records;
pub use start::{StartConfig, Started, Starting};
pub use tracked::{Tracked, Tracker};

/// What stands between a command and its domain.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DomainError {
    /// No such domain.
    #[error(
        "there is no domain '{0}'; see `hotvcpu list`, or start it with `hotvcpu start {0} --kernel PATH`"
    )]
    Unknown(String),
    /// A name that cannot be a folder's.
    #[error(
        "{0:?} cannot be a domain's name; use up to 48 letters, digits, '-', '_' and '.', beginning with a letter or digit"
    )]
    BadName(String),
    /// It runs already.
    #[error(
        "domain '{name}' is already running (QEMU is process {pid}); see `hotvcpu list`, or choose another name"
    )]
    AlreadyRunning {
        /// The domain.
        name: String,
        /// Its QEMU.
        pid: u32,
    },
    /// It is defined only.
    #[error(
        "domain '{0}' is not running; start it with `hotvcpu start {0}`, or change its definition with --config"
    )]
    NotRunning(String),
    /// Its QEMU has ended by itself.
    #[error(
        "domain '{name}' is not running: its QEMU (process {pid}) has ended{}; start it again with `hotvcpu start {name} ...`, or clear it away with `hotvcpu destroy {name}`",
        last_words(.said)
    )]
    Ended {
        /// The domain.
        name: String,
        /// Its QEMU, as it was.
        pid: u32,
        /// The end of QEMU's error output.
        said: String,
    },
    /// The command that started it did not get to its end.
    #[error(
        "the start of domain '{0}' was interrupted; clear it away with `hotvcpu destroy {0}`, then start it again"
    )]
    HalfStarted(String),
    /// It was started, and its guest did not come up.
    #[error(
        "the guest of domain '{name}' did not get ready; its console is in {}, its events are in {}; {}; the cause: {cause}",
        .console.display(), .events.display(), remedy_when_not_ready(name, .cause)
    )]
    NotReady {
        /// The domain.
        name: String,
        /// What its guest printed.
        console: PathBuf,
        /// The guest's records.
        events: PathBuf,
        /// What happened instead.
        cause: Box<Error>,
    },
    /// Somebody else is changing it.
    #[error(
        "domain '{name}' is busy: {holder}; wait for its end (`hotvcpu destroy {name}` works all the same)"
    )]
    Busy {
        /// The domain.
        name: String,
        /// Who, and what they do.
        holder: String,
    },
    /// It was not saved, restored or moved.
    #[error(transparent)]
    Moving(#[from] MovingError),
    /// Its CPUs are stopped.
    #[error(
        "domain '{0}' is paused, so its guest cannot see the power button; let it run with `hotvcpu resume {0}`, or end it with `hotvcpu destroy {0}`"
    )]
    Paused(String),
    /// Nothing to be translated.
    #[error(
        "domain '{name}' needs no proxy: its QEMU does CPU hotplug itself, if it has any; its own QMP socket is {path}"
    )]
    NoMonitor {
        /// The domain.
        name: String,
        /// The socket.
        path: PathBuf,
    },
    /// Files that we did not write.
    #[error("{path} is damaged ({reason}); clear the domain away with `hotvcpu destroy NAME`")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The folder could be somebody else's.
    #[error(
        "{path} is not safe to use: it must belong to you, with mode 0700; remove it, or set XDG_RUNTIME_DIR"
    )]
    UnsafeFolder {
        /// The folder.
        path: PathBuf,
    },
}

fn remedy_when_not_ready(name: &str, cause: &Error) -> String {
    match cause {
        Error::NotInTime { .. } => format!(
            "the domain goes on running, end it with `hotvcpu destroy {name}`; --wait gives a guest more time, --foreign-kernel is for one that is not ours"
        ),
        _ => format!("clear it away with `hotvcpu destroy {name}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use std::time::Duration;

    fn not_ready(cause: Error) -> Error {
        let (console, events) = ("/d/console.log".into(), "/d/events.jsonl".into());
        DomainError::NotReady {
            name: "demo".to_owned(),
            console,
            events,
            cause: Box::new(cause),
        }
        .into()
    }

    #[test]
    fn a_guest_that_is_not_ready_is_told_from_one_that_has_ended() {
        let slow = not_ready(Error::NotInTime {
            what: "readiness".to_owned(),
            after: Duration::from_secs(30),
            hint: "its last record is `tables`".to_owned(),
        });
        let dead = not_ready(Error::Lost {
            during: "the wait".to_owned(),
            reason: "QEMU ended".to_owned(),
            stderr: String::new(),
        });
        assert_eq!(
            (slow.kind(), dead.kind()),
            (ErrorKind::Timeout, ErrorKind::Lost)
        );
        for text in [slow.to_string(), dead.to_string()] {
            for part in [
                "/d/console.log",
                "/d/events.jsonl",
                "`hotvcpu destroy demo`",
            ] {
                assert!(text.contains(part), "{part} is not in {text}");
            }
        }
        assert!(slow.to_string().contains("goes on running"), "{slow}");
        assert!(!dead.to_string().contains("goes on running"), "{dead}");
    }
}
