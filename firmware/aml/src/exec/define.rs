//! Operators that put named objects into the namespace.

use alloc::boxed::Box;

use super::Exec;
use super::context::{BlockKind, Body, Pending};
use crate::decode::opcode;
use crate::error::ErrorKind;
use crate::host::RegionSpace;
use crate::interpreter::ProcessorInfo;
use crate::namespace::{Method, NodeData, NodeId, Region};

impl Exec<'_> {
    /// Creates the object that the name at `name` asks for; it goes with the running method.
    pub(super) fn create(&mut self, name: u32, data: NodeData) -> Result<NodeId, ErrorKind> {
        let (parent, segment) = self.new_name(name)?;
        let node = self.vm.ns.create(parent, segment, data)?;
        if let Some(frame) = self.cx.frames.last_mut() {
            frame.created.push(node);
            if let Body::Method(_) = frame.body {
                self.vm.ns.set_temporary(node);
            }
        }
        Ok(node)
    }

    pub(super) fn define_name(&mut self) -> Result<(), ErrorKind> {
        let (object, fresh) = self.pop_item()?;
        let name = self.pop_name()?;
        let owned = self.owned(object, fresh)?;
        self.create(name, NodeData::Data(owned))?;
        Ok(())
    }

    pub(super) fn define_alias(&mut self) -> Result<(), ErrorKind> {
        let name = self.pop_name()?;
        let source = self.pop_name()?;
        let source = self.existing(source)?;
        self.create(name, NodeData::Alias(source))?;
        Ok(())
    }

    /// External only tells a disassembler what a name will be.
    pub(super) fn external(&mut self) -> Result<(), ErrorKind> {
        self.pop_number()?;
        self.pop_number()?;
        self.pop_name()?;
        Ok(())
    }

    pub(super) fn open_scope(&mut self, pending: Pending) -> Result<(), ErrorKind> {
        let name = self.pop_name()?;
        let node = self.existing(name)?;
        self.enter_scope(node, pending.end)
    }

    fn enter_scope(&mut self, node: NodeId, end: u32) -> Result<(), ErrorKind> {
        let outer = self.cx.scope;
        self.begin_block(BlockKind::Scope { outer }, end)?;
        self.cx.scope = node;
        Ok(())
    }

    /// Device, ThermalZone, Processor and PowerResource: an object that is a scope as well.
    pub(super) fn define_container(&mut self, pending: Pending) -> Result<(), ErrorKind> {
        let data = match pending.opcode {
            opcode::DEVICE => NodeData::Device,
            opcode::THERMAL_ZONE => NodeData::ThermalZone,
            opcode::POWER_RESOURCE => {
                self.pop_number()?;
                self.pop_number()?;
                NodeData::PowerResource
            }
            _ => {
                let pblk_length = self.pop_number()? as u8;
                let pblk_address = self.pop_number()? as u32;
                let id = self.pop_number()? as u8;
                NodeData::Processor(ProcessorInfo {
                    id,
                    pblk_address,
                    pblk_length,
                })
            }
        };
        let name = self.pop_name()?;
        let node = self.create(name, data)?;
        self.enter_scope(node, pending.end)
    }

    pub(super) fn define_method(&mut self, pending: Pending) -> Result<(), ErrorKind> {
        let flags = self.pop_number()? as u8;
        let name = self.pop_name()?;
        let method = Method {
            table: Some(self.frame()?.table),
            start: self.cx.ip,
            end: pending.end,
            args: flags & 7,
            serialized: flags & 8 != 0,
            sync_level: flags >> 4,
        };
        self.create(name, NodeData::Method(method))?;
        self.cx.ip = pending.end;
        Ok(())
    }

    pub(super) fn define_mutex(&mut self) -> Result<(), ErrorKind> {
        let sync_level = self.pop_number()? as u8 & 0xF;
        let name = self.pop_name()?;
        self.create(
            name,
            NodeData::Mutex {
                sync_level,
                held: 0,
            },
        )?;
        Ok(())
    }

    pub(super) fn define_event(&mut self) -> Result<(), ErrorKind> {
        let name = self.pop_name()?;
        self.create(name, NodeData::Event { signals: 0 })?;
        Ok(())
    }

    pub(super) fn define_region(&mut self) -> Result<(), ErrorKind> {
        let length = self.pop_integer()?;
        let base = self.pop_integer()?;
        let space = RegionSpace::from_u8(self.pop_number()? as u8);
        let name = self.pop_name()?;
        let region = Region {
            space,
            base,
            length,
            pci: None,
            table: None,
        };
        self.create(name, NodeData::Region(Box::new(region)))?;
        Ok(())
    }
}
