//! Which slots change to reach a number of vCPUs.
//!
//! Pure: slots in, slot numbers out. Adds fill the lowest free slots; removals take the highest
//! live-added CPU first, so that adding and then removing restores what was there. CPUs of the
//! machine's start are never chosen.

use serde::Serialize;

use crate::slots::{Origin, Slot};

/// The change that reaches the target. At most one of the two lists has entries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Slots to fill, ascending.
    pub add: Vec<u32>,
    /// Slots to free, highest first.
    pub remove: Vec<u32>,
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
        "requested vcpus is greater than max allowable vcpus for the live domain: {target} > {maximum}; start the domain with a larger --maxvcpus"
    )]
    AboveMaximum {
        /// Asked for.
        target: u32,
        /// Slots of the machine.
        maximum: u32,
    },
    /// Too few CPUs can be removed.
    #[error(
        "failed to find appropriate hotpluggable vcpus to reach the desired target vcpu count: {removable} of {present} can be removed, so {target} cannot be reached; vCPUs present at boot stay until the domain is restarted with a smaller --vcpus"
    )]
    NotRemovable {
        /// Asked for.
        target: u32,
        /// CPUs that are there.
        present: u32,
        /// Those that can go.
        removable: u32,
    },
}

/// The plan to have `target` CPUs.
///
/// # Errors
/// The target is 0, above the number of slots, or below the number of CPUs that must stay.
pub fn reach(slots: &[Slot], target: u32) -> Result<Plan, PlanError> {
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let maximum = count(slots.len());
    if target == 0 {
        return Err(PlanError::Zero);
    }
    if target > maximum {
        return Err(PlanError::AboveMaximum { target, maximum });
    }
    let present = count(slots.iter().filter(|slot| slot.present()).count());
    if target >= present {
        let free = slots
            .iter()
            .filter(|slot| !slot.present())
            .map(|slot| slot.index);
        let add = free.take((target - present) as usize).collect();
        return Ok(Plan {
            add,
            remove: Vec::new(),
        });
    }
    let removable: Vec<u32> = slots
        .iter()
        .rev()
        .filter(|slot| removable(slot))
        .map(|slot| slot.index)
        .collect();
    let wanted = (present - target) as usize;
    match removable.get(..wanted) {
        Some(remove) => Ok(Plan {
            add: Vec::new(),
            remove: remove.to_vec(),
        }),
        None => Err(PlanError::NotRemovable {
            target,
            present,
            removable: count(removable.len()),
        }),
    }
}

/// Whether QEMU has a name by which the slot's CPU can be removed, and the CPU is not the one that
/// boots.
pub fn removable(slot: &Slot) -> bool {
    slot.index != 0 && matches!(slot.origin(), Some(Origin::Plugged(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slots::tests::machine;
    use proptest::prelude::*;

    fn apply(slots: &mut [Slot], plan: &Plan) {
        for index in &plan.add {
            slots[*index as usize].qom_path = Some(format!("/machine/peripheral/vcpu{index}"));
        }
        for index in &plan.remove {
            slots[*index as usize].qom_path = None;
        }
    }

    #[test]
    fn adds_ascend_and_removals_descend() {
        let mut slots = machine(1, 8, &[3]);
        let plan = reach(&slots, 5).expect("a plan");
        assert_eq!(
            (plan.add.as_slice(), plan.remove.as_slice()),
            (&[1, 2, 4][..], &[][..])
        );
        apply(&mut slots, &plan);
        assert_eq!(reach(&slots, 2).expect("a plan").remove, [4, 3, 2]);
    }

    #[test]
    fn the_texts_are_those_that_virsh_users_know() {
        let slots = machine(2, 4, &[3]);
        let text = |target| reach(&slots, target).expect_err("impossible").to_string();
        assert!(text(5).starts_with(
            "requested vcpus is greater than max allowable vcpus for the live domain: 5 > 4"
        ));
        assert!(text(1).starts_with(
            "failed to find appropriate hotpluggable vcpus to reach the desired target vcpu count"
        ));
        assert!(text(0).contains("hotvcpu shutdown"));
    }

    #[test]
    fn a_cpu_without_a_name_is_not_chosen() {
        let mut slots = machine(1, 3, &[1]);
        slots[2].qom_path = Some("/machine/peripheral-anon/device[0]".to_owned());
        assert_eq!(reach(&slots, 2).expect("a plan").remove, [1]);
        assert!(matches!(
            reach(&slots, 1),
            Err(PlanError::NotRemovable { removable: 1, .. })
        ));
    }

    /// A machine with 1 to 40 slots, some filled at boot, some added.
    fn any_machine() -> impl Strategy<Value = Vec<Slot>> {
        (
            1u32..40,
            1u32..40,
            proptest::collection::vec(0u32..40, 0..40),
        )
            .prop_map(|(boot, maximum, plugged)| machine(boot.min(maximum), maximum, &plugged))
    }

    proptest! {
        #[test]
        fn adding_then_removing_is_the_identity(slots in any_machine(), more in 0u32..40) {
            let present = slots.iter().filter(|slot| slot.present()).count() as u32;
            let target = (present + more).min(slots.len() as u32);
            let mut changed = slots.clone();
            let up = reach(&changed, target).expect("within the maximum");
            apply(&mut changed, &up);
            // Only what lies above every earlier live-added CPU is sure to go first.
            let highest_before = slots.iter().filter(|slot| removable(slot)).map(|slot| slot.index).max();
            prop_assume!(up.add.first().is_none_or(|first| highest_before.is_none_or(|old| old < *first)));
            let down = reach(&changed, present).expect("what was added can go");
            apply(&mut changed, &down);
            prop_assert_eq!(changed, slots);
        }

        #[test]
        fn the_target_is_reached_without_touching_a_boot_cpu(slots in any_machine(), target in 0u32..45) {
            let Ok(plan) = reach(&slots, target) else { return Ok(()) };
            prop_assert!(plan.add.is_empty() || plan.remove.is_empty());
            for index in &plan.remove {
                prop_assert!(matches!(slots[*index as usize].origin(), Some(Origin::Plugged(_))));
                prop_assert_ne!(*index, 0);
            }
            for index in &plan.add {
                prop_assert!(!slots[*index as usize].present());
            }
            let mut changed = slots.clone();
            apply(&mut changed, &plan);
            prop_assert_eq!(changed.iter().filter(|slot| slot.present()).count() as u32, target);
        }
    }
}
