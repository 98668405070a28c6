//! What can go wrong, and where.
//!
//! The interpreter's functions return the small [`ErrorKind`]; the place where it happened is added once, where an
//! evaluation ends, so that the way through the interpreter carries no text.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use crate::{NameSeg, RegionError, RegionSpace};

/// Which bound of [`Limits`](crate::Limits) was reached.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Limit {
    /// [`Limits::fuel`](crate::Limits::fuel).
    Fuel,
    /// [`Limits::method_depth`](crate::Limits::method_depth).
    MethodDepth,
    /// [`Limits::stack_depth`](crate::Limits::stack_depth).
    StackDepth,
    /// [`Limits::loop_ms`](crate::Limits::loop_ms).
    LoopTime,
    /// [`Limits::sleep_ms`](crate::Limits::sleep_ms).
    SleepTime,
    /// [`Limits::object_bytes`](crate::Limits::object_bytes).
    ObjectBytes,
    /// [`Limits::nodes`](crate::Limits::nodes).
    Nodes,
    /// [`Limits::namespace_depth`](crate::Limits::namespace_depth).
    NamespaceDepth,
    /// [`Limits::tables`](crate::Limits::tables).
    Tables,
    /// [`Limits::table_bytes`](crate::Limits::table_bytes).
    TableBytes,
    /// [`Limits::package_depth`](crate::Limits::package_depth).
    PackageDepth,
}

/// What went wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The table is shorter than its header says, or than a header.
    #[error("the table is truncated")]
    TruncatedTable,
    /// The bytes of the table do not sum to zero.
    #[error("the table's checksum is wrong")]
    Checksum,
    /// Not a table that holds AML.
    #[error("a table with the signature {0:?} holds no AML")]
    Signature(NameSeg),
    /// A term ends outside the block or table it stands in.
    #[error("a term runs past the end of its block")]
    Truncated,
    /// A byte that begins no term here.
    #[error("the opcode {0:#06x} is unknown, or may not stand here")]
    Opcode(u16),
    /// Bytes that should be a name are none.
    #[error("malformed name")]
    Name,
    /// A name that leads nowhere.
    #[error("{0:?} is not in the namespace")]
    NotFound(NameSeg),
    /// A name that is already taken.
    #[error("{0:?} already exists in this scope")]
    AlreadyExists(NameSeg),
    /// The caller's path leads nowhere.
    #[error("the path is not in the namespace")]
    PathNotFound,
    /// The node was removed since.
    #[error("the named object no longer exists")]
    StaleNode,
    /// An operand of a type that the operator does not take.
    #[error("an operand has a type that the operator cannot use")]
    OperandType,
    /// Something was used that has no value yet.
    #[error("an object was used before it had a value")]
    Uninitialized,
    /// A reference whose target is gone: a local of a method that ended.
    #[error("a reference outlived its target")]
    DanglingReference,
    /// An index past the end of a package, buffer or string.
    #[error("index {index} in an object of length {length}")]
    Index {
        /// The index, from 0.
        index: u64,
        /// The length of the object.
        length: u64,
    },
    /// A field that does not lie within its buffer or region.
    #[error("a field lies outside its buffer or operation region")]
    FieldBounds,
    /// Divide or Mod by zero.
    #[error("division by zero")]
    DivideByZero,
    /// A digit of ToBCD or FromBCD that is none, a package with more initialisers than elements, and the like.
    #[error("an operand's value is not valid for the operator")]
    OperandValue,
    /// More or fewer arguments than the method takes.
    #[error("the method takes {expected} arguments, {given} were given")]
    ArgumentCount {
        /// What the method's definition says.
        expected: u8,
        /// What the caller gave.
        given: usize,
    },
    /// Not something that can be evaluated.
    #[error("the object cannot be evaluated")]
    NotEvaluable,
    /// A mutex was acquired or released, or a serialized method called, against the order of sync levels.
    #[error("the order of sync levels was not kept")]
    SyncLevel,
    /// A mutex was released that the evaluation does not hold.
    #[error("a mutex was released that is not held")]
    NotHeld,
    /// The host did not obtain the Global Lock for a field that needs it.
    #[error("the Global Lock was not obtained")]
    GlobalLock,
    /// A Wait without end for an Event that nobody can signal.
    #[error("waiting here could never end")]
    Deadlock,
    /// The host refused an access.
    #[error("{space:?} at {address:#x}: {reason}")]
    Region {
        /// The address space.
        space: RegionSpace,
        /// The address in it.
        address: u64,
        /// The host's reason.
        reason: RegionError,
    },
    /// AML executed Fatal.
    #[error("AML reported a fatal error, type {kind:#x}, code {code:#x}, argument {arg:#x}")]
    Fatal {
        /// The type.
        kind: u8,
        /// The code.
        code: u32,
        /// The argument.
        arg: u64,
    },
    /// A bound was reached.
    #[error("the limit on {0:?} was reached")]
    Limit(Limit),
    /// A field of a bus without a protocol that the bus knows, or used against its protocol: a RawProcessBytes field
    /// that is read before it was written.
    #[error("the field's access attribute allows no such transfer")]
    Protocol,
    /// The table that a DataTableRegion names is unknown to the host.
    #[error("the host knows no table with this signature and these ids")]
    NoSuchTable,
    /// Correct AML that this interpreter does not carry out.
    #[error("this use of AML is not supported")]
    Unsupported,
}

/// Where an evaluation failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Location {
    /// The signature of the table.
    pub table: NameSeg,
    /// Its OEM Table ID, which tells SSDTs apart.
    pub oem_table_id: [u8; 8],
    /// The offset of the failing operator in the table, header included.
    pub offset: u32,
    /// The operator: one byte, or `0x5Bxx` for an extended one.
    pub opcode: u16,
    /// The path of the method; `None` for code of the table itself.
    pub method: Option<String>,
}

/// A failed load, initialisation or evaluation: what, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    kind: ErrorKind,
    location: Option<Box<Location>>,
}

impl Error {
    /// An error that happened at a place in the AML.
    pub(crate) fn at(kind: ErrorKind, location: Location) -> Self {
        Self {
            kind,
            location: Some(Box::new(location)),
        }
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Where in the AML; `None` if no AML was running.
    pub fn location(&self) -> Option<&Location> {
        self.location.as_deref()
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self {
            kind,
            location: None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        let Some(location) = &self.location else {
            return Ok(());
        };
        write!(
            f,
            " (opcode {:#04x} at {:#x} of {}",
            location.opcode, location.offset, location.table
        )?;
        if let Some(method) = &location.method {
            write!(f, ", in {method}")?;
        }
        f.write_str(")")
    }
}

impl core::error::Error for Error {}
