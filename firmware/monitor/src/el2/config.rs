//! What the firmware tells the monitor, and why the monitor may not be able to run.
use core::fmt;
use core::ops::Range;

use hotvcpu_contract::{ContractError, SettingsError};

/// One CPU of the machine, plugged or not.
#[derive(Clone, Copy, Debug)]
pub struct Cpu {
    /// Its MPIDR, affinity fields only.
    pub mpidr: u64,
    /// Its NUMA node.
    pub node: Option<u32>,
}

/// One virtio-mmio slot of the machine.
#[derive(Clone, Copy, Debug)]
pub struct VirtioSlot {
    /// Physical address of its registers.
    pub address: u64,
    /// Its interrupt.
    pub gsi: u32,
}

/// The machine, as the firmware has found it.
#[derive(Clone, Copy, Debug)]
pub struct Config<'a> {
    /// The text of the fw_cfg item `opt/hotvcpu/monitor`.
    pub settings: &'a str,
    /// All CPUs; a CPU's place is its slot.
    pub cpus: &'a [Cpu],
    /// The GIC's version.
    pub gic_version: u32,
    /// The distributor's registers.
    pub distributor: u64,
    /// The ranges of the redistributors' registers.
    pub redistributors: &'a [Range<u64>],
    /// All virtio-mmio slots.
    pub virtio: &'a [VirtioSlot],
    /// The PL011, for `\_SB.COM0`.
    pub console: Option<u64>,
    /// The fw_cfg device, for `\_SB.FWCF`.
    pub fw_cfg: Option<u64>,
    /// Prints a line on the console. It is called at EL2, on any CPU, also while the guest runs.
    pub log: fn(fmt::Arguments<'_>),
}

/// The guest, ready to be entered.
#[derive(Clone, Copy, Debug)]
pub struct Guest<'a> {
    /// Its first instruction.
    pub entry: u64,
    /// Its x0.
    pub argument: u64,
    /// All RAM of the machine.
    pub ram: &'a [Range<u64>],
    /// What of RAM is the firmware's and the monitor's, in whole pages. Flash is hidden in any case.
    pub hidden: &'a [Range<u64>],
}

/// Why the monitor cannot be installed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum MonitorError {
    /// Not at EL2.
    #[error("the monitor needs EL2: start QEMU with -machine virtualization=on")]
    NotAtEl2,
    /// GICv2.
    #[error(
        "CPU hotplug needs GICv3, this machine has GICv{0}: start QEMU with -machine gic-version=3"
    )]
    GicVersion(u32),
    /// The settings are none.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The slots cannot be.
    #[error(transparent)]
    Slots(#[from] ContractError),
    /// No such virtio-mmio slot.
    #[error("control={0:#x} is no virtio-mmio slot of this machine")]
    NoSuchSlot(u64),
    /// The control device does not work.
    #[error(
        "the control device at {address:#x} cannot be used ({reason}): give its virtio-mmio bus a virtconsole, and -global virtio-mmio.force-legacy=false"
    )]
    Control {
        /// Where it is.
        address: u64,
        /// What is wrong.
        reason: &'static str,
    },
    /// The CPU that runs is not the first.
    #[error("the firmware runs on a CPU that is not slot 0")]
    NotTheFirstCpu,
    /// There is one already.
    #[error("the monitor is already there")]
    Twice,
}
