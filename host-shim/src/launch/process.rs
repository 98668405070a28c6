//! QEMU's process: started, watched, ended.
//!
//! A QEMU of the library must not outlive its user, whatever ends that: return, panic, Ctrl-C,
//! SIGKILL. The kernel sees to it: the child is started through `setpriv --pdeathsig KILL`
//! (util-linux), which asks for a signal at the parent's death and needs no `unsafe` of ours. That
//! signal comes when the *thread* dies that started the child, so a thread of its own starts it and
//! stays until it has ended; the same thread reaps it.
//!
//! A process is named by its pidfd, never by a number that may have been given to another.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use command_fds::CommandFdExt;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::{LaunchError, LaunchFiles, Listeners};
use crate::stream::{Feed, Incoming};
use crate::watch_thread::{Stop, WatchThread};

/// How long QEMU lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// No longer than the thread that starts it.
    OfParent {
        /// Whether it gets our standard input, for an interactive console.
        with_terminal: bool,
    },
    /// Its own, in its own session.
    Detached,
}

/// The command that runs `program` with that lifetime. The error output goes to its file.
fn command(
    program: &Path,
    arguments: &[OsString],
    lifetime: Lifetime,
    files: &LaunchFiles,
    listeners: Listeners,
) -> Result<Command, LaunchError> {
    let log = files.stderr();
    let what = || format!("cannot write {}", log.display());
    let stderr = File::options()
        .append(true)
        .open(&log)
        .map_err(LaunchError::system(what()))?;
    let mut command = match lifetime {
        Lifetime::OfParent { .. } => Command::new("setpriv"),
        Lifetime::Detached => Command::new("setsid"),
    };
    if let Lifetime::OfParent { .. } = lifetime {
        command.args(["--pdeathsig", "KILL", "--"]);
    }
    command.arg(program).args(arguments).stderr(stderr);
    if lifetime
        != (Lifetime::OfParent {
            with_terminal: true,
        })
    {
        command.stdin(Stdio::null()).stdout(Stdio::null());
    }
    let mapped = command.fd_mappings(listeners.into_mappings());
    mapped.map_err(|error| {
        LaunchError::system("cannot hand over sockets")(io::Error::other(error.to_string()))
    })?;
    Ok(command)
}

/// A running QEMU of ours. Dropping it kills and reaps a [`Lifetime::OfParent`] one.
#[derive(Debug)]
pub(crate) struct Process {
    pid: u32,
    pidfd: OwnedFd,
    kill_on_drop: bool,
    keeper: Option<JoinHandle<Option<ExitStatus>>>,
}

impl Process {
    /// Starts QEMU. Its end goes to `feed`.
    pub fn start(
        program: &Path,
        arguments: &[OsString],
        lifetime: Lifetime,
        files: &LaunchFiles,
        listeners: Listeners,
        feed: Feed,
    ) -> Result<Self, LaunchError> {
        let command = command(program, arguments, lifetime, files, listeners)?;
        let (started, answer) = channel();
        let keeper = std::thread::spawn(move || keep(command, &started, &feed));
        let helper = "cannot run it (setpriv and setsid of util-linux are needed)";
        let gone = || io::Error::other("its thread ended early");
        let (pid, pidfd) = answer
            .recv()
            .unwrap_or_else(|_| Err(gone()))
            .map_err(LaunchError::system(helper))?;
        let kill_on_drop = lifetime != Lifetime::Detached;
        Ok(Self {
            pid,
            pidfd,
            kill_on_drop,
            keeper: Some(keeper),
        })
    }

    /// Its number.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Ends it at once.
    pub fn kill(&self) {
        // An error means that it has ended by itself.
        let _ = pidfd_send_signal(&self.pidfd, Signal::KILL);
    }

