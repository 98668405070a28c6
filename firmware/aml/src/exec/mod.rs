//! The executor.
//!
//! One loop, [`Exec::run`], looks at what was begun last and does the next small thing for it: reads one operand,
//! carries out an operator whose operands are complete, begins the next statement of a block, or ends the block.
//! Nothing in here calls itself on the table's behalf, so neither nesting nor recursion of the AML can exhaust the
//! machine's stack.

mod arithmetic;
mod bus;
mod call;
mod context;
mod convert;
mod data;
mod define;
mod define_field;
mod dispatch;
mod export;
mod field;
mod flow;
mod load;
mod logic;
mod matching;
mod package;
mod pci;
mod reader;
mod recover;
mod reference;
mod region;
mod shortcut;
mod store;
mod sync;
mod term;

pub(crate) use context::Context;
pub(crate) use export::{evaluate, load_table};

use crate::decode::opcode;
use crate::error::{Error, ErrorKind, Limit, Location};
use crate::host::Host;
use crate::namespace::NodeData;
use crate::table;
use crate::vm::Vm;
use context::{Activity, Body, Item};

/// One evaluation in progress.
pub(crate) struct Exec<'a> {
    pub vm: &'a mut Vm,
    pub cx: &'a mut Context,
    pub host: &'a mut dyn Host,
}

impl Exec<'_> {
    /// Runs until nothing is left to do.
    fn run(&mut self) -> Result<(), ErrorKind> {
        while let Some(activity) = self.cx.stack.last_mut() {
            match activity {
                Activity::Operator(pending) => {
                    match pending.signature.get(usize::from(pending.begun)) {
                        Some(&operand) => {
                            pending.begun += 1;
                            self.operand(operand)?;
                        }
                        None => {
                            let pending = *pending;
                            self.cx.stack.pop();
                            self.carry_out(pending)?;
                        }
                    }
                }
                Activity::Block(block) => {
                    if self.cx.ip < block.end {
                        self.statement()?;
                    } else {
                        self.end_block()?;
                    }
                }
                Activity::Call(call) => {
                    let call = *call;
                    self.continue_call(call)?;
                }
                Activity::Elements(elements) => {
                    let elements = *elements;
                    self.continue_package(elements)?;
                }
                Activity::Element(package, index) => {
                    let (package, index) = (*package, *index);
                    self.finish_element(package, index)?;
                }
            }
            self.burn(1)?;
            self.collect_if_due();
        }
        Ok(())
    }

    /// Runs to the end, past the failing terms of tables; cleans up whatever the way it ended.
    pub fn finish(&mut self) -> Result<(), Error> {
        let outcome = loop {
            match self.run() {
                Ok(()) => break Ok(()),
                Err(kind) => {
                    if let Err(kind) = self.pass_over(kind) {
                        break Err(kind);
                    }
                }
            }
        };
        let outcome = outcome.map_err(|kind| match self.location() {
            Some(location) => Error::at(kind, location),
            None => kind.into(),
        });
        self.abandon();
        outcome
    }

    /// Undoes what an evaluation leaves behind: locks, and the names that its methods created.
    fn abandon(&mut self) {
        self.cx.stack.clear();
        self.cx.values.clear();
        while let Some(frame) = self.cx.frames.pop() {
            for node in frame.created.into_iter().rev() {
                self.vm.ns.remove(node);
            }
            if let Body::Table { .. } = frame.body {
                self.vm.tables.remove(frame.table);
            }
        }
        self.release_all_mutexes();
    }

    fn location(&self) -> Option<Location> {
        let frame = self.cx.frames.last()?;
        Some(Location {
            table: table::signature(&frame.code),
            oem_table_id: table::oem_table_id(&frame.code),
            offset: self.cx.at,
            opcode: match self.cx.opcode {
                opcode::WHILE_PREDICATE => opcode::WHILE,
                opcode => opcode,
            },
            method: match frame.body {
                Body::Method(node) => Some(self.vm.ns.path(node)),
                Body::Table { .. } => None,
            },
        })
    }

    /// Uses up `steps` of the evaluation's fuel.
    pub(super) fn burn(&mut self, steps: u64) -> Result<(), ErrorKind> {
        match self.cx.fuel.checked_sub(steps) {
            Some(left) => {
                self.cx.fuel = left;
                Ok(())
            }
            None => {
                self.cx.fuel = 0;
                Err(ErrorKind::Limit(Limit::Fuel))
            }
        }
    }

    /// Uses up fuel for work on `bytes` bytes.
    pub(super) fn burn_bytes(&mut self, bytes: usize) -> Result<(), ErrorKind> {
        self.burn(bytes as u64 / 16)
    }

    /// Frees what nothing refers to any more, if that is worth its time. A method run aside shares the heap with the
    /// evaluation around it, whose stacks are out of sight here: no collection then.
    pub(super) fn collect_if_due(&mut self) {
        if self.vm.heap.collection_due() && !self.vm.aside {
            self.collect();
        }
    }

    fn collect(&mut self) {
        let heap = &mut self.vm.heap;
        for object in self.cx.roots() {
            heap.mark(object);
        }
        for data in self.vm.ns.all_data() {
            match data {
                NodeData::Data(object) => heap.mark(*object),
                NodeData::BufferField(field) => heap.mark_id(field.buffer),
                _ => {}
            }
        }
        heap.sweep();
    }

    /// Begins something that has to be finished before what is below it goes on.
    pub(super) fn begin(&mut self, activity: Activity) -> Result<(), ErrorKind> {
        if self.cx.stack.len() >= self.vm.limits.stack_depth as usize {
            return Err(ErrorKind::Limit(Limit::StackDepth));
        }
        self.cx.stack.push(activity);
        Ok(())
    }

    fn pop(&mut self) -> Result<Item, ErrorKind> {
        self.cx.values.pop().ok_or(ErrorKind::OperandType)
    }
}
