//! Everything that outlives an evaluation: the namespace, the heap and the tables.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

use crate::error::ErrorKind;
use crate::limits::Limits;
use crate::name::NameSeg;
use crate::namespace::{Method, Namespace, NodeData, NodeId, Path};
use crate::object::{Heap, Object, Reference};
use crate::table::{self, Tables};
use crate::value::Value;

/// What `\_REV` and the Revision operator give: the specification lets it stay at 2 since 6.0 (5.7.4).
pub(crate) const REVISION: u64 = 2;

/// The revision from which on a DSDT's integers are 64 bits wide (ACPI 6.5, 19.6, DefinitionBlock).
const WIDE_INTEGERS: u8 = 2;

pub(crate) struct Vm {
    pub ns: Namespace,
    pub heap: Heap,
    pub tables: Tables,
    pub limits: Limits,
    /// Counts activations of methods, to tell them apart.
    pub activations: u32,
    /// The node of `\_GL`.
    pub global_lock: NodeId,
    /// Whether a method runs in the middle of an access of another evaluation.
    pub aside: bool,
    /// Whether integers have 64 bits; decided by the DSDT, or by the first table without one.
    wide: Option<bool>,
}

impl Vm {
    pub fn new(limits: Limits) -> Self {
        let mut ns = Namespace::new(
            limits.nodes.max(PREDEFINED.len() + 1),
            limits.namespace_depth.max(1),
        );
        let mut heap = Heap::new(limits.object_bytes);
        let root = ns.root();
        let mut global_lock = root;
        for (name, what) in PREDEFINED {
            let data = what.data(&mut heap);
            if let Ok(node) = ns.create(root, NameSeg(**name), data)
                && matches!(what, Predefined::GlobalLock)
            {
                global_lock = node;
            }
        }
        Self {
            ns,
            heap,
            tables: Tables::new(limits),
            limits,
            activations: 0,
            global_lock,
            aside: false,
            wide: None,
        }
    }

    /// Takes an AML table in, and lets a DSDT decide the width of integers.
    pub fn add_table(&mut self, bytes: Vec<u8>) -> Result<u32, ErrorKind> {
        let table = table::checked(&bytes)?;
        let signature = table::signature(table);
        // LoadTable brings in tables of the vendor's own signatures (ACPI 6.5, 19.6, LoadTable).
        if !matches!(
            &signature.0,
            b"DSDT" | b"SSDT" | b"PSDT" | [b'O', b'E' | b'S', ..]
        ) {
            return Err(ErrorKind::Signature(signature));
        }
        let wide = table::revision(table) >= WIDE_INTEGERS;
        let length = table.len();
        let mut bytes = bytes;
        bytes.truncate(length);
        let number = self.tables.add(bytes)?;
        if signature.0 == *b"DSDT" || self.wide.is_none() {
            self.wide = Some(wide);
        }
        Ok(number)
    }

    /// The bytes of an integer: 8, or 4 where the DSDT has revision 1.
    pub fn integer_bytes(&self) -> usize {
        if self.wide.unwrap_or(true) { 8 } else { 4 }
    }

    /// The largest integer.
    pub fn integer_mask(&self) -> u64 {
        if self.wide.unwrap_or(true) {
            u64::MAX
        } else {
            u64::from(u32::MAX)
        }
    }

    /// Whether the running evaluation holds `\_GL`.
    pub fn global_lock_held(&self) -> bool {
        matches!(
            self.ns.data(self.global_lock),
            Ok(NodeData::Mutex { held: 1.., .. })
        )
    }

    /// The node of a package element that was a name without an object when the package was made.
    pub fn resolve_late(&self, reference: Reference) -> Result<NodeId, ErrorKind> {
        let Reference::Unresolved {
            table,
            offset,
            scope,
        } = reference
        else {
            return Err(ErrorKind::OperandType);
        };
        let code = self.tables.code(table).ok_or(ErrorKind::StaleNode)?;
        let bytes = code.get(offset as usize..).ok_or(ErrorKind::StaleNode)?;
        self.ns.resolve(&Path::parse(bytes)?.0, scope)
    }

    /// Writes a value as text, in the form that [`Interpreter::describe`](crate::Interpreter::describe) documents.
    pub fn describe(&self, value: &Value, text: &mut String) {
        // Writing to a String cannot fail.
        let _ = match value {
            Value::Uninitialized => write!(text, "Uninitialized"),
            Value::Integer(number) => write!(text, "Integer {number:#X}"),
            Value::String(string) => write!(text, "String {string:?}"),
            Value::Reference(node) => write!(text, "Reference {}", self.ns.path(*node)),
            Value::UnnamedReference => write!(text, "Reference"),
            Value::Buffer(bytes) => {
                text.push_str("Buffer [");
                for (position, byte) in bytes.iter().enumerate() {
                    let separator = if position > 0 { " " } else { "" };
                    let _ = write!(text, "{separator}{byte:02X}");
                }
                write!(text, "]")
            }
            Value::Package(elements) => {
                text.push_str("Package [");
                for (position, element) in elements.iter().enumerate() {
                    if position > 0 {
                        text.push_str(", ");
                    }
                    self.describe(element, text);
                }
                write!(text, "]")
            }
        };
    }
}

/// What the namespace begins with (ACPI 6.5, 5.3.1 and 5.7).
#[derive(Clone, Copy)]
enum Predefined {
    Scope,
    Device,
    GlobalLock,
    Os,
    Osi,
    Revision,
}

const PREDEFINED: &[(&[u8; 4], Predefined)] = &[
    (b"_GPE", Predefined::Scope),
    (b"_PR_", Predefined::Scope),
    (b"_SB_", Predefined::Device),
    (b"_SI_", Predefined::Scope),
    (b"_TZ_", Predefined::Device),
    (b"_REV", Predefined::Revision),
    (b"_OS_", Predefined::Os),
    (b"_GL_", Predefined::GlobalLock),
    (b"_OSI", Predefined::Osi),
];

impl Predefined {
    fn data(self, heap: &mut Heap) -> NodeData {
        match self {
            Self::Scope => NodeData::Scope,
            Self::Device => NodeData::Device,
            Self::GlobalLock => NodeData::Mutex {
                sync_level: 0,
                held: 0,
            },
            Self::Revision => NodeData::Data(Object::Integer(REVISION)),
            // What firmware has been comparing with since ACPI 1.0; every other answer sends it down untested paths.
            Self::Os => NodeData::Data(
                heap.copy_bytes(b"Microsoft Windows NT")
                    .map_or(Object::Uninitialized, Object::String),
            ),
            Self::Osi => NodeData::Method(Method {
                table: None,
                start: 0,
                end: 0,
                args: 1,
                serialized: false,
                sync_level: 0,
            }),
        }
    }
}
