//! Accesses to operation regions: bounds, then the host.

use super::Exec;
use crate::decode;
use crate::error::ErrorKind;
use crate::host::{Access, RegionError, RegionSpace, Width};
use crate::namespace::{NodeData, NodeId, Region};

impl Exec<'_> {
    pub(super) fn region(&self, node: NodeId) -> Result<Region, ErrorKind> {
        match self.vm.ns.data(node)? {
            NodeData::Region(region) => Ok(**region),
            _ => Err(ErrorKind::OperandType),
        }
    }

    pub(super) fn read_region(
        &mut self,
        node: NodeId,
        offset: u64,
        width: Width,
    ) -> Result<u64, ErrorKind> {
        let region = self.region(node)?;
        let access = self.access(node, &region, offset, width)?;
        if let Some(table) = region.table {
            return self.read_table(table, access);
        }
        match self.host.read(access) {
            Ok(value) => Ok(value & width.mask()),
            Err(reason) => Err(refused(access, reason)),
        }
    }

    pub(super) fn write_region(
        &mut self,
        node: NodeId,
        offset: u64,
        width: Width,
        value: u64,
    ) -> Result<(), ErrorKind> {
        let region = self.region(node)?;
        let access = self.access(node, &region, offset, width)?;
        if region.table.is_some() {
            return Err(refused(access, RegionError::Denied));
        }
        self.host
            .write(access, value & width.mask())
            .map_err(|reason| refused(access, reason))
    }

    /// The access at `offset` of a region, if it lies within.
    fn access(
        &mut self,
        node: NodeId,
        region: &Region,
        offset: u64,
        width: Width,
    ) -> Result<Access, ErrorKind> {
        let end = offset
            .checked_add(width.bytes() as u64)
            .ok_or(ErrorKind::FieldBounds)?;
        if end > region.length {
            return Err(ErrorKind::FieldBounds);
        }
        let address = region
            .base
            .checked_add(offset)
            .ok_or(ErrorKind::FieldBounds)?;
        let mut access = Access::new(region.space, address, width);
        if matches!(
            region.space,
            RegionSpace::PciConfig | RegionSpace::PciBarTarget
        ) {
            access.pci = Some(self.pci_function(node, region)?);
        }
        Ok(access)
    }

    /// Reads from the bytes of a loaded table.
    fn read_table(&self, table: u32, access: Access) -> Result<u64, ErrorKind> {
        let code = self.vm.tables.code(table).ok_or(ErrorKind::StaleNode)?;
        let start = usize::try_from(access.address).map_err(|_| ErrorKind::FieldBounds)?;
        let bytes = start
            .checked_add(access.width.bytes())
            .and_then(|end| code.get(start..end))
            .ok_or(ErrorKind::FieldBounds)?;
        Ok(decode::little_endian(bytes))
    }

    /// The bytes of a whole region, from its start.
    pub(super) fn region_bytes(
        &mut self,
        node: NodeId,
        length: u64,
    ) -> Result<alloc::vec::Vec<u8>, ErrorKind> {
        let size = usize::try_from(length).map_err(|_| ErrorKind::FieldBounds)?;
        self.vm.tables.reserve(size)?;
        let mut bytes = alloc::vec::Vec::with_capacity(size);
        for offset in 0..length {
            self.burn(1)?;
            bytes.push(self.read_region(node, offset, Width::Byte)? as u8);
        }
        Ok(bytes)
    }
}

fn refused(access: Access, reason: RegionError) -> ErrorKind {
    ErrorKind::Region {
        space: access.space,
        address: access.address,
        reason,
    }
}
