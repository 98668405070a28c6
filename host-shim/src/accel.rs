//! How QEMU executes the guest.
//!
//! `auto` does not believe that an existing `/dev/kvm` means a usable one: some hosts offer a
//! nested KVM that opens and then kills the guest. It boots the very kernel once on KVM, and takes
//! KVM only if that guest came up, took a CPU, gave it back, took it again and powered off; the
//! answer is remembered per QEMU version, kernel file and boot of this host. Otherwise it takes
//! multi-threaded TCG.

mod probe;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub(crate) use probe::resolve_for;
pub use probe::{Choice, resolve, will_probe};

/// An accelerator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Accel {
    /// KVM where a probe lived on it, else multi-threaded TCG.
    Auto,
    /// Hardware virtualisation.
    Kvm,
    /// Translation, one host thread per vCPU.
    #[serde(rename = "tcg")]
    TcgMulti,
    /// Translation, one host thread for all vCPUs. QEMU aborts when a vCPU is removed.
    TcgSingle,
}

impl Accel {
    /// Its name on our command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Kvm => "kvm",
            Self::TcgMulti => "tcg",
            Self::TcgSingle => "tcg-single",
        }
    }

    /// QEMU's `-accel` argument. Multi-threading is asked for by name, because QEMU's default
    /// depends on host and guest.
    pub(crate) fn argument(self) -> &'static str {
        match self {
            Self::Kvm => "kvm",
            Self::TcgSingle => "tcg,thread=single",
            Self::TcgMulti | Self::Auto => "tcg,thread=multi",
        }
    }
}

impl fmt::Display for Accel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that names no accelerator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an accelerator; take auto, kvm, tcg or tcg-single")]
pub struct UnknownAccel(String);

impl FromStr for Accel {
    type Err = UnknownAccel;

    fn from_str(name: &str) -> Result<Self, UnknownAccel> {
        let all = [Self::Auto, Self::Kvm, Self::TcgMulti, Self::TcgSingle];
        let found = all.into_iter().find(|accel| accel.name() == name);
        found.ok_or_else(|| UnknownAccel(name.to_owned()))
    }
}
