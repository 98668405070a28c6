//! The device tree: what the machine consists of, before ACPI is there to ask.
//!
//! The structure is checked and walked by `dtoolkit`; here is only what the nodes mean. Only nodes that stand
//! directly under the root are looked for, as every machine that QEMU builds has them there: the time that reading
//! takes is then linear in the tree's size, however a hostile one is nested.
//!
//! Bindings: the Devicetree Specification 0.4 (memory, cpus, chosen), and those of the Linux kernel for
//! `arm,gic-v3`, `arm,pl011`, `arm,pl031`, `arm,psci`, `virtio,mmio` and `qemu,fw-cfg-mmio`.

mod error;
mod gic;
mod nodes;
mod virtio;
mod walk;

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use dtoolkit::fdt::Fdt;

pub use error::DeviceTreeError;
pub use gic::{Gic, GicVersion};
pub use virtio::{Trigger, VirtioMmio};

use walk::Nodes;

/// The first four bytes of a device tree.
pub const MAGIC: [u8; 4] = [0xD0, 0x0D, 0xFE, 0xED];

/// The longest device tree that is read. QEMU's have 1 MiB at the most.
pub const MAX_LENGTH: usize = 2 << 20;

/// What the device tree says of the machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// The ranges of RAM, at least one, in the order of their addresses, none of them overlapping.
    pub memory: Vec<Memory>,
    /// The CPUs, in the tree's order.
    pub cpus: Vec<Cpu>,
    /// The address of fw_cfg.
    pub fw_cfg: Option<u64>,
    /// The address of the PL011 that `stdout-path` names, or else of the first one.
    pub console: Option<u64>,
    /// The address of the real-time clock, a PL031.
    pub rtc: Option<u64>,
    /// How PSCI is called.
    pub psci: Option<Conduit>,
    /// The interrupt controller.
    pub gic: Option<Gic>,
    /// The virtio-mmio slots, in the order of their addresses. Whether a device is in one only the slot says.
    pub virtio_mmio: Vec<VirtioMmio>,
    /// The kernel's command line.
    pub bootargs: Option<String>,
    /// The initial RAM disk, if the loader put one into memory.
    pub initrd: Option<Range<u64>>,
}

/// A range of RAM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    /// The first byte.
    pub start: u64,
    /// The first byte after it.
    pub end: u64,
    /// The NUMA node.
    pub node: Option<u32>,
}

/// A CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cpu {
    /// The affinity fields of its MPIDR.
    pub mpidr: u64,
    /// The NUMA node.
    pub node: Option<u32>,
}

/// The instruction by which PSCI is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conduit {
    /// To a hypervisor, at EL2.
    Hvc,
    /// To a secure monitor, at EL3.
    Smc,
}

/// The length of a device tree, of which `header` has at least the first eight bytes.
///
/// # Errors
///
/// [`DeviceTreeError`] if there is none, or if it is longer than [`MAX_LENGTH`].
pub fn total_size(header: &[u8]) -> Result<usize, DeviceTreeError> {
    let Some((magic, rest)) = header.split_first_chunk() else {
        return Err(DeviceTreeError::Missing);
    };
    let Some((size, _)) = rest.split_first_chunk() else {
        return Err(DeviceTreeError::Missing);
    };
    if *magic != MAGIC {
        return Err(DeviceTreeError::Missing);
    }
    let size = u32::from_be_bytes(*size);
    usize::try_from(size)
        .ok()
        .filter(|size| *size <= MAX_LENGTH)
        .ok_or(DeviceTreeError::TooLong(size))
}

impl Machine {
    /// Reads a device tree.
    ///
    /// # Errors
    ///
    /// [`DeviceTreeError`] names the node that makes no sense. A tree without memory is an error; what else is
    /// missing is simply not there.
    pub fn read(blob: &[u8]) -> Result<Self, DeviceTreeError> {
        let length = total_size(blob)?;
        let blob = blob.get(..length).ok_or(DeviceTreeError::Truncated {
            wanted: length,
            got: blob.len(),
        })?;
        let tree = Fdt::new(blob).map_err(DeviceTreeError::Malformed)?;
        let nodes = Nodes::of(tree);
        Ok(Self {
            memory: nodes::memory(&nodes)?,
            cpus: nodes::cpus(&nodes)?,
            fw_cfg: nodes.fw_cfg.as_ref().map(nodes::address).transpose()?,
            console: nodes::console(tree, &nodes)?,
            rtc: nodes.pl031.as_ref().map(nodes::address).transpose()?,
            psci: nodes::psci(&nodes),
            gic: gic::read(&nodes)?,
            virtio_mmio: virtio::slots(&nodes)?,
            bootargs: nodes::bootargs(&nodes),
            initrd: nodes::initrd(&nodes),
        })
    }
}
