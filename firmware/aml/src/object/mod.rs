//! What AML computes with.
//!
//! An [`Object`] is small and copied freely: an integer carries its value, everything larger is a handle into the
//! [`Heap`]. Two objects with the same handle are the same data, as the language needs it: a buffer passed to a
//! method, or a field over a buffer, changes the original. The heap is collected by tracing, from the namespace and
//! the stacks of the running evaluation; counting references would leak what refers to itself.

mod heap;

use crate::interpreter::ObjectKind;
use crate::namespace::NodeId;

pub(crate) use heap::{Heap, HeapId};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Object {
    Uninitialized,
    Integer(u64),
    String(HeapId),
    Buffer(HeapId),
    Package(HeapId),
    Reference(Reference),
}

/// What a reference leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reference {
    /// A named object.
    Node(NodeId),
    /// A local (slot 0 to 7) or an argument (slot 8 to 14) of the method activation with this serial number.
    Slot { activation: u32, slot: u8 },
    /// An element of a package, buffer or string.
    Element { container: HeapId, index: u32 },
    /// A named integer that stands in a package by its name: reads as the integer's present value.
    Alias(NodeId),
    /// A name in a package that did not exist yet when the package was made: where it stands in its table, and the
    /// scope to look from.
    Unresolved {
        table: u32,
        offset: u32,
        scope: NodeId,
    },
    /// A table that Load or LoadTable brought in.
    Table(u32),
}

impl Object {
    pub fn kind(self) -> ObjectKind {
        match self {
            Self::Uninitialized => ObjectKind::Uninitialized,
            Self::Integer(_) => ObjectKind::Integer,
            Self::String(_) => ObjectKind::String,
            Self::Buffer(_) => ObjectKind::Buffer,
            Self::Package(_) => ObjectKind::Package,
            Self::Reference(_) => ObjectKind::Reference,
        }
    }

    /// The heap object behind it, if any.
    pub fn heap_id(self) -> Option<HeapId> {
        match self {
            Self::String(id) | Self::Buffer(id) | Self::Package(id) => Some(id),
            Self::Reference(Reference::Element { container, .. }) => Some(container),
            _ => None,
        }
    }
}
