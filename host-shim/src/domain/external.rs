//! A QEMU that somebody else started, reached through its QMP socket.
//!
//! What we note of our own domains has to be found out: how QEMU executes the guest, and which
//! process it is (the socket tells who listens, unless somebody else has opened it for QEMU). The
//! counts for the quirks and the job lock lie in the runtime folder, under the process or, where
//! that is not known, under the socket.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::net::sockopt::socket_peercred;
use serde_json::{Value, json};

use super::connect::{CONNECT_DEADLINE, Follow, open, watch};
use super::folder::{all_domains, create_private};
use super::{Job, ProcessId};
use crate::accel::Accel;
use crate::agent::{self, AgentClient, AgentError};
use crate::error::{Error, Result};
use crate::guard::{Direction, Refusal};
use crate::history::HistoryStore;
use crate::launch::Watcher;
use crate::power::AtPowerOff;
use crate::qmp::{Client, QmpError};
use crate::session::{MachineFacts, Session};
use crate::slots::Origin;
use crate::stream::Inbox;

/// Where the notes about such QEMUs are. No domain's name begins like this.
const FOLDER: &str = ".attached";

/// A session with a QEMU that we did not start. Fields are dropped in order; see [`Session`].
#[derive(Debug)]
pub struct External {
    /// The session.
    pub session: Session,
    /// Its monitor.
    pub socket: PathBuf,
    /// What it does when the guest powers off.
    pub at_power_off: AtPowerOff,
    /// The socket of its guest's agent, where that was named.
    pub agent: Option<PathBuf>,
    folder: PathBuf,
    _watcher: Option<Watcher>,
    _job: Job,
}

impl External {
    /// Connects to the monitor at `socket`, for `what`.
    ///
    /// # Errors
    /// Nobody listens there, somebody else holds it, or it is busy with another command of ours.
    pub fn connect(socket: &Path, what: &str) -> Result<Self> {
        let stream = reach(socket)?;
        let process = peer(&stream);
        let folder = notes(socket, process.as_ref().map(|(id, _)| *id))?;
        let job = Job::take_file(&folder.join("job.lock"), &label(socket), what)?;
        let (feed, inbox) = Inbox::new();
        let handle = process.as_ref().and_then(|(id, _)| id.open());
        let watcher = handle
            .map(|handle| watch(handle, feed.clone()))
            .transpose()?;
        let sink = feed.clone();
        let sink = move |item| sink.send(item);
        let client = Client::negotiate(stream, CONNECT_DEADLINE, sink)?;
        let line = process.map(|(_, line)| line).unwrap_or_default();
        let history_file = folder.join("history.json");
        let is_new = !history_file.exists();
        let facts = MachineFacts {
            accel: accel_in(&line),
            x86: true,
            speaks: false,
            stderr: None,
        };
        let history = HistoryStore::at(history_file)?;
        let stream = open(inbox, client, &None, feed)?;
        let mut session = Session::new(stream, None, facts, history);
        let (kvm, x86) = (uses_kvm(&mut session)?, is_x86(&mut session)?);
        session.learn(kvm.then_some(Accel::Kvm), x86);
        if is_new {
            count_earlier(&mut session)?;
        }
        Ok(Self {
            session,
            socket: socket.to_path_buf(),
            folder,
            agent: None,
            at_power_off: at_power_off_in(&line),
            _watcher: watcher,
            _job: job,
        })
    }
}

/// Connects to the monitor at `socket` to follow QEMU's events. No lock is taken: the commands that change
/// the QEMU need a monitor of their own all the same.
///
/// # Errors
/// Nobody listens there, or somebody else holds it.
pub fn follow(socket: &Path) -> Result<Follow> {
    let stream = reach(socket)?;
    let (feed, inbox) = Inbox::new();
    let handle = peer(&stream).and_then(|(id, _)| id.open());
    let watcher = handle
        .map(|handle| watch(handle, feed.clone()))
        .transpose()?;
    let sink = feed.clone();
    let client = Client::negotiate(stream, CONNECT_DEADLINE, move |item| sink.send(item))?;
    let stream = open(inbox, client, &None, feed)?;
    Ok(Follow::without_records(stream, watcher))
}

fn reach(socket: &Path) -> Result<UnixStream> {
    UnixStream::connect(socket).map_err(|error| {
        QmpError::Unreachable {
            path: socket.display().to_string(),
            reason: error.to_string(),
        }
        .into()
    })
}

impl External {
    /// What to call it.
    pub fn label(&self) -> String {
        label(&self.socket)
    }

    /// Connects to the agent of its guest, at the socket that was named, else at the one that QEMU tells.
    ///
    /// # Errors
    /// As [`agent::reach`], and [`AgentError::NoSocket`].
    pub fn agent(&mut self, patience: Duration) -> Result<AgentClient> {
        let session = &mut self.session;
        let socket = match self.agent.clone() {
            Some(socket) => socket,
            None => agent::find_socket(session)?.ok_or(AgentError::NoSocket)?,
        };
        agent::reach(session, &socket, patience)
    }

