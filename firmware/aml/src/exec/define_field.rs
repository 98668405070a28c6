//! Operators that define fields of regions and of buffers.

use alloc::boxed::Box;

use super::Exec;
use super::context::Pending;
use crate::decode::field_list::{self, ConnectionEntry, Entry};
use crate::error::ErrorKind;
use crate::host::RegionSpace;
use crate::namespace::{
    BufferField, BusField, Connection, FieldKind, FieldUnit, NodeData, NodeId, UpdateRule,
};
use crate::object::Object;

impl Exec<'_> {
    pub(super) fn define_fields(&mut self, pending: Pending) -> Result<(), ErrorKind> {
        let flags = self.pop_number()? as u8;
        let region = self.pop_region()?;
        self.field_list(FieldKind::Region(region), flags, pending.end)
    }

    pub(super) fn define_index_fields(&mut self, pending: Pending) -> Result<(), ErrorKind> {
        let flags = self.pop_number()? as u8;
        let data = self.pop_field()?;
        let index = self.pop_field()?;
        self.field_list(FieldKind::Index { index, data }, flags, pending.end)
    }

    pub(super) fn define_bank_fields(&mut self, pending: Pending) -> Result<(), ErrorKind> {
        let flags = self.pop_number()? as u8;
        let value = self.pop_integer()?;
        let bank = self.pop_field()?;
        let region = self.pop_region()?;
        let kind = FieldKind::Bank {
            region,
            bank,
            value,
        };
        self.field_list(kind, flags, pending.end)
    }

    fn pop_region(&mut self) -> Result<NodeId, ErrorKind> {
        let name = self.pop_name()?;
        let node = self.existing(name)?;
        match self.vm.ns.data(node)? {
            NodeData::Region(_) => Ok(node),
            _ => Err(ErrorKind::OperandType),
        }
    }

    fn pop_field(&mut self) -> Result<NodeId, ErrorKind> {
        let name = self.pop_name()?;
        let node = self.existing(name)?;
        match self.vm.ns.data(node)? {
            NodeData::Field(_) | NodeData::BufferField(_) => Ok(node),
            _ => Err(ErrorKind::OperandType),
        }
    }

    /// Creates the fields of a list.
    fn field_list(&mut self, kind: FieldKind, flags: u8, end: u32) -> Result<(), ErrorKind> {
        let mut list = FieldList {
            kind,
            flags,
            access: Access {
                bytes: field_list::access_bytes(flags)?,
                attribute: 0,
                length: 0,
            },
            update: update_rule(flags)?,
            connection: Connection::None,
            pins: self.are_pins(kind)?,
            bit_offset: 0,
            connected_at: 0,
        };
        while self.cx.ip < end {
            self.burn(1)?;
            let at = self.cx.ip;
            let (entry, length) = field_list::entry(self.code(at, end)?)?;
            self.cx.ip = at + length as u32;
            match entry {
                Entry::Gap { bits } => list.bit_offset += u64::from(bits),
                Entry::Access {
                    flags,
                    attribute,
                    length,
                } => {
                    list.access = Access {
                        bytes: field_list::access_bytes(flags)?,
                        attribute,
                        length,
                    }
                }
                Entry::Connection(entry) => {
                    list.connection = self.connection(at, entry)?;
                    list.connected_at = list.bit_offset;
                }
                Entry::Field { bits, .. } => {
                    let unit = list.unit(bits);
                    self.create(at, NodeData::Field(Box::new(unit)))?;
                    list.bit_offset += u64::from(bits);
                }
            }
        }
        if self.cx.ip != end {
            return Err(ErrorKind::Truncated);
        }
        Ok(())
    }

    fn are_pins(&self, kind: FieldKind) -> Result<bool, ErrorKind> {
        let FieldKind::Region(region) = kind else {
            return Ok(false);
        };
        Ok(self.region(region)?.space == RegionSpace::GeneralPurposeIo)
    }

    /// What a connection entry at `at` stands for.
    fn connection(&self, at: u32, entry: ConnectionEntry) -> Result<Connection, ErrorKind> {
        Ok(match entry {
            ConnectionEntry::Name { at: name } => {
                Connection::Named(self.existing(at + name as u32)?)
            }
            ConnectionEntry::Template { start, end } => Connection::Template {
                table: self.frame()?.table,
                start: at + start as u32,
                end: at + end as u32,
            },
        })
    }

    /// CreateBitField to CreateQWordField. The index counts bits for a bit field, bytes for the others.
    pub(super) fn create_fixed_field(&mut self, bits: u64) -> Result<(), ErrorKind> {
        let name = self.pop_name()?;
        let index = self.pop_integer()?;
        let unit = if bits == 1 { 1 } else { 8 };
        let bit_offset = index.checked_mul(unit).ok_or(ErrorKind::FieldBounds)?;
        self.create_buffer_field(name, bit_offset, bits, false)
    }

    /// CreateField: any number of bits.
    pub(super) fn create_field(&mut self) -> Result<(), ErrorKind> {
        let name = self.pop_name()?;
        let bits = self.pop_integer()?;
        let bit_offset = self.pop_integer()?;
        if bits == 0 {
            return Err(ErrorKind::OperandValue);
        }
        self.create_buffer_field(name, bit_offset, bits, true)
    }

    /// The buffer is the topmost operand.
    fn create_buffer_field(
        &mut self,
        name: u32,
        bit_offset: u64,
        bit_length: u64,
        always_buffer: bool,
    ) -> Result<(), ErrorKind> {
        let source = self.pop_object()?;
        let buffer = match self.settle(source)? {
            Object::Buffer(id) => id,
            other => {
                let bytes = self.bytes_from(other)?;
                self.vm.heap.add_bytes(bytes)?
            }
        };
        let end = bit_offset
            .checked_add(bit_length)
            .ok_or(ErrorKind::FieldBounds)?;
        if end > self.vm.heap.get(buffer).len() as u64 * 8 {
            return Err(ErrorKind::FieldBounds);
        }
        let field = BufferField {
            buffer,
            bit_offset,
            bit_length,
            always_buffer,
        };
        self.create(name, NodeData::BufferField(field))?;
        Ok(())
    }
}

