//! Which of the two incompatible aarch64 protocols is played.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A generation of aarch64 CPU hotplug. A guest of one does not work on a host of another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Generation {
    /// openEuler before 24.03. CPUs can only be added.
    Old,
    /// openEuler from 24.03 on.
    #[default]
    New,
    /// The series proposed to QEMU upstream; the newer protocol with different table flags.
    Rfc,
}

impl Generation {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Old, Self::New, Self::Rfc];

    /// Its name, on the command line and in the monitor's reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::New => "new",
            Self::Rfc => "rfc",
        }
    }

    /// Whether CPUs can be removed again.
    pub fn removes(self) -> bool {
        self != Self::Old
    }
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that names no generation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no generation of CPU hotplug; take old, new or rfc")]
pub struct UnknownGeneration(String);

impl FromStr for Generation {
    type Err = UnknownGeneration;

    fn from_str(name: &str) -> Result<Self, UnknownGeneration> {
        let found = Self::ALL.into_iter().find(|known| known.name() == name);
        found.ok_or_else(|| UnknownGeneration(name.to_owned()))
    }
}
