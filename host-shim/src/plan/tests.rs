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

/// Slots in sockets of cores of threads, as QEMU numbers them.
fn arranged(sizes: [u32; 3], boot: u32, plugged: &[u32]) -> Vec<Slot> {
    let [sockets, cores, threads] = sizes;
    arranged_in([sockets, 1, 1, cores, threads], boot, plugged)
}

/// The levels, largest first, that machines have: x86 dies and modules, aarch64 clusters. Each number counts within the level above.
const LEVELS: [&str; 5] = ["socket-id", "die-id", "cluster-id", "core-id", "thread-id"];

/// The same with every level; dies and clusters only where there is more than one.
fn arranged_in(sizes: [u32; 5], boot: u32, plugged: &[u32]) -> Vec<Slot> {
    let mut slots = machine(boot, sizes.iter().product(), plugged);
    for slot in &mut slots {
        slot.props.clear();
        let mut below = slot.index;
        for (level, size) in LEVELS.iter().zip(sizes).rev() {
            if size > 1 || !matches!(*level, "die-id" | "cluster-id") {
                slot.props
                    .insert((*level).to_owned(), (below % size).into());
            }
            below /= size;
        }
    }
    slots
}

fn plan(slots: &[Slot], target: u32) -> Plan {
    reach(slots, target, &Order::new()).expect("a plan")
}

fn partial_cores(slots: &[Slot], threads: usize) -> usize {
    let filled = |core: &&[Slot]| {
        let there = core.iter().filter(|slot| slot.present()).count();
        there > 0 && there < core.len()
    };
    slots.chunks(threads).filter(filled).count()
}

#[test]
fn adds_ascend_and_removals_descend() {
    let mut slots = machine(1, 8, &[3]);
    let up = plan(&slots, 5);
    assert_eq!(
        (up.add.as_slice(), up.remove.as_slice()),
        (&[1, 2, 4][..], &[][..])
    );
    apply(&mut slots, &up);
    assert_eq!(plan(&slots, 2).remove, [4, 3, 2]);
}

