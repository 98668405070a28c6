//! Commands on a running domain.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::process::{Signal, pidfd_send_signal};
use serde_json::json;

use super::{DomainError, DomainFolder, Job, Meta};
use crate::agent::{self, AgentClient, AgentError};
use crate::backend::{self, MonitorAccess, Stream};
use crate::error::{Error, Result};
use crate::follow::Follower;
use crate::guest_log::Parser;
use crate::history::HistoryStore;
use crate::launch::{LaunchFiles, Watcher};
use crate::power::{self, ShutdownBy};
use crate::proxy::ProxyConfig;
use crate::qmp::Client;
use crate::session::{MachineFacts, Session};
use crate::stream::{Feed, Inbox, Incoming};

/// How long a monitor has to greet. It does at once, unless somebody else holds it.
pub(super) const CONNECT_DEADLINE: Duration = Duration::from_secs(5);

/// How long the guest's earlier records may take to be read.
const CATCH_UP_DEADLINE: Duration = Duration::from_secs(10);

/// How long a killed process has to be gone.
const KILL_DEADLINE: Duration = Duration::from_secs(5);

/// A session with a domain, with its job lock. Fields are dropped in order; see [`Session`].
#[derive(Debug)]
pub struct Connected {
    /// The session.
    pub session: Session,
    /// The note made at its start.
    pub meta: Meta,
    folder: PathBuf,
    _watcher: Watcher,
    _job: Job,
}

impl Connected {
    /// The domain's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Connects to the agent of its guest.
    ///
    /// # Errors
    /// As [`agent::reach`], and [`AgentError::NoPort`].
    pub fn agent(&mut self, patience: Duration) -> Result<AgentClient> {
        if !self.meta.agent {
            return Err(AgentError::NoPort(self.meta.name.clone()).into());
        }
        let socket = LaunchFiles::new(&self.folder).agent();
        agent::reach(&mut self.session, &socket, patience)
    }
}

/// What a follower of events reads: the second monitor and the guest's records, and no lock.
///
/// Of a QEMU that somebody else started it is the only monitor, and there are no records.
#[derive(Debug)]
pub struct Follow {
    stream: Stream,
    follower: Option<Follower>,
    _watcher: Option<Watcher>,
}

impl Follow {
    /// The next thing that comes until `deadline`: everything, with [`Incoming::CaughtUp`] between history
    /// and present, and [`Incoming::QemuExited`], which may overtake the guest's last records.
    pub fn next(&mut self, deadline: Instant) -> Option<Incoming> {
        self.stream.next(deadline)
    }

    /// QEMU has ended: [`Incoming::LogEnded`] will come after the guest's last record. False if it
    /// cannot be had.
    pub fn finish(&self) -> bool {
        self.follower.as_ref().is_some_and(Follower::finish)
    }

    /// Follows `stream`, whose QEMU keeps no records for us.
    pub(super) fn without_records(stream: Stream, watcher: Option<Watcher>) -> Self {
        Self {
            stream,
            follower: None,
            _watcher: watcher,
        }
    }
}

impl DomainFolder {
    /// Takes the job lock for `what` and connects. The guest's state is known when this returns.
    ///
    /// # Errors
    /// The domain is not running, is busy, or its monitor does not answer.
    pub fn connect(&self, what: &str) -> Result<Connected> {
        let (meta, handle) = self.running()?;
        let job = Job::take(self, what)?;
        let files = self.files();
        let history = HistoryStore::at(self.history())?;
        let (feed, inbox) = Inbox::new();
        let watcher = watch(handle, feed.clone())?;
        let client = connect(&files.qmp(), feed.clone())?;
        let facts = MachineFacts {
            accel: meta.accel,
            x86: meta.machine.profile()?.arch == "x86_64",
            speaks: !meta.foreign_kernel,
            stderr: Some(files.stderr()),
        };
        let monitor = self.bound_reports(self.monitor(&meta)?, &job)?;
        let stream = open(inbox, client, &monitor, feed.clone())?;
        let (base, shortened) = self.bound_events(&job)?;
        self.bound_console(&job);
        // Last, because from here on its thread may be waiting for room in the inbox.
        let follower = follow(&files.events(), base.offset, feed)?;
        let mut session = Session::new(stream, Some(follower), facts, history);
        session.begin_with(base.view, shortened);
        session.await_caught_up(CATCH_UP_DEADLINE)?;
        Ok(Connected {
            session,
            meta,
            folder: self.path().to_path_buf(),
            _watcher: watcher,
            _job: job,
        })
    }

    /// Follows the domain's events without standing in the way of operations.
    ///
    /// # Errors
    /// The domain is not running, or another follower holds the monitor.
    pub fn follow(&self) -> Result<Follow> {
        let (meta, handle) = self.running()?;
        let files = self.files();
        let (feed, inbox) = Inbox::new();
        let watcher = watch(handle, feed.clone())?;
        let client = connect(&files.qmp_events(), feed.clone())?;
        let stream = open(inbox, client, &self.monitor(&meta)?, feed.clone())?;
        let follower = follow(&files.events(), self.events_base()?.offset, feed)?;
        Ok(Follow {
            stream,
            follower: Some(follower),
            _watcher: Some(watcher),
        })
    }

