//! Following a domain's console.
//!
//! The console is a file that QEMU appends to, so whoever comes late sees it from the beginning.
//! There is no way in: the guest kernel reads nothing from it.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::os::fd::OwnedFd;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::inotify;
use rustix::io::Errno;

use super::DomainFolder;
use crate::error::{Error, Result};

impl DomainFolder {
    /// Hands what the guest has printed and prints to `sink`, until that returns false or, with
    /// `follow`, QEMU ends. Of a domain that has ended it is what is left.
    ///
    /// # Errors
    /// There is no such domain, or its console cannot be read.
    pub fn console(&self, follow: bool, mut sink: impl FnMut(&[u8]) -> bool) -> Result<()> {
        self.meta()?;
        let path = self.files().console();
        let io = || Error::io(format!("cannot read {}", path.display()));
        let mut file = File::open(&path).map_err(io())?;
        let flags = inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK;
        let watch = inotify::init(flags).map_err(|error| io()(error.into()))?;
        inotify::add_watch(&watch, &path, inotify::WatchFlags::MODIFY)
            .map_err(|error| io()(error.into()))?;
        let process = self.running().ok().filter(|_| follow);
        let mut ended = process.is_none();
        while pass_on(&mut file, &mut sink).map_err(io())? && !ended {
            if let Some((_, handle)) = &process {
                // Then what it wrote last is read once more.
                ended = wait(&watch, handle).map_err(io())?;
            }
        }
        Ok(())
    }
}

/// Waits for more text; true when QEMU has ended.
fn wait(watch: &OwnedFd, process: &OwnedFd) -> std::io::Result<bool> {
    let mut waited = [
        PollFd::new(process, PollFlags::IN),
        PollFd::new(watch, PollFlags::IN),
    ];
    match poll(&mut waited, None) {
        Ok(_) | Err(Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    let mut notifications = [0u8; 4096];
    match rustix::io::read(watch, &mut notifications) {
        Ok(_) | Err(Errno::AGAIN | Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(!waited[0].revents().is_empty())
}

fn pass_on(file: &mut File, sink: &mut impl FnMut(&[u8]) -> bool) -> std::io::Result<bool> {
    let mut bytes = [0; 16 << 10];
    loop {
        match file.read(&mut bytes) {
            Ok(0) => return Ok(true),
            Ok(length) => {
                if !sink(bytes.get(..length).unwrap_or_default()) {
                    return Ok(false);
                }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
