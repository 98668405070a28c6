//! Calls: arguments, frames, and what happens when a body ends.

use alloc::vec::Vec;

use super::Exec;
use super::context::{ARGUMENTS, Activity, Block, BlockKind, Body, Call, Frame, Item, SLOTS};
use crate::decode::opcode::Class;
use crate::error::{ErrorKind, Limit};
use crate::namespace::{Method, NodeData, NodeId};
use crate::object::{Object, Reference};

impl Exec<'_> {
    /// Reads the next argument, or calls the method once all are there.
    pub(super) fn continue_call(&mut self, call: Call) -> Result<(), ErrorKind> {
        let base = call.base as usize;
        if self.cx.values.len() - base.min(self.cx.values.len()) < usize::from(call.wanted) {
            return self.term(Class::Expression);
        }
        self.cx.stack.pop();
        self.cx.at = call.at;
        let mut args = [Object::Uninitialized; 7];
        for (arg, item) in args.iter_mut().zip(self.cx.values.drain(base..)) {
            if let Item::Shared(object) | Item::Fresh(object) = item {
                *arg = object;
            }
        }
        self.call(call.method, &args[..usize::from(call.wanted.min(7))])
    }

    /// Enters a method.
    pub(super) fn call(&mut self, node: NodeId, args: &[Object]) -> Result<(), ErrorKind> {
        let NodeData::Method(method) = *self.vm.ns.data(node)? else {
            return Err(ErrorKind::NotEvaluable);
        };
        let Some(table) = method.table else {
            return self.osi(args);
        };
        if method.serialized && method.sync_level < self.cx.sync_level {
            return Err(ErrorKind::SyncLevel);
        }
        self.enter(Body::Method(node), table, args, node, &method)?;
        if method.serialized {
            self.cx.sync_level = method.sync_level;
        }
        Ok(())
    }

    /// Begins a body: the code of a method, or of a table.
    pub(super) fn enter(
        &mut self,
        body: Body,
        table: u32,
        args: &[Object],
        scope: NodeId,
        range: &Method,
    ) -> Result<(), ErrorKind> {
        if self.cx.frames.len() >= self.vm.limits.method_depth as usize {
            return Err(ErrorKind::Limit(Limit::MethodDepth));
        }
        let code = self.vm.tables.code(table).ok_or(ErrorKind::StaleNode)?;
        let mut slots = [Object::Uninitialized; SLOTS];
        for (slot, arg) in slots.iter_mut().skip(usize::from(ARGUMENTS)).zip(args) {
            *slot = *arg;
        }
        self.begin(Activity::Block(Block {
            kind: BlockKind::Body,
            end: range.end,
            outer_end: self.cx.end,
        }))?;
        self.vm.activations = self.vm.activations.wrapping_add(1);
        self.cx.frames.push(Frame {
            body,
            table,
            code,
            activation: self.vm.activations,
            slots,
            created: Vec::new(),
            return_ip: self.cx.ip,
            return_end: self.cx.end,
            return_scope: self.cx.scope,
            return_sync_level: self.cx.sync_level,
            serialized: range.serialized,
            held: self.cx.held.len() as u32,
            base: self.cx.values.len() as u32,
        });
        self.cx.ip = range.start;
        self.cx.end = range.end;
        self.cx.scope = scope;
        Ok(())
    }

    /// Ends the running body, whose block is the innermost one, and hands its value to the caller.
    pub(super) fn end_body(&mut self, value: Item) -> Result<(), ErrorKind> {
        self.cx.stack.pop();
        let Some(frame) = self.cx.frames.pop() else {
            return Err(ErrorKind::NotEvaluable);
        };
        self.cx.values.truncate(frame.base as usize);
        self.cx.ip = frame.return_ip;
        self.cx.end = frame.return_end;
        self.cx.scope = frame.return_scope;
        if frame.serialized {
            self.cx.sync_level = frame.return_sync_level;
        }
        match frame.body {
            Body::Method(_) => {
                self.remove_names(frame.created);
                self.produce(value)
            }
            Body::Table { .. } => self.table_loaded(frame),
        }
    }

    /// The slots of an active method, by its activation.
    pub(super) fn slot_of(&mut self, activation: u32, slot: u8) -> Result<&mut Object, ErrorKind> {
        self.cx
            .frames
            .iter_mut()
            .rev()
            .find(|frame| frame.activation == activation)
            .and_then(|frame| frame.slots.get_mut(usize::from(slot)))
            .ok_or(ErrorKind::DanglingReference)
    }

    /// A reference to a local or argument of the running method.
    pub(super) fn slot_reference(&self, slot: u8) -> Result<Reference, ErrorKind> {
        let activation = self.frame()?.activation;
        Ok(Reference::Slot { activation, slot })
    }

    /// `\_OSI`: whether the host claims an interface.
    fn osi(&mut self, args: &[Object]) -> Result<(), ErrorKind> {
        let Some(Object::String(name)) = args.first() else {
            return Err(ErrorKind::OperandType);
        };
        let name = core::str::from_utf8(self.vm.heap.get(*name)).unwrap_or_default();
        let claimed = self.host.osi(name);
        self.produce_truth(claimed)
    }
}
