//! A domain in the foreground: its guest's console is our terminal, and it ends with us.
//!
//! To every other command it is a domain like any other, so the monitor and the job lock are let go
//! as soon as it runs. What is left here is the process, which the kernel ends with ours, and the
//! tidying up: the terminal, which only a QEMU that ends by itself puts in order, and the folder.

use std::io::stdin;
use std::process::ExitStatus;
use std::time::Duration;

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

use super::{DomainFolder, ProcessId, StartConfig, Starting};
use crate::error::{Error, Result};
use crate::launch::{Console, Lifetime, Process};

/// A domain in the foreground. Dropping it ends QEMU and clears the folder away.
///
/// Fields are dropped in order: only when QEMU is gone are terminal and folder nobody's.
#[derive(Debug)]
pub struct Attached {
    process: Process,
    _terminal: Terminal,
    _claim: Claim,
}

impl DomainFolder {
    /// Starts the domain with its console in this terminal, to live no longer than the returned
    /// value. Ctrl-C ends its QEMU; a program that wants to tidy up must survive that itself.
    ///
    /// # Errors
    /// As [`DomainFolder::start`].
    pub fn attach(&self, config: StartConfig) -> Result<Attached> {
        let terminal = Terminal::remember();
        let lifetime = Lifetime::OfParent {
            with_terminal: true,
        };
        let Starting {
            started, launched, ..
        } = self.start_as(config, Console::Stdio, lifetime)?;
        Ok(Attached {
            process: launched.process,
            _terminal: terminal,
            _claim: Claim {
                folder: self.clone(),
                process: started.meta.process,
            },
        })
    }
}

impl Attached {
    /// Awaits QEMU's end. Once it has been told, it is not known any more.
    ///
    /// # Errors
    /// It still runs after `timeout`, or its status could not be had.
    pub fn wait_exit(&mut self, timeout: Duration) -> Result<ExitStatus> {
        let io = || Error::io("cannot learn how QEMU ended");
        if !self.process.ends_within(timeout).map_err(io())? {
            return Err(Error::NotInTime {
                what: "QEMU's end".to_owned(),
                after: timeout,
                hint: "the guest runs on".to_owned(),
            });
        }
        let status = self.process.status();
        status.ok_or_else(|| io()(std::io::Error::other("it was not reaped")))
    }
}

/// The terminal's settings, put back when dropped; nothing where standard input is none.
#[derive(Debug)]
struct Terminal(Option<Termios>);

impl Terminal {
    fn remember() -> Self {
        Self(tcgetattr(stdin()).ok())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Some(settings) = &self.0 {
            // A terminal that has been closed needs none.
            let _ = tcsetattr(stdin(), OptionalActions::Now, settings);
        }
    }
}

/// The folder, removed when dropped unless it has become another QEMU's: `hotvcpu destroy` and a
/// new start may have come before us.
#[derive(Debug)]
struct Claim {
    folder: DomainFolder,
    process: Option<ProcessId>,
}

impl Drop for Claim {
    fn drop(&mut self) {
        if self
            .folder
            .meta()
            .is_ok_and(|meta| meta.process == self.process)
        {
            // What cannot be removed is shown by `hotvcpu list` as ended.
            let _ = self.folder.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with a note of a QEMU that is this very process.
    fn noted(root: &std::path::Path) -> (DomainFolder, Option<ProcessId>) {
        let folder = DomainFolder::under(root, "run").expect("a name");
        std::fs::create_dir(folder.path()).expect("made");
        let process = ProcessId::of(std::process::id());
        let note = serde_json::json!({
            "name": "run", "process": process, "qemu": "/q", "machine": "q35", "accel": "tcg",
            "version": {"major": 10, "minor": 0, "micro": 2},
            "kernel": "/k", "vcpus": 1, "max_vcpus": 2, "foreign_kernel": false,
        });
        std::fs::write(folder.path().join("meta.json"), note.to_string()).expect("written");
        (folder, process)
    }

    #[test]
    fn only_its_own_folder_is_cleared_away() {
        let root = tempfile::tempdir().expect("a folder");
        let (folder, process) = noted(root.path());
        let claim = |process| Claim {
            folder: folder.clone(),
            process,
        };
        drop(claim(None));
        assert!(folder.meta().is_ok(), "it is another QEMU's by now");
        drop(claim(process));
        assert!(!folder.path().exists());
        drop(claim(process));
    }
}
