//! The files and sockets around one QEMU.

use std::fs::{self, File};
use std::os::fd::{OwnedFd, RawFd};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use command_fds::FdMapping;
use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::LaunchError;
use crate::backend::{BackendKind, MonitorAccess};
use crate::monitor::{Accepted, ControlBase, ControlFiles, Model};

/// The open file under which QEMU finds the listening socket for operations. Low numbers, because
/// shells keep their own files from 10 on and the QEMU may be a wrapper script.
pub(super) const QMP_FD: RawFd = 3;
/// The same for the socket for followers of events.
pub(super) const EVENTS_FD: RawFd = 4;

/// The same for the socket for `hotvcpu qmp-proxy`, where a monitor does hotplug.
pub(super) const PROXY_FD: RawFd = 5;
/// The same for the socket of the guest agent.
pub(super) const AGENT_FD: RawFd = 6;

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
    proxy: Option<UnixListener>,
    agent: Option<UnixListener>,
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

    /// The monitor for `hotvcpu qmp-proxy`, where hotplug is translated.
    pub fn qmp_proxy(&self) -> PathBuf {
        self.folder.join("qmp-proxy.sock")
    }

    /// The guest agent's port.
    pub fn agent(&self) -> PathBuf {
        self.folder.join("agent.sock")
    }

    /// The channel to the aarch64 monitor, as QEMU's `pipe` chardev names it.
    pub fn control(&self) -> PathBuf {
        self.folder.join("control")
    }

    /// The two files of that channel.
    pub fn control_files(&self) -> ControlFiles {
        ControlFiles::in_folder(&self.folder)
    }

    /// How to reach the monitor of a machine that was started with `vcpus` CPUs, if it has one; all of
    /// its reports are to be read.
    pub fn monitor_access(&self, backend: BackendKind, vcpus: u32) -> Option<MonitorAccess> {
        match backend {
            BackendKind::Native => None,
            BackendKind::Monitor(generation) => Some(MonitorAccess {
                files: self.control_files(),
                base: ControlBase::at_beginning(Model::at_power_on(generation, vcpus)),
            }),
        }
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
    pub fn create(&self, backend: BackendKind, agent: bool) -> Result<Listeners, LaunchError> {
        for path in [self.events(), self.console(), self.stderr()] {
            private_file(&path)?;
        }
        let proxy = match backend {
            BackendKind::Native => None,
            BackendKind::Monitor(_) => {
                let control = self.control_files();
                private_file(&control.reports)?;
                private_fifo(&control.requests)?;
                // Of an earlier run; that it is not there is well.
                let _ = fs::remove_file(Accepted::path(&control));
                Some(listen(&self.qmp_proxy())?)
            }
        };
        Ok(Listeners {
            qmp: listen(&self.qmp())?,
            events: listen(&self.qmp_events())?,
            proxy,
            agent: agent.then(|| listen(&self.agent())).transpose()?,
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
        let always = [mapping(self.qmp, QMP_FD), mapping(self.events, EVENTS_FD)];
        let proxy = self.proxy.map(|proxy| mapping(proxy, PROXY_FD));
        let agent = self.agent.map(|agent| mapping(agent, AGENT_FD));
        always.into_iter().chain(proxy).chain(agent).collect()
    }
}

fn private_file(path: &Path) -> Result<File, LaunchError> {
    let what = format!("cannot make {}", path.display());
    let mut options = File::options();
    options.write(true).create(true).truncate(true).mode(0o600);
    options.open(path).map_err(LaunchError::system(what))
}

/// A FIFO of mode 0600. One of an earlier run may hold requests, and goes.
fn private_fifo(path: &Path) -> Result<(), LaunchError> {
    let what = || format!("cannot make {}", path.display());
    if path.exists() {
        fs::remove_file(path).map_err(LaunchError::system(what()))?;
    }
    let mode = Mode::RUSR | Mode::WUSR;
    let made = mknodat(CWD, path, FileType::Fifo, mode, 0);
    made.map_err(|error| LaunchError::system(what())(error.into()))
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
