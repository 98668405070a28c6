//! What the agent's answers carry.

use serde::{Deserialize, Serialize};

/// One CPU of the guest (`GuestLogicalProcessor`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct GuestVcpu {
    /// The guest's number for it.
    pub logical_id: u32,
    /// Whether the guest uses it.
    pub online: bool,
    /// Whether the guest can stop using it; absent where the agent does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub can_offline: Option<bool>,
}

impl GuestVcpu {
    /// Whether the guest says that it can stop using it.
    pub fn offlinable(&self) -> bool {
        self.can_offline == Some(true)
    }
}

/// What one CPU did since the guest's boot, in ms (`GuestCpuStats`, QEMU 7.1 on).
///
/// An agent may count more kinds of time; they are not needed here and left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CpuStats {
    /// The guest's number for it.
    pub cpu: u32,
    /// Time in user mode.
    pub user: u64,
    /// The same, at low priority.
    pub nice: u64,
    /// Time in the kernel.
    pub system: u64,
    /// Time with nothing to do.
    pub idle: u64,
}

impl CpuStats {
    /// Time with something to do, in ms.
    pub fn busy(&self) -> u64 {
        self.user
            .saturating_add(self.nice)
            .saturating_add(self.system)
    }
}

/// Who the agent is (`GuestAgentInfo`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestInfo {
    /// Its version.
    pub version: String,
    /// What it knows.
    #[serde(default)]
    pub supported_commands: Vec<SupportedCommand>,
}

/// A command that an agent knows (`GuestAgentCommandInfo`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportedCommand {
    /// Its name.
    pub name: String,
    /// Whether it is allowed.
    pub enabled: bool,
}

/// How a guest is to end (`guest-shutdown`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ShutdownMode {
    /// Power off.
    #[default]
    Powerdown,
    /// Stop, powered.
    Halt,
    /// Start again.
    Reboot,
}

impl ShutdownMode {
    /// The protocol's word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Powerdown => "powerdown",
            Self::Halt => "halt",
            Self::Reboot => "reboot",
        }
    }
}