    /// Where notes about it lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

fn label(socket: &Path) -> String {
    format!("QEMU at {}", socket.display())
}

/// The process that listens, and its command line, if that is a QEMU.
fn peer(stream: &UnixStream) -> Option<(ProcessId, Vec<String>)> {
    let pid = socket_peercred(stream).ok()?.pid.as_raw_nonzero().get();
    let pid = u32::try_from(pid).ok()?;
    let process = ProcessId::of(pid)?;
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let words: Vec<String> = bytes
        .split(|byte| *byte == 0)
        .map(|word| String::from_utf8_lossy(word).into_owned())
        .collect();
    let name = |word: &String| {
        word.rsplit('/')
            .next()
            .is_some_and(|name| name.starts_with("qemu-"))
    };
    words.iter().take(3).any(name).then_some((process, words))
}

fn notes(socket: &Path, process: Option<ProcessId>) -> Result<PathBuf> {
    let name = match process {
        Some(process) => format!("{}-{}", process.pid, process.start_time),
        None => {
            let what = format!("cannot look at {}", socket.display());
            let found = fs::metadata(socket).map_err(Error::io(what))?;
            format!("socket-{}-{}", found.dev(), found.ino())
        }
    };
    let root = all_domains();
    let outer = root.join(FOLDER);
    let folder = outer.join(name);
    let above = root.parent().unwrap_or(&root);
    for folder in [above, &root, &outer, &folder] {
        create_private(folder)?;
    }
    forget_ended(&outer);
    Ok(folder)
}

/// Notes about processes that are no more are of no use to anybody.
fn forget_ended(outer: &Path) {
    for entry in fs::read_dir(outer).into_iter().flatten().flatten() {
        let name = entry.file_name().into_string().unwrap_or_default();
        let Some((pid, start)) = name.split_once('-') else {
            continue;
        };
        if let (Ok(pid), Ok(start_time)) = (pid.parse(), start.parse())
            && (ProcessId { pid, start_time }).open().is_none()
        {
            // What cannot be removed does no harm.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn accel_in(line: &[String]) -> Accel {
    let single = |word: &String| word.contains("thread=single");
    match line.iter().any(single) {
        true => Accel::TcgSingle,
        false => Accel::TcgMulti,
    }
}

fn at_power_off_in(line: &[String]) -> AtPowerOff {
    match line.iter().any(|word| word == "-no-shutdown") {
        true => AtPowerOff::Stay,
        false => AtPowerOff::End,
    }
}

fn uses_kvm(session: &mut Session) -> Result<bool> {
    let answer = session.execute("query-kvm", json!({}))?;
    Ok(answer.get("enabled").and_then(Value::as_bool) == Some(true))
}

fn is_x86(session: &mut Session) -> Result<bool> {
    let answer = session.execute("query-target", json!({}))?;
    let arch = answer.get("arch").and_then(Value::as_str);
    Ok(matches!(arch, Some("x86_64" | "i386")))
}

/// CPUs that were added before we came count towards what this QEMU survives. Removals cannot be
/// seen any more.
fn count_earlier(session: &mut Session) -> Result<()> {
    let slots = match session.slots() {
        Err(Error::Guard(Refusal::NoHotplug(_))) => return Ok(()),
        slots => slots?,
    };
    let added = slots
        .iter()
        .filter(|slot| matches!(slot.origin(), Some(Origin::Plugged(_) | Origin::Anonymous)));
    let count = u32::try_from(added.count()).unwrap_or(u32::MAX);
    session.count_earlier(Direction::Add, count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_tells_how_tcg_runs() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(
            accel_in(&words("qemu -accel tcg,thread=single")),
            Accel::TcgSingle
        );
        assert_eq!(accel_in(&words("qemu -accel tcg")), Accel::TcgMulti);
        assert_eq!(accel_in(&[]), Accel::TcgMulti);
        assert_eq!(
            at_power_off_in(&words("qemu -no-shutdown")),
            AtPowerOff::Stay
        );
        assert_eq!(at_power_off_in(&words("qemu -S")), AtPowerOff::End);
    }

    #[test]
    fn notes_go_with_their_process() {
        let outer = tempfile::tempdir().expect("a folder");
        let own = ProcessId::of(std::process::id()).expect("this process");
        let name = |process: ProcessId| format!("{}-{}", process.pid, process.start_time);
        let ended = ProcessId {
            start_time: own.start_time + 1,
            ..own
        };
        for name in [name(own), name(ended), "socket-1-2".to_owned()] {
            fs::create_dir(outer.path().join(name)).expect("made");
        }
        forget_ended(outer.path());
        assert!(outer.path().join(name(own)).exists());
        assert!(!outer.path().join(name(ended)).exists());
        assert!(outer.path().join("socket-1-2").exists());
    }

    #[test]
    fn a_peer_that_is_no_qemu_is_not_taken_for_one() {
        let (one, _other) = UnixStream::pair().expect("a pair");
        assert!(peer(&one).is_none(), "the peer is this test");
    }
}
