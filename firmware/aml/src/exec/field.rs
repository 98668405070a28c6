//! Reading and writing fields (ACPI 6.5, 19.6, Field).
//!
//! A field is any run of bits; the hardware is reached in whole accesses of the field's width, aligned to it. A field
//! that does not fill its accesses is cut out when read, and put in by the field's update rule when written.

use alloc::vec::Vec;

use super::Exec;
use crate::error::ErrorKind;
use crate::host::Width;
use crate::namespace::{BufferField, FieldKind, FieldUnit, NodeData, NodeId, UpdateRule};
use crate::object::Object;

/// Steps that one access counts for.
const STEPS_PER_ACCESS: u64 = 4;
/// How deep index and bank registers may be fields of index fields in turn.
const DEEPEST: u8 = 4;

/// One access of a field: where, and which of its bits belong to the field.
#[derive(Clone, Copy)]
struct Chunk {
    byte_offset: u64,
    shift: u32,
    bits: u32,
}

/// What an access of a field goes to, once its bank or index register is set.
enum Selected {
    Region(NodeId),
    Register(NodeId),
}

/// The accesses that cover `bit_length` bits from `bit_offset` on, `width` bits each.
fn chunks(bit_offset: u64, bit_length: u64, width: u32) -> impl Iterator<Item = Chunk> {
    let end = bit_offset.saturating_add(bit_length);
    let width64 = u64::from(width);
    let mut at = bit_offset;
    core::iter::from_fn(move || {
        if at >= end {
            return None;
        }
        let start = at / width64 * width64;
        let shift = (at - start) as u32;
        let bits = u64::from(width - shift).min(end - at) as u32;
        at += u64::from(bits);
        Some(Chunk {
            byte_offset: start / 8,
            shift,
            bits,
        })
    })
}

/// The lowest `bits` bits.
pub(super) fn low_bits(bits: u32) -> u64 {
    match bits {
        0 => 0,
        _ => u64::MAX >> (64 - bits.min(64)),
    }
}

/// Bits collected into bytes, lowest first.
struct BitWriter {
    bytes: Vec<u8>,
    pending: u128,
    count: u32,
}

impl BitWriter {
    fn push(&mut self, value: u64, bits: u32) {
        self.pending |= u128::from(value & low_bits(bits)) << self.count;
        self.count += bits;
        while self.count >= 8 {
            self.bytes.push(self.pending as u8);
            self.pending >>= 8;
            self.count -= 8;
        }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.bytes.push(self.pending as u8);
        }
        self.bytes
    }
}

/// `bits` bits (at most 64) of `bytes` from bit `at` on; zeros behind its end.
fn bits_at(bytes: &[u8], at: u64, bits: u32) -> u64 {
    let first = usize::try_from(at / 8).unwrap_or(usize::MAX);
    let mut window = 0u128;
    for (position, byte) in bytes.iter().skip(first).take(9).enumerate() {
        window |= u128::from(*byte) << (8 * position);
    }
    (window >> (at % 8)) as u64 & low_bits(bits)
}

