//! What a definition says, as TOML.
//!
//! Unknown keys are errors, because a mistyped `maxium` that is ignored would be found much later,
//! when a vCPU is missing. A written definition is in one canonical form; comments are not kept.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{CpuList, DefinitionError, check};
use crate::accel::Accel;
use crate::machine::Machine;
use crate::monitor::Generation;
use crate::units;

/// A domain, as it is to be started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Its name.
    pub name: String,
    /// The machine.
    pub machine: Machine,
    /// A versioned type of the machine, such as `virt-8.2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine_type: Option<String>,
    /// Which generation of aarch64 CPU hotplug to play, where QEMU has none of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<Generation>,
    /// The kernel; without it, our own guest (see [`crate::images`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel: Option<PathBuf>,
    /// The firmware (`-bios`): on aarch64 our ROM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firmware: Option<PathBuf>,
    /// Words for the kernel.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cmdline: String,
    /// Memory.
    #[serde(default)]
    pub memory: Memory,
    /// The accelerator.
    #[serde(default = "default_accel")]
    pub accel: Accel,
    /// The QEMU to run, else the one that is found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qemu: Option<PathBuf>,
    /// The CPU model, else QEMU's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<String>,
    /// The kernel is not ours: it keeps no event file.
    #[serde(default, skip_serializing_if = "is_false")]
    pub foreign_kernel: bool,
    /// How many vCPUs.
    pub vcpus: Vcpus,
    /// How they are arranged; without it, cores of one socket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topology: Option<Topology>,
    /// NUMA nodes; the first is node 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numa: Vec<Node>,
    /// What is said of particular vCPUs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vcpu: Vec<Vcpu>,
}

/// How many vCPUs there are, and which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vcpus {
    /// At the start.
    pub current: u32,
    /// Slots.
    pub maximum: u32,
    /// Which are there at the start; without it, the lowest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<CpuList>,
}

/// The levels of the machine's topology. Their product is the number of slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topology {
    /// Sockets of the machine.
    pub sockets: u32,
    /// Cores of a socket.
    pub cores: u32,
    /// Threads of a core.
    #[serde(default = "one")]
    pub threads: u32,
}

/// A NUMA node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// Its vCPUs: whole sockets.
    pub vcpus: CpuList,
    /// Its memory.
    pub memory: Memory,
}

/// What is said of one vCPU.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vcpu {
    /// Its slot.
    pub id: u32,
    /// It can be removed from the running domain although it is there from the start.
    #[serde(default, skip_serializing_if = "is_false")]
    pub hotpluggable: bool,
    /// Its place in the order in which vCPUs are taken, from 1; those without one come after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<u32>,
}

/// An amount of memory, written as `64M` or `1G`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// In MiB.
    pub mib: u32,
}

impl Default for Memory {
    fn default() -> Self {
        Self { mib: 64 }
    }
}

impl Serialize for Memory {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}M", self.mib))
    }
}

impl<'de> Deserialize<'de> for Memory {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mib = units::memory_mib(&String::deserialize(deserializer)?);
        Ok(Self {
            mib: mib.map_err(de::Error::custom)?,
        })
    }
}

fn default_accel() -> Accel {
    Accel::Auto
}

fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(value: &bool) -> bool {
    !*value
}

impl Definition {
    /// Reads a definition and checks it. Relative paths in it are meant from `base`; `source_name`
    /// is for the message.
    ///
    /// # Errors
    /// It is no definition, or of something that cannot be.
    pub fn read(text: &str, base: &Path, source_name: &str) -> Result<Self, DefinitionError> {
        let mut definition: Self =
            toml::from_str(text).map_err(|error| DefinitionError::Unreadable {
                source_name: source_name.to_owned(),
                reason: error.to_string().trim_end().to_owned(),
            })?;
        let paths = [
            definition.kernel.as_mut(),
            definition.firmware.as_mut(),
            definition.qemu.as_mut(),
        ];
        for path in paths.into_iter().flatten() {
            *path = base.join(&path);
        }
        definition.check()?;
        Ok(definition)
    }

    /// Checks it.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn check(&self) -> Result<(), DefinitionError> {
        let problems = check::problems(self);
        if problems.is_empty() {
            return Ok(());
        }
        Err(DefinitionError::Invalid {
            name: self.name.clone(),
            problems,
        })
    }

    /// The topology; what was not said is cores of one socket.
    pub fn arrangement(&self) -> Topology {
        self.topology.unwrap_or(Topology {
            sockets: 1,
            cores: self.vcpus.maximum,
            threads: 1,
        })
    }

    /// As TOML.
    ///
    /// # Errors
    /// Not for a definition that was read; the writer may say no to others.
    pub fn to_toml(&self) -> Result<String, DefinitionError> {
        toml::to_string(self).map_err(|error| DefinitionError::Unreadable {
            source_name: self.name.clone(),
            reason: error.to_string(),
        })
    }
}

impl Topology {
    /// Slots of one socket.
    pub fn per_socket(self) -> u64 {
        u64::from(self.cores) * u64::from(self.threads)
    }

    /// Slots in all.
    pub fn slots(self) -> u64 {
        u64::from(self.sockets).saturating_mul(self.per_socket())
    }

    /// The socket of a slot: QEMU counts threads first, then cores, then sockets.
    pub fn socket_of(self, slot: u32) -> u64 {
        u64::from(slot) / self.per_socket().max(1)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub const EXAMPLE: &str = r#"
name = "demo"
machine = "q35"
kernel = "guest"
cmdline = "workload=paced"
memory = "64M"

[vcpus]
current = 3
maximum = 8
enabled = "0-1,4"

[topology]
sockets = 2
cores = 2
threads = 2

[[numa]]
vcpus = "0-3"
memory = "32M"

[[numa]]
vcpus = "4-7"
memory = "32M"

[[vcpu]]
id = 4
hotpluggable = true
order = 1
"#;

    pub fn example() -> Definition {
        Definition::read(EXAMPLE, Path::new("/base"), "example").expect("a good one")
    }

    #[test]
    fn what_is_written_is_read_back() {
        let definition = example();
        assert_eq!(definition.kernel.as_deref(), Some(Path::new("/base/guest")));
        assert_eq!(definition.accel, Accel::Auto);
        let text = definition.to_toml().expect("written");
        let again = Definition::read(&text, Path::new("/elsewhere"), "text").expect("read");
        assert_eq!(again, definition);
    }

    #[test]
    fn a_mistyped_key_is_named_with_its_line() {
        let text = EXAMPLE.replace("maximum", "maxium");
        let error = Definition::read(&text, Path::new("/"), "x.toml").expect_err("mistyped");
        let said = error.to_string();
        assert!(
            said.contains("x.toml") && said.contains("maxium") && said.contains("line 10"),
            "{said}"
        );
    }

    #[test]
    fn slots_are_counted_from_the_thread_up() {
        let topology = example().arrangement();
        assert_eq!((topology.slots(), topology.per_socket()), (8, 4));
        let sockets: Vec<u64> = (0..8).map(|slot| topology.socket_of(slot)).collect();
        assert_eq!(sockets, [0, 0, 0, 0, 1, 1, 1, 1]);
    }
}
