//! The table of all CPUs that this machine can have, built once from the namespace and the MADT.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use hotvcpu_acpi_events::EventError;
use hotvcpu_acpi_events::namespace::{devices_with_hid, integer_child, nodes};
use hotvcpu_aml::{Host, Interpreter, NodeId, ObjectKind};
use hotvcpu_tables::HardwareId;

use crate::guest::Cpu;
use crate::identity::StaticTables;
use crate::state::State;

/// The `_HID` of a processor that is a device.
const HARDWARE_ID: &str = "ACPI0007";

/// Position of a slot in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Index(usize);

/// What is under way with a CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Told to start; the hello is awaited.
    Insertion {
        /// Whether the host awaits an `_OST`; not so for a CPU that was found at boot.
        answer: bool,
        deadline_ns: u64,
        signal_again_ns: Option<u64>,
    },
    /// Told to hand over its work.
    Drain { goal: Goal, deadline_ns: u64 },
    /// Told to stop.
    Stop {
        goal: Goal,
        deadline_ns: u64,
        poll_ns: u64,
    },
}

/// What a CPU is stopped for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    /// The host wants it back, and awaits an `_OST`.
    Ejection,
    /// The guest takes it offline, and the host is not told.
    Offline,
}

impl Operation {
    /// When it has to be looked at next.
    pub fn wakes_at(self) -> u64 {
        match self {
            Self::Insertion {
                deadline_ns,
                signal_again_ns,
                ..
            } => signal_again_ns.unwrap_or(u64::MAX).min(deadline_ns),
            Self::Drain { deadline_ns, .. } => deadline_ns,
            Self::Stop {
                deadline_ns,
                poll_ns,
                ..
            } => deadline_ns.min(poll_ns),
        }
    }

    /// What the CPU is stopped for, if it is.
    pub fn goal(self) -> Option<Goal> {
        match self {
            Self::Insertion { .. } => None,
            Self::Drain { goal, .. } | Self::Stop { goal, .. } => Some(goal),
        }
    }

    /// The same operation for another goal.
    pub fn with_goal(mut self, new: Goal) -> Self {
        if let Self::Drain { goal, .. } | Self::Stop { goal, .. } = &mut self {
            *goal = new;
        }
        self
    }
}

/// One CPU that this machine can have.
#[derive(Debug)]
pub(crate) struct Slot {
    pub uid: u32,
    /// Its object in the namespace; none for a CPU that only the MADT knows, which cannot be hot-plugged.
    pub node: Option<NodeId>,
    /// The object's path, for messages.
    pub path: String,
    pub state: State,
    /// Who it is, while that is known: from its insertion to its ejection.
    pub cpu: Option<Cpu>,
    /// The guest's policy or its user wants it offline: only [`crate::Hotplug::bring_online`] starts it.
    pub offline: bool,
    /// Why the guest never uses it.
    pub unusable: Option<String>,
}

/// All slots. The first to claim a UID has it.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    slots: Vec<Slot>,
    by_uid: BTreeMap<u32, Index>,
    by_node: BTreeMap<NodeId, Index>,
    operations: BTreeMap<Index, Operation>,
    /// The CPUs that were told to start and are not known to be off since.
    running: BTreeMap<HardwareId, Index>,
}

impl Slots {
    /// Builds the table: processors of the namespace, then CPUs that the MADT alone says are enabled. What could
    /// not be asked for its identity is added to `problems`.
    pub fn build<H: Host>(
        aml: &mut Interpreter,
        host: &mut H,
        tables: &StaticTables,
        problems: &mut Vec<EventError>,
    ) -> Self {
        let mut slots = Self::default();
        for node in processors(aml, host, problems) {
            match uid(aml, host, node) {
                Ok(Some(uid)) => slots.add(uid, Some(node), aml.path(node)),
                Ok(None) => {
                    problems.push(EventError::WrongType {
                        path: aml.path(node),
                        expected: "a processor with an integer _UID",
                    });
                }
                Err(problem) => problems.push(problem),
            }
        }
        for cpu in tables.cpus().filter(|cpu| cpu.flags.enabled()) {
            if !slots.by_uid.contains_key(&cpu.uid) {
                slots.add(cpu.uid, None, format!("MADT entry {}", cpu.uid));
            }
        }
        slots
    }

