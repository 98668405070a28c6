//! Arguments of the QMP proxy.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use hotvcpu::Generation;

#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("qemu").required(true),
    after_help = "\
Examples:
  hotvcpu qmp-proxy arm --listen /run/user/1000/arm.sock
  hotvcpu qmp-proxy --qmp qmp.sock --control FOLDER --listen arm.sock

On stock QEMU for aarch64 a monitor in our ROM does CPU hotplug. To clients of this socket
it looks as on a QEMU that does it itself: query-hotpluggable-cpus, device_add and
device_del of a CPU, query-acpi-ospm-status, query-cpus-fast, DEVICE_DELETED and
ACPI_DEVICE_OST. Everything else is QEMU's own. It ends with QEMU, or by Ctrl-C."
)]
pub struct QmpProxy {
    /// The domain.
    #[arg(group = "qemu")]
    pub name: Option<String>,
    /// The QMP socket of a QEMU that was not started by hotvcpu; the proxy takes it for itself.
    #[arg(long, group = "qemu", requires = "control", value_name = "SOCK")]
    pub qmp: Option<PathBuf>,
    /// The folder with its control.in and control.out: the two files of its pipe chardev.
    #[arg(long, requires = "qmp", value_name = "DIR")]
    pub control: Option<PathBuf>,
    /// vCPUs at that QEMU's start; without it, none are known before the monitor's first report.
    #[arg(long, requires = "qmp", value_name = "N")]
    pub vcpus: Option<u32>,
    /// What its monitor was told to play.
    #[arg(long, requires = "vcpus", value_name = "NAME", default_value = "new")]
    pub generation: Generation,
    /// The socket to offer, for this user only.
    #[arg(long, value_name = "PATH")]
    pub listen: PathBuf,
}
