//! The devices that a kernel may have drivers for, beside the doorbells, found in one walk through the namespace.

use alloc::vec::Vec;

use hotvcpu_aml::resources::Resource;
use hotvcpu_aml::{Host, Interpreter};

use crate::EventError;
use crate::lines::current_resources;
use crate::namespace::devices_with_hids;
use crate::pci_routing::{self, HostBridge};
use crate::virtio_mmio::{self, VirtioMmio};

/// The `_HID` of a PC's real-time clock.
const RTC: &str = "PNP0B00";

/// What there is.
#[derive(Clone, Debug, Default)]
pub struct Devices {
    /// Host bridges, each the root of a PCI hierarchy.
    pub host_bridges: Vec<HostBridge>,
    /// The port of the real-time clock and its CMOS memory: its index register, with the data register behind it.
    pub rtc: Option<u16>,
    /// virtio-mmio slots.
    pub virtio_mmio: Vec<VirtioMmio>,
}

impl Devices {
    /// Finds them. What is wrong with one of them is added to `problems`, and the others are found.
    pub fn discover<H: Host>(
        aml: &mut Interpreter,
        host: &mut H,
        problems: &mut Vec<EventError>,
    ) -> Self {
        let mut ids = Vec::from(pci_routing::HARDWARE_IDS);
        ids.extend([virtio_mmio::HARDWARE_ID, RTC]);
        let mut found = Self::default();
        for (device, id) in devices_with_hids(aml, host, &ids, problems) {
            let read = match id {
                virtio_mmio::HARDWARE_ID => {
                    let slot = virtio_mmio::read(aml, host, device);
                    slot.map(|slot| found.virtio_mmio.extend(slot))
                }
                RTC => {
                    let resources = current_resources(aml, host, device);
                    resources.map(|resources| found.rtc = first_port(&resources))
                }
                _ => {
                    let bridge = pci_routing::read(aml, host, device);
                    bridge.map(|bridge| found.host_bridges.push(bridge))
                }
            };
            problems.extend(read.err());
        }
        found
    }
}

/// The first of the ports that are fixed.
fn first_port(resources: &[Resource]) -> Option<u16> {
    resources.iter().find_map(|resource| match resource {
        Resource::Io(io) | Resource::FixedIo(io) if io.min == io.max => Some(io.min),
        _ => None,
    })
}