    fn add(&mut self, uid: u32, node: Option<NodeId>, path: String) {
        let index = Index(self.slots.len());
        let first = self.by_uid.get(&uid).map(|first| &self.get(*first).path);
        let unusable = first.map(|first| format!("{path} has the same _UID {uid} as {first}"));
        if unusable.is_none() {
            self.by_uid.insert(uid, index);
        }
        self.by_node.extend(node.map(|node| (node, index)));
        self.slots.push(Slot {
            uid,
            node,
            path,
            state: State::Absent,
            cpu: None,
            offline: false,
            unusable,
        });
    }

    /// The slot at `index`, which came from this table.
    pub fn get(&self, Index(index): Index) -> &Slot {
        &self.slots[index]
    }

    /// The slot at `index`, to be changed.
    pub fn get_mut(&mut self, Index(index): Index) -> &mut Slot {
        &mut self.slots[index]
    }

    pub fn of_uid(&self, uid: u32) -> Option<Index> {
        self.by_uid.get(&uid).copied()
    }

    pub fn of_node(&self, node: NodeId) -> Option<Index> {
        self.by_node.get(&node).copied()
    }

    pub fn indices(&self) -> impl Iterator<Item = Index> + use<> {
        (0..self.slots.len()).map(Index)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter()
    }

    /// What is under way with a CPU.
    pub fn operation(&self, index: Index) -> Option<Operation> {
        self.operations.get(&index).copied()
    }

    /// Begins, changes or (with `None`) ends a CPU's operation.
    pub fn set_operation(&mut self, index: Index, operation: Option<Operation>) {
        match operation {
            Some(operation) => self.operations.insert(index, operation),
            None => self.operations.remove(&index),
        };
    }

    /// All operations, in the order of their slots.
    pub fn operations(&self) -> impl Iterator<Item = (Index, Operation)> {
        self.operations
            .iter()
            .map(|(index, operation)| (*index, *operation))
    }

    /// Notes that this slot's CPU is `cpu`, and runs or may do so from now on.
    pub fn set_running(&mut self, index: Index, cpu: Cpu) {
        self.set_off(index);
        self.get_mut(index).cpu = Some(cpu);
        self.running.insert(cpu.id, index);
    }

    /// Notes that this slot's CPU is off.
    pub fn set_off(&mut self, index: Index) {
        self.running.retain(|_, owner| *owner != index);
    }

    /// Whether this slot's CPU may run: it is online, on its way in or out, or it failed and is not known to be off.
    pub fn may_run(&self, index: Index) -> bool {
        self.running.values().any(|owner| *owner == index)
    }

    /// How many other CPUs may run.
    pub fn others_running(&self, index: Index) -> usize {
        self.running.len() - usize::from(self.may_run(index))
    }

    /// The other CPU that may run under this hardware ID.
    pub fn owner(&self, id: HardwareId, other_than: Index) -> Option<&Slot> {
        let owner = self
            .running
            .get(&id)
            .filter(|owner| **owner != other_than)?;
        Some(self.get(*owner))
    }
}

/// All processor objects, of both kinds, in the order of the namespace.
fn processors<H: Host>(
    aml: &mut Interpreter,
    host: &mut H,
    problems: &mut Vec<EventError>,
) -> Vec<NodeId> {
    // One by one: to collect them takes the library's sort, with 4 KiB of code and as much of stack.
    let mut devices = BTreeSet::new();
    devices.extend(devices_with_hid(aml, host, HARDWARE_ID, problems));
    let is_processor =
        |node: &NodeId| aml.kind(*node) == ObjectKind::Processor || devices.contains(node);
    nodes(aml).into_iter().filter(is_processor).collect()
}

/// A processor's UID: `_UID` (6.1.12), else the ID of the Processor operator. `None` if it has neither.
fn uid<H: Host>(
    aml: &mut Interpreter,
    host: &mut H,
    node: NodeId,
) -> Result<Option<u32>, EventError> {
    let named = integer_child(aml, host, node, "_UID")?;
    let named = named.and_then(|uid| u32::try_from(uid).ok());
    Ok(named.or_else(|| aml.processor(node).map(|processor| u32::from(processor.id))))
}
