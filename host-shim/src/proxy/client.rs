//! One client's connection: a thread that reads, a thread that writes, a bound on each.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, sync_channel};

use super::input::{Input, InputReader};
use crate::qmp::MAX_LINE;

/// Messages that may wait for a client that does not read.
const MAX_MESSAGES: usize = 4096;
/// Their bytes, the longest message included.
const MAX_BYTES: usize = 2 * MAX_LINE;

/// Names a client. Never used twice.
pub(super) type ClientId = u64;

/// What comes from a client.
#[derive(Debug)]
pub(super) enum FromClient {
    /// A command, or what should have been one.
    Input(Input),
    /// It has closed the connection, or has sent an endless command.
    Gone,
}

/// The proxy's end of a client's connection. Dropping it lets the client go.
#[derive(Debug)]
pub(super) struct Client {
    stream: UnixStream,
    outbox: Option<SyncSender<Vec<u8>>>,
    queued: Arc<AtomicUsize>,
    /// Whether it has ended the negotiation, and is told of events.
    pub negotiated: bool,
}

/// The client is too slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooSlow;

impl Client {
    /// Serves `stream`. What comes goes to `sink`, until that returns false; `finished` is dropped when
    /// everything has been written.
    pub fn serve(
        stream: UnixStream,
        sink: impl FnMut(FromClient) -> bool + Send + 'static,
        finished: Sender<()>,
    ) -> std::io::Result<Self> {
        let (reading, writing) = (stream.try_clone()?, stream.try_clone()?);
        let (outbox, messages) = sync_channel(MAX_MESSAGES);
        let queued = Arc::new(AtomicUsize::new(0));
        let written = Arc::clone(&queued);
        std::thread::spawn(move || read(reading, sink));
        std::thread::spawn(move || {
            write(writing, &messages, &written);
            drop(finished);
        });
        Ok(Self {
            stream,
            outbox: Some(outbox),
            queued,
            negotiated: false,
        })
    }

    /// Hands over a message to be written, without waiting.
    pub fn send(&self, message: Vec<u8>) -> Result<(), TooSlow> {
        let length = message.len();
        let outbox = self.outbox.as_ref().ok_or(TooSlow)?;
        if self.queued.fetch_add(length, Ordering::Relaxed) + length > MAX_BYTES {
            return Err(TooSlow);
        }
        outbox.try_send(message).map_err(|_| TooSlow)
    }

    /// Nothing more will be sent; what waits is still written.
    pub fn finish(&mut self) {
        self.outbox = None;
    }
}

impl Drop for Client {
    /// Both threads end by it. They are not joined: one of them may wait for the very thread that
    /// drops this.
    fn drop(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

fn read(mut stream: UnixStream, mut sink: impl FnMut(FromClient) -> bool) {
    let (mut reader, mut bytes) = (InputReader::default(), [0; 16 << 10]);
    loop {
        let length = match stream.read(&mut bytes) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(_) => break,
        };
        let Ok(inputs) = reader.push(bytes.get(..length).unwrap_or_default()) else {
            break;
        };
        for input in inputs {
            if !sink(FromClient::Input(input)) {
                return;
            }
        }
    }
    sink(FromClient::Gone);
}

fn write(mut stream: UnixStream, messages: &Receiver<Vec<u8>>, queued: &AtomicUsize) {
    for message in messages {
        if stream.write_all(&message).is_err() {
            break;
        }
        queued.fetch_sub(message.len(), Ordering::Relaxed);
    }
}
