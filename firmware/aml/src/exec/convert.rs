//! Conversions between integers, strings and buffers (ACPI 6.5, 19.3.5).
//!
//! Where the specification leaves a detail open, this follows what ACPICA does, since tables are tested against it.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

use super::Exec;
use crate::decode;
use crate::error::ErrorKind;
use crate::namespace::NodeData;
use crate::object::{Object, Reference};

impl Exec<'_> {
    /// Looks through a reference that RefOf made: reading an argument that holds one reads its target (ACPI 6.5,
    /// 19.3.5.9). A reference to what has no value, a device for instance, stays as it is; so does one that Index made,
    /// which wants a DerefOf.
    pub(super) fn settle(&mut self, object: Object) -> Result<Object, ErrorKind> {
        match object {
            Object::Reference(Reference::Node(node)) => match self.vm.ns.data(node)? {
                NodeData::Data(object) => Ok(*object),
                NodeData::Field(_) | NodeData::BufferField(_) => self.read_node(node),
                _ => Ok(object),
            },
            Object::Reference(reference @ Reference::Slot { .. }) => self.load_reference(reference),
            value => Ok(value),
        }
    }

    /// Implicit conversion to an integer. A string is read as hexadecimal.
    pub(super) fn integer_from(&mut self, object: Object) -> Result<u64, ErrorKind> {
        if let Object::Integer(value) = object {
            return Ok(value);
        }
        match self.settle(object)? {
            Object::Integer(value) => Ok(value),
            Object::String(id) => {
                let text = trim_start(self.vm.heap.get(id));
                let digits = strip_hex_prefix(text).unwrap_or(text);
                Ok(parse(digits, 16, self.vm.integer_mask()))
            }
            Object::Buffer(id) => self.buffer_to_integer(self.vm.heap.get(id)),
            // A table handle is what Load gives for success.
            Object::Reference(Reference::Table(_)) => Ok(self.vm.integer_mask()),
            Object::Uninitialized => Err(ErrorKind::Uninitialized),
            _ => Err(ErrorKind::OperandType),
        }
    }

    fn buffer_to_integer(&self, bytes: &[u8]) -> Result<u64, ErrorKind> {
        if bytes.is_empty() {
            return Err(ErrorKind::OperandValue);
        }
        Ok(decode::little_endian(bytes) & self.vm.integer_mask())
    }

    /// Explicit conversion (ToInteger): a string is decimal, or hexadecimal with the prefix 0x.
    pub(super) fn integer_from_literal(&mut self, object: Object) -> Result<u64, ErrorKind> {
        match self.settle(object)? {
            Object::String(id) => {
                let text = trim_start(self.vm.heap.get(id));
                let mask = self.vm.integer_mask();
                Ok(match strip_hex_prefix(text) {
                    Some(digits) => parse(digits, 16, mask),
                    None => parse(text, 10, mask),
                })
            }
            other => self.integer_from(other),
        }
    }

    /// Implicit conversion to a string: hexadecimal digits.
    pub(super) fn text_from(&mut self, object: Object) -> Result<Vec<u8>, ErrorKind> {
        match self.settle(object)? {
            Object::Integer(value) => {
                let width = self.vm.integer_bytes() * 2;
                let mut text = String::new();
                let _ = write!(text, "{value:0width$X}");
                Ok(text.into_bytes())
            }
            Object::String(id) => self.cloned(id),
            Object::Buffer(id) => self.join_bytes(id, " ", |text, byte| {
                let _ = write!(text, "0x{byte:02X}");
            }),
            Object::Uninitialized => Err(ErrorKind::Uninitialized),
            _ => Err(ErrorKind::OperandType),
        }
    }

    /// The bytes of a buffer as text, with something between them.
    pub(super) fn join_bytes(
        &mut self,
        id: crate::object::HeapId,
        separator: &str,
        write: fn(&mut String, u8),
    ) -> Result<Vec<u8>, ErrorKind> {
        const LONGEST: usize = 5;
        let length = self.vm.heap.get(id).len();
        self.vm.heap.reserve(length.saturating_mul(LONGEST))?;
        self.burn_bytes(length.saturating_mul(LONGEST))?;
        let mut text = String::with_capacity(length * LONGEST);
        for (position, byte) in self.vm.heap.get(id).iter().enumerate() {
            if position > 0 {
                text.push_str(separator);
            }
            write(&mut text, *byte);
        }
        Ok(text.into_bytes())
    }

    /// Implicit conversion to a buffer.
    pub(super) fn bytes_from(&mut self, object: Object) -> Result<Vec<u8>, ErrorKind> {
        match self.settle(object)? {
            Object::Integer(value) => {
                let size = self.vm.integer_bytes();
                Ok(value.to_le_bytes()[..size].to_vec())
            }
            Object::String(id) => {
                let mut bytes = self.cloned(id)?;
                bytes.push(0);
                Ok(bytes)
            }
            Object::Buffer(id) => self.cloned(id),
            Object::Uninitialized => Err(ErrorKind::Uninitialized),
            _ => Err(ErrorKind::OperandType),
        }
    }

    /// The bytes of a string or buffer, once it is known that there is room for them.
    pub(super) fn cloned(&mut self, id: crate::object::HeapId) -> Result<Vec<u8>, ErrorKind> {
        let length = self.vm.heap.get(id).len();
        self.vm.heap.reserve(length)?;
        self.burn_bytes(length)?;
        Ok(self.vm.heap.get(id).to_vec())
    }
}

fn trim_start(text: &[u8]) -> &[u8] {
    text.trim_ascii_start()
}

fn strip_hex_prefix(text: &[u8]) -> Option<&[u8]> {
    text.strip_prefix(b"0x")
        .or_else(|| text.strip_prefix(b"0X"))
}

/// The number that `text` begins with; what does not fit under `mask` any more is left out.
fn parse(text: &[u8], radix: u32, mask: u64) -> u64 {
    let mut number = 0u64;
    for byte in text {
        let Some(digit) = char::from(*byte).to_digit(radix) else {
            break;
        };
        let next = number
            .checked_mul(u64::from(radix))
            .and_then(|n| n.checked_add(u64::from(digit)));
        match next {
            Some(next) if next <= mask => number = next,
            _ => break,
        }
    }
    number
}
