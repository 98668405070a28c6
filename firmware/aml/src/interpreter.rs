//! The interpreter as its user sees it.

use alloc::string::String;
use core::fmt;

use crate::exec;
use crate::init::InitReport;
use crate::namespace::NodeData;
use crate::vm::Vm;
use crate::{Error, ErrorKind, Host, Limits, LoadReport, NameSeg, NodeId, RegionSpace, Value};

/// What kind of object a name stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ObjectKind {
    /// No value: a bare scope such as `\_SB` or `\_GPE`, or a name never given one.
    Uninitialized,
    /// An integer.
    Integer,
    /// A string.
    String,
    /// A buffer.
    Buffer,
    /// A package.
    Package,
    /// A field unit of an operation region.
    FieldUnit,
    /// A device.
    Device,
    /// An event.
    Event,
    /// A control method.
    Method {
        /// The number of arguments, 0 to 7.
        args: u8,
    },
    /// A mutex.
    Mutex,
    /// An operation region.
    OperationRegion {
        /// Its address space.
        space: RegionSpace,
    },
    /// A power resource.
    PowerResource,
    /// A processor declared with the Processor operator. Newer tables use a `Device` with `_HID` `ACPI0007`.
    Processor,
    /// A thermal zone.
    ThermalZone,
    /// A field of a buffer.
    BufferField,
    /// A reference.
    Reference,
}

/// What the Processor operator says (ACPI 6.5, 20.2.5.2, `DefProcessor`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ProcessorInfo {
    /// The processor's ACPI id, as in the MADT. 0xFF where an id did not fit; then `_UID` holds it.
    pub id: u8,
    /// The I/O address of its register block; 0 for none.
    pub pblk_address: u32,
    /// The length of that block in bytes: 0 or 6.
    pub pblk_length: u8,
}

/// An AML interpreter: a namespace, the tables it came from, and the means to evaluate its objects.
pub struct Interpreter {
    vm: Vm,
}

impl Interpreter {
    /// An interpreter with the predefined names only.
    pub fn new(limits: Limits) -> Self {
        Self {
            vm: Vm::new(limits),
        }
    }

    /// Loads a DSDT or SSDT: the whole table, its header included. Its code runs, and its names join the namespace. Terms
    /// that fail are passed over; the report names them.
    ///
    /// # Errors
    /// A table that is no AML or is damaged, a limit that its code reached, a Fatal that it executed. Nothing of it
    /// remains in the namespace then.
    pub fn load_table<H: Host>(&mut self, table: &[u8], host: &mut H) -> Result<LoadReport, Error> {
        exec::load_table(&mut self.vm, host, table)
    }

    /// Initialises the devices: `\_INI` and `\_SB._INI`, `_REG` for the address spaces that the host serves, then
    /// from the root down `_STA` and `_INI` of each device (ACPI 6.5, 6.5.1 and 6.5.4). What is neither present nor
    /// functional is left alone with all that is below it; `_STA` runs only where there is an `_INI` to run.
    ///
    /// # Errors
    /// None at present: a method that fails is noted in the report and the others go on.
    pub fn initialize<H: Host>(&mut self, host: &mut H) -> Result<InitReport, Error> {
        Ok(crate::init::initialize(&mut self.vm, host))
    }

    /// The object with this absolute path, for example `\_SB.CPUS.C001`. Segments may be written without padding.
    /// A path that does not begin with `\` is taken from the root as well.
    pub fn find(&self, path: &str) -> Option<NodeId> {
        self.vm.ns.find(path, self.vm.ns.root())
    }

    /// The object with this path as `scope` sees it: a single name is looked for in the scopes above, too (5.3).
    pub fn find_from(&self, scope: NodeId, path: &str) -> Option<NodeId> {
        self.vm.ns.name(scope)?;
        self.vm.ns.find(path, scope)
    }

    /// The direct child of `parent` with this name, for example `_STA`.
    pub fn child(&self, parent: NodeId, name: &str) -> Option<NodeId> {
        self.vm.ns.name(parent)?;
        self.vm.ns.child(parent, NameSeg::parse(name)?)
    }

    /// The direct children of `parent`, in the order of their creation.
    pub fn children(&self, parent: NodeId) -> impl Iterator<Item = NodeId> {
        self.vm.ns.children(parent)
    }

    /// The root of the namespace.
    pub fn root(&self) -> NodeId {
        self.vm.ns.root()
    }

    /// The node above; `None` for the root and for nodes that no longer exist.
    pub fn parent(&self, node: NodeId) -> Option<NodeId> {
        self.vm.ns.parent(node)
    }

    /// The node's own name; `None` if it no longer exists. The root's is `\___`.
    pub fn name(&self, node: NodeId) -> Option<NameSeg> {
        self.vm.ns.name(node)
    }

    /// The node's absolute path, padding removed; empty if it no longer exists.
    pub fn path(&self, node: NodeId) -> String {
        self.vm.ns.path(node)
    }

    /// What the node is; [`ObjectKind::Uninitialized`] if it no longer exists.
    pub fn kind(&self, node: NodeId) -> ObjectKind {
        self.vm
            .ns
            .data(node)
            .map_or(ObjectKind::Uninitialized, NodeData::kind)
    }

    /// What the Processor operator said about this node, if it was declared with it.
    pub fn processor(&self, node: NodeId) -> Option<ProcessorInfo> {
        match self.vm.ns.data(node) {
            Ok(NodeData::Processor(info)) => Some(*info),
            _ => None,
        }
    }

    /// Calls a method, or takes the value of a data object or field.
    ///
    /// # Errors
    /// What the AML ran into, and where. Locks that the evaluation took are released and names that it created are
    /// gone; the interpreter can be used on.
    pub fn evaluate<H: Host>(
        &mut self,
        node: NodeId,
        args: &[Value],
        host: &mut H,
    ) -> Result<Value, Error> {
        exec::evaluate(&mut self.vm, host, node, args)
    }

    /// [`evaluate`](Self::evaluate) for the object with this absolute path.
    ///
    /// # Errors
    /// [`ErrorKind::PathNotFound`], and what `evaluate` returns.
    pub fn evaluate_path<H: Host>(
        &mut self,
        path: &str,
        args: &[Value],
        host: &mut H,
    ) -> Result<Value, Error> {
        let node = self.find(path).ok_or(ErrorKind::PathNotFound)?;
        self.evaluate(node, args, host)
    }

    /// How many named objects there are.
    pub fn object_count(&self) -> usize {
        self.vm.ns.count()
    }

    /// Bytes that strings, buffers and packages take at present.
    pub fn object_bytes(&self) -> usize {
        self.vm.heap.bytes()
    }

    /// A value as text: `Integer 0x2A`, `String "abc"`, `Buffer [01 02]`, `Package [Integer 0x1, String "x"]`,
    /// `Reference \_SB.FOO`, `Uninitialized`.
    pub fn describe(&self, value: &Value) -> String {
        let mut text = String::new();
        self.vm.describe(value, &mut text);
        text
    }
}

impl fmt::Debug for Interpreter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interpreter")
            .field("objects", &self.object_count())
            .field("object_bytes", &self.object_bytes())
            .finish_non_exhaustive()
    }
}