    /// Whether it has ended, or does within `timeout`. Its handle becomes readable then.
    pub fn ends_within(&self, timeout: Duration) -> io::Result<bool> {
        let deadline = Instant::now() + timeout;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let left = Timespec::try_from(left).map_err(io::Error::other)?;
            let mut waited = [PollFd::new(&self.pidfd, PollFlags::IN)];
            match poll(&mut waited, Some(&left)) {
                Ok(ready) => return Ok(ready > 0),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// How it ended, which is awaited; `None` when that is not known, or was asked for before.
    pub fn status(&mut self) -> Option<ExitStatus> {
        self.keeper.take()?.join().ok().flatten()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !self.kill_on_drop {
            return;
        }
        self.kill();
        if let Some(keeper) = self.keeper.take() {
            let _ = keeper.join();
        }
    }
}

/// Starts the child, says so, and stays until it has ended; how it did goes to `feed` and to whoever
/// joins the thread.
fn keep(
    mut command: Command,
    started: &Sender<io::Result<(u32, OwnedFd)>>,
    feed: &Feed,
) -> Option<ExitStatus> {
    let spawned = command.spawn();
    // Our copies of the listening sockets go with the command: a client must notice when QEMU's are
    // gone.
    drop(command);
    let mut child = match spawned {
        Ok(child) => child,
        Err(error) => {
            let _ = started.send(Err(error));
            return None;
        }
    };
    // The child is not reaped yet, so the number is still its own.
    match open(child.id()) {
        Ok(pidfd) => {
            let _ = started.send(Ok((child.id(), pidfd)));
        }
        Err(error) => {
            let _ = child.kill();
            let _ = started.send(Err(error));
        }
    }
    let status = child.wait().ok();
    feed.send(Incoming::QemuExited(status));
    status
}

/// A handle to the process that has this number now.
pub(crate) fn open(pid: u32) -> io::Result<OwnedFd> {
    let raw = i32::try_from(pid)
        .ok()
        .and_then(Pid::from_raw)
        .ok_or(Errno::SRCH)?;
    Ok(pidfd_open(raw, PidfdFlags::empty())?)
}

/// Watches a process that is not our child. Dropping it ends the watch, not the process.
#[derive(Debug)]
pub(crate) struct Watcher {
    /// Held for its end.
    _thread: WatchThread,
}

impl Watcher {
    /// Tells `feed` when the process ends: its handle becomes readable then.
    pub fn start(pidfd: OwnedFd, feed: Feed) -> io::Result<Self> {
        let watch = move |stop: Stop| {
            if stop.wait_readable(&pidfd) {
                feed.send(Incoming::QemuExited(None));
            }
        };
        Ok(Self {
            _thread: WatchThread::spawn(watch)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::BackendKind;
    use crate::stream::Inbox;

    const PATIENCE: Duration = Duration::from_secs(20);

    /// Runs a program whose stream nobody reads.
    fn start(program: &str, argument: &str) -> Process {
        let folder = tempfile::tempdir().expect("a folder");
        let files = LaunchFiles::new(folder.path());
        let listeners = files
            .create(BackendKind::Native, false)
            .expect("a new folder");
        let lifetime = Lifetime::OfParent {
            with_terminal: false,
        };
        let (program, arguments) = (Path::new(program), [argument.into()]);
        let (feed, _) = Inbox::new();
        let started = Process::start(program, &arguments, lifetime, &files, listeners, feed);
        started.expect("it is installed")
    }

    #[test]
    fn its_status_is_known_without_its_stream() {
        let mut process = start("false", "");
        assert!(process.ends_within(PATIENCE).expect("it can be awaited"));
        assert_eq!(process.status().and_then(|status| status.code()), Some(1));
    }

    #[test]
    fn one_that_runs_on_is_not_awaited_for_ever() {
        let mut process = start("sleep", "600");
        let ended = process.ends_within(Duration::ZERO);
        assert!(!ended.expect("it can be awaited"));
        process.kill();
        assert!(process.ends_within(PATIENCE).expect("it can be awaited"));
        assert!(process.status().is_some_and(|status| !status.success()));
    }
}
