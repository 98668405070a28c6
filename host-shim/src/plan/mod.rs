//! Which slots change to reach a number of vCPUs.
//!
//! Pure: slots in, slot numbers out. Guests schedule by cores and sockets, so the plan leaves as
//! few of them filled in part as it can: it completes what is begun, then takes whole cores, socket
//! by socket. Within that, lowest first as virsh does, or in the order that a definition gives.
//! Removals go the other way round, so that adding and then removing restores what was there. CPUs
//! of the machine's start are never chosen.

mod fill;
mod topology;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::slots::{Origin, Slot};
use topology::Layout;

/// The change that reaches the target. At most one of the two lists has entries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Slots to fill, in that order.
    pub add: Vec<u32>,
    /// Slots to free, in that order.
    pub remove: Vec<u32>,
}

/// Places in the order of taking, by slot. Those without one come after, lowest first.
pub type Order = BTreeMap<u32, u32>;

/// Units of the topology that are filled in part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Disorder {
    /// `socket` or `core`.
    pub level: &'static str,
    /// vCPUs of one such unit.
    pub size: usize,
    /// How many such units are filled in part.
    pub count: usize,
    /// vCPUs in all.
    pub target: u32,
}

impl fmt::Display for Disorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (level, size, target) = (self.level, self.size, self.target);
        let count = self.count;
        write!(
            f,
            "{target} vCPUs fill {count} {level}(s) of {size} in part, so the guest sees an uneven topology; "
        )?;
        let below = target as usize / size * size;
        if below == target as usize {
            return write!(
                f,
                "the vCPUs that cannot be moved leave no other choice; choose them one by one with `hotvcpu setvcpu`"
            );
        }
        let above = below + size;
        write!(
            f,
            "take a multiple of {size}, such as {}",
            if below == 0 { above } else { below }
        )?;
        match below {
            0 => Ok(()),
            _ => write!(f, " or {above}"),
        }
    }
}

/// Why no plan reaches the target. The texts begin as virsh's do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// None at all was asked for.
    #[error(
        "a domain has at least one vCPU; to stop it use `hotvcpu shutdown` or `hotvcpu destroy`"
    )]
    Zero,
    /// More than there are slots.
    #[error(
        "requested vcpus is greater than max allowable vcpus for the {place}: {target} > {maximum}; {remedy}"
    )]
    AboveMaximum {
        /// Asked for.
        target: u32,
        /// Slots of the machine.
        maximum: u32,
        /// `live domain` or `persistent domain`.
        place: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// Too few CPUs can be removed.
    #[error(
        "failed to find appropriate hotpluggable vcpus to reach the desired target vcpu count: {removable} of {present} can be removed, so {target} cannot be reached; vCPUs present at boot stay until the domain is restarted with a smaller --vcpus, or with a definition in which they are hotpluggable"
    )]
    NotRemovable {
        /// Asked for.
        target: u32,
        /// CPUs that are there.
        present: u32,
        /// Those that can go.
        removable: u32,
    },
    /// The topology would be uneven, and that is not wanted.
    #[error("{0}; or leave out --strict-topology")]
    Disorder(Disorder),
}

/// The plan to have `target` CPUs.
///
/// # Errors
/// The target is 0, above the number of slots, or below the number of CPUs that must stay.
pub fn reach(slots: &[Slot], target: u32, order: &Order) -> Result<Plan, PlanError> {
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let maximum = count(slots.len());
    if target == 0 {
        return Err(PlanError::Zero);
    }
    if target > maximum {
        return Err(PlanError::AboveMaximum {
            target,
            maximum,
            place: "live domain",
            remedy: "start the domain with a larger --maxvcpus, or define it with more slots (`hotvcpu setvcpus NAME N --maximum --config`) and start it again",
        });
    }
    let layout = Layout::of(slots, order);
    let present = count(slots.iter().filter(|slot| slot.present()).count());
    if target >= present {
        return Ok(Plan {
            add: fill::add(layout, (target - present) as usize),
            remove: Vec::new(),
        });
    }
    let removable = count(slots.iter().filter(|slot| removable(slot)).count());
    if present - removable > target {
        return Err(PlanError::NotRemovable {
            target,
            present,
            removable,
        });
    }
    Ok(Plan {
        add: Vec::new(),
        remove: fill::remove(layout, (present - target) as usize),
    })
}

/// What is uneven once `plan` is carried out: sockets first, where there are several, then cores.
pub fn disorder(slots: &[Slot], plan: &Plan) -> Option<Disorder> {
    let filled = |slot: &Slot| fills(slot, plan);
    let target = slots.iter().filter(|slot| filled(slot)).count();
    topology::uneven(slots, filled).map(|(level, size, count)| Disorder {
        level,
        size,
        count,
        target: u32::try_from(target).unwrap_or(u32::MAX),
    })
}

/// Whether `target` CPUs can be reached and fill no core in part then. In a machine that is one core, every
/// number counts as whole.
pub fn is_whole(slots: &[Slot], target: u32, order: &Order) -> bool {
    let Ok(plan) = reach(slots, target, order) else {
        return false;
    };
    topology::cores_are_whole(slots, |slot| fills(slot, &plan))
}

fn fills(slot: &Slot, plan: &Plan) -> bool {
    (slot.present() && !plan.remove.contains(&slot.index)) || plan.add.contains(&slot.index)
}

/// Whether QEMU has a name by which the slot's CPU can be removed, and the CPU is not the one that
/// boots.
pub fn removable(slot: &Slot) -> bool {
    slot.index != 0 && matches!(slot.origin(), Some(Origin::Plugged(_)))
}

#[cfg(test)]
mod tests;
