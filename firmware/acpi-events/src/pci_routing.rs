//! Which interrupt line a PCI function's pin is wired to (ACPI 6.5, 6.2.13).
//!
//! A `_PRT` stands under a bus: under the host bridge, and under some of the bridges below. A bridge without one passes
//! its pins on, turned by the device's number, as the PCI-to-PCI Bridge Architecture Specification (1.2, 9.1) says.

use alloc::vec::Vec;

use hotvcpu_aml::{Host, Interpreter, NodeId, ObjectKind, PciFunction, Value};

use crate::lines::{current_resources, interrupts};
use crate::namespace::{evaluate, evaluate_child, integer_child, wrong_type};
use crate::{EventError, Line, Source};

/// The `_HID`s of a host bridge: PCI Express, and conventional PCI.
pub(crate) const HARDWARE_IDS: [&str; 2] = ["PNP0A08", "PNP0A03"];

/// `\_PIC`'s argument: interrupts arrive through I/O APICs (ACPI 6.5, 5.8.1).
const APIC_MODE: u64 = 1;

/// Pins of a function: INTA to INTD.
const PINS: u8 = 4;

/// A host bridge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostBridge {
    node: NodeId,
    /// Its segment; configuration mechanism #1 reaches segment 0 only.
    pub segment: u16,
    /// The number of its bus.
    pub bus: u8,
}

pub(crate) fn read<H: Host>(
    aml: &mut Interpreter,
    host: &mut H,
    node: NodeId,
) -> Result<HostBridge, EventError> {
    let segment = integer_child(aml, host, node, "_SEG")?.unwrap_or(0);
    let bus = integer_child(aml, host, node, "_BBN")?.unwrap_or(0);
    Ok(HostBridge {
        node,
        segment: segment as u16,
        bus: bus as u8,
    })
}

/// Tells AML that interrupts arrive through I/O APICs; what `_PRT` says depends on it.
///
/// # Errors
/// What `\_PIC` ran into; where there is none, nobody needs to be told.
pub fn choose_apic_mode<H: Host>(aml: &mut Interpreter, host: &mut H) -> Result<(), EventError> {
    match aml.find("\\_PIC") {
        Some(method) => evaluate(aml, host, method, &[Value::Integer(APIC_MODE)]).map(drop),
        None => Ok(()),
    }
}

/// The line of `pin` (0 is INTA) of the function at the end of `path`, which begins on the host bridge's bus and names
/// every bridge on the way; numbers of buses play no part. `None`: it is wired to none.
///
/// # Errors
/// What AML ran into, or a routing table that is none.
pub fn route<H: Host>(
    aml: &mut Interpreter,
    host: &mut H,
    bridge: &HostBridge,
    path: &[PciFunction],
    pin: u8,
) -> Result<Option<Line>, EventError> {
    let mut nodes = Vec::from([Some(bridge.node)]);
    for hop in path.iter().take(path.len().saturating_sub(1)) {
        let above = nodes.last().copied().flatten();
        let node = above.map(|above| child_at(aml, host, above, *hop));
        nodes.push(node.transpose()?.flatten());
    }
    let mut pin = pin % PINS;
    for (hop, node) in path.iter().zip(nodes).rev() {
        let table = match node {
            Some(node) => evaluate_child(aml, host, node, "_PRT")?.zip(Some(node)),
            None => None,
        };
        if let Some((table, node)) = table {
            return look_up(aml, host, node, &table, hop.device, pin);
        }
        pin = (pin + hop.device % PINS) % PINS;
    }
    Ok(None)
}

/// The device below `bridge` at this place, if the namespace has one. Its `_ADR` may stand for all functions (6.1.1).
fn child_at<H: Host>(
    aml: &mut Interpreter,
    host: &mut H,
    bridge: NodeId,
    place: PciFunction,
) -> Result<Option<NodeId>, EventError> {
    const ALL_FUNCTIONS: u64 = 0xFFFF;
    let device = u64::from(place.device) << 16;
    let addresses = [u64::from(place.function), ALL_FUNCTIONS].map(|function| device | function);
    let children: Vec<NodeId> = aml.children(bridge).collect();
    let mut problem = None;
    for child in children {
        if aml.kind(child) != ObjectKind::Device {
            continue;
        }
        match integer_child(aml, host, child, "_ADR") {
            Ok(Some(address)) if addresses.contains(&address) => return Ok(Some(child)),
            Ok(_) => {}
            Err(error) => problem = problem.or(Some(error)),
        }
    }
    // It may have been the one that does not say where it is.
    problem.map_or(Ok(None), Err)
}

/// What the routing table says of a device's pin.
fn look_up<H: Host>(
    aml: &mut Interpreter,
    host: &mut H,
    bridge: NodeId,
    table: &Value,
    device: u8,
    pin: u8,
) -> Result<Option<Line>, EventError> {
    let malformed = |aml: &Interpreter| wrong_type(aml, bridge, "_PRT", "a list of routes");
    let entries = table.as_package().ok_or_else(|| malformed(aml))?;
    for entry in entries {
        let Some([address, entry_pin, source, index]) = entry.as_package() else {
            return Err(malformed(aml));
        };
        let address = address.as_integer().ok_or_else(|| malformed(aml))?;
        if address >> 16 != u64::from(device) || entry_pin.as_integer() != Some(pin.into()) {
            continue;
        }
        return match source {
            Value::Integer(0) => {
                let gsi = index.as_integer().and_then(|gsi| u32::try_from(gsi).ok());
                gsi.map(|gsi| Some(Line::pci(gsi)))
                    .ok_or_else(|| malformed(aml))
            }
            Value::Reference(link) => line_of_link(aml, host, *link, index.as_integer()),
            // Links are named by strings, too: absolute paths, or names as the bridge sees them.
            Value::String(path) => match aml.find_from(bridge, path) {
                Some(link) => line_of_link(aml, host, link, index.as_integer()),
                None => Err(malformed(aml)),
            },
            _ => Err(malformed(aml)),
        };
    }
    Ok(None)
}

/// The interrupt that a link device currently has; `index` picks one where it has several.
fn line_of_link<H: Host>(
    aml: &mut Interpreter,
    host: &mut H,
    link: NodeId,
    index: Option<u64>,
) -> Result<Option<Line>, EventError> {
    let resources = current_resources(aml, host, link)?;
    let lines = interrupts(&resources, Source::Device);
    let index = index.and_then(|index| usize::try_from(index).ok());
    let line = lines.get(index.unwrap_or(0)).copied();
    // A link that is routed nowhere says 0.
    Ok(line.filter(|line| line.gsi != 0))
}
