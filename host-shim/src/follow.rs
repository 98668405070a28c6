//! Follows a file that somebody appends lines to: reads what is there, then sleeps until the kernel
//! says that there is more.
//!
//! The guest's records and the aarch64 monitor's reports both come this way; what the bytes mean is
//! the [`LineReader`]'s business. The file is read only after a watch exists: nothing written in
//! between is missed.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use rustix::fs::inotify;
use rustix::io::Errno;

use crate::watch_thread::{Stop, WatchThread};

/// Gives the bytes of a followed file their meaning.
pub trait LineReader: Send + 'static {
    /// What a line, or the lack of one, means.
    type Item: Send;

    /// Takes in `bytes`, read at `at`; returns what they complete.
    fn push(&mut self, bytes: &[u8], at: Instant) -> Vec<Self::Item>;

    /// The item that says: everything that was there when following began has been read. Comes
    /// once.
    fn caught_up() -> Self::Item;

    /// The item that says: everything has been read, and nobody writes any more. Comes last, and
    /// only after [`Follower::finish`].
    fn end() -> Self::Item;
}

/// A thread that follows one file. Dropping it ends the thread.
#[derive(Debug)]
pub struct Follower {
    thread: WatchThread,
    /// Whether the thread reads what is left before it ends.
    finishing: Arc<AtomicBool>,
}

impl Follower {
    /// Follows `path` from byte `offset` on; `sink` gets every item until it returns false.
    ///
    /// # Errors
    /// The file cannot be opened or watched.
    pub fn start<R: LineReader>(
        path: &Path,
        offset: u64,
        reader: R,
        sink: impl FnMut(R::Item) -> bool + Send + 'static,
    ) -> io::Result<Self> {
        let watch = inotify::init(inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK)?;
        inotify::add_watch(&watch, path, inotify::WatchFlags::MODIFY)?;
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        let finishing = Arc::new(AtomicBool::new(false));
        let follow = Follow {
            file,
            watch,
            reader,
            sink,
            finishing: Arc::clone(&finishing),
        };
        Ok(Self {
            thread: WatchThread::spawn(move |stop| follow.run(&stop))?,
            finishing,
        })
    }

    /// Nobody writes any more: what is left is read, then [`LineReader::end`] comes as the last item. False
    /// if the thread cannot be told.
    pub fn finish(&self) -> bool {
        self.finishing.store(true, Ordering::Release);
        self.thread.stop()
    }
}

struct Follow<R, S> {
    file: File,
    watch: OwnedFd,
    reader: R,
    sink: S,
    finishing: Arc<AtomicBool>,
}

impl<R: LineReader, S: FnMut(R::Item) -> bool> Follow<R, S> {
    /// Ends when the owner says so, when the sink has enough, or when the file can no longer be
    /// read.
    fn run(mut self, stop: &Stop) {
        let mut goes_on = self.take_in_all() && (self.sink)(R::caught_up());
        while goes_on {
            goes_on = stop.wait_readable(&self.watch) && self.clear_watch() && self.take_in_all();
        }
        if self.finishing.load(Ordering::Acquire) && self.take_in_all() {
            (self.sink)(R::end());
        }
    }

    fn take_in_all(&mut self) -> bool {
        let mut bytes = [0; 16 << 10];
        loop {
            let length = match self.file.read(&mut bytes) {
                Ok(0) => return true,
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => return false,
            };
            let items = self
                .reader
                .push(bytes.get(..length).unwrap_or_default(), Instant::now());
            if !items.into_iter().all(&mut self.sink) {
                return false;
            }
        }
    }

    /// Takes the notifications away. What they say is not needed: the file itself is read to its
    /// end afterwards.
    fn clear_watch(&self) -> bool {
        let mut notifications = [0u8; 4096];
        match rustix::io::read(&self.watch, &mut notifications) {
            Ok(_) | Err(Errno::AGAIN | Errno::INTR) => true,
            Err(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest_log::{GuestItem, Parser};
    use std::io::Write;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    const PATIENCE: Duration = Duration::from_secs(20);
    const READY: &[u8] = b"{\"seq\":1,\"t_ns\":9,\"phase\":\"ready\"}\n";

    #[test]
    fn the_end_comes_after_what_was_written_last() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        let (sender, receiver) = channel();
        let follower = Follower::start(file.path(), 0, Parser::default(), move |item| {
            sender.send(item).is_ok()
        });
        let follower = follower.expect("followed");
        file.write_all(READY).expect("written");
        assert!(follower.finish());
        let items: Vec<GuestItem> = receiver.iter().collect();
        let records = items
            .iter()
            .filter(|item| matches!(item, GuestItem::Record(_)));
        assert_eq!(records.count(), 1);
        assert_eq!(items.last(), Some(&GuestItem::End));
    }

    #[test]
    fn what_is_there_and_what_comes_later_is_found() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(b"skipped\n")
            .and_then(|()| file.write_all(READY))
            .expect("written");
        let (sender, receiver) = channel();
        let sink = move |item| sender.send(item).is_ok();
        let _follower = Follower::start(file.path(), 8, Parser::default(), sink).expect("followed");
        let first = receiver
            .recv_timeout(PATIENCE)
            .expect("the line that was there");
        assert_eq!(receiver.recv_timeout(PATIENCE), Ok(GuestItem::CaughtUp));
        let (begin, end) = READY.split_at(7);
        file.write_all(begin).expect("written");
        file.write_all(end).expect("written");
        let second = receiver
            .recv_timeout(PATIENCE)
            .expect("the line that came later");
        assert!(
            matches!(first, GuestItem::Record(_)),
            "the offset was not kept: {first:?}"
        );
        // The same number twice is a gap, reported before its record.
        assert!(matches!(second, GuestItem::Problem(_)), "{second:?}");
    }

    #[test]
    fn dropping_it_ends_its_thread() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let (sender, receiver) = channel();
        let sink = move |item| sender.send(item).is_ok();
        let follower = Follower::start(file.path(), 0, Parser::default(), sink).expect("followed");
        assert_eq!(receiver.recv_timeout(PATIENCE), Ok(GuestItem::CaughtUp));
        drop(follower);
        assert!(
            receiver.recv().is_err(),
            "the thread is gone, and its sink with it"
        );
    }
}
