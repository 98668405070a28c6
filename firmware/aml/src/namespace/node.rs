//! What a named object is.

use alloc::boxed::Box;

use super::NodeId;
use crate::host::{PciFunction, RegionSpace};
use crate::interpreter::{ObjectKind, ProcessorInfo};
use crate::object::{HeapId, Object};

/// The object behind a name.
#[derive(Clone, Debug)]
pub(crate) enum NodeData {
    /// A bare scope: `\_SB`, `\_GPE` and their like.
    Scope,
    /// A value: what Name and the assignments make.
    Data(Object),
    Device,
    ThermalZone,
    Processor(ProcessorInfo),
    PowerResource,
    Method(Method),
    Mutex {
        sync_level: u8,
        /// How often the running evaluation holds it.
        held: u32,
    },
    Event {
        signals: u32,
    },
    Region(Box<Region>),
    Field(Box<FieldUnit>),
    BufferField(BufferField),
    /// Another name for a node. Lookups go through it, so that nothing else ever meets it.
    Alias(NodeId),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Method {
    /// The table that holds its code; `None` for `\_OSI`, which the interpreter answers itself.
    pub table: Option<u32>,
    /// Its code in that table.
    pub start: u32,
    pub end: u32,
    pub args: u8,
    pub serialized: bool,
    pub sync_level: u8,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Region {
    pub space: RegionSpace,
    pub base: u64,
    pub length: u64,
    /// The function behind a PCI region, once somebody asked for it.
    pub pci: Option<PciFunction>,
    /// For DataTableRegion: the table whose bytes it shows.
    pub table: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum UpdateRule {
    Preserve,
    WriteAsOnes,
    WriteAsZeros,
}

/// Where a field unit's bits are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum FieldKind {
    Region(NodeId),
    /// In a region, after `bank` was set to `value`.
    Bank {
        region: NodeId,
        bank: NodeId,
        value: u64,
    },
    /// Behind an index and a data register.
    Index {
        index: NodeId,
        data: NodeId,
    },
    /// Behind a bus, or pins: reached by transfers.
    Bus(BusField),
}

/// What a field says about its transfers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BusField {
    pub region: NodeId,
    pub connection: Connection,
    pub attribute: u8,
    /// How many bytes, for some attributes.
    pub length: u8,
    /// The command, or the position of the first pin.
    pub command: u64,
}

/// Where a field's resource template is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Connection {
    None,
    /// In a named buffer.
    Named(NodeId),
    /// In the code of a table.
    Template {
        table: u32,
        start: u32,
        end: u32,
    },
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct FieldUnit {
    pub kind: FieldKind,
    pub bit_offset: u64,
    pub bit_length: u32,
    /// The width of one access in bytes: 1, 2, 4 or 8; 0 where whole buffers are transferred.
    pub access_bytes: u8,
    /// Whether the Global Lock is held around each access.
    pub lock: bool,
    pub update: UpdateRule,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct BufferField {
    pub buffer: HeapId,
    pub bit_offset: u64,
    pub bit_length: u64,
    /// CreateField makes a buffer where the others make an integer of the same width.
    pub always_buffer: bool,
}

impl NodeData {
    pub fn kind(&self) -> ObjectKind {
        match self {
            Self::Scope | Self::Alias(_) => ObjectKind::Uninitialized,
            Self::Data(object) => object.kind(),
            Self::Device => ObjectKind::Device,
            Self::ThermalZone => ObjectKind::ThermalZone,
            Self::Processor(_) => ObjectKind::Processor,
            Self::PowerResource => ObjectKind::PowerResource,
            Self::Method(method) => ObjectKind::Method { args: method.args },
            Self::Mutex { .. } => ObjectKind::Mutex,
            Self::Event { .. } => ObjectKind::Event,
            Self::Region(region) => ObjectKind::OperationRegion {
                space: region.space,
            },
            Self::Field(_) => ObjectKind::FieldUnit,
            Self::BufferField(_) => ObjectKind::BufferField,
        }
    }
}
