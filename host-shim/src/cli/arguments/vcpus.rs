//! Arguments of the commands on vCPUs, with virsh's names.

use std::time::Duration;

use clap::{ArgGroup, Args};
use hotvcpu::units;

use super::Whom;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hotvcpu vcpucount demo                     # a table
  hotvcpu vcpucount demo --active --live     # one number, for scripts")]
pub struct Vcpucount {
    #[command(flatten)]
    pub whom: Whom,
    /// Only the number of slots.
    #[arg(long, conflicts_with = "active")]
    pub maximum: bool,
    /// Only the number of vCPUs.
    #[arg(long)]
    pub active: bool,
    /// Of the running domain.
    #[arg(long, conflicts_with_all = ["config", "current"])]
    pub live: bool,
    /// Of the definition.
    #[arg(long, conflicts_with_all = ["current", "guest"])]
    pub config: bool,
    /// Of the running domain if it runs, else of the definition.
    #[arg(long)]
    pub current: bool,
    /// What the guest uses: its agent is asked, or else its event records.
    #[arg(long, conflicts_with = "maximum")]
    pub guest: bool,
}

/// What every change has in common.
#[derive(Debug, Args)]
pub struct Change {
    /// Change the running domain.
    #[arg(long)]
    pub live: bool,
    /// Change the definition; together with --live both or none.
    #[arg(long)]
    pub config: bool,
    /// Change the running domain if it runs, else the definition. The same as neither flag.
    #[arg(long, conflicts_with_all = ["live", "config"])]
    pub current: bool,
    /// How long to wait for the end, such as 30s or 500ms.
    #[arg(long, default_value = "30s", value_parser = units::duration, value_name = "TIME")]
    pub timeout: Duration,
    /// Return when QEMU has taken the request; a later command or `events` tells its end.
    #[arg(long = "async", conflicts_with_all = ["timeout", "config"])]
    pub no_wait: bool,
    /// Send also what this QEMU is known not to survive.
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Args)]
#[command(
    allow_missing_positional = true,
    after_help = "\
Examples:
  hotvcpu setvcpus demo 4 --live --timeout 10s
  hotvcpu setvcpus demo 4 --live --config     # both, or none
  hotvcpu setvcpus demo 16 --maximum --config # from the next start on
  hotvcpu setvcpus demo 2 --guest             # the guest uses two of those that it has
  hotvcpu --attach qmp.sock setvcpus 4

Adds fill whole cores where they can, lowest first; removals take the highest live-added
vCPUs first. vCPUs of the machine's start stay."
)]
pub struct Setvcpus {
    #[command(flatten)]
    pub whom: Whom,
    /// How many vCPUs it shall have.
    pub count: u32,
    /// Set the number of slots instead; needs --config.
    #[arg(long, requires = "config", conflicts_with_all = ["live", "hotpluggable"])]
    pub maximum: bool,
    /// vCPUs that come into the definition can be removed from the running domain later.
    #[arg(long, requires = "config")]
    pub hotpluggable: bool,
    /// Change nothing in the machine: let the guest use N of its vCPUs. Its agent is asked.
    #[arg(long, conflicts_with_all = ["config", "maximum", "hotpluggable", "strict_topology", "no_wait", "force"])]
    pub guest: bool,
    /// Refuse a number that fills a socket in part.
    #[arg(long)]
    pub strict_topology: bool,
    #[command(flatten)]
    pub change: Change,
}

#[derive(Debug, Args)]
#[command(
    allow_missing_positional = true,
    group = ArgGroup::new("direction").required(true),
    after_help = "Example:\n  hotvcpu setvcpu demo 1-3,^2 --enable --live"
)]
pub struct Setvcpu {
    #[command(flatten)]
    pub whom: Whom,
    /// Which vCPUs, as in 1-3,5 or 0-7,^4.
    pub list: String,
    /// Add them.
    #[arg(long, group = "direction")]
    pub enable: bool,
    /// Remove them.
    #[arg(long, group = "direction")]
    pub disable: bool,
    #[command(flatten)]
    pub change: Change,
}
