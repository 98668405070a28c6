//! Store and CopyObject (ACPI 6.5, 19.3.5 and 19.6).
//!
//! Storing to a name keeps the name's type and converts the value, unless an explicit conversion made it; storing to
//! a local, to an argument or to an element of a package replaces what was there. A stored string, buffer or package
//! is a copy, unless nobody else can hold it.

use alloc::string::String;

use super::Exec;
use super::context::{ARGUMENTS, Item, Place};
use crate::error::ErrorKind;
use crate::namespace::{NodeData, NodeId};
use crate::object::{HeapId, Object, Reference};

impl Exec<'_> {
    pub(super) fn store_operator(&mut self) -> Result<(), ErrorKind> {
        let target = self.pop_place()?;
        let (object, fresh) = self.pop_item()?;
        if object == Object::Uninitialized {
            return Err(ErrorKind::Uninitialized);
        }
        if let Some(answer) = self.store_to_bus(object, target)? {
            return self.produce(Item::Shared(answer));
        }
        self.store(object, fresh, target)?;
        self.produce(Item::Shared(object))
    }

    /// Stores a value; `fresh` if nobody else holds it.
    pub(super) fn store(
        &mut self,
        object: Object,
        fresh: bool,
        target: Place,
    ) -> Result<(), ErrorKind> {
        match target {
            Place::Nothing => Ok(()),
            Place::Debug => self.debug(object),
            Place::Slot(_) => self.copy_to(object, fresh, target),
            Place::Reference(reference) => self.store_to_reference(object, fresh, reference),
            Place::Value(_) => Err(ErrorKind::OperandType),
        }
    }

    fn set_slot(&mut self, slot: u8, object: Object) -> Result<(), ErrorKind> {
        let frame = self.cx.frames.last_mut().ok_or(ErrorKind::NotEvaluable)?;
        match frame.slots.get_mut(usize::from(slot)) {
            Some(place) => *place = object,
            None => return Err(ErrorKind::OperandType),
        }
        Ok(())
    }

    fn store_to_reference(
        &mut self,
        object: Object,
        fresh: bool,
        reference: Reference,
    ) -> Result<(), ErrorKind> {
        match reference {
            Reference::Node(node) | Reference::Alias(node) => {
                self.store_to_node(object, fresh, node)
            }
            Reference::Slot { activation, slot } => {
                let owned = self.owned(object, fresh)?;
                *self.slot_of(activation, slot)? = owned;
                Ok(())
            }
            Reference::Element { container, index } => {
                self.store_to_element(object, fresh, container, index)
            }
            Reference::Unresolved { .. } | Reference::Table(_) => Err(ErrorKind::OperandType),
        }
    }

    fn store_to_node(
        &mut self,
        object: Object,
        fresh: bool,
        node: NodeId,
    ) -> Result<(), ErrorKind> {
        let new = match self.vm.ns.data(node)? {
            NodeData::Field(_) | NodeData::BufferField(_) => return self.write_node(node, object),
            NodeData::Data(Object::Integer(_)) => Object::Integer(self.integer_from(object)?),
            NodeData::Data(Object::String(id)) => {
                let id = *id;
                let text = self.text_from(object)?;
                return self.vm.heap.replace(id, text);
            }
            NodeData::Data(Object::Buffer(id)) => return self.store_to_buffer(object, *id),
            NodeData::Data(Object::Package(id)) => return self.store_to_package(object, *id),
            NodeData::Data(_) => self.owned(object, fresh)?,
            _ => return Err(ErrorKind::OperandType),
        };
        *self.vm.ns.data_mut(node)? = NodeData::Data(new);
        Ok(())
    }

    /// A named buffer keeps its length, unless that is zero: a longer value is cut, a shorter one followed by zeros.
    fn store_to_buffer(&mut self, object: Object, id: HeapId) -> Result<(), ErrorKind> {
        let mut bytes = self.bytes_from(object)?;
        let length = self.vm.heap.get(id).len();
        if length != 0 {
            bytes.resize(length, 0);
        }
        self.vm.heap.replace(id, bytes)
    }

    fn store_to_package(&mut self, object: Object, id: HeapId) -> Result<(), ErrorKind> {
        let Object::Package(source) = self.settle(object)? else {
            return Err(ErrorKind::OperandType);
        };
        let copy = self.copy_package(source)?;
        let elements = self.vm.heap.package(copy).unwrap_or_default().to_vec();
        self.vm.heap.replace_package(id, elements)
    }

    fn store_to_element(
        &mut self,
        object: Object,
        fresh: bool,
        container: HeapId,
        index: u32,
    ) -> Result<(), ErrorKind> {
        if self.vm.heap.package(container).is_some() {
            let owned = self.owned(object, fresh)?;
            let elements = self.vm.heap.package_mut(container).unwrap_or_default();
            let length = elements.len() as u64;
            let index = u64::from(index);
            let Some(element) = elements.get_mut(index as usize) else {
                return Err(ErrorKind::Index { index, length });
            };
            *element = owned;
            return Ok(());
        }
        let byte = match self.settle(object)? {
            Object::Integer(value) => value as u8,
            Object::String(id) | Object::Buffer(id) => {
                self.vm.heap.get(id).first().copied().unwrap_or(0)
            }
            _ => return Err(ErrorKind::OperandType),
        };
        let bytes = self.vm.heap.get_mut(container);
        let length = bytes.len() as u64;
        match bytes.get_mut(index as usize) {
            Some(place) => *place = byte,
            None => {
                let index = u64::from(index);
                return Err(ErrorKind::Index { index, length });
            }
        }
        Ok(())
    }

    /// CopyObject: the destination takes the value with its type.
    pub(super) fn copy_object(&mut self) -> Result<(), ErrorKind> {
        let target = self.pop_place()?;
        let (object, fresh) = self.pop_item()?;
        if object == Object::Uninitialized {
            return Err(ErrorKind::Uninitialized);
        }
        self.copy_to(object, fresh, target)?;
        self.produce(Item::Shared(object))
    }

    /// Stores what an explicit conversion made: a named integer, string or buffer of another type takes the value with
    /// its type (ACPI 6.5, 19.3.5.5). All else is a plain Store, as in ACPICA: a named buffer that becomes a buffer
    /// keeps its length and the fields over it, and a package is no target.
    pub(super) fn store_converted(
        &mut self,
        object: Object,
        target: Place,
    ) -> Result<(), ErrorKind> {
        if let Place::Reference(Reference::Node(node) | Reference::Alias(node)) = target
            && let NodeData::Data(
                former @ (Object::Integer(_) | Object::String(_) | Object::Buffer(_)),
            ) = self.vm.ns.data(node)?
            && former.kind() != object.kind()
        {
            return self.copy_to(object, false, Place::Reference(Reference::Node(node)));
        }
        self.store(object, false, target)
    }

    fn copy_to(&mut self, object: Object, fresh: bool, target: Place) -> Result<(), ErrorKind> {
        match target {
            Place::Slot(slot) => {
                if slot >= ARGUMENTS
                    && let Object::Reference(
                        reference @ (Reference::Node(_) | Reference::Slot { .. }),
                    ) = self.slot(slot)?
                {
                    // Through an argument the final target takes the value with its type (ACPI 6.5, 19.3.5.8).
                    return self.copy_to(object, fresh, Place::Reference(reference));
                }
                let owned = self.owned(object, fresh)?;
                self.set_slot(slot, owned)
            }
            Place::Reference(Reference::Node(node)) => match self.vm.ns.data(node)? {
                NodeData::Field(_) | NodeData::BufferField(_) => self.write_node(node, object),
                _ => {
                    let owned = self.owned(object, fresh)?;
                    self.replace_value(node, owned)
                }
            },
            other => self.store(object, fresh, other),
        }
    }

    fn replace_value(&mut self, node: NodeId, object: Object) -> Result<(), ErrorKind> {
        let data = self.vm.ns.data_mut(node)?;
        match data {
            NodeData::Data(_) => *data = NodeData::Data(object),
            _ => return Err(ErrorKind::OperandType),
        }
        Ok(())
    }

    /// The value itself if nobody else holds it, otherwise a copy.
    pub(super) fn owned(&mut self, object: Object, fresh: bool) -> Result<Object, ErrorKind> {
        if fresh {
            return Ok(object);
        }
        Ok(match object {
            Object::String(id) => Object::String(self.copy_bytes(id)?),
            Object::Buffer(id) => Object::Buffer(self.copy_bytes(id)?),
            Object::Package(id) => Object::Package(self.copy_package(id)?),
            other => other,
        })
    }

    fn copy_bytes(&mut self, id: HeapId) -> Result<HeapId, ErrorKind> {
        let bytes = self.cloned(id)?;
        self.vm.heap.add_bytes(bytes)
    }

    fn debug(&mut self, object: Object) -> Result<(), ErrorKind> {
        let mut text = String::new();
        self.describe(object, &mut text)?;
        self.host.debug(&text);
        Ok(())
    }
}
