//! The machines that we start, as data.
//!
//! What differs from machine to machine (its `-machine` argument, where the guest's records leave,
//! how many vCPUs it takes) stands in a TOML file under `qemu/`; the files are part of the program,
//! so that it runs from anywhere. Addresses of ACPI hardware are not among it: the guest takes
//! those from the tables.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::launch::LaunchError;
use crate::qmp::Version;

/// A machine type that has a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Machine {
    /// PC with PCIe: CPU hotplug over a GPE.
    Q35,
    /// The old PC: CPU hotplug over a GPE.
    Pc,
    /// No PCI, hardware-reduced ACPI: power button over a GED, no CPU hotplug.
    Microvm,
}

impl Machine {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Q35, Self::Pc, Self::Microvm];

    /// Its name, as on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Q35 => "q35",
            Self::Pc => "pc",
            Self::Microvm => "microvm",
        }
    }

    /// Its profile.
    ///
    /// # Errors
    /// [`LaunchError::Profile`] when the file under `qemu/` that was built in is wrong.
    pub fn profile(self) -> Result<Profile, LaunchError> {
        let text = match self {
            Self::Q35 => include_str!("../../qemu/q35.toml"),
            Self::Pc => include_str!("../../qemu/pc.toml"),
            Self::Microvm => include_str!("../../qemu/microvm.toml"),
        };
        toml::from_str(text).map_err(|error| LaunchError::Profile {
            machine: self.name(),
            reason: error.to_string(),
        })
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no machine's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a machine with a profile; take q35, pc or microvm")]
pub struct UnknownMachine(String);

impl FromStr for Machine {
    type Err = UnknownMachine;

    fn from_str(name: &str) -> Result<Self, UnknownMachine> {
        let found = Self::ALL.into_iter().find(|machine| machine.name() == name);
        found.ok_or_else(|| UnknownMachine(name.to_owned()))
    }
}

/// What a file under `qemu/` says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// QEMU's name of the architecture: which `qemu-system-*` runs it.
    pub arch: String,
    /// The argument of `-machine`.
    pub machine: String,
    /// Whether vCPUs can be added at all.
    pub cpu_hotplug: bool,
    /// `-device` arguments. The chardev `events` is the event file.
    pub devices: Vec<String>,
    /// What the guest's command line has to say about those devices.
    pub cmdline: String,
    /// Limits on vCPUs, by version, ascending.
    pub max_vcpus: Vec<VcpuLimit>,
}

/// A limit that holds from one QEMU version on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VcpuLimit {
    /// That version, as `major.minor.micro`.
    pub since: String,
    /// The most vCPUs.
    pub limit: u32,
}

impl Profile {
    /// The most vCPUs that this machine takes on that QEMU; `None` when the profile does not know.
    pub fn vcpu_limit(&self, version: Version) -> Option<u32> {
        let holds =
            |entry: &&VcpuLimit| Version::parse(&entry.since).is_some_and(|since| since <= version);
        self.max_vcpus
            .iter()
            .rev()
            .find(holds)
            .map(|entry| entry.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_is_readable_and_named() {
        for machine in Machine::ALL {
            let profile = machine.profile().expect("a valid file");
            assert!(profile.machine.starts_with(machine.name()));
            assert!(
                profile
                    .max_vcpus
                    .iter()
                    .all(|entry| Version::parse(&entry.since).is_some())
            );
            assert_eq!(machine.name().parse(), Ok(machine));
        }
        assert!("virt".parse::<Machine>().is_err());
    }

    #[test]
    fn the_limit_is_the_versions_own() {
        let q35 = Machine::Q35.profile().expect("a valid file");
        assert_eq!(q35.vcpu_limit(Version::new(7, 2, 22)), Some(255));
        assert_eq!(q35.vcpu_limit(Version::new(11, 1, 3)), Some(4096));
        assert_eq!(q35.vcpu_limit(Version::new(5, 0, 0)), None);
    }
}