    /// Asks the guest to power off, awaits QEMU's end, and clears the folder away.
    ///
    /// A guest that is still booting does not see the button, so its readiness is awaited first,
    /// for half of `timeout` at most.
    ///
    /// # Errors
    /// As [`DomainFolder::connect`]; it is paused; QEMU still runs after `timeout`.
    pub fn shutdown(&self, by: ShutdownBy, timeout: Duration) -> Result<()> {
        let deadline = Instant::now() + timeout;
        let mut connected = self.connect("shutdown")?;
        let session = &mut connected.session;
        match session.run_state()?.as_str() {
            "paused" | "prelaunch" => {
                return Err(DomainError::Paused(self.name().to_owned()).into());
            }
            // An interrupted reboot has left it so.
            "shutdown" => {
                power::quit(session, timeout)?;
                return self.remove();
            }
            _ => power::end_at_power_off(session)?,
        }
        if !connected.meta.foreign_kernel && !session.guest_view().shutting_down() {
            match session.await_ready(timeout / 2) {
                Ok(()) | Err(Error::NotInTime { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        match by {
            ShutdownBy::Button => session.execute("system_powerdown", json!({})).map(drop)?,
            ShutdownBy::Agent => power::ask_agent(connected.agent(timeout / 2)?)?,
        }
        let session = &mut connected.session;
        let left = deadline.saturating_duration_since(Instant::now());
        session.await_exit(left).map_err(|error| match error {
            Error::NotInTime { what, hint, .. } => Error::NotInTime {
                what,
                after: timeout,
                hint,
            },
            other => other,
        })?;
        self.remove()
    }

    /// Ends QEMU at once, busy or not, and clears the folder away. Works on what is left of an
    /// ended domain, too.
    ///
    /// # Errors
    /// No such domain, or QEMU does not end.
    pub fn destroy(&self) -> Result<()> {
        match self.running() {
            Ok((_, handle)) => kill(handle)?,
            Err(Error::Domain(DomainError::HalfStarted(_) | DomainError::Damaged { .. })) => {
                self.quit_unknown();
            }
            Err(Error::Domain(DomainError::Ended { .. })) => {}
            Err(error) => return Err(error),
        }
        self.remove()
    }

    /// What a proxy of the domain's QMP needs, to offer it on `listen`.
    ///
    /// # Errors
    /// The domain is not running, or its QEMU does hotplug itself.
    pub fn proxy(&self, listen: PathBuf) -> Result<ProxyConfig> {
        let (meta, _) = self.running()?;
        let Some(access) = self.monitor(&meta)? else {
            let (name, path) = (self.name().to_owned(), self.files().qmp());
            return Err(DomainError::NoMonitor { name, path }.into());
        };
        Ok(ProxyConfig {
            qmp: self.files().qmp_proxy(),
            control: access.files,
            base: Some(access.base),
            listen,
        })
    }

    /// How to reach the domain's monitor, if that does its hotplug.
    fn monitor(&self, meta: &Meta) -> Result<Option<MonitorAccess>> {
        let access = self.files().monitor_access(meta.hotplug.into(), meta.vcpus);
        access.map(|access| self.with_base(access)).transpose()
    }

    /// A QEMU whose process was never noted is ended through its monitor, if there is one.
    fn quit_unknown(&self) {
        let (feed, inbox) = Inbox::new();
        if let Ok(mut client) = connect(&self.files().qmp(), feed) {
            let deadline = Instant::now() + KILL_DEADLINE;
            let sent = client.send("quit", json!({})).is_ok();
            while sent
                && !matches!(
                    inbox.next(deadline),
                    None | Some(Incoming::QmpClosed { .. })
                )
            {}
        }
    }
}

fn kill(handle: OwnedFd) -> Result<()> {
    let io = || Error::io("cannot end QEMU");
    let signalled = pidfd_send_signal(&handle, Signal::KILL);
    if let Err(error) = signalled
        && error != rustix::io::Errno::SRCH
    {
        return Err(io()(error.into()));
    }
    let (feed, inbox) = Inbox::new();
    let _watcher = watch(handle, feed)?;
    match inbox.next(Instant::now() + KILL_DEADLINE) {
        Some(_) => Ok(()),
        None => Err(io()(std::io::Error::other(
            "it does not end; the host may be out of order",
        ))),
    }
}

pub(super) fn watch(handle: OwnedFd, feed: Feed) -> Result<Watcher> {
    Watcher::start(handle, feed).map_err(Error::io("cannot watch QEMU's process"))
}

fn connect(socket: &Path, feed: Feed) -> Result<Client> {
    Ok(Client::connect(socket, CONNECT_DEADLINE, move |item| {
        feed.send(item)
    })?)
}

pub(super) fn open(
    inbox: Inbox,
    client: Client,
    monitor: &Option<MonitorAccess>,
    feed: Feed,
) -> Result<Stream> {
    let what = "cannot follow the monitor's reports";
    let backend = backend::open(client, monitor.as_ref(), feed).map_err(Error::io(what))?;
    Ok(Stream::new(inbox, backend))
}

pub(super) fn follow(events: &Path, offset: u64, feed: Feed) -> Result<Follower> {
    let what = format!("cannot follow {}", events.display());
    Follower::start(events, offset, Parser::default(), move |item| {
        feed.send(item)
    })
    .map_err(Error::io(what))
}
