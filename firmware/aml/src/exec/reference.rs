//! References: RefOf, CondRefOf, DerefOf, Index, and the operators that look at an object's nature.

use super::Exec;
use super::context::{Item, Place};
use crate::error::ErrorKind;
use crate::namespace::{NodeData, NodeId};
use crate::object::{Object, Reference};

/// How many references that lead to one another are followed.
const LONGEST_CHAIN: usize = 32;

impl Exec<'_> {
    /// The value of a named object; a reference to it if it has none (a device, a mutex).
    pub(super) fn read_node(&mut self, node: NodeId) -> Result<Object, ErrorKind> {
        match self.vm.ns.data(node)? {
            NodeData::Data(object) => Ok(*object),
            NodeData::Field(field) => {
                let field = **field;
                self.read_field(&field)
            }
            NodeData::BufferField(field) => {
                let field = *field;
                self.read_buffer_field(&field)
            }
            _ => Ok(Object::Reference(Reference::Node(node))),
        }
    }

    pub(super) fn write_node(&mut self, node: NodeId, object: Object) -> Result<(), ErrorKind> {
        match self.vm.ns.data(node)? {
            NodeData::Field(field) => {
                let field = **field;
                self.write_field(&field, object)
            }
            NodeData::BufferField(field) => {
                let field = *field;
                self.write_buffer_field(&field, object)
            }
            _ => Err(ErrorKind::OperandType),
        }
    }

    /// What a place holds.
    pub(super) fn load_place(&mut self, place: Place) -> Result<Object, ErrorKind> {
        match place {
            Place::Slot(slot) => self.slot(slot),
            Place::Reference(reference) => self.load_reference(reference),
            Place::Value(object) => Ok(object),
            Place::Nothing | Place::Debug => Err(ErrorKind::OperandType),
        }
    }

    /// What a reference leads to.
    pub(super) fn load_reference(&mut self, reference: Reference) -> Result<Object, ErrorKind> {
        match reference {
            Reference::Node(node) | Reference::Alias(node) => self.read_node(node),
            Reference::Slot { activation, slot } => Ok(*self.slot_of(activation, slot)?),
            Reference::Element { container, index } => {
                let index = index as usize;
                let element = match self.vm.heap.package(container) {
                    Some(elements) => elements.get(index).copied(),
                    None => {
                        let byte = self.vm.heap.get(container).get(index);
                        byte.map(|byte| Object::Integer(u64::from(*byte)))
                    }
                };
                match element {
                    Some(Object::Reference(unresolved @ Reference::Unresolved { .. })) => {
                        self.resolve_element(unresolved)
                    }
                    Some(Object::Reference(Reference::Alias(node))) => self.read_node(node),
                    Some(element) => Ok(element),
                    None => Err(ErrorKind::DanglingReference),
                }
            }
            Reference::Unresolved { .. } => self.resolve_element(reference),
            Reference::Table(_) => Err(ErrorKind::OperandType),
        }
    }

    pub(super) fn ref_of(&mut self) -> Result<(), ErrorKind> {
        let place = self.pop_place()?;
        let reference = self.reference_to(place)?;
        self.produce(Item::Fresh(Object::Reference(reference)))
    }

    fn reference_to(&self, place: Place) -> Result<Reference, ErrorKind> {
        match place {
            Place::Slot(slot) => self.slot_reference(slot),
            Place::Reference(reference) => Ok(reference),
            _ => Err(ErrorKind::OperandType),
        }
    }

    pub(super) fn cond_ref_of(&mut self) -> Result<(), ErrorKind> {
        let target = self.pop_place()?;
        let place = self.pop_place()?;
        if place == Place::Nothing {
            return self.produce_truth(false);
        }
        let reference = self.reference_to(place)?;
        self.store(Object::Reference(reference), true, target)?;
        self.produce_truth(true)
    }

    pub(super) fn deref_of(&mut self) -> Result<(), ErrorKind> {
        let reference = match self.pop_object()? {
            Object::Reference(reference) => reference,
            Object::String(id) => {
                let path = core::str::from_utf8(self.vm.heap.get(id));
                let path = path.map_err(|_| ErrorKind::Name)?;
                let found = self.vm.ns.find(path, self.cx.scope);
                Reference::Node(found.ok_or(ErrorKind::PathNotFound)?)
            }
            Object::Uninitialized => return Err(ErrorKind::Uninitialized),
            _ => return Err(ErrorKind::OperandType),
        };
        if self.place_wanted() {
            let target = match reference {
                Reference::Element { .. } => match self.load_reference(reference)? {
                    Object::Reference(inner) => inner,
                    _ => reference,
                },
                other => other,
            };
            return self.produce(Item::Shared(Object::Reference(target)));
        }
        let value = self.load_reference(reference)?;
        if value == Object::Uninitialized {
            return Err(ErrorKind::Uninitialized);
        }
        self.produce(Item::Shared(value))
    }

    pub(super) fn index(&mut self) -> Result<(), ErrorKind> {
        let target = self.pop_place()?;
        let index = self.pop_integer()?;
        let source = self.pop_object()?;
        let (container, length) = match self.settle(source)? {
            Object::Package(id) => (id, self.vm.heap.package(id).map_or(0, <[_]>::len)),
            Object::Buffer(id) | Object::String(id) => (id, self.vm.heap.get(id).len()),
            Object::Uninitialized => return Err(ErrorKind::Uninitialized),
            _ => return Err(ErrorKind::OperandType),
        };
        let length = length as u64;
        if index >= length {
            return Err(ErrorKind::Index { index, length });
        }
        let index = u32::try_from(index).map_err(|_| ErrorKind::Index { index, length })?;
        let reference = Object::Reference(Reference::Element { container, index });
        self.store(reference, true, target)?;
        self.produce(Item::Fresh(reference))
    }

    /// Follows references to their end; stops at a named object that is not a value.
    pub(super) fn follow(&mut self, place: Place) -> Result<Place, ErrorKind> {
        let mut place = place;
        for _ in 0..LONGEST_CHAIN {
            let inner = match place {
                Place::Slot(slot) => self.slot(slot)?,
                Place::Reference(Reference::Node(node)) => match self.vm.ns.data(node)? {
                    NodeData::Data(object) => *object,
                    _ => return Ok(place),
                },
                Place::Reference(Reference::Table(_)) => return Ok(place),
                // A byte of a buffer or string counts as a field of it.
                Place::Reference(Reference::Element { container, .. })
                    if self.vm.heap.package(container).is_none() =>
                {
                    return Ok(place);
                }
                Place::Reference(reference) => self.load_reference(reference)?,
                Place::Value(object) => object,
                Place::Nothing | Place::Debug => return Ok(place),
            };
            place = match inner {
                Object::Reference(reference) => Place::Reference(reference),
                value => return Ok(Place::Value(value)),
            };
        }
        Err(ErrorKind::DanglingReference)
    }

    pub(super) fn size_of(&mut self) -> Result<(), ErrorKind> {
        let place = self.pop_place()?;
        let size = match self.follow(place)? {
            Place::Value(Object::Integer(_)) => self.vm.integer_bytes(),
            Place::Value(Object::String(id) | Object::Buffer(id)) => self.vm.heap.get(id).len(),
            Place::Value(Object::Package(id)) => self.vm.heap.package(id).map_or(0, <[_]>::len),
            _ => return Err(ErrorKind::OperandType),
        };
        self.produce_integer(size as u64)
    }

    /// ObjectType (ACPI 6.5, 19.6).
    pub(super) fn object_type(&mut self) -> Result<(), ErrorKind> {
        let place = self.pop_place()?;
        let number = match self.follow(place)? {
            Place::Value(object) => match object {
                Object::Integer(_) => 1,
                Object::String(_) => 2,
                Object::Buffer(_) => 3,
                Object::Package(_) => 4,
                Object::Uninitialized | Object::Reference(_) => 0,
            },
            Place::Reference(Reference::Node(node)) => match self.vm.ns.data(node)? {
                NodeData::Scope | NodeData::Data(_) | NodeData::Alias(_) => 0,
                NodeData::Field(_) => 5,
                NodeData::Device => 6,
                NodeData::Event { .. } => 7,
                NodeData::Method(_) => 8,
                NodeData::Mutex { .. } => 9,
                NodeData::Region(_) => 10,
                NodeData::PowerResource => 11,
                NodeData::Processor(_) => 12,
                NodeData::ThermalZone => 13,
                NodeData::BufferField(_) => 14,
            },
            Place::Reference(Reference::Element { .. }) => 14,
            Place::Reference(Reference::Table(_)) => 15,
            Place::Debug => 16,
            _ => return Err(ErrorKind::OperandType),
        };
        self.produce_integer(number)
    }
}
