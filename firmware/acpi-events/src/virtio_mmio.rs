//! virtio-mmio slots as the namespace lists them. Whether a device is in one only its registers say.

use hotvcpu_aml::resources::{AddressKind, Resource};
use hotvcpu_aml::{Host, Interpreter, NodeId};

use crate::lines::{current_resources, interrupts};
use crate::namespace::is_present;
use crate::{EventError, Line, Source};

/// The `_HID` that QEMU gives a virtio-mmio slot.
pub(crate) const HARDWARE_ID: &str = "LNRO0005";

/// A virtio-mmio slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VirtioMmio {
    /// The physical address of its registers.
    pub address: u64,
    /// Their length in bytes.
    pub length: u64,
    /// Its interrupt.
    pub line: Line,
}

/// Reads one device; `None` if it is not present, or has not what a slot has.
pub(crate) fn read<H: Host>(
    aml: &mut Interpreter,
    host: &mut H,
    device: NodeId,
) -> Result<Option<VirtioMmio>, EventError> {
    if !is_present(aml, host, device)? {
        return Ok(None);
    }
    let resources = current_resources(aml, host, device)?;
    let memory = resources.iter().find_map(registers);
    let line = interrupts(&resources, Source::Device).first().copied();
    Ok(memory
        .zip(line)
        .map(|((address, length), line)| VirtioMmio {
            address,
            length,
            line,
        }))
}

/// Address and length of a resource that is memory.
fn registers(resource: &Resource) -> Option<(u64, u64)> {
    match resource {
        Resource::Memory24(range) | Resource::Memory32(range) | Resource::Memory32Fixed(range) => {
            Some((range.min.into(), range.length.into()))
        }
        Resource::AddressSpace(space) if space.kind == AddressKind::Memory => {
            Some((space.range.min, space.range.length))
        }
        _ => None,
    }
}
