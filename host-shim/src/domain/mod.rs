//! Domains: QEMUs that outlive the command that started them.
//!
//! A domain is a folder in the runtime directory: who QEMU is (`meta.json`), its sockets, the
//! guest's records, QEMU's error output, and what this QEMU has been through (`history.json`).
//! Nothing else is remembered, so there is nothing to fall out of step: each command looks at the
//! process, asks QEMU, and reads the records. A process is ours only if number *and* start time
//! agree. Every change holds the job lock for as long as it lasts.

mod connect;
mod folder;
mod job;
mod meta;
mod start;

use std::path::PathBuf;

use crate::error::last_words;

pub use connect::{Connected, Follow};
pub use folder::DomainFolder;
pub use job::Job;
pub use meta::{Meta, ProcessId};
pub use start::{StartConfig, Started};

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
    /// Its CPUs are stopped.
    #[error(
        "domain '{0}' is paused, so its guest cannot see the power button; let it run with `hotvcpu resume {0}`, or end it with `hotvcpu destroy {0}`"
    )]
    Paused(String),
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
