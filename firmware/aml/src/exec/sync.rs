//! Mutexes, events, waiting, Notify and Fatal.
//!
//! One evaluation runs at a time, for it borrows the interpreter. A mutex is therefore never held by anybody else,
//! and an event that is not signalled cannot become so during a Wait: what such a Wait would last is slept away. The
//! bookkeeping still matters: it catches a wrong order, and it lets everything be released after an error.

use alloc::vec::Vec;

use super::Exec;
use super::context::Place;
use crate::error::{ErrorKind, Limit};
use crate::namespace::{NodeData, NodeId};
use crate::object::{Object, Reference};

/// Acquire and Wait with this timeout wait for ever.
const FOREVER: u64 = 0xFFFF;
/// The longest Stall that the specification allows is 100 microseconds; ACPICA accepts this much.
const LONGEST_STALL_US: u64 = 255;

impl Exec<'_> {
    /// The named object that the topmost operand is or leads to.
    fn pop_node(&mut self) -> Result<NodeId, ErrorKind> {
        let place = self.pop_place()?;
        match self.follow(place)? {
            Place::Reference(Reference::Node(node)) => Ok(node),
            Place::Value(Object::Uninitialized) => Err(ErrorKind::Uninitialized),
            _ => Err(ErrorKind::OperandType),
        }
    }

    pub(super) fn notify(&mut self) -> Result<(), ErrorKind> {
        let value = self.pop_integer()?;
        let node = self.pop_node()?;
        match self.vm.ns.data(node)? {
            NodeData::Device | NodeData::Processor(_) | NodeData::ThermalZone => {
                self.host.notify(node, value);
                Ok(())
            }
            _ => Err(ErrorKind::OperandType),
        }
    }

    pub(super) fn acquire(&mut self) -> Result<(), ErrorKind> {
        let timeout = self.pop_number()?;
        let node = self.pop_node()?;
        let NodeData::Mutex { sync_level, held } = *self.vm.ns.data(node)? else {
            return Err(ErrorKind::OperandType);
        };
        if held == 0 {
            if sync_level < self.cx.sync_level {
                return Err(ErrorKind::SyncLevel);
            }
            if node == self.vm.global_lock && !self.host.acquire_global_lock(timeout as u16) {
                return self.produce_truth(true);
            }
            self.cx.held.push((node, self.cx.sync_level));
            self.cx.sync_level = sync_level;
        }
        let held = held.checked_add(1).ok_or(ErrorKind::SyncLevel)?;
        self.set_held(node, held)?;
        self.produce_truth(false)
    }

    fn set_held(&mut self, node: NodeId, count: u32) -> Result<(), ErrorKind> {
        if let NodeData::Mutex { held, .. } = self.vm.ns.data_mut(node)? {
            *held = count;
        }
        Ok(())
    }

    pub(super) fn release(&mut self) -> Result<(), ErrorKind> {
        let node = self.pop_node()?;
        let NodeData::Mutex { sync_level, held } = *self.vm.ns.data(node)? else {
            return Err(ErrorKind::OperandType);
        };
        let left = held.checked_sub(1).ok_or(ErrorKind::NotHeld)?;
        if sync_level != self.cx.sync_level {
            return Err(ErrorKind::SyncLevel);
        }
        self.set_held(node, left)?;
        if left == 0 {
            self.forget_held(node);
        }
        Ok(())
    }

    fn forget_held(&mut self, node: NodeId) {
        if let Some(position) = self.cx.held.iter().rposition(|(held, _)| *held == node) {
            let (_, level) = self.cx.held.remove(position);
            // Mutexes of one level may be released in any order: the level goes down with the last one taken.
            match self.cx.held.get_mut(position) {
                Some((_, before)) => *before = level,
                None => self.cx.sync_level = level,
            }
        }
        if node == self.vm.global_lock {
            self.host.release_global_lock();
        }
    }

    /// Releases what the evaluation still holds at its end.
    pub(super) fn release_all_mutexes(&mut self) {
        self.release_mutexes_from(0);
        self.cx.sync_level = 0;
    }

    /// Removes names that a method created; one of them may be a mutex that it still holds.
    pub(super) fn remove_names(&mut self, names: Vec<NodeId>) {
        for node in names.into_iter().rev() {
            if let Ok(NodeData::Mutex { held: 1.., .. }) = self.vm.ns.data(node) {
                self.forget_held(node);
            }
            self.vm.ns.remove(node);
        }
    }

    /// Releases all mutexes but the first `count` that the evaluation holds.
    pub(super) fn release_mutexes_from(&mut self, count: usize) {
        while self.cx.held.len() > count
            && let Some((node, _)) = self.cx.held.pop()
        {
            if node == self.vm.global_lock {
                self.host.release_global_lock();
            }
            // A mutex that its method has taken along is gone already.
            let _ = self.set_held(node, 0);
        }
    }

    fn pop_event(&mut self) -> Result<(NodeId, u32), ErrorKind> {
        let node = self.pop_node()?;
        match self.vm.ns.data(node)? {
            NodeData::Event { signals } => Ok((node, *signals)),
            _ => Err(ErrorKind::OperandType),
        }
    }

    fn set_signals(&mut self, node: NodeId, count: u32) -> Result<(), ErrorKind> {
        *self.vm.ns.data_mut(node)? = NodeData::Event { signals: count };
        Ok(())
    }

    pub(super) fn signal(&mut self) -> Result<(), ErrorKind> {
        let (node, signals) = self.pop_event()?;
        self.set_signals(node, signals.saturating_add(1))
    }

    pub(super) fn reset(&mut self) -> Result<(), ErrorKind> {
        let (node, _) = self.pop_event()?;
        self.set_signals(node, 0)
    }

    pub(super) fn wait(&mut self) -> Result<(), ErrorKind> {
        let timeout = self.pop_integer()?;
        let (node, signals) = self.pop_event()?;
        if let Some(left) = signals.checked_sub(1) {
            self.set_signals(node, left)?;
            return self.produce_truth(false);
        }
        if timeout >= FOREVER {
            return Err(ErrorKind::Deadlock);
        }
        self.pause(timeout)?;
        self.produce_truth(true)
    }

    pub(super) fn sleep(&mut self) -> Result<(), ErrorKind> {
        let ms = self.pop_integer()?;
        self.pause(ms)
    }

    /// Sleeps, if the evaluation has not slept too long already.
    fn pause(&mut self, ms: u64) -> Result<(), ErrorKind> {
        self.cx.slept_ms = self.cx.slept_ms.saturating_add(ms);
        if self.cx.slept_ms > self.vm.limits.sleep_ms {
            return Err(ErrorKind::Limit(Limit::SleepTime));
        }
        self.cx.look_at_clock = true;
        if ms > 0 {
            self.host.sleep_ms(ms);
        }
        Ok(())
    }

    pub(super) fn stall(&mut self) -> Result<(), ErrorKind> {
        let us = self.pop_integer()?;
        if us > LONGEST_STALL_US {
            return Err(ErrorKind::OperandValue);
        }
        self.cx.look_at_clock = true;
        self.host.stall_us(us);
        Ok(())
    }

    pub(super) fn fatal(&mut self) -> Result<(), ErrorKind> {
        let arg = self.pop_integer()?;
        let code = self.pop_number()? as u32;
        let kind = self.pop_number()? as u8;
        self.host.fatal(kind, code, arg);
        Err(ErrorKind::Fatal { kind, code, arg })
    }
}
