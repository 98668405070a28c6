//! Following a domain's console.
//!
//! The console is a file that QEMU appends to, so whoever comes late sees it from the beginning.
//! There is no way in: the guest kernel reads nothing from it. A guest that prints without end costs bounded space: each command
//! lets the older part go where there is too much, as it does with the guest's events.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{SeekFrom, inotify, seek};
use rustix::io::Errno;

use super::events_base::free_before;
use super::{DomainFolder, Job};
use crate::error::{Error, Result};

/// The most that is kept of what the guest has printed, in bytes.
const LIMIT: u64 = 64 << 20;

/// What is let go ends at a multiple of this, so that file systems can give its space back.
const CHUNK: u64 = 1 << 16;

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
        skip_what_is_gone(&file).map_err(io())?;
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

    /// Lets the older part of the console go if there is too much of it. A file system that cannot do it keeps it.
    pub(super) fn bound_console(&self, _job: &Job) {
        let _ = shorten(&self.files().console(), LIMIT);
    }
}

/// Keeps a quarter of `limit` at least of a file that has more data than `limit`.
fn shorten(path: &Path, limit: u64) -> io::Result<()> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    if length.saturating_sub(skip_what_is_gone(&file)?) <= limit {
        return Ok(());
    }
    let offset = (length - limit / 4) / CHUNK * CHUNK;
    match offset {
        0 => Ok(()),
        offset => free_before(path, offset),
    }
}

/// Goes to where the data begins: what was let go before it is a hole. Of an empty file that is its beginning.
fn skip_what_is_gone(file: &File) -> io::Result<u64> {
    match seek(file, SeekFrom::Data(0)) {
        Ok(offset) => Ok(offset),
        // ENXIO: no data at all; EINVAL: no such notion on this file system.
        Err(Errno::NXIO | Errno::INVAL) => Ok(seek(file, SeekFrom::Start(0))?),
        Err(error) => Err(error.into()),
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_long_console_is_shortened_and_shown_from_what_is_left() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        let line = [b'x'; 1 << 10];
        for _ in 0..1 << 10 {
            file.write_all(&line).expect("written");
        }
        let (path, length) = (file.path().to_path_buf(), 1 << 20);
        shorten(&path, length).expect("nothing to do");
        let opened = File::open(&path).expect("there");
        assert_eq!(skip_what_is_gone(&opened).expect("sought"), 0);
        shorten(&path, length / 2).expect("this file system can");
        let begin = skip_what_is_gone(&opened).expect("sought");
        assert_eq!(begin, length - length / 8);
        let mut shown = Vec::new();
        let mut left = opened;
        pass_on(&mut left, &mut |text| {
            shown.extend_from_slice(text);
            true
        })
        .expect("read");
        assert_eq!(shown.len() as u64, length - begin);
        assert!(shown.iter().all(|byte| *byte == b'x'));
    }

    #[test]
    fn an_empty_console_is_shown_from_its_beginning() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        assert_eq!(skip_what_is_gone(file.as_file()).expect("sought"), 0);
    }
}
