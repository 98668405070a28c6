//! Adds that were accepted while the machine was stopped, kept for the commands that follow.
//!
//! A stopped machine's monitor is stopped, too: what is asked of it waits unread, and nothing that can be looked at
//! tells of it. QEMU itself would show such a CPU as there at once. So each is noted beside the channel's files
//! until the monitor has answered, and every command counts it in.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use hotvcpu_wire::control::Request;

use super::ControlFiles;

/// The most that is read of the note: a request for each slot of the largest machine.
const LIMIT: u64 = 1 << 20;

/// The note.
#[derive(Debug)]
pub struct Accepted {
    path: PathBuf,
    /// Its length as it is known here; somebody who has added to it since keeps it.
    length: u64,
}

impl Accepted {
    /// The note beside the channel's `files`.
    pub fn beside(files: &ControlFiles) -> Self {
        Self {
            path: Self::path(files),
            length: 0,
        }
    }

    /// Where it is.
    pub(crate) fn path(files: &ControlFiles) -> PathBuf {
        files.requests.with_file_name("control.accepted")
    }

    /// What was noted. What is no request is passed over, and so is a note that cannot be read: it says less then.
    pub fn read(&mut self) -> Vec<Request<String>> {
        let mut text = Vec::new();
        let read = File::open(&self.path).and_then(|file| file.take(LIMIT).read_to_end(&mut text));
        self.length = read.map_or(0, |length| length as u64);
        let lines = text.split(|byte| *byte == b'\n');
        lines
            .filter_map(|line| serde_json::from_slice(line).ok())
            .collect()
    }

    /// Notes a request's line.
    ///
    /// # Errors
    /// The note cannot be written.
    pub fn note(&mut self, line: &[u8]) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.append(true).create(true).mode(0o600);
        let mut file = options.open(&self.path)?;
        file.write_all(line)?;
        self.length = file.metadata()?.len();
        Ok(())
    }

    /// Whether there is something in it, as far as is known here.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Forgets all: the monitor has answered.
    pub fn forget(&mut self) {
        let now = |path: &Path| fs::metadata(path).map(|metadata| metadata.len()).ok();
        if now(&self.path) == Some(self.length) {
            // One that stays is asked about again, and forgotten then.
            let _ = fs::remove_file(&self.path);
        }
        self.length = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hotvcpu_wire::control::Op;

    #[test]
    fn what_is_noted_is_read_until_it_is_forgotten() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = ControlFiles::in_folder(folder.path());
        let (mut one, mut two) = (Accepted::beside(&files), Accepted::beside(&files));
        assert_eq!(one.read(), []);
        let line = |tag| format!("{{\"tag\":{tag},\"op\":\"plug\",\"cpu\":2,\"id\":\"a\"}}\n");
        one.note(line(7).as_bytes()).expect("written");
        one.note(b"garbage\n").expect("written");
        let read = two.read();
        assert_eq!((read.len(), read[0].tag, read[0].op), (1, 7, Op::Plug));
        // Somebody else adds: what was not known is not forgotten.
        one.note(line(8).as_bytes()).expect("written");
        two.forget();
        assert_eq!(two.read().len(), 2);
        two.forget();
        assert!(two.is_empty() && one.read().is_empty());
    }
}
