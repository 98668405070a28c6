//! The state of one evaluation: stacks instead of recursion.
//!
//! What a recursive interpreter would keep on the machine's stack stands in three vectors here: `stack` holds what was
//! begun and not finished (operators still collecting operands, blocks still running), `values` the operands collected
//! so far, `frames` the active methods. Their growth is bounded by limits, and dropping them abandons an evaluation
//! at any point.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::decode::opcode::Operand;
use crate::namespace::NodeId;
use crate::object::{HeapId, Object, Reference};
use crate::report::LoadReport;

/// Something that can be stored to or referred to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// No target.
    Nothing,
    Debug,
    /// A local (0 to 7) or an argument (8 to 14) of the running method.
    Slot(u8),
    Reference(Reference),
    /// Where a SuperName is a call that gave a plain value: it can be looked at, but not stored to.
    Value(Object),
}

/// A collected operand.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Item {
    /// A value that somebody else may hold as well: storing it copies it.
    Shared(Object),
    /// A value that was just made: storing it takes it over.
    Fresh(Object),
    Place(Place),
    Number(u64),
    /// Where a NameString begins in the code.
    Name(u32),
}

/// An operator that still collects its operands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pending {
    pub opcode: u16,
    /// How many operands were begun.
    pub begun: u8,
    pub signature: &'static [Operand],
    /// Where the operator stands in the code.
    pub at: u32,
    /// Where it ends, if it has a PkgLength.
    pub end: u32,
}

/// A method call that still collects its arguments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub method: NodeId,
    pub wanted: u8,
    /// The height of `values` before the arguments.
    pub base: u32,
    pub at: u32,
}

/// A package that still collects its elements.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Elements {
    pub package: HeapId,
    pub next: u32,
    pub end: u32,
    pub at: u32,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum BlockKind {
    /// The body of If or Else.
    Branch,
    /// The body of Scope, Device and so on: `outer` is the scope to return to.
    Scope { outer: NodeId },
    /// While: its predicate stands at `start`.
    Loop {
        start: u32,
        rounds: u32,
        /// When it began, from the first look at the clock on.
        since: Option<u64>,
    },
    /// The body of a method or of a table: ends with its frame.
    Body,
}

/// Statements that run one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    pub kind: BlockKind,
    pub end: u32,
    /// The end of the block around it.
    pub outer_end: u32,
}

/// What was begun and is not finished.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Activity {
    Operator(Pending),
    Call(Call),
    Elements(Elements),
    /// Waits for the value of one element of a package.
    Element(HeapId, u32),
    Block(Block),
}

/// What runs in a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Body {
    Method(NodeId),
    /// The code of a table; `result` is where Load stores its success, `scope` where its names
    /// begin. For LoadTable, slot 0 holds the path of a
    /// parameter and slot 1 its value.
    Table {
        result: Place,
        scope: NodeId,
    },
}

/// The number of locals and arguments together.
pub(crate) const SLOTS: usize = 15;
/// The slot of the first argument.
pub(crate) const ARGUMENTS: u8 = 8;

/// An active method, or a table whose code runs.
#[derive(Debug)]
pub(crate) struct Frame {
    pub body: Body,
    pub table: u32,
    pub code: Arc<[u8]>,
    /// Tells this activation from all others, for references to its locals.
    pub activation: u32,
    pub slots: [Object; SLOTS],
    /// Named objects that go when the method ends.
    pub created: Vec<NodeId>,
    /// What the caller continues with.
    pub return_ip: u32,
    pub return_end: u32,
    pub return_scope: NodeId,
    /// The sync level before. A body that is not serialized leaves the level alone when it ends.
    pub return_sync_level: u8,
    pub serialized: bool,
    /// How many mutexes were held when it began.
    pub held: u32,
    /// The height of `values` when it began.
    pub base: u32,
}

#[derive(Debug)]
pub(crate) struct Context {
    pub stack: Vec<Activity>,
    pub values: Vec<Item>,
    pub frames: Vec<Frame>,
    /// The next byte of the running frame's code.
    pub ip: u32,
    /// The end of the running block.
    pub end: u32,
    /// Where names are looked up.
    pub scope: NodeId,
    /// The operator being carried out, for error messages.
    pub at: u32,
    pub opcode: u16,
    pub fuel: u64,
    /// Milliseconds spent in Sleep, Stall and Wait.
    pub slept_ms: u64,
    /// Whether time may have passed that counting rounds does not show.
    pub look_at_clock: bool,
    pub sync_level: u8,
    /// Mutexes held, in the order of their acquisition, each with the sync level before.
    pub held: Vec<(NodeId, u8)>,
    pub result: Object,
    /// What the loading of a table passed over.
    pub report: LoadReport,
}

impl Context {
    pub fn new(scope: NodeId, fuel: u64) -> Self {
        Self {
            stack: Vec::new(),
            values: Vec::new(),
            frames: Vec::new(),
            ip: 0,
            end: 0,
            scope,
            at: 0,
            opcode: 0,
            fuel,
            slept_ms: 0,
            look_at_clock: false,
            sync_level: 0,
            held: Vec::new(),
            result: Object::Uninitialized,
            report: LoadReport::default(),
        }
    }

    /// Everything the evaluation could still reach.
    pub fn roots(&self) -> impl Iterator<Item = Object> + '_ {
        let values = self.values.iter().filter_map(|item| match item {
            Item::Shared(object) | Item::Fresh(object) => Some(*object),
            Item::Place(Place::Value(object)) => Some(*object),
            Item::Place(Place::Reference(reference)) => Some(Object::Reference(*reference)),
            _ => None,
        });
        let slots = self.frames.iter().flat_map(|frame| frame.slots);
        let packages = self.stack.iter().filter_map(|activity| match activity {
            Activity::Elements(elements) => Some(Object::Package(elements.package)),
            _ => None,
        });
        let results = self.frames.iter().filter_map(|frame| match frame.body {
            Body::Table {
                result: Place::Reference(reference),
                ..
            } => Some(Object::Reference(reference)),
            _ => None,
        });
        values.chain(slots).chain(packages).chain(results)
    }
}
