//! Operators on strings and buffers.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

use super::Exec;
use super::context::{Item, Pending, Place};
use crate::error::ErrorKind;
use crate::interpreter::ObjectKind;
use crate::object::{Object, Reference};
use crate::resources;

impl Exec<'_> {
    /// Makes a string, stores it and gives it.
    fn deliver_string(&mut self, text: Vec<u8>, target: Place) -> Result<(), ErrorKind> {
        let object = Object::String(self.vm.heap.add_bytes(text)?);
        self.store(object, false, target)?;
        self.produce(Item::Fresh(object))
    }

    /// Makes a buffer, stores it and gives it.
    fn deliver_buffer(&mut self, bytes: Vec<u8>, target: Place) -> Result<(), ErrorKind> {
        let object = Object::Buffer(self.vm.heap.add_bytes(bytes)?);
        self.store(object, false, target)?;
        self.produce(Item::Fresh(object))
    }

    /// Stores what an explicit conversion made and gives it.
    pub(super) fn deliver_converted(
        &mut self,
        object: Object,
        target: Place,
    ) -> Result<(), ErrorKind> {
        self.store_converted(object, target)?;
        self.produce(Item::Fresh(object))
    }

    /// The Buffer operator: a size, and initial bytes behind it.
    pub(super) fn buffer(&mut self, pending: Pending) -> Result<(), ErrorKind> {
        let size = self.pop_integer()?;
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let initial = self.code(self.cx.ip, pending.end)?.len();
        self.cx.ip = pending.end;
        let length = size.max(initial);
        self.vm.heap.reserve(length)?;
        self.burn_bytes(length)?;
        let start = pending.end - initial as u32;
        let mut bytes = self.code(start, pending.end)?.to_vec();
        bytes.resize(length, 0);
        let id = self.vm.heap.add_bytes(bytes)?;
        self.produce(Item::Fresh(Object::Buffer(id)))
    }

    pub(super) fn concatenate(&mut self) -> Result<(), ErrorKind> {
        let target = self.pop_place()?;
        let b = self.pop_object()?;
        let a = self.pop_object()?;
        let (a, b) = (self.settle(a)?, self.settle(b)?);
        match a {
            Object::Integer(first) => {
                let second = self.integer_from(b)?;
                let size = self.vm.integer_bytes();
                let mut bytes = first.to_le_bytes()[..size].to_vec();
                bytes.extend_from_slice(&second.to_le_bytes()[..size]);
                self.deliver_buffer(bytes, target)
            }
            Object::Buffer(id) => {
                let mut bytes = self.cloned(id)?;
                let second = self.bytes_from(b)?;
                self.vm.heap.reserve(bytes.len() + second.len())?;
                bytes.extend_from_slice(&second);
                self.deliver_buffer(bytes, target)
            }
            a => {
                let mut text = self.text_or_type(a)?;
                let second = self.text_or_type(b)?;
                self.vm.heap.reserve(text.len() + second.len())?;
                text.extend_from_slice(&second);
                self.deliver_string(text, target)
            }
        }
    }

    /// The value as a string; for what has no value, the name of its type (ACPI 6.5, 19.6, Concatenate).
    fn text_or_type(&mut self, object: Object) -> Result<Vec<u8>, ErrorKind> {
        let kind = match object {
            Object::Reference(Reference::Node(node)) => self.vm.ns.data(node)?.kind(),
            Object::Package(_) => ObjectKind::Package,
            _ => return self.text_from(object),
        };
        let name = match kind {
            ObjectKind::Device => "Device",
            ObjectKind::Event => "Event",
            ObjectKind::Method { .. } => "Method",
            ObjectKind::Mutex => "Mutex",
            ObjectKind::OperationRegion { .. } => "Region",
            ObjectKind::PowerResource => "Power",
            ObjectKind::Processor => "Processor",
            ObjectKind::ThermalZone => "Thermal",
            ObjectKind::Package => "Package",
            _ => "Untyped",
        };
        Ok(alloc::format!("[{name} Object]").into_bytes())
    }

    /// ConcatenateResTemplate: both templates without their end tags, and a new end tag.
    pub(super) fn concatenate_templates(&mut self) -> Result<(), ErrorKind> {
        let target = self.pop_place()?;
        let b = self.pop_object()?;
        let a = self.pop_object()?;
        let mut template = self.template(a)?;
        template.extend(self.template(b)?);
        template.extend_from_slice(&resources::END_TAG);
        self.deliver_buffer(template, target)
    }

    /// The descriptors of a resource template, without its end tag; an empty buffer has none.
    fn template(&mut self, object: Object) -> Result<Vec<u8>, ErrorKind> {
        let Object::Buffer(id) = self.settle(object)? else {
            return Err(ErrorKind::OperandType);
        };
        let mut bytes = self.cloned(id)?;
        let length = resources::length_before_end(&bytes).ok_or(ErrorKind::OperandValue)?;
        bytes.truncate(length);
        Ok(bytes)
    }

    pub(super) fn mid(&mut self) -> Result<(), ErrorKind> {
        let target = self.pop_place()?;
        let length = self.pop_integer()?;
        let start = self.pop_integer()?;
        let source = self.pop_object()?;
        let source = self.settle(source)?;
        // An integer counts as its bytes here, not as its digits.
        let is_buffer = !matches!(source, Object::String(_));
        let bytes = if is_buffer {
            self.bytes_from(source)?
        } else {
            self.text_from(source)?
        };
        let start = usize::try_from(start)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        let end = start
            .saturating_add(usize::try_from(length).unwrap_or(usize::MAX))
            .min(bytes.len());
        let part = bytes[start..end].to_vec();
        if is_buffer {
            return self.deliver_buffer(part, target);
        }
        self.deliver_string(part, target)
    }

    pub(super) fn convert_to_buffer(&mut self) -> Result<(), ErrorKind> {
        let target = self.pop_place()?;
        let source = self.pop_object()?;
        let bytes = self.bytes_from(source)?;
        let object = Object::Buffer(self.vm.heap.add_bytes(bytes)?);
        self.deliver_converted(object, target)
    }

    pub(super) fn convert_to_integer(&mut self) -> Result<(), ErrorKind> {
        let target = self.pop_place()?;
        let source = self.pop_object()?;
        let value = self.integer_from_literal(source)?;
        self.deliver_converted(Object::Integer(value), target)
    }

    /// ToDecimalString and ToHexString. An integer in hexadecimal is what the implicit conversion gives.
    pub(super) fn convert_to_text(&mut self, radix: u32) -> Result<(), ErrorKind> {
        let target = self.pop_place()?;
        let source = self.pop_object()?;
        let text = match self.settle(source)? {
            Object::Integer(value) if radix == 10 => alloc::format!("{value}").into_bytes(),
            Object::Buffer(id) => {
                let write: fn(&mut String, u8) = match radix {
                    10 => |text, byte| {
                        let _ = write!(text, "{byte}");
                    },
                    _ => |text, byte| {
                        let _ = write!(text, "0x{byte:02X}");
                    },
                };
                self.join_bytes(id, ",", write)?
            }
            other => self.text_from(other)?,
        };
        let object = Object::String(self.vm.heap.add_bytes(text)?);
        self.deliver_converted(object, target)
    }

    /// ToString: the bytes of a buffer up to a zero or a length.
    pub(super) fn convert_to_string(&mut self) -> Result<(), ErrorKind> {
        let target = self.pop_place()?;
        let length = self.pop_integer()?;
        let source = self.pop_object()?;
        let mut text = self.bytes_from(source)?;
        let end = text
            .iter()
            .position(|byte| *byte == 0)
            .unwrap_or(text.len());
        text.truncate(end.min(usize::try_from(length).unwrap_or(usize::MAX)));
        let object = Object::String(self.vm.heap.add_bytes(text)?);
        self.deliver_converted(object, target)
    }
}
