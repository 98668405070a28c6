//! Fields behind a bus, and pins: their accesses are transfers (see [`Transfer`]).

use alloc::vec::Vec;

use super::Exec;
use super::context::Place;
use super::field::low_bits;
use crate::error::ErrorKind;
use crate::host::RegionSpace;
use crate::namespace::{BusField, Connection, FieldKind, FieldUnit, NodeData};
use crate::object::{Object, Reference};
use crate::transfer::{Direction, Protocol, Transfer};

/// Steps that one transfer counts for: buses are slow.
const STEPS_PER_TRANSFER: u64 = 64;

/// What stands behind a field.
#[derive(Clone, Copy)]
struct Wire {
    space: RegionSpace,
    address: u64,
    protocol: Protocol,
}

impl Exec<'_> {
    /// The value of a field behind a bus: the whole buffer. Pins are an integer if they fit one.
    pub(super) fn read_bus(
        &mut self,
        field: &FieldUnit,
        bus: BusField,
    ) -> Result<Object, ErrorKind> {
        let wire = self.wire(field, bus)?;
        if let Protocol::RawProcessBytes(_) = wire.protocol {
            return Err(ErrorKind::Protocol);
        }
        let mut buffer = self.transfer_buffer(wire)?;
        self.transfer(field, bus, wire, Direction::Read, &mut buffer)?;
        if let Protocol::Pins(count) = wire.protocol {
            cut_to_pins(&mut buffer, count);
            if count as usize <= self.vm.integer_bytes() * 8 {
                return Ok(Object::Integer(crate::decode::little_endian(&buffer)));
            }
        }
        Ok(Object::Buffer(self.vm.heap.add_bytes(buffer)?))
    }

    /// Stores to a field behind a bus; gives the answer, which pins have none of.
    pub(super) fn write_bus(
        &mut self,
        field: &FieldUnit,
        bus: BusField,
        object: Object,
    ) -> Result<Option<Object>, ErrorKind> {
        let wire = self.wire(field, bus)?;
        let are_pins = matches!(wire.protocol, Protocol::Pins(_));
        let source = match self.settle(object)? {
            Object::Buffer(id) => self.cloned(id)?,
            value if are_pins => self.bytes_from(value)?,
            // A buffer with a status and a length cannot come out of a conversion.
            _ => return Err(ErrorKind::OperandType),
        };
        let mut buffer = self.transfer_buffer(wire)?;
        for (to, from) in buffer.iter_mut().zip(source) {
            *to = from;
        }
        if let Protocol::Pins(count) = wire.protocol {
            cut_to_pins(&mut buffer, count);
        }
        self.transfer(field, bus, wire, Direction::Write, &mut buffer)?;
        if are_pins {
            return Ok(None);
        }
        Ok(Some(Object::Buffer(self.vm.heap.add_bytes(buffer)?)))
    }

    /// Store to a field behind a bus gives the answer instead of what was stored (ACPI 6.5, 5.5.2.4.5.3); `None` for
    /// any other target, and nothing is done then.
    pub(super) fn store_to_bus(
        &mut self,
        object: Object,
        target: Place,
    ) -> Result<Option<Object>, ErrorKind> {
        let Place::Reference(Reference::Node(node)) = target else {
            return Ok(None);
        };
        let NodeData::Field(field) = self.vm.ns.data(node)? else {
            return Ok(None);
        };
        let field = **field;
        let FieldKind::Bus(bus) = field.kind else {
            return Ok(None);
        };
        let answer = self.write_bus(&field, bus, object)?;
        Ok(Some(answer.unwrap_or(object)))
    }

    /// What stands behind a field, as far as AML says it.
    fn wire(&self, field: &FieldUnit, bus: BusField) -> Result<Wire, ErrorKind> {
        let region = self.region(bus.region)?;
        let protocol = Protocol::new(region.space, bus.attribute, bus.length, field.bit_length);
        Ok(Wire {
            space: region.space,
            address: region.base,
            protocol: protocol.ok_or(ErrorKind::Protocol)?,
        })
    }

    fn transfer_buffer(&mut self, wire: Wire) -> Result<Vec<u8>, ErrorKind> {
        let length = wire.protocol.buffer_length(wire.space);
        self.vm.heap.reserve(length)?;
        self.burn(STEPS_PER_TRANSFER)?;
        self.burn_bytes(length)?;
        Ok(alloc::vec![0; length])
    }

    fn transfer(
        &mut self,
        field: &FieldUnit,
        bus: BusField,
        wire: Wire,
        direction: Direction,
        buffer: &mut [u8],
    ) -> Result<(), ErrorKind> {
        let connection = self.connection_bytes(bus.connection)?;
        let transfer = Transfer {
            space: wire.space,
            address: wire.address,
            command: bus.command,
            direction,
            protocol: wire.protocol,
            connection: connection.as_deref(),
        };
        self.locked(field, |exec| {
            exec.host
                .transfer(transfer, buffer)
                .map_err(|reason| ErrorKind::Region {
                    space: transfer.space,
                    address: transfer.address.wrapping_add(transfer.command),
                    reason,
                })
        })
    }

    /// The resource template of a field.
    fn connection_bytes(&mut self, connection: Connection) -> Result<Option<Vec<u8>>, ErrorKind> {
        match connection {
            Connection::None => Ok(None),
            Connection::Named(node) => match self.vm.ns.data(node)? {
                NodeData::Data(Object::Buffer(id)) => {
                    let id = *id;
                    self.cloned(id).map(Some)
                }
                _ => Err(ErrorKind::OperandType),
            },
            Connection::Template { table, start, end } => {
                let code = self.vm.tables.code(table).ok_or(ErrorKind::StaleNode)?;
                let bytes = code.get(start as usize..end as usize);
                let bytes = bytes.ok_or(ErrorKind::StaleNode)?;
                self.vm.heap.reserve(bytes.len())?;
                self.burn_bytes(bytes.len())?;
                Ok(Some(bytes.to_vec()))
            }
        }
    }
}

/// Clears what lies beyond the last pin in its byte.
fn cut_to_pins(buffer: &mut [u8], count: u32) {
    if let Some(last) = buffer.last_mut()
        && !count.is_multiple_of(8)
    {
        *last &= low_bits(count % 8) as u8;
    }
}
