//! Starting a QEMU: its command line, its process, its sockets.
//!
//! Three decisions make a start without races or waiting loops:
//! - The QMP sockets are bound and listening *before* QEMU starts, and handed to it as open files. A
//!   connection made at once is answered when QEMU is up; if QEMU dies first, the connection ends, and
//!   QEMU's error output says why.
//! - QEMU always starts with its CPUs stopped (`-S`). Once the monitor answers and all followers are
//!   in place, `cont` is sent: that moment is the machine's power-on, so boot times do not count the
//!   loading of QEMU itself.
//! - The event file exists before QEMU starts, so that it can be followed from its first byte.

mod command_line;
mod files;
mod launched;
mod process;
mod start;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

pub use command_line::{Console, LaunchSpec};
pub(crate) use files::{LaunchFiles, Listeners};
pub(crate) use launched::Launched;
pub use launched::ReadyReport;
pub(crate) use process::{Lifetime, Process, Watcher, open};
pub(crate) use start::start;

/// QEMU did not come up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LaunchError {
    /// No kernel.
    #[error(
        "cannot read the kernel {path} ({reason}); build the guest with `cargo xtask build`, or name another with --kernel PATH"
    )]
    NoKernel {
        /// Its path.
        path: String,
        /// The system's error.
        reason: String,
    },
    /// No firmware.
    #[error(
        "cannot read the firmware {path} ({reason}); build the ROM with `cargo xtask build`, or name another with --firmware PATH"
    )]
    NoFirmware {
        /// Its path.
        path: String,
        /// The system's error.
        reason: String,
    },
    /// More vCPUs than the machine takes, or other nonsense.
    #[error("{0}")]
    Impossible(String),
    /// The built-in profile cannot be read.
    #[error("the profile qemu/{machine}.toml is wrong: {reason}")]
    Profile {
        /// The machine.
        machine: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// QEMU ended at once.
    #[error("QEMU did not start: {said}")]
    Failed {
        /// What it said.
        said: String,
    },
    /// A file, socket or process could not be made.
    #[error("cannot start QEMU: {what}: {source}")]
    System {
        /// What was tried.
        what: String,
        /// The system's error.
        source: std::io::Error,
    },
}

impl LaunchError {
    /// The kernel cannot be read.
    pub(crate) fn no_kernel(path: &Path, error: &std::io::Error) -> Self {
        Self::NoKernel {
            path: path.display().to_string(),
            reason: error.to_string(),
        }
    }

    /// The firmware cannot be read.
    pub(crate) fn no_firmware(path: &Path, error: &std::io::Error) -> Self {
        Self::NoFirmware {
            path: path.display().to_string(),
            reason: error.to_string(),
        }
    }

    /// A system error and what was tried.
    pub(crate) fn system(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::System { what, source }
    }
}

/// The last bytes of a text file, for error messages; empty when there is none.
pub(crate) fn tail(path: &Path) -> String {
    last_bytes(path, 2000).unwrap_or_default().trim().to_owned()
}

/// The last bytes of a file, at most `most`, as text.
pub(crate) fn last_bytes(path: &Path, most: u64) -> io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(most)))?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_costs_only_its_end() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), "x".repeat(9000) + "the end").expect("written");
        assert_eq!(last_bytes(file.path(), 7).expect("readable"), "the end");
        assert_eq!(tail(file.path()).len(), 2000);
        assert_eq!(tail(Path::new("/nonexistent")), "");
    }
}
