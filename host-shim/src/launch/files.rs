//! The files and sockets around one QEMU.

use std::fs::{self, File};
use std::os::fd::{OwnedFd, RawFd};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use command_fds::FdMapping;

use super::LaunchError;

/// The open file under which QEMU finds the listening socket for operations. Low numbers, because
/// shells keep their own files from 10 on and the QEMU may be a wrapper script.
pub(super) const QMP_FD: RawFd = 3;
/// The same for the socket for followers of events.
pub(super) const EVENTS_FD: RawFd = 4;

/// Where everything of one QEMU lies.
#[derive(Clone, Debug)]
pub(crate) struct LaunchFiles {
    folder: PathBuf,
}

/// The sockets, listening, until QEMU takes them over.
#[derive(Debug)]
pub(crate) struct Listeners {
    qmp: UnixListener,
    events: UnixListener,
}

impl LaunchFiles {
    /// The files in `folder`.
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_path_buf(),
        }
    }

    /// The monitor for operations: one client at a time.
    pub fn qmp(&self) -> PathBuf {
        self.folder.join("qmp.sock")
    }

    /// The monitor for a follower of events, so that it does not stand in the way of operations.
    pub fn qmp_events(&self) -> PathBuf {
        self.folder.join("qmp-events.sock")
    }

    /// The guest's records.
    pub fn events(&self) -> PathBuf {
        self.folder.join("events.jsonl")
    }

    /// The guest's console.
    pub fn console(&self) -> PathBuf {
        self.folder.join("console.log")
    }

    /// QEMU's error output.
    pub fn stderr(&self) -> PathBuf {
        self.folder.join("qemu.log")
    }

    /// Makes the files, readable by this user only, and opens the sockets.
    pub fn create(&self) -> Result<Listeners, LaunchError> {
        for path in [self.events(), self.console(), self.stderr()] {
            private_file(&path)?;
        }
        Ok(Listeners {
            qmp: listen(&self.qmp())?,
            events: listen(&self.qmp_events())?,
        })
    }
}

impl Listeners {
    /// The files for QEMU, with their numbers there.
    pub(super) fn into_mappings(self) -> Vec<FdMapping> {
        let mapping = |listener: UnixListener, child_fd| FdMapping {
            parent_fd: OwnedFd::from(listener),
            child_fd,
        };
        vec![mapping(self.qmp, QMP_FD), mapping(self.events, EVENTS_FD)]
    }
}

fn private_file(path: &Path) -> Result<File, LaunchError> {
    let what = format!("cannot make {}", path.display());
    let mut options = File::options();
    options.write(true).create(true).truncate(true).mode(0o600);
    options.open(path).map_err(LaunchError::system(what))
}

/// A listening socket of mode 0600. What is there of an earlier run is replaced.
fn listen(path: &Path) -> Result<UnixListener, LaunchError> {
    let what = || {
        format!(
            "cannot listen on {} (a socket's path has 107 bytes at most)",
            path.display()
        )
    };
    if path.exists() {
        fs::remove_file(path).map_err(LaunchError::system(what()))?;
    }
    let listener = UnixListener::bind(path).map_err(LaunchError::system(what()))?;
    let mode = fs::Permissions::from_mode(0o600);
    fs::set_permissions(path, mode).map_err(LaunchError::system(what()))?;
    Ok(listener)
}
