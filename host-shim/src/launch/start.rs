//! From a specification to a session with a stopped machine.

use std::time::{Duration, Instant};

use super::{LaunchError, LaunchFiles, LaunchSpec, Launched, Lifetime, Process, tail};
use crate::backend::{self, MonitorAccess, Stream};
use crate::error::Result;
use crate::follow::Follower;
use crate::guest_log::Parser;
use crate::history::HistoryStore;
use crate::qemu_binary::QemuBinary;
use crate::qmp::{Client, QmpError};
use crate::session::{MachineFacts, Session};
use crate::stream::{Feed, Inbox, Incoming};

/// How long QEMU may take to load and build its machine. Its own end is noticed at once.
const START_DEADLINE: Duration = Duration::from_secs(30);

/// How long the news of its end may take after its sockets are gone.
const EXIT_GRACE: Duration = Duration::from_secs(2);

/// Starts `qemu` and connects to it.
pub(crate) fn start(
    qemu: &QemuBinary,
    spec: &LaunchSpec,
    speaks: bool,
    files: &LaunchFiles,
    lifetime: Lifetime,
    history: HistoryStore,
) -> Result<Launched> {
    spec.check(qemu.version, speaks)?;
    let listeners = files.create(spec.backend, spec.agent)?;
    let arguments = spec.arguments(&files.events(), &files.console(), &files.control());
    let (feed, inbox) = Inbox::new();
    let process = Process::start(
        &qemu.path,
        &arguments,
        lifetime,
        files,
        listeners,
        feed.clone(),
    )?;
    let facts = MachineFacts {
        accel: spec.accel,
        x86: spec.profile.arch == "x86_64",
        speaks,
        stderr: Some(files.stderr()),
    };
    let monitor = files.monitor_access(spec.backend, spec.cpus);
    match connect(files, monitor.as_ref(), facts, history, (feed, inbox)) {
        Ok(session) => Ok(Launched::new(session, process)),
        Err(error) => {
            // A detached one would stay, with its CPUs stopped and nobody who knows of it.
            process.kill();
            Err(error)
        }
    }
}

fn connect(
    files: &LaunchFiles,
    monitor: Option<&MonitorAccess>,
    facts: MachineFacts,
    history: HistoryStore,
    (feed, inbox): (Feed, Inbox),
) -> Result<Session> {
    let sink = feed.clone();
    let connected = Client::connect(&files.qmp(), START_DEADLINE, move |item| sink.send(item));
    let client = connected.map_err(|error| failure(&error, &inbox, files))?;
    let what = "cannot follow the monitor's reports";
    let backend =
        backend::open(client, monitor, feed.clone()).map_err(LaunchError::system(what))?;
    let stream = Stream::new(inbox, backend);
    let events = files.events();
    let what = format!("cannot follow {}", events.display());
    let follower = Follower::start(&events, 0, Parser::default(), move |item| feed.send(item))
        .map_err(LaunchError::system(what))?;
    Ok(Session::new(stream, Some(follower), facts, history))
}

/// Why the monitor did not answer: in QEMU's own words, when it ended.
fn failure(error: &QmpError, inbox: &Inbox, files: &LaunchFiles) -> LaunchError {
    let deadline = Instant::now() + EXIT_GRACE;
    let ended = loop {
        match inbox.next(deadline) {
            Some(Incoming::QemuExited(status)) => break status,
            Some(_) => {}
            None => break None,
        }
    };
    let words = tail(&files.stderr());
    let said = match (ended, words.is_empty()) {
        (_, false) => words,
        (Some(status), true) => format!("it ended without a word ({status})"),
        (None, true) => error.to_string(),
    };
    LaunchError::Failed { said }
}
