//! A thread that waits for a file descriptor, and ends when its owner goes.
//!
//! Following a file and watching a process are the same wait: something becomes readable, or the
//! owner wants an end. Both are awaited at once, so nothing has to wake up in between to look
//! whether it is still wanted.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::thread::JoinHandle;

use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
use rustix::io::Errno;

/// The owner's end. Dropping it ends the thread and waits for that.
#[derive(Debug)]
pub(crate) struct WatchThread {
    stop: OwnedFd,
    thread: Option<JoinHandle<()>>,
}

/// The thread's end.
#[derive(Debug)]
pub(crate) struct Stop(OwnedFd);

impl WatchThread {
    /// Runs `work` on a thread of its own. It has to return soon after a wait of its [`Stop`] was
    /// false.
    pub fn spawn(work: impl FnOnce(Stop) + Send + 'static) -> io::Result<Self> {
        let stop = eventfd(0, EventfdFlags::CLOEXEC)?;
        let stopped = Stop(stop.try_clone()?);
        Ok(Self {
            stop,
            thread: Some(std::thread::spawn(move || work(stopped))),
        })
    }
}

impl WatchThread {
    /// Tells the thread to end, without waiting for it; false if it cannot be told.
    pub fn stop(&self) -> bool {
        rustix::io::write(&self.stop, &1u64.to_ne_bytes()).is_ok()
    }
}

impl Drop for WatchThread {
    fn drop(&mut self) {
        let told = self.stop();
        if let Some(thread) = self.thread.take()
            && told
        {
            let _ = thread.join();
        }
    }
}

impl Stop {
    /// Waits until `source` is readable (true), or until the owner wants an end or waiting fails
    /// (false).
    pub fn wait_readable(&self, source: &impl AsFd) -> bool {
        let mut waited = [
            PollFd::new(&self.0, PollFlags::IN),
            PollFd::new(source, PollFlags::IN),
        ];
        loop {
            match poll(&mut waited, None) {
                Ok(_) => return waited[0].revents().is_empty(),
                Err(Errno::INTR) => {}
                Err(_) => return false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn the_owner_ends_a_wait_that_nothing_else_would_end() {
        let (silent, _other_end) = std::os::unix::net::UnixStream::pair().expect("a socket pair");
        let (sender, receiver) = channel();
        let thread = WatchThread::spawn(move |stop| {
            let _ = sender.send(stop.wait_readable(&silent));
        });
        drop(thread.expect("started"));
        assert_eq!(receiver.recv(), Ok(false));
    }
}
