//! What stands in the way from power-on to the kernel. Each message says what to do, if a user can do anything.

use hotvcpu_boot::device_tree::DeviceTreeError;
use hotvcpu_boot::fw_cfg::FwCfgError;
use hotvcpu_boot::kernel_image::KernelError;
use hotvcpu_boot::table_loader::LoaderError;
use hotvcpu_monitor::{MonitorError, TablesError};
use thiserror::Error;

use crate::memory::Purpose;
use crate::mmu::MapError;

/// What stands in the way.
#[derive(Debug, Error)]
pub enum RomError {
    /// The machine is not described.
    #[error("{0}: start the machine with QEMU's `-M virt`, and this image as `-bios`")]
    DeviceTree(#[from] DeviceTreeError),
    /// RAM is not where the ROM is linked to use it.
    #[error(
        "the device tree names no RAM from {start:#x} to {end:#x}, where this ROM works: give the machine at least 16 MiB"
    )]
    NoRam {
        /// The range's beginning.
        start: u64,
        /// The range's end.
        end: u64,
    },
    /// Memory or a device that cannot be mapped.
    #[error("{0}")]
    Map(#[from] MapError),
    /// No fw_cfg.
    #[error(
        "the device tree names no fw_cfg, from which kernel and tables come: start the machine with QEMU's `-M virt`"
    )]
    NoFwCfg,
    /// fw_cfg does not work.
    #[error("{0}")]
    FwCfg(#[from] FwCfgError),
    /// The loader script does not work.
    #[error("the ACPI tables cannot be laid out: {0}")]
    Loader(#[from] LoaderError),
    /// Nothing to start.
    #[error(
        "no kernel was given: add -kernel FILE (an AArch64 ELF file or an arm64 Image), or `hotvcpu start` does it"
    )]
    NoKernel,
    /// The kernel cannot be loaded.
    #[error("{0}")]
    Kernel(#[from] KernelError),
    /// The monitor's settings are no text.
    #[error("the fw_cfg item opt/hotvcpu/monitor is no text")]
    Settings,
    /// The monitor has tables to replace, and there are none.
    #[error(
        "CPU hotplug needs ACPI: start the machine without acpi=off, or with opt/hotvcpu/monitor=off"
    )]
    MonitorWithoutAcpi,
    /// The monitor needs an interrupt controller.
    #[error("the device tree names no interrupt controller: start the machine with gic-version=3")]
    NoGic,
    /// The monitor cannot run.
    #[error("{0}")]
    Monitor(#[from] MonitorError),
    /// The monitor's tables cannot be put in the place of the host's.
    #[error("the ACPI tables cannot be replaced: {0}")]
    Tables(#[from] TablesError),
    /// Memory ran out.
    #[error("no memory for the {length} bytes of {purpose}: give the machine more")]
    NoMemory {
        /// What for.
        purpose: Purpose,
        /// How much.
        length: u64,
    },
}
