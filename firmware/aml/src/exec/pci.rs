//! Which PCI function a configuration region belongs to (ACPI 6.5, 5.5.2.4.1 and 6.5.5).
//!
//! The region's device says its device and function number in `_ADR`; the host bridge above says bus and segment in
//! `_BBN` and `_SEG`; bridges in between say their secondary bus in their own configuration space.

use alloc::vec::Vec;

use super::{Context, Exec};
use crate::error::ErrorKind;
use crate::host::{Access, PciFunction, RegionSpace, Width};
use crate::name::NameSeg;
use crate::namespace::{NodeData, NodeId, Region};

const HEADER_TYPE: u64 = 0x0E;
const SECONDARY_BUS: u64 = 0x19;
/// Fuel for a method such as `_ADR`, run in the middle of an access.
const FUEL: u64 = 10_000;

impl Exec<'_> {
    /// The function behind `region`, found once and remembered.
    pub(super) fn pci_function(
        &mut self,
        node: NodeId,
        region: &Region,
    ) -> Result<PciFunction, ErrorKind> {
        if let Some(function) = region.pci {
            return Ok(function);
        }
        let function = self.find_function(node)?;
        if let NodeData::Region(region) = self.vm.ns.data_mut(node)? {
            region.pci = Some(function);
        }
        Ok(function)
    }

    fn find_function(&mut self, node: NodeId) -> Result<PciFunction, ErrorKind> {
        let mut addresses = Vec::new();
        let mut function = PciFunction::default();
        let mut above = self.vm.ns.parent(node);
        while let Some(device) = above {
            self.burn(1)?;
            let base_bus = self.named_integer(device, b"_BBN")?;
            let segment = self.named_integer(device, b"_SEG")?;
            let address = self.named_integer(device, b"_ADR")?;
            if base_bus.is_some() || segment.is_some() || is_host_bridge(self, device)? {
                function.bus = base_bus.unwrap_or(0) as u8;
                function.segment = segment.unwrap_or(0) as u16;
                // A region of the host bridge itself is that of its own function.
                if addresses.is_empty() {
                    addresses.extend(address);
                }
                break;
            }
            addresses.extend(address);
            above = self.vm.ns.parent(device);
        }
        let Some((own, bridges)) = addresses.split_first() else {
            return Ok(function);
        };
        for bridge in bridges.iter().rev() {
            set_address(&mut function, *bridge);
            if let Some(bus) = self.secondary_bus(function)? {
                function.bus = bus;
            }
        }
        set_address(&mut function, *own);
        Ok(function)
    }

    /// The bus behind a bridge; `None` if the function is no bridge.
    fn secondary_bus(&mut self, function: PciFunction) -> Result<Option<u8>, ErrorKind> {
        let kind = self.read_config(function, HEADER_TYPE)? & 0x7F;
        if !matches!(kind, 1 | 2) {
            return Ok(None);
        }
        Ok(Some(self.read_config(function, SECONDARY_BUS)?))
    }

    fn read_config(&mut self, function: PciFunction, address: u64) -> Result<u8, ErrorKind> {
        let mut access = Access::new(RegionSpace::PciConfig, address, Width::Byte);
        access.pci = Some(function);
        match self.host.read(access) {
            Ok(value) => Ok(value as u8),
            Err(reason) => Err(ErrorKind::Region {
                space: access.space,
                address,
                reason,
            }),
        }
    }

    /// The integer that the child `name` of `device` is or gives, if there is one.
    fn named_integer(&mut self, device: NodeId, name: &[u8; 4]) -> Result<Option<u64>, ErrorKind> {
        let Some(node) = self.vm.ns.child(device, NameSeg(*name)) else {
            return Ok(None);
        };
        let object = match self.vm.ns.data(node)? {
            NodeData::Data(object) => *object,
            _ => self.evaluate_aside(node)?,
        };
        self.integer_from(object).map(Some)
    }

    /// Runs a method in a context of its own, in the middle of an access. The method may not need the same in turn:
    /// that bounds the nesting to one level.
    fn evaluate_aside(&mut self, node: NodeId) -> Result<crate::object::Object, ErrorKind> {
        if self.vm.aside {
            return Err(ErrorKind::Unsupported);
        }
        self.burn(FUEL)?;
        self.vm.aside = true;
        let mut context = Context::new(node, FUEL);
        let mut exec = Exec {
            vm: self.vm,
            cx: &mut context,
            host: self.host,
        };
        let outcome = exec.evaluate_node(node, &[]);
        self.vm.aside = false;
        outcome.map_err(|error| error.kind())
    }
}

/// `_ADR` of a PCI device: the device number in the high word, the function number in the low one.
fn set_address(function: &mut PciFunction, address: u64) {
    function.device = (address >> 16) as u8 & 0x1F;
    function.function = address as u8 & 7;
}

/// Whether `_HID` or `_CID` name a PCI or PCI Express host bridge.
fn is_host_bridge(exec: &mut Exec<'_>, device: NodeId) -> Result<bool, ErrorKind> {
    const BRIDGES: [u64; 2] = [0x030A_D041, 0x080A_D041];
    for name in [b"_HID", b"_CID"] {
        if let Some(node) = exec.vm.ns.child(device, NameSeg(*name))
            && let NodeData::Data(crate::object::Object::Integer(id)) = exec.vm.ns.data(node)?
            && BRIDGES.contains(id)
        {
            return Ok(true);
        }
    }
    Ok(false)
}
