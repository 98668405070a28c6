//! The interrupt controller.

use alloc::vec::Vec;
use core::ops::Range;

use dtoolkit::fdt::FdtNode;
use dtoolkit::{Node, Property};

use super::DeviceTreeError;
use super::nodes::{property_error, reg};
use super::walk::Nodes;

/// The interrupt controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gic {
    /// Which architecture it follows.
    pub version: GicVersion,
    /// The distributor's registers.
    pub distributor: Range<u64>,
    /// The ranges of the redistributors' registers; none on a GICv2.
    pub redistributors: Vec<Range<u64>>,
}

/// Which architecture an interrupt controller follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GicVersion {
    /// GICv2: at most 8 CPUs, no redistributors.
    V2,
    /// GICv3 (GICv4 says the same).
    V3,
}

/// Reads the interrupt controller's node.
pub(super) fn read(nodes: &Nodes<'_>) -> Result<Option<Gic>, DeviceTreeError> {
    let Some((node, version)) = &nodes.gic else {
        return Ok(None);
    };
    let mut ranges = reg(node)?.into_iter();
    let distributor = ranges.next().ok_or_else(|| property_error(node, "reg"))?;
    let count = match version {
        GicVersion::V2 => 0,
        GicVersion::V3 => redistributor_ranges(node.node),
    };
    Ok(Some(Gic {
        version: *version,
        distributor,
        redistributors: ranges.take(count).collect(),
    }))
}

/// How many ranges of redistributors follow the distributor; then come those of older CPU interfaces.
fn redistributor_ranges(node: FdtNode<'_>) -> usize {
    let count = node.property("#redistributor-regions");
    let count = count.and_then(|count| count.value_as::<u32>().ok());
    usize::try_from(count.unwrap_or(1)).unwrap_or(1)
}
