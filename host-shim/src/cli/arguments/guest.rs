//! Arguments of the commands that ask the guest's agent.

use std::time::Duration;

use clap::{ArgGroup, Args, ValueEnum};
use hotvcpu::power::ShutdownBy;
use hotvcpu::units;

use super::Whom;

#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("direction").requires("cpulist"),
    after_help = "\
Examples:
  hotvcpu guestvcpus demo                        # which the guest has, uses, and can do without
  hotvcpu guestvcpus demo --cpulist 2-3 --disable
  hotvcpu --attach qmp.sock --agent agent.sock guestvcpus

The guest needs an agent: ours has one, Linux has qemu-guest-agent. The numbers are the guest's.
A vCPU that it does not use stays in the machine; `hotvcpu setvcpu` takes it away."
)]
pub struct Guestvcpus {
    #[command(flatten)]
    pub whom: Whom,
    /// Which vCPUs, as in 1-3,5.
    #[arg(long, value_name = "LIST", requires = "direction")]
    pub cpulist: Option<String>,
    /// Let the guest use them.
    #[arg(long, group = "direction")]
    pub enable: bool,
    /// Let the guest stop using them.
    #[arg(long, group = "direction")]
    pub disable: bool,
    /// How long the agent may take.
    #[arg(long, default_value = "30s", value_parser = units::duration, value_name = "TIME")]
    pub timeout: Duration,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hotvcpu shutdown demo --timeout 10s
  hotvcpu shutdown demo --mode agent   # asks the guest's agent instead of pressing the power button")]
pub struct Shutdown {
    #[command(flatten)]
    pub whom: Whom,
    /// How the guest is asked.
    #[arg(long, value_enum, default_value_t, value_name = "MODE")]
    pub mode: Mode,
    /// How long the guest may take.
    #[arg(long, default_value = "30s", value_parser = units::duration, value_name = "TIME")]
    pub timeout: Duration,
}

/// virsh's names for the ways to ask for a power-off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// By the power button.
    #[default]
    Acpi,
    /// Through the guest's agent.
    Agent,
}

impl From<Mode> for ShutdownBy {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Acpi => Self::Button,
            Mode::Agent => Self::Agent,
        }
    }
}
