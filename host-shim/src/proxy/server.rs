//! The proxy's life: from the sockets to the last message.

use std::collections::BTreeMap;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::client::{Client, ClientId, FromClient};
use super::listen::Listening;
use crate::error::Error;
use crate::follow::Follower;
use crate::monitor::{
    ControlBase, ControlFiles, ControlItem, Question, ReportReader, Requests, Translator,
};
use crate::qmp;
use crate::watch_thread::WatchThread;

/// How long QEMU has to greet.
const CONNECT_DEADLINE: Duration = Duration::from_secs(5);
/// How long clients have to read the last messages once QEMU has ended.
const FAREWELL: Duration = Duration::from_secs(1);
/// Messages that may wait for the one thread; beyond it their senders wait.
const CAPACITY: usize = 1024;

/// What to put a proxy in front of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyConfig {
    /// QEMU's QMP socket, which the proxy takes for itself.
    pub qmp: PathBuf,
    /// The channel to the monitor.
    pub control: ControlFiles,
    /// From where on the monitor's reports are read; without it, from their beginning.
    pub base: Option<ControlBase>,
    /// The socket to offer.
    pub listen: PathBuf,
}

/// Something that came.
#[derive(Debug)]
pub(super) enum Message {
    Qemu(qmp::Incoming),
    Control(ControlItem),
    Connected(UnixStream),
    Client(ClientId, FromClient),
    Stop,
}

/// Who sent a command, and by which id the client knows it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asker {
    pub client: ClientId,
    pub id: Option<Value>,
}

/// What an answer of QEMU's is for.
#[derive(Debug)]
pub(super) enum Awaited {
    Command(Asker),
    Question(Question<Asker>),
}

/// Ends a running proxy from elsewhere.
#[derive(Clone, Debug)]
pub struct Stopper(SyncSender<Message>);

impl Stopper {
    /// Ends it, once what came before is done.
    pub fn stop(&self) {
        // An error means that it has ended.
        let _ = self.0.send(Message::Stop);
    }
}

/// A proxy, connected and listening.
///
/// Fields are dropped in order: the inbox first, because the others' threads may wait for room in it.
#[derive(Debug)]
pub struct Proxy {
    inbox: Receiver<Message>,
    pub(super) outbox: SyncSender<Message>,
    pub(super) qemu: qmp::Client,
    pub(super) requests: Requests,
    pub(super) translator: Translator<Asker>,
    pub(super) awaited: BTreeMap<u64, Awaited>,
    pub(super) clients: BTreeMap<ClientId, Client>,
    pub(super) last_client: ClientId,
    pub(super) finished: (std::sync::mpsc::Sender<()>, Receiver<()>),
    pub(super) problems: Vec<String>,
    _acceptor: WatchThread,
    _follower: Follower,
}

impl Proxy {
    /// Connects to QEMU, follows the monitor's reports, and listens.
    ///
    /// # Errors
    /// QEMU does not greet, there is no channel, or the socket cannot be made.
    pub fn start(config: &ProxyConfig) -> crate::Result<Self> {
        let what = format!("cannot listen on {}", config.listen.display());
        let listening = Listening::on(&config.listen).map_err(Error::io(what.clone()))?;
        let (outbox, inbox) = sync_channel(CAPACITY);
        let base = config.base.clone();
        let (offset, model) = base.map_or((0, None), |base| (base.offset, Some(base.model)));
        let follower = follow(&config.control.reports, offset, outbox.clone())?;
        let sender = outbox.clone();
        let qemu = qmp::Client::connect(&config.qmp, CONNECT_DEADLINE, move |item| {
            sender.send(Message::Qemu(item)).is_ok()
        });
        let sources = qemu.map_err(Error::from).and_then(|qemu| {
            let acceptor = accept(listening, outbox.clone()).map_err(Error::io(what))?;
            Ok((qemu, acceptor))
        });
        let (qemu, acceptor) = match sources {
            Ok(sources) => sources,
            Err(error) => {
                // The follower may wait for room in it, and is awaited when dropped.
                drop(inbox);
                return Err(error);
            }
        };
        Ok(Self {
            inbox,
            outbox,
            qemu,
            requests: Requests::new(&config.control.requests),
            translator: Translator::new(model),
            awaited: BTreeMap::new(),
            clients: BTreeMap::new(),
            last_client: 0,
            finished: channel(),
            problems: Vec::new(),
            _acceptor: acceptor,
            _follower: follower,
        })
    }

    /// What ends it from elsewhere, such as a signal's handler.
    pub fn stopper(&self) -> Stopper {
        Stopper(self.outbox.clone())
    }

    /// Serves until QEMU ends or a [`Stopper`] says so; returns why. What is wrong with the monitor goes to
    /// `problem`.
    pub fn run(mut self, mut problem: impl FnMut(&str)) -> String {
        let reason = loop {
            let message = match self.translator.deadline() {
                None => self
                    .inbox
                    .recv()
                    .map_err(|_| RecvTimeoutError::Disconnected),
                Some(due) => {
                    let left = due.saturating_duration_since(Instant::now());
                    self.inbox.recv_timeout(left)
                }
            };
            let handled = match message {
                Ok(Message::Stop) => Err("it was told to stop".to_owned()),
                Ok(message) => self.handle(message),
                Err(RecvTimeoutError::Timeout) => {
                    let outputs = self.translator.expire(Instant::now());
                    self.perform(outputs)
                }
                Err(RecvTimeoutError::Disconnected) => Err("nothing can come any more".to_owned()),
            };
            self.problems.drain(..).for_each(|what| problem(&what));
            if let Err(reason) = handled {
                break reason;
            }
        };
        self.say_farewell();
        reason
    }

    /// What was said last, such as QEMU's SHUTDOWN, still goes out.
    fn say_farewell(mut self) {
        self.clients.values_mut().for_each(Client::finish);
        let (own, finished) = self.finished;
        drop(own);
        let _ = finished.recv_timeout(FAREWELL);
    }
}

fn follow(reports: &Path, offset: u64, sender: SyncSender<Message>) -> crate::Result<Follower> {
    let what = format!(
        "cannot follow the monitor's reports in {}",
        reports.display()
    );
    let sink = move |item| sender.send(Message::Control(item)).is_ok();
    Follower::start(reports, offset, ReportReader::default(), sink).map_err(Error::io(what))
}

/// Accepts clients on a thread of its own, until the owner goes.
fn accept(listening: Listening, sender: SyncSender<Message>) -> std::io::Result<WatchThread> {
    listening.listener.set_nonblocking(true)?;
    WatchThread::spawn(move |stop| {
        while stop.wait_readable(&listening.listener) {
            // A client that has gone again before it was accepted is none.
            let Ok((stream, _)) = listening.listener.accept() else {
                continue;
            };
            let served = stream.set_nonblocking(false).is_ok();
            if served && sender.send(Message::Connected(stream)).is_err() {
                return;
            }
        }
    })
}