#[test]
fn whole_cores_then_sockets() {
    // Slot 5 is half of a core.
    let slots = arranged([2, 2, 2], 1, &[4]);
    assert_eq!(plan(&slots, 3).add, [1], "the lower half core first");
    assert_eq!(plan(&slots, 4).add, [1, 5]);
    assert_eq!(plan(&slots, 6).add, [1, 5, 2, 3]);
    let full = arranged([2, 2, 2], 1, &[1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(plan(&full, 6).remove, [7, 6]);
    assert_eq!(plan(&full, 4).remove, [7, 6, 5, 4], "the whole socket");
    assert_eq!(plan(&full, 5).remove, [7, 6, 5]);
}

#[test]
fn an_order_of_ones_own_is_kept_to_where_cores_allow() {
    let slots = arranged([1, 4, 2], 2, &[]);
    let order = Order::from([(6, 1), (7, 2), (4, 3), (5, 4)]);
    let up = |target| reach(&slots, target, &order).expect("a plan").add;
    assert_eq!(up(4), [6, 7]);
    assert_eq!(up(6), [6, 7, 4, 5]);
    assert_eq!(up(8), [6, 7, 4, 5, 2, 3]);
}

#[test]
fn an_uneven_count_is_noticed() {
    let slots = arranged([2, 2, 2], 4, &[]);
    let uneven = |target| disorder(&slots, &plan(&slots, target));
    assert_eq!(uneven(8), None);
    let text = uneven(6).expect("half a socket").to_string();
    assert!(
        text.contains("6 vCPUs fill 1 socket(s) of 4") && text.contains("such as 4 or 8"),
        "{text}"
    );
    let single = arranged([1, 4, 2], 2, &[]);
    let half_core = disorder(&single, &plan(&single, 3)).expect("half a core");
    assert_eq!((half_core.level, half_core.size), ("core", 2));
    assert_eq!(
        disorder(&machine(1, 4, &[]), &plan(&machine(1, 4, &[]), 3)),
        None
    );
}

#[test]
fn the_texts_are_those_that_virsh_users_know() {
    let slots = machine(2, 4, &[3]);
    let text = |target| {
        reach(&slots, target, &Order::new())
            .expect_err("impossible")
            .to_string()
    };
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
    assert_eq!(plan(&slots, 2).remove, [1]);
    assert!(matches!(
        reach(&slots, 1, &Order::new()),
        Err(PlanError::NotRemovable { removable: 1, .. })
    ));
}

/// The fewest cores filled in part that any choice of `count` of `candidates` leaves.
fn best(slots: &[Slot], candidates: &[u32], count: usize, threads: usize) -> usize {
    let choices = (0u32..1 << candidates.len()).filter(|set| set.count_ones() as usize == count);
    let left = choices.map(|set| {
        let mut changed = slots.to_vec();
        for (position, index) in candidates.iter().enumerate() {
            if set >> position & 1 == 1 {
                let path = &mut changed[*index as usize].qom_path;
                *path = match path {
                    Some(_) => None,
                    None => Some("/machine/peripheral/x".to_owned()),
                };
            }
        }
        partial_cores(&changed, threads)
    });
    left.min().unwrap_or(0)
}

prop_compose! {
    /// Up to 12 slots in levels of any sizes, some filled at boot, some added, anywhere.
    fn any_machine()(sizes in [1u32..4, 1u32..3, 1u32..3, 1u32..4, 1u32..5], boot in 1u32..6,
        plugged in proptest::collection::vec(0u32..12, 0..8)) -> (Vec<Slot>, usize) {
        let mut sizes = sizes;
        // Threads are kept, then cores, as far as there is room.
        let mut room = 12;
        for size in sizes.iter_mut().rev() {
            *size = (*size).min(room);
            room /= *size;
        }
        let boot = boot.min(sizes.iter().product());
        (arranged_in(sizes, boot, &plugged), sizes[4] as usize)
    }
}

prop_compose! {
    /// A machine as it is started: levels of any sizes, a hundred slots and more.
    fn any_started()(sizes in [1u32..4, 1u32..4, 1u32..3, 1u32..6, 1u32..4], boot in 1u32..24) -> (Vec<Slot>, u32, usize) {
        let total = sizes.iter().product::<u32>();
        let boot = boot.min(total);
        (arranged_in(sizes, boot, &[]), boot, sizes[4] as usize)
    }
}

proptest! {
    #[test]
    fn no_choice_leaves_fewer_cores_in_part((slots, threads) in any_machine(), target in 1u32..13) {
        let Ok(plan) = reach(&slots, target, &Order::new()) else { return Ok(()) };
        let mut changed = slots.clone();
        apply(&mut changed, &plan);
        let count = plan.add.len() + plan.remove.len();
        let candidates: Vec<u32> = slots.iter()
            .filter(|slot| if plan.remove.is_empty() { !slot.present() } else { removable(slot) })
            .map(|slot| slot.index).collect();
        prop_assert_eq!(partial_cores(&changed, threads), best(&slots, &candidates, count, threads));
    }

    #[test]
    fn adding_then_removing_is_the_identity(
        (started, boot, _) in any_started(), order in Just((0u32..360).collect::<Vec<_>>()).prop_shuffle(),
        ordered: bool, targets in proptest::collection::vec(1u32..360, 1..6),
    ) {
        let total = started.len() as u32;
        let order: Order = match ordered {
            true => order.into_iter().zip(1..).filter(|(slot, _)| *slot < total).collect(),
            false => Order::new(),
        };
        let mut slots = started;
        for target in targets {
            // Whatever was done before, by this planner.
            let target = target.clamp(boot, total);
            let before = slots.clone();
            let present = before.iter().filter(|slot| slot.present()).count() as u32;
            let there = reach(&slots, target, &order).expect("possible");
            apply(&mut slots, &there);
            let back = reach(&slots, present, &order).expect("possible");
            let mut again = slots.clone();
            apply(&mut again, &back);
            if target >= present {
                prop_assert_eq!(&again, &before, "{:?} then {:?}", there, back);
            }
        }
    }

    #[test]
    fn no_core_is_begun_where_whole_ones_exist((started, boot, threads) in any_started(),
        targets in proptest::collection::vec(1u32..360, 1..6)) {
        let mut slots = started;
        let total = slots.len() as u32;
        for target in targets {
            let target = target.clamp(boot, total);
            let there = reach(&slots, target, &Order::new()).expect("possible");
            apply(&mut slots, &there);
            prop_assert!(there.remove.iter().all(|slot| *slot >= boot), "{:?} are the boot's", there.remove);
            // What the machine was started with may fill a core in part, and the count may not be a whole number of cores.
            let partial = partial_cores(&slots, threads);
            let unavoidable = usize::from(!(target as usize).is_multiple_of(threads));
            let of_boot = usize::from(!(boot as usize).is_multiple_of(threads) && target == boot);
            prop_assert!(partial <= unavoidable.max(of_boot), "{target} of {total}, {boot} at boot: {partial} in part");
        }
    }

    #[test]
    fn the_target_is_reached_without_touching_a_boot_cpu((slots, _) in any_machine(), target in 0u32..15) {
        let Ok(plan) = reach(&slots, target, &Order::new()) else { return Ok(()) };
        prop_assert!(plan.add.is_empty() || plan.remove.is_empty());
        for index in &plan.remove {
            let origin = slots[*index as usize].origin();
            prop_assert!(*index != 0 && matches!(origin, Some(Origin::Plugged(_))));
        }
        let mut changed = slots.clone();
        apply(&mut changed, &plan);
        prop_assert_eq!(changed.iter().filter(|slot| slot.present()).count() as u32, target);
    }
}
