//! The slots in which virtio devices can be.

use alloc::vec::Vec;

use dtoolkit::Property;

use super::DeviceTreeError;
use super::nodes::{property_error, reg};
use super::walk::{Nodes, Scanned};

/// A virtio-mmio slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VirtioMmio {
    /// The address of its registers.
    pub address: u64,
    /// Their length in bytes.
    pub length: u64,
    /// Its interrupt's number at the GIC (INTID, which ACPI calls GSIV).
    pub gsi: u32,
    /// What rings it.
    pub trigger: Trigger,
}

/// What rings an interrupt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// A rising edge.
    Edge,
    /// A level.
    Level,
}

/// Reads the slots.
pub(super) fn slots(nodes: &Nodes<'_>) -> Result<Vec<VirtioMmio>, DeviceTreeError> {
    let slots: Result<Vec<_>, _> = nodes.virtio_mmio.iter().map(slot).collect();
    let mut slots = slots?;
    slots.sort_by_key(|slot| slot.address);
    Ok(slots)
}

fn slot(node: &Scanned<'_>) -> Result<VirtioMmio, DeviceTreeError> {
    let ranges = reg(node)?;
    let range = ranges.first().ok_or_else(|| property_error(node, "reg"))?;
    let (gsi, trigger) = interrupt(node).ok_or_else(|| property_error(node, "interrupts"))?;
    Ok(VirtioMmio {
        address: range.start,
        length: range.end - range.start,
        gsi,
        trigger,
    })
}

/// The three cells of the GIC's binding: kind (0 SPI, 1 PPI), number within the kind, flags (bits 0 and 1: edges).
fn interrupt(node: &Scanned<'_>) -> Option<(u32, Trigger)> {
    let [kind, number, flags] = node.interrupts?.value_as::<[u32; 3]>().ok()?;
    let first = match kind {
        0 => 32,
        1 => 16,
        _ => return None,
    };
    let trigger = match flags & 0xF {
        1 | 2 => Trigger::Edge,
        _ => Trigger::Level,
    };
    Some((number.checked_add(first)?, trigger))
}
