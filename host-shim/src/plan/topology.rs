//! Cores and sockets, as the slots' properties name them.
//!
//! Machines name their levels differently (die, cluster, module...). A core is what differs only in
//! the thread; a socket is what QEMU calls so. Without such names each slot is a core of its own,
//! and the machine is one socket.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Order, removable};
use crate::slots::Slot;

/// What tells a slot's unit of one level from the others.
type Key = fn(&Slot) -> String;

/// A slot's place in the order of taking.
pub(super) type Rank = (u32, u32);

/// A core. Each list is in the order of taking.
#[derive(Clone, Debug, Default)]
pub(super) struct Core {
    /// Which of [`Layout::sockets`].
    pub socket: usize,
    /// Free slots.
    pub free: Vec<u32>,
    /// Slots whose CPU can go.
    pub removable: Vec<u32>,
    /// CPUs that stay.
    pub fixed: usize,
}

/// A socket's sums.
#[derive(Clone, Debug, Default)]
pub(super) struct Socket {
    /// CPUs that are there, in all its cores.
    pub present: usize,
    /// Free slots.
    pub free: usize,
    /// CPUs that stay.
    pub fixed: usize,
}

/// All cores and sockets, each in the order of taking.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    pub cores: Vec<Core>,
    pub sockets: Vec<Socket>,
}

impl Core {
    pub fn present(&self) -> usize {
        self.removable.len() + self.fixed
    }

    pub fn is_partial(&self) -> bool {
        self.present() > 0 && !self.free.is_empty()
    }
}

impl Socket {
    pub fn is_partial(&self) -> bool {
        self.present > 0 && self.free > 0
    }
}

impl Layout {
    pub fn of(slots: &[Slot], order: &Order) -> Self {
        let rank = |slot: &Slot| -> Rank {
            let place = order.get(&slot.index).copied().unwrap_or(u32::MAX);
            (place, slot.index)
        };
        let mut ordered: Vec<&Slot> = slots.iter().collect();
        ordered.sort_by_key(|slot| rank(slot));
        let mut layout = Self::default();
        let (mut cores, mut sockets) = (BTreeMap::new(), BTreeMap::new());
        for slot in ordered {
            let next = sockets.len();
            let socket = *sockets.entry(socket_key(slot)).or_insert(next);
            if socket == next {
                layout.sockets.push(Socket::default());
            }
            let next = cores.len();
            let core = *cores.entry(core_key(slot)).or_insert(next);
            if core == next {
                let core = Core {
                    socket,
                    ..Core::default()
                };
                layout.cores.push(core);
            }
            layout.put(slot, core, socket);
        }
        layout
    }

    fn put(&mut self, slot: &Slot, core: usize, socket: usize) {
        let (Some(core), Some(socket)) = (self.cores.get_mut(core), self.sockets.get_mut(socket))
        else {
            return;
        };
        if !slot.present() {
            core.free.push(slot.index);
            socket.free += 1;
            return;
        }
        socket.present += 1;
        if removable(slot) {
            core.removable.push(slot.index);
        } else {
            core.fixed += 1;
            socket.fixed += 1;
        }
    }
}

fn socket_key(slot: &Slot) -> String {
    slot.props
        .get("socket-id")
        .map(Value::to_string)
        .unwrap_or_default()
}

fn core_key(slot: &Slot) -> String {
    if !slot.props.contains_key("core-id") {
        return slot.index.to_string();
    }
    let levels = slot.props.iter();
    let above = levels.filter(|(name, _)| !matches!(name.as_str(), "thread-id" | "node-id"));
    above
        .map(|(name, number)| format!("{name}={number},"))
        .collect()
}

/// The first level, sockets before cores, of which some are filled in part: its name, the size of
/// one, and how many. A single socket is never whole or partial in a way that matters.
pub(super) fn uneven(
    slots: &[Slot],
    filled: impl Fn(&Slot) -> bool,
) -> Option<(&'static str, usize, usize)> {
    let keys: [(&'static str, Key); 2] = [("socket", socket_key), ("core", core_key)];
    keys.into_iter().find_map(|(level, key)| {
        let (size, count) = partial_units(slots, key, &filled)?;
        Some((level, size, count))
    })
}

/// Whether no core is filled in part.
pub(super) fn cores_are_whole(slots: &[Slot], filled: impl Fn(&Slot) -> bool) -> bool {
    partial_units(slots, core_key, &filled).is_none()
}

/// The size of a unit, and how many are filled in part, if there are several and any is.
fn partial_units(
    slots: &[Slot],
    key: Key,
    filled: &impl Fn(&Slot) -> bool,
) -> Option<(usize, usize)> {
    let mut units: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for slot in slots {
        let (size, there) = units.entry(key(slot)).or_default();
        *size += 1;
        *there += usize::from(filled(slot));
    }
    if units.len() < 2 {
        return None;
    }
    let size = units.values().map(|(size, _)| *size).max()?;
    let partial = units
        .values()
        .filter(|(size, there)| *there > 0 && there < size);
    match partial.count() {
        0 => None,
        count => Some((size, count)),
    }
}
