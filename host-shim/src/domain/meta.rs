//! What is noted of a domain at its start.

use std::fs;
use std::io::ErrorKind;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::DomainError;
use crate::accel::Accel;
use crate::backend::BackendKind;
use crate::error::{Error, Result};
use crate::history::replace_file;
use crate::launch;
use crate::machine::Machine;
use crate::monitor::Generation;
use crate::qmp::Version;

const FILE: &str = "meta.json";

/// A process that cannot be mistaken for a later one of the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessId {
    /// Its number.
    pub pid: u32,
    /// When it started, in clock ticks since the host's boot (proc(5), `/proc/PID/stat`, field 22).
    pub start_time: u64,
}

impl ProcessId {
    /// The process that has this number now.
    pub fn of(pid: u32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        Some(Self {
            pid,
            start_time: start_time_in(&stat)?,
        })
    }

    /// A handle to it; `None` when it has ended. The check follows the opening, so the handle is to
    /// this process and no other.
    pub(crate) fn open(self) -> Option<OwnedFd> {
        let handle = launch::open(self.pid).ok()?;
        (Self::of(self.pid) == Some(self)).then_some(handle)
    }
}

/// Field 22. The second field is the program's name in parentheses and may contain anything, so
/// counting begins after it. A process that has ended and waits to be reaped (state Z) is none.
fn start_time_in(stat: &str) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    if fields.next()? == "Z" {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

/// The note. Its sockets and files have fixed names in the same folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// The domain.
    pub name: String,
    /// Its QEMU; `None` until that is known to run.
    pub process: Option<ProcessId>,
    /// The program.
    pub qemu: PathBuf,
    /// Its version.
    pub version: Version,
    /// The machine.
    pub machine: Machine,
    /// How QEMU executes the guest.
    pub accel: Accel,
    /// The kernel.
    pub kernel: PathBuf,
    /// CPUs at the start.
    pub vcpus: u32,
    /// Slots.
    pub max_vcpus: u32,
    /// The kernel keeps no event file.
    pub foreign_kernel: bool,
    /// The versioned machine type, where one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine_type: Option<String>,
    /// The firmware.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firmware: Option<PathBuf>,
    /// It has a port for a guest agent, unless an earlier version started it.
    #[serde(default)]
    pub agent: bool,
    /// Who does CPU hotplug.
    #[serde(flatten)]
    pub hotplug: HotplugNote,
}

/// Who does CPU hotplug, as it is noted. Notes of earlier versions say nothing, and mean QEMU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HotplugNote {
    /// Who it is.
    #[serde(default)]
    pub backend: BackendName,
    /// What a monitor plays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<Generation>,
}

/// The name of a backend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackendName {
    /// QEMU's own hotplug, or none.
    #[default]
    Native,
    /// A monitor in the ROM.
    Monitor,
}

impl From<BackendKind> for HotplugNote {
    fn from(kind: BackendKind) -> Self {
        let (backend, generation) = match kind {
            BackendKind::Native => (BackendName::Native, None),
            BackendKind::Monitor(generation) => (BackendName::Monitor, Some(generation)),
        };
        Self {
            backend,
            generation,
        }
    }
}

impl From<HotplugNote> for BackendKind {
    fn from(note: HotplugNote) -> Self {
        match note.backend {
            BackendName::Native => Self::Native,
            BackendName::Monitor => Self::Monitor(note.generation.unwrap_or_default()),
        }
    }
}

impl Meta {
    /// Reads the note in `folder`; `None` when there is none.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io(format!("cannot read {}", path.display()))(error)),
        };
        let meta = serde_json::from_str(&text).map_err(|error| DomainError::Damaged {
            path,
            reason: error.to_string(),
        })?;
        Ok(Some(meta))
    }

    /// Writes it, replacing an earlier one as a whole.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        replace_file(&folder.join(FILE), text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_does_not_shift_the_fields() {
        let stat = "12 (a) b (c)) S 1 12 12 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1000 10";
        assert_eq!(start_time_in(stat), Some(98765));
        assert_eq!(start_time_in(&stat.replace(" S ", " Z ")), None);
        assert_eq!(start_time_in("12 (a"), None);
    }

    #[test]
    fn a_later_process_of_the_same_number_is_another() {
        let own = ProcessId::of(std::process::id()).expect("this process runs");
        assert!(own.open().is_some());
        assert!(
            ProcessId {
                start_time: own.start_time + 1,
                ..own
            }
            .open()
            .is_none()
        );
    }
}