impl Exec<'_> {
    /// The value of a field unit: an integer if it fits one, otherwise a buffer.
    pub(super) fn read_field(&mut self, field: &FieldUnit) -> Result<Object, ErrorKind> {
        if let FieldKind::Bus(bus) = field.kind {
            return self.read_bus(field, bus);
        }
        if field.bit_length as usize <= self.vm.integer_bytes() * 8 {
            let value = self.locked(field, |exec| exec.read_bits(field, 0))?;
            return Ok(Object::Integer(value));
        }
        let length = (field.bit_length as usize).div_ceil(8);
        self.vm.heap.reserve(length)?;
        let bytes = self.locked(field, |exec| exec.read_bytes(field, length))?;
        Ok(Object::Buffer(self.vm.heap.add_bytes(bytes)?))
    }

    pub(super) fn write_field(
        &mut self,
        field: &FieldUnit,
        object: Object,
    ) -> Result<(), ErrorKind> {
        if let FieldKind::Bus(bus) = field.kind {
            return self.write_bus(field, bus, object).map(drop);
        }
        match self.settle(object)? {
            Object::Integer(value) => self.locked(field, |exec| {
                exec.write_bits(field, &value.to_le_bytes(), 0)
            }),
            Object::String(id) | Object::Buffer(id) => {
                let bytes = self.cloned(id)?;
                self.locked(field, |exec| exec.write_bits(field, &bytes, 0))
            }
            Object::Uninitialized => Err(ErrorKind::Uninitialized),
            _ => Err(ErrorKind::OperandType),
        }
    }

    /// Holds the Global Lock around an access, if the field asks for it.
    pub(super) fn locked<T>(
        &mut self,
        field: &FieldUnit,
        access: impl FnOnce(&mut Self) -> Result<T, ErrorKind>,
    ) -> Result<T, ErrorKind> {
        if !field.lock || self.vm.global_lock_held() {
            return access(self);
        }
        if !self.host.acquire_global_lock(u16::MAX) {
            return Err(ErrorKind::GlobalLock);
        }
        let outcome = access(self);
        self.host.release_global_lock();
        outcome
    }

    /// A field of at most 64 bits.
    fn read_bits(&mut self, field: &FieldUnit, depth: u8) -> Result<u64, ErrorKind> {
        let width = access_width(field)?;
        let (mut value, mut have) = (0u64, 0u32);
        for chunk in chunks(field.bit_offset, field.bit_length.into(), width.bits()) {
            let datum = self.read_datum(field, chunk.byte_offset, width, depth)?;
            let part = (datum >> chunk.shift) & low_bits(chunk.bits);
            value |= part.checked_shl(have).unwrap_or(0);
            have += chunk.bits;
        }
        Ok(value)
    }

    fn read_bytes(&mut self, field: &FieldUnit, length: usize) -> Result<Vec<u8>, ErrorKind> {
        let width = access_width(field)?;
        let mut bits = BitWriter {
            bytes: Vec::with_capacity(length),
            pending: 0,
            count: 0,
        };
        for chunk in chunks(field.bit_offset, field.bit_length.into(), width.bits()) {
            let datum = self.read_datum(field, chunk.byte_offset, width, 0)?;
            bits.push(datum >> chunk.shift, chunk.bits);
        }
        Ok(bits.finish())
    }

    /// Writes the lowest bits of `source`; what it lacks counts as zero.
    fn write_bits(&mut self, field: &FieldUnit, source: &[u8], depth: u8) -> Result<(), ErrorKind> {
        let width = access_width(field)?;
        let mut done = 0u64;
        for chunk in chunks(field.bit_offset, field.bit_length.into(), width.bits()) {
            let part = bits_at(source, done, chunk.bits);
            done += u64::from(chunk.bits);
            let mask = low_bits(chunk.bits) << chunk.shift;
            let around = match field.update {
                _ if chunk.bits == width.bits() => 0,
                UpdateRule::Preserve => self.read_datum(field, chunk.byte_offset, width, depth)?,
                UpdateRule::WriteAsOnes => width.mask(),
                UpdateRule::WriteAsZeros => 0,
            };
            let datum = (around & !mask) | (part << chunk.shift);
            self.write_datum(field, chunk.byte_offset, width, datum, depth)?;
        }
        Ok(())
    }

    /// Makes the access at `offset` possible, by setting the bank or index register; says what is then accessed.
    fn select(&mut self, field: &FieldUnit, offset: u64, depth: u8) -> Result<Selected, ErrorKind> {
        self.burn(STEPS_PER_ACCESS)?;
        match field.kind {
            FieldKind::Region(region) => Ok(Selected::Region(region)),
            FieldKind::Bank {
                region,
                bank,
                value,
            } => {
                self.write_register(bank, value, depth)?;
                Ok(Selected::Region(region))
            }
            FieldKind::Index { index, data } => {
                self.write_register(index, offset, depth)?;
                Ok(Selected::Register(data))
            }
            FieldKind::Bus(_) => Err(ErrorKind::Unsupported),
        }
    }

    fn read_datum(
        &mut self,
        field: &FieldUnit,
        offset: u64,
        width: Width,
        depth: u8,
    ) -> Result<u64, ErrorKind> {
        match self.select(field, offset, depth)? {
            Selected::Region(region) => self.read_region(region, offset, width),
            Selected::Register(data) => self.read_register(data, depth),
        }
    }

    fn write_datum(
        &mut self,
        field: &FieldUnit,
        offset: u64,
        width: Width,
        datum: u64,
        depth: u8,
    ) -> Result<(), ErrorKind> {
        match self.select(field, offset, depth)? {
            Selected::Region(region) => self.write_region(region, offset, width, datum),
            Selected::Register(data) => self.write_register(data, datum, depth),
        }
    }

    /// Reads a field that serves as the data register of others.
    fn read_register(&mut self, register: NodeId, depth: u8) -> Result<u64, ErrorKind> {
        if depth >= DEEPEST {
            return Err(ErrorKind::Unsupported);
        }
        match self.vm.ns.data(register)? {
            NodeData::Field(field) => {
                let field = **field;
                self.read_bits(&field, depth + 1)
            }
            NodeData::BufferField(field) => {
                let field = *field;
                let object = self.read_buffer_field(&field)?;
                self.integer_from(object)
            }
            _ => Err(ErrorKind::OperandType),
        }
    }

    /// Writes a field that serves as a bank, index or data register of others.
    fn write_register(&mut self, register: NodeId, value: u64, depth: u8) -> Result<(), ErrorKind> {
        if depth >= DEEPEST {
            return Err(ErrorKind::Unsupported);
        }
        match self.vm.ns.data(register)? {
            NodeData::Field(field) => {
                let field = **field;
                self.write_bits(&field, &value.to_le_bytes(), depth + 1)
            }
            NodeData::BufferField(field) => {
                let field = *field;
                self.write_buffer_field(&field, Object::Integer(value))
            }
            _ => Err(ErrorKind::OperandType),
        }
    }

    pub(super) fn read_buffer_field(&mut self, field: &BufferField) -> Result<Object, ErrorKind> {
        let length = usize::try_from(field.bit_length.div_ceil(8)).unwrap_or(usize::MAX);
        self.vm.heap.reserve(length)?;
        self.burn_bytes(length)?;
        let source = self.vm.heap.get(field.buffer);
        if field.bit_offset + field.bit_length > source.len() as u64 * 8 {
            return Err(ErrorKind::FieldBounds);
        }
        if !field.always_buffer && length <= self.vm.integer_bytes() {
            let bits = field.bit_length as u32;
            let value = bits_at(source, field.bit_offset, bits);
            return Ok(Object::Integer(value));
        }
        let mut bits = BitWriter {
            bytes: Vec::with_capacity(length),
            pending: 0,
            count: 0,
        };
        for chunk in chunks(0, field.bit_length, 64) {
            let at = field.bit_offset + chunk.byte_offset * 8;
            bits.push(bits_at(source, at, chunk.bits), chunk.bits);
        }
        Ok(Object::Buffer(self.vm.heap.add_bytes(bits.finish())?))
    }

    pub(super) fn write_buffer_field(
        &mut self,
        field: &BufferField,
        object: Object,
    ) -> Result<(), ErrorKind> {
        let source = match self.settle(object)? {
            Object::Integer(value) => value.to_le_bytes().to_vec(),
            Object::String(id) | Object::Buffer(id) => self.cloned(id)?,
            Object::Uninitialized => return Err(ErrorKind::Uninitialized),
            _ => return Err(ErrorKind::OperandType),
        };
        self.burn(field.bit_length / 8)?;
        let bytes = self.vm.heap.get_mut(field.buffer);
        if field.bit_offset + field.bit_length > bytes.len() as u64 * 8 {
            return Err(ErrorKind::FieldBounds);
        }
        let mut done = 0;
        for chunk in chunks(field.bit_offset, field.bit_length, 8) {
            let part = bits_at(&source, done, chunk.bits) as u8;
            done += u64::from(chunk.bits);
            let mask = (low_bits(chunk.bits) << chunk.shift) as u8;
            if let Some(byte) = bytes.get_mut(chunk.byte_offset as usize) {
                *byte = (*byte & !mask) | (part << chunk.shift);
            }
        }
        Ok(())
    }
}

fn access_width(field: &FieldUnit) -> Result<Width, ErrorKind> {
    match field.access_bytes {
        1 => Ok(Width::Byte),
        2 => Ok(Width::Word),
        4 => Ok(Width::Dword),
        8 => Ok(Width::Qword),
        _ => Err(ErrorKind::Unsupported),
    }
}