/// The access type in force.
#[derive(Clone, Copy)]
struct Access {
    bytes: u8,
    attribute: u8,
    length: u8,
}

/// How far a list of fields was read, and what holds for the next field.
struct FieldList {
    kind: FieldKind,
    flags: u8,
    access: Access,
    update: UpdateRule,
    connection: Connection,
    /// Whether the region's bits are pins.
    pins: bool,
    bit_offset: u64,
    /// Where the connection in force began: pins are counted from there.
    connected_at: u64,
}

impl FieldList {
    /// The field of `bits` bits that comes now.
    fn unit(&self, bits: u32) -> FieldUnit {
        let kind = match self.kind {
            FieldKind::Region(region) if self.pins || self.access.bytes == 0 => {
                FieldKind::Bus(BusField {
                    region,
                    connection: self.connection,
                    attribute: self.access.attribute,
                    length: self.access.length,
                    command: match self.pins {
                        true => self.bit_offset - self.connected_at,
                        false => self.bit_offset / 8,
                    },
                })
            }
            kind => kind,
        };
        FieldUnit {
            kind,
            bit_offset: self.bit_offset,
            bit_length: bits,
            access_bytes: self.access.bytes,
            lock: self.flags & 0x10 != 0,
            update: self.update,
        }
    }
}

fn update_rule(flags: u8) -> Result<UpdateRule, ErrorKind> {
    match (flags >> 5) & 3 {
        0 => Ok(UpdateRule::Preserve),
        1 => Ok(UpdateRule::WriteAsOnes),
        2 => Ok(UpdateRule::WriteAsZeros),
        _ => Err(ErrorKind::OperandValue),
    }
}
