//! The job lock: one change of a domain at a time.
//!
//! A `flock` on a file in the domain's folder. The kernel frees it with its holder, however that
//! ends, so there are no stale locks; what stands in the file is only for the message to whoever
//! comes second.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::{DomainError, DomainFolder};
use crate::error::{Error, Result};

/// The most of the holder's note that is shown.
const LONGEST_NOTE: u64 = 200;

/// The lock, held until dropped.
#[derive(Debug)]
pub struct Job {
    _file: File,
}

impl Job {
    /// Takes the lock for `what` (such as `setvcpus 4`), without waiting.
    ///
    /// # Errors
    /// [`DomainError::Busy`] with the holder's note.
    pub fn take(folder: &DomainFolder, what: &str) -> Result<Self> {
        Self::take_file(&folder.path().join("job.lock"), folder.name(), what)
    }

    /// The same with a file of the caller's choice, for `what` is done to the domain `name`.
    pub(crate) fn take_file(path: &Path, name: &str, what: &str) -> Result<Self> {
        let io = || Error::io(format!("cannot lock {}", path.display()));
        let mut options = File::options();
        options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600);
        let mut file = options.open(path).map_err(io())?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => {
                let name = name.to_owned();
                return Err(DomainError::Busy {
                    name,
                    holder: holder(&mut file),
                }
                .into());
            }
            Err(error) => return Err(io()(error.into())),
        }
        let note = format!("process {} runs `{what}`", std::process::id());
        file.set_len(0).and_then(|()| file.rewind()).map_err(io())?;
        file.write_all(note.as_bytes()).map_err(io())?;
        Ok(Self { _file: file })
    }
}

fn holder(file: &mut File) -> String {
    let mut note = String::new();
    match file.take(LONGEST_NOTE).read_to_string(&mut note) {
        Ok(length) if length > 0 => note,
        _ => "another command is changing it".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_learns_who_is_first() {
        let root = tempfile::tempdir().expect("a folder");
        let folder = DomainFolder::under(root.path(), "demo").expect("a name");
        std::fs::create_dir(folder.path()).expect("made");
        let first = Job::take(&folder, "setvcpus 4").expect("free");
        let text = Job::take(&folder, "shutdown")
            .expect_err("taken")
            .to_string();
        let holder = format!("process {} runs `setvcpus 4`", std::process::id());
        assert!(text.contains(&holder), "{text}");
        drop(first);
        assert!(Job::take(&folder, "shutdown").is_ok());
    }
}
