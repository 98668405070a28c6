//! The way to the monitor: a FIFO that any number of programs write to.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The two files of QEMU's `pipe` chardev.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlFiles {
    /// A FIFO: requests.
    pub requests: PathBuf,
    /// A regular file: the monitor's reports, from the first one on.
    pub reports: PathBuf,
}

impl ControlFiles {
    /// The files in `folder`, by the names that QEMU gives them for `path=FOLDER/control`.
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            requests: folder.join("control.in"),
            reports: folder.join("control.out"),
        }
    }
}

/// Writes requests.
///
/// The FIFO is opened anew for each one: QEMU keeps its own end open for as long as it lives, so an
/// open that finds no reader tells that it is gone. Nothing waits: a FIFO that is full is an error.
#[derive(Debug)]
pub struct Requests {
    fifo: PathBuf,
}

impl Requests {
    /// Requests into `fifo`.
    pub fn new(fifo: impl Into<PathBuf>) -> Self {
        Self { fifo: fifo.into() }
    }

    /// Writes one line. It is shorter than `PIPE_BUF`, so it arrives whole or not at all (pipe(7)).
    ///
    /// # Errors
    /// No FIFO, nobody who reads it, or no room in it.
    pub fn write(&self, line: &[u8]) -> io::Result<()> {
        let nonblocking = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .custom_flags(nonblocking)
            .open(&self.fifo)?;
        if !file.metadata()?.file_type().is_fifo() {
            return Err(io::Error::other("it is not a FIFO"));
        }
        match file.write(line)? {
            written if written == line.len() => Ok(()),
            _ => Err(io::Error::other("only a part of the request was taken")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    use std::io::{BufRead, BufReader};

    #[test]
    fn a_line_arrives_and_nobody_is_waited_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = ControlFiles::in_folder(folder.path());
        let requests = Requests::new(&files.requests);
        assert!(requests.write(b"x\n").is_err(), "there is no FIFO");
        let mode = Mode::RUSR | Mode::WUSR;
        mknodat(CWD, &files.requests, FileType::Fifo, mode, 0).expect("made");
        let error = requests.write(b"x\n").expect_err("nobody reads");
        assert_eq!(
            error.raw_os_error(),
            Some(rustix::io::Errno::NXIO.raw_os_error())
        );
        // As QEMU does: both ways, so that the open does not wait for a writer.
        let mut both_ways = OpenOptions::new();
        let reader = both_ways
            .read(true)
            .write(true)
            .open(&files.requests)
            .expect("opened");
        requests.write(b"one\n").expect("written");
        let mut line = String::new();
        BufReader::new(reader).read_line(&mut line).expect("read");
        assert_eq!(line, "one\n");
        std::fs::write(&files.reports, "").expect("written");
        assert!(
            Requests::new(&files.reports).write(b"x\n").is_err(),
            "a regular file"
        );
    }
}
