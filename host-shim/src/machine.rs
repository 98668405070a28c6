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
    /// aarch64: CPU hotplug over a GED, by QEMU itself or by a monitor in the ROM.
    Virt,
}

impl Machine {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Q35, Self::Pc, Self::Microvm, Self::Virt];

    /// Its name, as on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Q35 => "q35",
            Self::Pc => "pc",
            Self::Microvm => "microvm",
            Self::Virt => "virt",
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
            Self::Virt => include_str!("../../qemu/virt.toml"),
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
#[error("{0:?} is not a machine with a profile; take q35, pc, microvm or virt")]
pub struct UnknownMachine(String);

impl FromStr for Machine {
    type Err = UnknownMachine;

    fn from_str(name: &str) -> Result<Self, UnknownMachine> {
        let found = Self::ALL.into_iter().find(|machine| machine.name() == name);
        found.ok_or_else(|| UnknownMachine(name.to_owned()))
    }
}

/// A machine as it is named on a command line: by its name, or by a versioned type of it such as
/// `virt-8.2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedMachine {
    /// The machine.
    pub machine: Machine,
    /// The versioned type.
    pub machine_type: Option<String>,
}

impl FromStr for NamedMachine {
    type Err = UnknownMachine;

    fn from_str(name: &str) -> Result<Self, UnknownMachine> {
        let virt = Machine::Virt;
        let version = name
            .strip_prefix(virt.name())
            .and_then(|rest| rest.strip_prefix('-'));
        if version.and_then(Version::parse).is_some() {
            return Ok(Self {
                machine: virt,
                machine_type: Some(name.to_owned()),
            });
        }
        Ok(Self {
            machine: name.parse()?,
            machine_type: None,
        })
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
    /// The CPU model; without one, QEMU's default.
    #[serde(default)]
    pub cpu_model: Option<String>,
    /// `-global` arguments.
    #[serde(default)]
    pub globals: Vec<String>,
    /// `-device` arguments. The chardev `events` is the event file.
    pub devices: Vec<String>,
    /// What the guest's command line has to say about those devices.
    pub cmdline: String,
    /// The port of the guest agent.
    pub agent: AgentProfile,
    /// Limits on vCPUs, by version, ascending.
    pub max_vcpus: Vec<VcpuLimit>,
    /// What a monitor needs, on a machine that can have one.
    #[serde(default)]
    pub monitor: Option<MonitorProfile>,
}

/// What a machine needs for a guest agent. The chardev `agent` is its socket.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentProfile {
    /// `-device` arguments.
    pub devices: Vec<String>,
}

/// What is added to a machine whose hotplug a monitor does. The chardev `control` is its channel.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonitorProfile {
    /// More for the argument of `-machine`.
    pub machine: String,
    /// More `-device` arguments.
    pub devices: Vec<String>,
    /// Where the monitor finds its control device: its address, as the monitor is told it.
    pub control: String,
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
    /// The argument of `-machine` with `type_name` (such as `virt-8.2`) in place of the machine's own
    /// name.
    pub fn machine_argument(&self, type_name: Option<&str>) -> String {
        let own = &self.machine;
        match (type_name, own.split_once(',')) {
            (None, _) => own.clone(),
            (Some(name), None) => name.to_owned(),
            (Some(name), Some((_, options))) => format!("{name},{options}"),
        }
    }

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
        assert!("sbsa-ref".parse::<Machine>().is_err());
    }

    #[test]
    fn only_virt_has_versioned_types() {
        let virt: NamedMachine = "virt-8.2".parse().expect("a type");
        assert_eq!(virt.machine, Machine::Virt);
        assert_eq!(virt.machine_type.as_deref(), Some("virt-8.2"));
        let q35: NamedMachine = "q35".parse().expect("a machine");
        assert_eq!((q35.machine, q35.machine_type), (Machine::Q35, None));
        for wrong in ["virt-", "virt-x", "virt8.2", "q35-8.2"] {
            assert!(wrong.parse::<NamedMachine>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_versioned_type_takes_the_machines_options() {
        let virt = Machine::Virt.profile().expect("a valid file");
        assert_eq!(virt.machine_argument(None), "virt,gic-version=3");
        let versioned = virt.machine_argument(Some("virt-8.2"));
        assert_eq!(versioned, "virt-8.2,gic-version=3");
    }

    #[test]
    fn the_limit_is_the_versions_own() {
        let q35 = Machine::Q35.profile().expect("a valid file");
        assert_eq!(q35.vcpu_limit(Version::new(7, 2, 22)), Some(255));
        assert_eq!(q35.vcpu_limit(Version::new(11, 1, 3)), Some(4096));
        assert_eq!(q35.vcpu_limit(Version::new(5, 0, 0)), None);
    }
}
