//! One walk over the nodes under the root, which sorts out those that matter. Reading a device tree costs an emulated
//! machine milliseconds, and most of that goes into finding properties by their names; so each node's properties are
//! gone through only once.

use alloc::vec::Vec;

use dtoolkit::fdt::{Fdt, FdtNode, FdtProperty};
use dtoolkit::standard::{AddressSpaceProperties, NodeStandard};
use dtoolkit::{Node, Property};

use super::GicVersion;

/// A node and those of its properties that matter of most nodes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scanned<'a> {
    pub node: FdtNode<'a>,
    /// How many cells an address and a size have in `reg`.
    pub space: AddressSpaceProperties,
    pub reg: Option<FdtProperty<'a>>,
    pub interrupts: Option<FdtProperty<'a>>,
    pub numa_node: Option<FdtProperty<'a>>,
    compatible: Option<FdtProperty<'a>>,
    status: Option<FdtProperty<'a>>,
}

/// The nodes that matter.
#[derive(Debug, Default)]
pub(super) struct Nodes<'a> {
    pub memory: Vec<Scanned<'a>>,
    pub cpus: Option<FdtNode<'a>>,
    pub chosen: Option<FdtNode<'a>>,
    pub aliases: Option<FdtNode<'a>>,
    pub fw_cfg: Option<Scanned<'a>>,
    pub psci: Option<FdtNode<'a>>,
    pub gic: Option<(Scanned<'a>, GicVersion)>,
    pub pl011: Vec<Scanned<'a>>,
    pub pl031: Option<Scanned<'a>>,
    pub virtio_mmio: Vec<Scanned<'a>>,
}

impl<'a> Scanned<'a> {
    /// Goes through the properties of `node`, whose parent has these cells.
    pub fn new(node: FdtNode<'a>, space: AddressSpaceProperties) -> Self {
        let mut this = Self {
            node,
            space,
            reg: None,
            interrupts: None,
            numa_node: None,
            compatible: None,
            status: None,
        };
        for property in node.properties() {
            let place = match property.name() {
                "reg" => &mut this.reg,
                "interrupts" => &mut this.interrupts,
                "numa-node-id" => &mut this.numa_node,
                "compatible" => &mut this.compatible,
                "status" => &mut this.status,
                _ => continue,
            };
            place.get_or_insert(property);
        }
        this
    }

    /// Whether it is compatible with `name`.
    pub fn is_compatible(&self, name: &str) -> bool {
        self.compatible().any(|own| own == name)
    }

    fn compatible(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let list = self.compatible.map(|property| property.value_as());
        let list: &[u8] = list.and_then(Result::ok).unwrap_or_default();
        let names = list.split(|byte| *byte == 0);
        names.filter_map(|name| core::str::from_utf8(name).ok())
    }

    /// Memory and PL011s may be there and be another world's: then they are disabled.
    fn is_disabled(&self) -> bool {
        let status = self.status.map(|property| property.value_as());
        matches!(status, Some(Ok("disabled")))
    }
}

impl<'a> Nodes<'a> {
    /// Walks the tree. Of several nodes where there can be one, the first counts.
    pub fn of(tree: Fdt<'a>) -> Self {
        let mut nodes = Self::default();
        let root = tree.root();
        let space = root.address_space();
        for node in root.children() {
            match node.name_without_address() {
                "cpus" => nodes.cpus = nodes.cpus.or(Some(node)),
                "chosen" => nodes.chosen = nodes.chosen.or(Some(node)),
                "aliases" => nodes.aliases = nodes.aliases.or(Some(node)),
                name => {
                    let node = Scanned::new(node, space);
                    match name {
                        "memory" if !node.is_disabled() => nodes.memory.push(node),
                        _ => nodes.sort_device(node),
                    }
                }
            }
        }
        nodes
    }

    /// Sorts a device by the first of its `compatible` strings that is known.
    fn sort_device(&mut self, device: Scanned<'a>) {
        for name in device.compatible() {
            match name {
                "qemu,fw-cfg-mmio" => self.fw_cfg = self.fw_cfg.or(Some(device)),
                "arm,psci-1.0" | "arm,psci-0.2" | "arm,psci" => {
                    self.psci = self.psci.or(Some(device.node));
                }
                "arm,gic-v3" => self.gic = self.gic.or(Some((device, GicVersion::V3))),
                "arm,cortex-a15-gic" | "arm,gic-400" => {
                    self.gic = self.gic.or(Some((device, GicVersion::V2)));
                }
                "arm,pl011" if !device.is_disabled() => self.pl011.push(device),
                "arm,pl031" if !device.is_disabled() => self.pl031 = self.pl031.or(Some(device)),
                "virtio,mmio" => self.virtio_mmio.push(device),
                _ => continue,
            }
            return;
        }
    }
}

/// A property that is a string.
pub(super) fn string<'a>(node: FdtNode<'a>, name: &str) -> Option<&'a str> {
    node.property(name)?.value_as().ok()
}
